"""Candidates read from small result files: who is named by which lane, and in which words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alerts.errors import AlertsError
from alerts.policy import default_policy
from alerts.raising import CandidateSet, candidates, standing
from alerts.selection import Candidate
from alerts.states import Band, Source
from alerts.words import Words
from core.home import Home
from models.scorecard import load_rules

MONTH, BEFORE = date(2026, 3, 31), date(2026, 2, 28)
POLICY = default_policy()

UNWATCHED = POLICY.open_unwatched - 0.02  # enough for a watched family only
# household, band, score, held, watch (s secured, r at risk, u unwatched), existing, coming
HOUSEHOLDS = [
    ("h-red", "red", 55.0, False, "r", 0.50, 0.1),
    ("h-orange", "orange", 36.0, False, "u", 0.05, None),
    ("h-yellow", "yellow", 30.0, False, "r", 0.30, None),
    ("h-dibao", "red", 70.0, False, "s", 0.42, None),
    ("h-dibao-event", "red", 60.0, False, "s", 0.10, None),
    ("h-event", "none", -1.0, False, "u", 0.01, None),
    ("h-held", "none", -50.0, True, "u", 0.01, None),
    ("h-risk", "none", 3.0, False, "r", 0.60, 0.1),
    ("h-left", "none", 3.0, False, "u", UNWATCHED, None),
    ("h-coming", "none", 0.0, False, "r", 0.05, 0.35),
    ("h-none", "none", 0.0, False, "r", 0.01, 0.01),
]
# household, person, indicator, happened on, urgent, order, held
FACTS = [
    ("h-event", "p3", "A03", date(2026, 3, 5), False, 8, False),
    ("h-event", None, "A08", date(2026, 3, 9), True, 2, False),
    ("h-dibao-event", "p9", "C04", None, False, 6, False),
    ("h-held", "p7", "A03", date(2026, 3, 2), False, 8, True),
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


def facts(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    names = ["household", "person", "indicator", "happened_on", "urgent", "order", "held"]
    frame = pd.DataFrame(rows, columns=names).assign(points=10.0)
    return frame.astype({"person": "string", "happened_on": "datetime64[s]"})


def events(home: Home, month: date, rows: list[tuple[Any, ...]]) -> None:
    frame = pa.Table.from_pandas(facts(rows), preserve_index=False)
    day = frame["happened_on"].cast(pa.date32())
    frame = frame.set_column(frame.schema.get_field_index("happened_on"), "happened_on", day)
    path = home.monthly("scores", month) / "events.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(frame, path)


def profile(home: Home, month: date, **changes: dict[str, Any]) -> None:
    """The month's profile; `changes` maps a column to values by household."""
    watch = [row[4] for row in HOUSEHOLDS]
    frame = pd.DataFrame(
        {
            "household": [row[0] for row in HOUSEHOLDS],
            "as_of": month,
            "township_code": "990321101",
            "village_code": "990321101001",
            "urban_rural": "urban",
            "population": "return",
            "on_dibao_tekun": [w == "s" for w in watch],
            "roll_class": ["dibao" if w == "s" else None for w in watch],
            "at_risk": [w == "r" for w in watch],
            "visited_24m": True,
            "income_known": True,
            "in_process": False,
        }
    )
    for column, values in changes.items():
        frame[column] = [
            values.get(h, v) for h, v in zip(frame["household"], frame[column], strict=True)
        ]
    write(home, "profile", month, "household.parquet", frame)


