"""What a training flags, as metrics: leaks by feature, groups by name."""

from __future__ import annotations

import pytest

from features.engine.feature import column
from models.risk import gate
from models.risk.bench import flags
from tests.models.risk.conftest import FEATURES

CARDS = {"told_after": column("told_after", "走访结论", "Finding of the visit", "", "B", 0)}


def test_a_feature_written_down_after_the_fact_is_named(frame) -> None:
    leaking = frame.assign(told_after=frame["label"])
    found = flags.leaks_of(leaking, [*FEATURES, "told_after"], 1, CARDS)
    assert {f["feature"] for f in found["flags"]} == {"told_after"}
    assert found["flags"][0]["label_zh"] == "走访结论"
    told = flags.metrics_of(found)
    assert (told["leak.flag"], told["leak.flag.told_after"]) == (1, pytest.approx(1.0))
    assert any("told_after" in fault for fault in gate.faults(told))


def test_honest_features_are_no_leak(frame) -> None:
    found = flags.leaks_of(frame, FEATURES, 1, {})
    assert found["flags"] == []
    assert flags.metrics_of(found)["leak.flag"] == 0


def test_a_large_county_is_sampled_by_household(frame, monkeypatch) -> None:
    monkeypatch.setattr(flags, "HOUSEHOLDS", 100)
    leaking = frame.assign(told_after=frame["label"])
    found = flags.leaks_of(leaking, ["told_after"], 1, CARDS)
    assert found["n"] == 100 * frame["as_of"].nunique()
    assert found["flags"]
