"""Candidates read from small result files: who is named by which lane, and in which words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alerts.errors import AlertsError
from alerts.policy import default_policy
from alerts.raising import CandidateSet, candidates, standing
from alerts.selection import Candidate
from alerts.states import Band, Source
from alerts.words import words_on
from data.home import Home

MONTH, BEFORE = date(2026, 3, 31), date(2026, 2, 28)
POLICY = default_policy()

# household, band, score, events, held, on dibao or tekun, at risk, risk
HOUSEHOLDS = [
    ("h-red", "red", 55.0, [], False, False, True, 0.30),
    ("h-orange", "orange", 36.0, [], False, False, False, None),
    ("h-yellow", "yellow", 30.0, [], False, False, True, 0.04),
    ("h-dibao", "red", 70.0, [], False, True, False, None),
    ("h-dibao-event", "red", 60.0, ["C04"], False, True, False, None),
    ("h-event", "none", -1.0, ["A03", "A08"], False, False, False, None),
    ("h-held", "none", -50.0, ["A03"], True, False, False, None),
    ("h-risk", "none", 3.0, [], False, False, True, 0.40),
    ("h-left", "none", 3.0, [], False, False, False, 0.90),
    ("h-none", "none", 0.0, [], False, False, True, 0.01),
]
PARTS = [
    ("h-red", "p1", "B01", "B", 0, 30.0, 30.0),
    ("h-red", "p1", "A06", "A", 0, 5.0, 2.5),
    ("h-red", "p2", "A06", "A", 0, 5.0, 2.5),
    ("h-red", "p1", "C01", "C", 0, 20.0, 10.0),
    ("h-red", None, "C_cap", "C", None, -4.0, -4.0),
    ("h-red", None, "A10", "A", 0, -20.0, -20.0),
    ("h-orange", None, "B01", "B", 0, 30.0, 30.0),
    ("h-event", "p3", "A03", "A", 0, 15.0, 15.0),
    ("h-event", "p3", "B01", "B", 0, 30.0, 30.0),
    ("h-yellow", None, "B01", "B", 0, 30.0, 30.0),
]
# household, question, fact, category, contribution, shown, Chinese, English
EXPLAINED = [
    (
        "h-risk",
        "existing",
        "medical_costs",
        "C",
        0.8,
        True,
        "自付 12,300 元",
        "own costs 12,300 yuan",
    ),
    ("h-risk", "existing", "unsafe_home", "F", 0.3, True, "D级危房", "grade D home"),
    ("h-risk", "existing", "income", "B", -0.5, False, "人均收入 900 元", "income 900 yuan"),
]


def write(home: Home, kind: str, month: date, name: str, frame: pd.DataFrame) -> None:
    path: Path = home.monthly(kind, month) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path)


def scores(rows: list[tuple[Any, ...]], month: date) -> pd.DataFrame:
    names = ["household", "band", "rule_score", "events", "event_hold", "dibao", "at_risk", "risk"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(as_of=month, coverage=0.8, rule_version="r1")


@pytest.fixture
def county(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    rows = scores(HOUSEHOLDS, MONTH)
    profile = pd.DataFrame(
        {
            "household": rows["household"],
            "as_of": MONTH,
            "township_code": "990321101",
            "village_code": "990321101001",
            "urban_rural": "urban",
            "population": "return",
            "on_dibao_tekun": rows["dibao"],
            "at_risk": rows["at_risk"],
        }
    )
    risk = rows.loc[rows["risk"].notna(), ["household", "as_of", "risk"]]
    write(home, "profile", MONTH, "household.parquet", profile)
    write(home, "scores", MONTH, "scores.parquet", rows.drop(columns=["dibao", "at_risk", "risk"]))
    names = ["household", "person", "indicator", "category", "tier", "points", "contribution"]
    write(home, "scores", MONTH, "parts.parquet", pd.DataFrame(PARTS, columns=names))
    write(home, "risk", MONTH, "risk.parquet", risk.assign(model_version="4", population="return"))
    return home


def named(found: CandidateSet) -> dict[str, Candidate]:
    return {c.household: c for c in found.in_words(found.candidates)}


def test_each_lane_names_its_households_and_no_other(county: Home) -> None:
    found = named(candidates(county, MONTH, POLICY))
    assert {h for h, c in found.items() if c.by_rule} == {"h-red", "h-orange"}
    assert {h: c.risk_rank for h, c in found.items() if c.risk_rank} == {"h-risk": 1, "h-red": 2}
    assert {h for h, c in found.items() if c.events} == {"h-event", "h-dibao-event"}
    assert set(found) == {"h-red", "h-orange", "h-risk", "h-event", "h-dibao-event"}


def test_households_on_dibao_or_tekun_come_in_by_the_event_lane_only(county: Home) -> None:
    candidate = named(candidates(county, MONTH, POLICY))["h-dibao-event"]
    assert (candidate.by_rule, candidate.risk_rank, candidate.events) == (False, None, ("C04",))


def test_a_candidate_carries_where_it_is_and_what_was_scored(county: Home) -> None:
    found = candidates(county, MONTH, POLICY)
    red = named(found)["h-red"]
    assert found.households == len(HOUSEHOLDS)
    assert (red.band, red.rule_score, red.risk, red.coverage) == (Band.RED, 55.0, 0.30, 0.8)
    assert (red.rule_version, red.model_version, red.population) == ("r1", "4", "return")
    assert (red.township_code, red.village_code) == ("990321101", "990321101001")


def test_rule_reasons_are_the_tiers_words_strongest_first(county: Home) -> None:
    red = named(candidates(county, MONTH, POLICY))["h-red"]
    words = words_on(MONTH)
    rules = [r for r in red.reasons if r.source is Source.RULE]
    assert [(r.code, r.points) for r in rules] == [("B01", 30.0), ("C01", 10.0), ("A06", 5.0)]
    assert (rules[0].zh, rules[0].en) == (words.reason("B01", 0).zh, words.reason("B01", 0).en)


def test_events_are_told_as_events_and_other_parts_only_for_alerting_bands(county: Home) -> None:
    event = named(candidates(county, MONTH, POLICY))["h-event"]
    assert [(r.source, r.code) for r in event.reasons] == [
        (Source.EVENT, "A03"),
        (Source.EVENT, "A08"),  # fired without points of its own: told by its name
    ]
    assert event.reasons[1].zh == words_on(MONTH).indicator("A08").zh


def test_the_model_tells_its_place_and_after_explaining_what_pushed_up(county: Home) -> None:
    before = named(candidates(county, MONTH, POLICY))["h-risk"]
    assert [r.zh for r in before.reasons] == ["模型判断走访发现困难的可能性 40%；全县第 1 位"]
    assert before.needs == (("basic_living", "civil_affairs"),)
    names = ["household", "question", "fact", "category", "contribution", "shown"]
    frame = pd.DataFrame(EXPLAINED, columns=[*names, "text_zh", "text_en"])
    write(county, "risk", MONTH, "facts.parquet", frame)
    after = named(candidates(county, MONTH, POLICY))["h-risk"]
    assert [r.en for r in after.reasons] == [
        "The model gives 40% that a visit finds need; number 1 in the county",
        "own costs 12,300 yuan",
        "grade D home",
        "1 other fact together lowers the risk (−0.50); "
        "the lines above carry 100% of all that raises it",
    ]
    assert [kind for kind, _ in after.needs] == ["medical_aid", "urban_housing"]


def test_needs_follow_the_reasons_with_their_departments(county: Home) -> None:
    red = named(candidates(county, MONTH, POLICY))["h-red"]
    words = words_on(MONTH)
    assert red.needs[0] == ("basic_living", "civil_affairs")
    assert all(words.department_of(kind) == department for kind, department in red.needs)


def test_an_event_is_fresh_when_it_did_not_fire_last_month(county: Home) -> None:
    assert named(candidates(county, MONTH, POLICY))["h-event"].fresh_events == ()
    old = scores([("h-event", "none", 0.0, ["A03"], False, False, False, None)], BEFORE)
    write(county, "scores", BEFORE, "scores.parquet", old)
    found = named(candidates(county, MONTH, POLICY))
    assert found["h-event"].fresh_events == ("A08",)
    assert found["h-dibao-event"].fresh_events == ("C04",)


def test_without_risk_results_the_other_lanes_still_work(county: Home) -> None:
    (county.monthly("risk", MONTH) / "risk.parquet").unlink()
    found = candidates(county, MONTH, POLICY)
    assert set(named(found)) == {"h-red", "h-orange", "h-event", "h-dibao-event"}
    assert found.standing(["h-red"]) == {"h-red": (55.0, None)}


def test_the_standing_of_any_household_can_be_looked_up(county: Home) -> None:
    assert standing(county, MONTH, ["h-none", "h-orange", "h-gone"]) == {
        "h-none": (0.0, 0.01),
        "h-orange": (36.0, None),
    }
    assert standing(county, MONTH, []) == {}


def test_a_month_without_scores_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AlertsError, match="run 'doudi run --as-of 2026-03' first"):
        candidates(Home(tmp_path), MONTH, POLICY)
