"""A feature that knows too much is named."""

from __future__ import annotations

import numpy as np
import pytest

from models.risk.rolling import find_leaks
from tests.models.risk.conftest import FEATURES, households
from tests.models.risk.rolling.conftest import HORIZON


@pytest.fixture(scope="module")
def frame():
    return households(n=400, months=12, seed=11)


def kinds(frame, *features) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for flag in find_leaks(frame, features, HORIZON)["flags"]:
        found.setdefault(flag["feature"], set()).add(flag["kind"])
    return found


def mostly(values, seed: int, wrong: float = 0.15):
    """0/1 values, some of them turned over."""
    turned = np.random.default_rng(seed).random(len(values)) < wrong
    return np.where(turned, 1 - values, values)


def test_honest_features_are_not_flagged(frame) -> None:
    assert kinds(frame, *FEATURES) == {}


def test_a_copy_of_the_label_separates_alone(frame) -> None:
    planted = frame.assign(closed_case=mostly(frame["label"], 1, 0.01), known=frame["label"] > 0)
    text = np.where(frame["label"] > 0, "granted", "none")
    found = kinds(planted.assign(decision=text), "closed_case", "known", "decision")
    assert all("alone" in found[name] for name in ("closed_case", "known", "decision"))


def test_that_a_value_is_there_at_all_can_be_the_leak(frame) -> None:
    amount = np.where(frame["label"] > 0, np.random.default_rng(2).random(len(frame)), np.nan)
    assert "alone" in kinds(frame.assign(grant=amount), "grant")["grant"]


def test_a_planted_future_fact_is_caught_although_it_does_not_separate(frame) -> None:
    planted = frame.assign(after=mostly(frame["label"], 3))
    assert kinds(planted, "after") == {"after": {"future"}}
    one = find_leaks(planted, ["after"], HORIZON)["flags"][0]
    assert one["auc"] < 0.95
    assert one["compared"] < one["auc"] - 0.1
    assert one["n"] > 3000


def test_a_fact_of_the_households_next_row_is_caught(frame) -> None:
    ordered = frame.sort_values(["household", "as_of"])
    following = ordered.groupby("household")["label"].shift(-1).fillna(0)
    planted = ordered.assign(next_visit=mostly(following, 4, 0.05))
    assert "later" in kinds(planted, "next_visit")["next_visit"]


def test_what_the_past_told_is_no_leak(frame) -> None:
    ordered = frame.sort_values(["household", "as_of"])
    before = ordered.groupby("household")["label"].shift(HORIZON)
    assert kinds(ordered.assign(found_before=before), "found_before") == {}


def test_households_that_come_once_can_only_be_tested_alone(frame) -> None:
    once = frame.drop_duplicates("household", keep="last")
    found = find_leaks(once.assign(after=mostly(once["label"], 3)), ["after"], HORIZON)
    assert found["compared"] == 0
    assert found["flags"] == []
