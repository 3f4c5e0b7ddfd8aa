"""The event lane's facts: which ask for an answer, when they happened, which come first."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from ibis.backends.duckdb import Backend

from models.scorecard import RuleSet, score_month

from .factory import AS_OF, Family, name, score, write_home

WELL_OFF = {"income_to_average": 2.0, "public_payroll_or_pension": True}


def lane(con: Backend, rules: RuleSet, *families: Family) -> list[dict[str, Any]]:
    return score(con, families, rules).events


def ids(facts: list[dict[str, Any]]) -> list[str]:
    return [fact["indicator"] for fact in facts]


@pytest.mark.slow
def test_a_fact_names_the_member_the_day_and_the_points(con: Backend, rules: RuleSet) -> None:
    day = date(2026, 6, 11)
    home = Family({}, [{}, {"suspected_dropout": True, "out_of_school_since": day}])
    assert lane(con, rules, home) == [
        {
            "household": name(0),
            "person": "p000001",
            "indicator": "D04",
            "happened_on": day,
            "points": 10.0,
            "urgent": True,
            "order": 3,
            "held": False,
        }
    ]


@pytest.mark.slow
def test_a_fact_of_the_household_names_no_member(con: Backend, rules: RuleSet) -> None:
    (fact,) = lane(con, rules, Family({"disaster_housing": "severe"}, [{}, {}]))
    assert (fact["person"], fact["points"], fact["happened_on"]) == (None, 15.0, None)


@pytest.mark.slow
def test_shelter_comes_first_and_standing_hardship_last(con: Backend, rules: RuleSet) -> None:
    everything = Family(
        {"disaster_housing": "slight", "lost_main_earner_12m": True},
        [
            {"suspected_destitute": True, "severely_disabled": True, "care_subsidy_due": True}
            | {"suspected_unsupported_child": True, "suspected_dropout": True}
            | {"self_paid_to_average": 2.0, "new_listed_disease_90d": True, "illness_weighs": True}
        ],
    )
    facts = lane(con, rules, everything)
    assert ids(facts) == ["F02", "A02", "D04", "A08", "C01", "C04", "A01", "A03"]
    assert ids([f for f in facts if f["urgent"]]) == ["F02", "A02", "D04", "A08"]


@pytest.mark.slow
def test_a_certificate_of_last_year_is_a_standing_fact(con: Backend, rules: RuleSet) -> None:
    def certified(day: date | None) -> Family:
        facts = {"severely_disabled": True, "care_subsidy_due": True}
        return Family({}, [facts | {"severely_disabled_on": day}])

    days = [date(2026, 5, 1), date(2025, 12, 31), date(2026, 1, 1), None]
    found = lane(con, rules, *map(certified, days))
    # The last day of December, six months back, is out; an unknown day stays in.
    assert [f["household"] for f in found] == [name(0), name(2), name(3)]


@pytest.mark.slow
def test_an_urgent_kind_has_no_age_limit(con: Backend, rules: RuleSet) -> None:
    old = {"suspected_dropout": True, "out_of_school_since": date(2024, 9, 1)}
    assert ids(lane(con, rules, Family({}, [old]))) == ["D04"]


@pytest.mark.slow
def test_contrary_facts_hold_what_can_wait_and_never_a_child_or_a_roof(
    con: Backend, rules: RuleSet
) -> None:
    home = Family(
        WELL_OFF | {"disaster_housing": "severe", "lost_main_earner_12m": True},
        [{"self_paid_to_average": 2.0, "suspected_dropout": True}],
    )
    result = score(con, [home, Family(WELL_OFF, [{"self_paid_to_average": 2.0}])], rules)
    held = {(f["household"], f["indicator"]): f["held"] for f in result.events}
    # A08 too: the year's income is that of the earner who died.
    assert held == {
        (name(0), "F02"): False,
        (name(0), "D04"): False,
        (name(0), "A08"): False,
        (name(0), "C01"): True,
        (name(1), "C01"): True,
    }
    assert [result.of(k)["event_hold"] for k in (0, 1)] == [False, True]


@pytest.mark.slow
def test_a_month_writes_its_events_beside_the_scores(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    families = [Family(WELL_OFF, [{"self_paid_to_average": 2.0}]), Family({}, [{}])]
    home = write_home(tmp_path, AS_OF, families, rules)
    done = score_month(home, AS_OF, con)
    assert done.events == home.monthly("scores", AS_OF) / "events.parquet"
    table = pq.read_table(done.events, partitioning=None)
    assert table.schema.names == [
        *("household", "person", "indicator", "happened_on", "points", "urgent", "order", "held")
    ]
    assert str(table.schema.field("happened_on").type) == "date32[day]"
    assert [row["indicator"] for row in table.to_pylist()] == ["C01"]


@pytest.mark.slow
def test_a_month_without_any_event_writes_an_empty_file(
    tmp_path: Path, con: Backend, rules: RuleSet
) -> None:
    done = score_month(write_home(tmp_path, AS_OF, [Family()], rules), AS_OF, con)
    assert pq.read_table(done.events, partitioning=None).num_rows == 0
