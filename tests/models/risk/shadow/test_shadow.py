"""The challenger in shadow: scored beside the champion, stored apart, compared honestly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import alerts.raising
from doudi import pipeline
from models.risk import registry, score
from models.risk.calibrate import Calibrator
from models.risk.errors import RiskError
from models.risk.score import read_risk, score_month, write_parquet
from models.risk.shadow import beside
from models.risk.shadow.scoring import score_shadow, shadow_file, speaker
from models.risk.tracking import log_and_register

pytestmark = pytest.mark.slow

AS_OF = date(2024, 8, 31)
SLOTS = {"existing": 20}


@pytest.fixture
def county(home, fitted, frame):
    """A month's profile, a champion (version 1) and a bolder challenger (version 2)."""
    rows = frame[frame["as_of"] == AS_OF].drop(columns=["label", "as_of"])
    rows = rows.assign(in_process=np.arange(len(rows)) % 10 == 0)
    write_parquet(rows, home.monthly("profile", AS_OF) / "household.parquet")
    home.county_file.write_text("horizon_months: 6\n", encoding="utf-8")
    log_and_register(home, fitted, question="existing")
    registry.promote(home, "1", reason="first", question="existing", force=True)
    bolder = replace(
        fitted, boosters=fitted.boosters[:1], calibrator=Calibrator("logistic", 1.3, 0.2)
    )
    log_and_register(home, bolder, question="existing")
    registry.challenge(home, "2", "existing")
    score_month(home, AS_OF)
    return home


def table(home) -> pd.DataFrame:
    return pd.read_parquet(shadow_file(home, AS_OF), partitioning=None)


def test_every_stored_risk_carries_its_version(county) -> None:
    assert set(read_risk(county, AS_OF)["model_version"]) == {"existing 1"}
    score_shadow(county, AS_OF, SLOTS)
    found = table(county)
    assert set(found["champion_version"]) == {"1"}
    assert set(found["challenger_version"]) == {"2"}
    assert found[["champion", "challenger"]].notna().all(axis=None)


def test_it_is_stored_apart_and_leaves_the_months_risk_alone(county) -> None:
    before = read_risk(county, AS_OF)
    score_shadow(county, AS_OF, SLOTS)
    pd.testing.assert_frame_equal(read_risk(county, AS_OF), before)
    assert shadow_file(county, AS_OF).name not in Path(alerts.raising.__file__).read_text("utf-8")


def test_each_sends_as_many_visits_as_the_lane_has_and_none_to_families_in_process(county) -> None:
    score_shadow(county, AS_OF, SLOTS)
    found = table(county)
    for who in ("champion_pick", "challenger_pick"):
        assert found[who].sum() == pytest.approx(20)
        assert not found.loc[found["in_process"], who].any()


def test_without_a_challenger_nothing_is_written_and_what_was_is_taken_away(county) -> None:
    score_shadow(county, AS_OF, SLOTS)
    registry.promote(county, "2", reason="newer", question="existing", force=True)
    assert score_shadow(county, AS_OF, SLOTS) is None
    assert not shadow_file(county, AS_OF).exists()


def test_a_challenger_that_knows_later_days_does_not_score_the_month(county, fitted) -> None:
    later = replace(fitted, report={**fitted.report, "known_by": "2024-09-30"})
    log_and_register(county, later, question="existing")
    registry.challenge(county, "3", "existing")
    assert score_shadow(county, AS_OF, SLOTS) is None


def test_a_challenger_that_cannot_score_does_not_stop_the_month(county, monkeypatch) -> None:
    def lacks(*_) -> None:
        raise RiskError("表中缺少特征 heating", "the table lacks 1 feature column(s): heating")

    monkeypatch.setattr(pipeline, "score_shadow", lacks)
    (told,) = pipeline.shadow(county, AS_OF)
    assert "challenger did not score" in told
    assert "heating" in told


def test_what_visits_found_stands_with_its_n_and_interval(county, monkeypatch) -> None:
    score_shadow(county, AS_OF, SLOTS)
    found = table(county)
    old, new = found["champion_pick"] > 0, found["challenger_pick"] > 0
    both, mine = found.loc[old & new, "household"], found.loc[new & ~old, "household"]
    assert len(mine) > 0
    told = pd.DataFrame(
        {
            "household": [*both.iloc[:4], both.iloc[4]],
            "as_of": AS_OF,
            "visited_on": AS_OF,
            "reason": ["round"] * 4 + ["application"],
            "label": [1.0, 1.0, 1.0, 0.0, 1.0],
        }
    )
    monkeypatch.setattr(beside, "read_labels", lambda *_: SimpleNamespace(found=told))
    (row,) = beside.shadow_rows(county, "existing")
    # The family that asked for its visit is no proof of whoever picked it.
    assert (row["shared_seen"], row["shared_need"]) == (4, 3)
    assert row["shared_low"] < 0.75 < row["shared_high"]
    assert (row["challenger_only_seen"], row["challenger_only_found"]) == (0, None)
    assert row["shared"] + len(mine) == row["slots"] == 20
    assert 0 < row["distance"] < 1
    assert 0.5 < row["rank_correlation"] < 1
    total = beside.totals([row, row])
    assert (total["months"], total["shared_seen"], total["shared_need"]) == (2, 8, 6)


def test_only_months_of_the_same_two_versions_are_added_up() -> None:
    row = {"champion_version": "1", "challenger_version": "2", "slots": 20, "shared": 15}
    row |= {f"{p}_{w}": 1 for p in beside.PARTS for w in ("seen", "need")}
    assert beside.totals([{**row, "challenger_version": "1"}, row])["months"] == 1
    assert beside.totals([]) == {}


def test_the_speaker_of_a_question_is_read_from_the_stored_version() -> None:
    assert speaker("existing 3, coming 12", "coming") == "12"
    assert speaker("existing 3", "coming") == ""
    assert score.COLUMNS.count("model_version") == 1