@pytest.fixture
def county(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    names = ["household", "band", "rule_score", "event_hold", "watch", "existing", "coming"]
    rows = pd.DataFrame(HOUSEHOLDS, columns=names).assign(as_of=MONTH)
    profile(home, MONTH)
    scores = rows[["household", "as_of", "band", "rule_score", "event_hold"]]
    scores = scores.assign(coverage=0.8, rule_version="r1", events=[[] for _ in HOUSEHOLDS])
    write(home, "scores", MONTH, "scores.parquet", scores)
    events(home, MONTH, FACTS)
    events(home, BEFORE, [])
    names = ["household", "person", "indicator", "category", "tier", "points", "contribution"]
    write(home, "scores", MONTH, "parts.parquet", pd.DataFrame(PARTS, columns=names))
    risk = rows[["household", "as_of", "existing", "coming"]]
    risk = risk.assign(risk=risk["existing"], model_version="4", population="return")
    write(home, "risk", MONTH, "risk.parquet", risk)
    return home


def named(found: CandidateSet) -> dict[str, Candidate]:
    return {c.household: c for c in found.in_words(found.candidates)}


def test_each_lane_names_its_households_and_no_other(county: Home) -> None:
    found = named(candidates(county, MONTH, POLICY))
    # the rules name h-orange too, but the model expects 0.05 of a visit there
    assert {h for h, c in found.items() if c.by_rule} == {"h-red"}
    assert {h for h, c in found.items() if c.facts} == {"h-event", "h-dibao-event", "h-held"}
    assert set(found) == {
        *("h-red", "h-dibao", "h-risk", "h-coming"),
        *("h-event", "h-dibao-event", "h-held"),
    }


def test_the_model_ranks_all_whom_somebody_watches(county: Home) -> None:
    found = named(candidates(county, MONTH, POLICY))
    ranks = {h: found[h].risk_rank for h in ("h-risk", "h-red", "h-dibao", "h-event")}
    assert ranks == {"h-risk": 1, "h-red": 2, "h-dibao": 3, "h-event": None}
    watch = {h: found[h].watch for h in ("h-risk", "h-dibao", "h-event")}
    assert watch == {"h-risk": "at_risk", "h-dibao": "secured", "h-event": "unwatched"}


def test_families_on_dibao_or_tekun_are_asked_about_more_than_basic_living(county: Home) -> None:
    candidate = named(candidates(county, MONTH, POLICY))["h-dibao"]
    assert (candidate.by_rule, candidate.on_roll, candidate.existing) == (False, True, 0.42)
    assert candidate.needs
    assert "basic_living" not in {kind for kind, _ in candidate.needs}


def test_families_below_the_floors_are_counted(county: Home) -> None:
    found = candidates(county, MONTH, POLICY)
    # h-orange is named by the rules, the model expects 0.05; h-yellow stands between 0.25 and 0.40
    assert dict(found.below) == {"rule": 1, "risk": 1, "secured": 0, "coming": 0}


def test_a_single_risk_of_older_results_is_read_as_the_existing(county: Home) -> None:
    old = pd.DataFrame({"household": ["h-risk", "h-left"], "risk": [0.7, 0.9]})
    write(county, "risk", MONTH, "risk.parquet", old.assign(model_version="1", as_of=MONTH))
    found = named(candidates(county, MONTH, POLICY))
    assert (found["h-risk"].existing, found["h-risk"].coming) == (0.7, None)
    assert "h-left" not in found  # that risk was never meant for the unwatched


def test_a_candidate_carries_where_it_is_and_what_was_scored(county: Home) -> None:
    found = candidates(county, MONTH, POLICY)
    red = named(found)["h-red"]
    assert found.households == len(HOUSEHOLDS)
    assert (red.band, red.rule_score, red.risk, red.coverage) == (Band.RED, 55.0, 0.50, 0.8)
    assert (red.rule_version, red.model_version, red.population) == ("r1", "4", "return")
    assert (red.township_code, red.village_code) == ("990321101", "990321101001")


def test_rule_reasons_are_the_tiers_words_strongest_first(county: Home) -> None:
    red = named(candidates(county, MONTH, POLICY))["h-red"]
    words = Words(load_rules(MONTH))
    rules = [r for r in red.reasons if r.source is Source.RULE]
    assert [(r.code, r.points) for r in rules] == [("B01", 30.0), ("C01", 10.0), ("A06", 5.0)]
    assert (rules[0].zh, rules[0].en) == (words.reason("B01", 0).zh, words.reason("B01", 0).en)


def test_facts_are_told_as_events_and_other_parts_only_for_alerting_bands(county: Home) -> None:
    event = named(candidates(county, MONTH, POLICY))["h-event"]
    assert [(r.source, r.code) for r in event.reasons] == [
        (Source.EVENT, "A03"),
        (Source.EVENT, "A08"),  # fired without points of its own: told by its name
    ]
    assert event.reasons[1].zh == Words(load_rules(MONTH)).indicator("A08").zh


def test_the_model_tells_its_place_and_after_explaining_what_pushed_up(county: Home) -> None:
    before = named(candidates(county, MONTH, POLICY))["h-risk"]
    assert [r.zh for r in before.reasons] == ["模型判断走访发现困难的可能性 60%；全县第 1 位"]
    assert before.needs == (("basic_living", "civil_affairs"),)
    names = ["household", "question", "fact", "category", "contribution", "shown"]
    frame = pd.DataFrame(EXPLAINED, columns=[*names, "text_zh", "text_en"])
    write(county, "risk", MONTH, "facts.parquet", frame)
    after = named(candidates(county, MONTH, POLICY))["h-risk"]
    assert [r.en for r in after.reasons] == [
        "The model gives 60% that a visit finds need; number 1 in the county",
        "own costs 12,300 yuan",
        "grade D home",
        "1 other fact together lowers the risk; the lines above carry 100% of all that raises it",
    ]
    assert [kind for kind, _ in after.needs] == ["medical_aid", "urban_housing"]


def test_that_need_is_coming_is_told_where_it_is_likelier_than_need_now(county: Home) -> None:
    coming = named(candidates(county, MONTH, POLICY))["h-coming"]
    assert "6个月内陷入困难的可能性 35%" in coming.reasons[0].zh
    assert coming.reasons[0].en.endswith("if not in need now, 35% to be within 6 months")


def test_needs_follow_the_reasons_with_their_departments(county: Home) -> None:
    red = named(candidates(county, MONTH, POLICY))["h-red"]
    words = Words(load_rules(MONTH))
    assert red.needs[0] == ("basic_living", "civil_affairs")
    assert all(words.department_of(kind) == department for kind, department in red.needs)


def fresh(home: Home, household: str = "h-event", month: date = MONTH) -> list[str]:
    found = {c.household: c for c in candidates(home, month, POLICY).candidates}
    return sorted(f.indicator for f in found[household].facts) if household in found else []


def test_a_fact_is_fresh_when_the_month_before_did_not_have_it(county: Home) -> None:
    assert fresh(county) == ["A03", "A08"]
    events(county, BEFORE, [FACTS[0]])
    events(county, date(2026, 1, 31), [FACTS[0]])
    events(county, date(2025, 12, 31), [FACTS[0]])
    assert fresh(county) == ["A08"]


def test_the_same_kind_on_another_day_or_of_another_person_is_another_fact(county: Home) -> None:
    other_day = ("h-event", None, "A08", date(2025, 3, 9), True, 2, False)
    other_person = ("h-event", "p4", "A03", date(2026, 3, 5), False, 8, False)
    for month in (BEFORE, date(2026, 1, 31), date(2025, 12, 31)):
        events(county, month, [other_day, other_person])
    assert fresh(county) == ["A03", "A08"]


def test_a_fact_that_had_to_wait_stays_fresh_for_three_months(county: Home) -> None:
    months = [BEFORE, date(2026, 1, 31), date(2025, 12, 31), date(2025, 11, 30)]
    for seen_since in (1, 2):
        for place, month in enumerate(months):
            events(county, month, [FACTS[0]] if place < seen_since else [])
        assert fresh(county) == ["A03", "A08"], seen_since
    events(county, months[2], [FACTS[0]])
    assert fresh(county) == ["A08"]


def test_in_a_first_run_only_facts_of_the_window_are_fresh(county: Home) -> None:
    (county.monthly("scores", BEFORE) / "events.parquet").unlink()
    long_ago = ("h-event", None, "F02", date(2026, 1, 29), True, 1, False)  # 61 days
    just_in = ("h-event", None, "D04", date(2026, 1, 30), True, 1, False)  # 60 days
    events(county, MONTH, [*FACTS, long_ago, just_in])
    assert fresh(county) == ["A03", "A08", "D04"]
    assert fresh(county, "h-dibao-event") == []  # without a date


def test_what_a_new_feed_brings_is_not_news_because_it_is_new_to_us(county: Home) -> None:
    """The certificates come for the first time in March: only those of the window are fresh."""
    feature = load_rules(MONTH).indicators["A03"].feature
    old = date(2025, 6, 1)
    rows = [
        ("h-event", "p3", "A03", date(2026, 3, 5), False, 8, False),
        ("h-event", "p4", "A03", old, False, 8, False),
        ("h-event", None, "A08", old, True, 2, False),
    ]
    events(county, BEFORE, [])
    events(county, MONTH, rows)
    people = pd.DataFrame({"household": ["h-event"], "person": ["p3"], feature: [None]})
    write(county, "profile", BEFORE, "person.parquet", people.astype({feature: "boolean"}))
    assert fresh(county) == ["A03", "A08"]
    found = {c.household: c for c in candidates(county, MONTH, POLICY).candidates}
    assert [f.person for f in found["h-event"].facts if f.indicator == "A03"] == ["p3"]
    # Known the month before, the old one is news: somebody wrote it down late.
    people[feature] = False
    write(county, "profile", BEFORE, "person.parquet", people.astype({feature: "boolean"}))
    found = {c.household: c for c in candidates(county, MONTH, POLICY).candidates}
    assert {f.person for f in found["h-event"].facts if f.indicator == "A03"} == {"p3", "p4"}


def test_what_was_stale_in_the_first_run_does_not_come_back_as_waiting(county: Home) -> None:
    stale = ("h-event", "p3", "A03", date(2024, 5, 1), False, 8, False)
    recent = ("h-event", None, "A08", date(2026, 2, 9), True, 2, False)
    events(county, BEFORE, [stale, recent])
    events(county, MONTH, [stale, recent])
    assert fresh(county) == ["A08"]


def test_a_missing_month_is_bridged_by_the_newest_earlier_one(county: Home) -> None:
    (county.monthly("scores", BEFORE) / "events.parquet").unlink()
    for month in (date(2026, 1, 31), date(2025, 12, 31), date(2025, 11, 30)):
        events(county, month, [FACTS[0]])
    assert fresh(county) == ["A08"]


def test_a_fact_carries_what_ranks_it_and_the_need_it_hints_at(county: Home) -> None:
    found = {c.household: c for c in candidates(county, MONTH, POLICY).candidates}
    (main_earner,) = [f for f in found["h-event"].facts if f.indicator == "A08"]
    assert (main_earner.urgent, main_earner.order, main_earner.happened_on) == (
        True,
        2,
        date(2026, 3, 9),
    )
    assert main_earner.need == Words(load_rules(MONTH)).need_for("A08", "A")
    assert found["h-event"].urgent
    assert [f.held for f in found["h-held"].facts] == [True]


def test_without_a_table_of_facts_the_firing_events_are_compared(county: Home) -> None:
    (county.monthly("scores", MONTH) / "events.parquet").unlink()
    listed = pq.read_table(county.monthly("scores", MONTH) / "scores.parquet").to_pandas()
    listed["events"] = [["A03", "A08"] if h == "h-event" else [] for h in listed["household"]]
    write(county, "scores", MONTH, "scores.parquet", listed)
    assert fresh(county) == []  # nothing to compare with
    before = listed.assign(events=[["A03"] if h == "h-event" else [] for h in listed["household"]])
    write(county, "scores", BEFORE, "scores.parquet", before)
    assert fresh(county) == ["A08"]


def test_families_in_process_are_marked_and_those_beyond_the_limit_counted(county: Home) -> None:
    known = {"h-red": True, "h-none": True, "h-risk": True}
    profile(county, MONTH, in_process=known, roll_class={"h-risk": "edge"})
    found = candidates(county, MONTH, POLICY)
    assert (found.in_process, found.unanswered) == (3, 0)
    assert {c.household for c in found.candidates if c.in_process} == {"h-red", "h-risk"}
    # two months ago already, and on no roll since; h-risk was taken in, h-none is new
    profile(county, date(2026, 1, 31), in_process={"h-red": True, "h-risk": True})
    assert candidates(county, MONTH, POLICY).unanswered == 1


def test_everybody_else_may_be_drawn_with_group_place_and_visits(county: Home) -> None:
    profile(county, MONTH, in_process={"h-red": True}, visited_24m={"h-none": False})
    found = candidates(county, MONTH, POLICY)
    pool = found.pool()
    assert len(pool.household) == len(HOUSEHOLDS) - 1
    strata = dict(zip(pool.household, pool.stratum, strict=True))
    # eleven households: the first 5 % is one of them, the next 15 % two more
    assert strata["h-risk"] == "at_risk/high/visited"
    assert strata["h-left"] == "unwatched/middle/visited"
    assert strata["h-none"] == "at_risk/low/never"
    assert pool.household[pool.unknown].tolist() == ["h-none"]
    (drawn,) = found.lookup(["h-none"])
    assert (drawn.watch, drawn.by_rule, drawn.township_code) == ("at_risk", False, "990321101")


def test_without_risk_results_the_other_lanes_still_work(county: Home) -> None:
    (county.monthly("risk", MONTH) / "risk.parquet").unlink()
    found = candidates(county, MONTH, POLICY)
    assert set(named(found)) == {"h-red", "h-orange", "h-event", "h-dibao-event", "h-held"}
    assert found.standing(["h-red"]) == {"h-red": (55.0, None)}
    assert len(found.pool().household) == len(HOUSEHOLDS)


def test_the_standing_of_any_household_can_be_looked_up(county: Home) -> None:
    assert standing(county, MONTH, ["h-none", "h-orange", "h-gone"]) == {
        "h-none": (0.0, 0.01),
        "h-orange": (36.0, 0.05),
    }
    assert standing(county, MONTH, []) == {}


def test_a_month_without_scores_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AlertsError, match="run 'doudi run --as-of 2026-03' first"):
        candidates(Home(tmp_path), MONTH, POLICY)
