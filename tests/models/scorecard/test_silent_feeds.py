"""Coverage that can say no: a feed dead for a year tells nothing, and the score shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
from ibis.backends.duckdb import Backend

from features.profile import assemble_profile
from models.scorecard import RuleSet, engine
from tests.features.tables import TableFeeds, history, standards

from .factory import AS_OF

Told = tuple[dict[str, Any], dict[tuple[str | None, str], Any]]
County = Callable[[str | None], Told]
A_YEAR_AGO = date(2025, 6, 30)
REGISTER = """
    person | household | relation | born_month
    a      | 1         | head     | 1980-01-01
    b      | 1         | child    | 2014-01-01
    c      | 2         | head     | 1950-01-01
"""
CLAIMS = """
    person | happened_on | known_on   | self_paid
    a      | 2025-02-03  | 2025-02-28 |     40000
"""
SCHOOL = """
    person | happened_on | stage
    b      | 2025-03-10  | primary
"""
CERTIFICATES = """
    person | category | grade | happened_on | care_subsidy
    c      | physical | 2     | 2024-01-01  | yes
"""
WAGES = """
    person | record_type  | happened_on | amount
    a      | contribution | 2026-05-01  |   5000
"""
FEEDS = {"medical_claims": CLAIMS, "school_rolls": SCHOOL, "employment": WAGES,
         "disability_certificates": CERTIFICATES}  # fmt: skip


def scored(con: Backend, rules: RuleSet, silent: str | None) -> Told:
    """Coverage of household 1, and every indicator's tier by member, with one feed silent."""
    names = {i.feature for i in rules.indicators.values()}
    every = rules.indicators.values()
    names |= {g for i in every for g in (i.source.only_if, i.source.unless) if g}
    feeds = TableFeeds(
        {silent: A_YEAR_AGO} if silent else {}, population_register=REGISTER, **FEEDS
    )
    built = assemble_profile(feeds, AS_OF, "990321", standards(), history(), only=names)
    person = con.create_table("p", built.person.to_pyarrow(), temp=True, overwrite=True)
    home = con.create_table("h", built.household.to_pyarrow(), temp=True, overwrite=True)
    known = engine.coverage(person, home, rules).to_pyarrow().to_pylist()
    parts = engine._given(person, home, rules, everything=True).to_pyarrow().to_pylist()
    tiers = {(row["person"] or row["household"], row["indicator"]): row["tier"] for row in parts}
    return next(row for row in known if row["household"] == "1"), tiers


@pytest.fixture(scope="module")
def county(con: Backend, rules: RuleSet) -> County:
    """The county of above with a feed silent, or None; each made once."""
    return cache(lambda silent: scored(con, rules, silent))


@pytest.mark.slow
def test_coverage_is_of_all_fifty_five(county: County, rules: RuleSet) -> None:
    known, _ = county(None)
    assert known["n_indicators"] == 55
    assert known["n_known"] <= len(rules.indicators)


@pytest.mark.slow
def test_a_medical_feed_dead_for_a_year_knows_no_costs(county: County) -> None:
    before, spoken = county(None)
    after, silent = county("medical_claims")
    medical = ["C01", "C03", "C04", "C05"]
    assert [spoken["a", id] is None for id in medical] == [False] * 4
    assert [silent["a", id] is None for id in medical] == [True] * 4
    assert (spoken["1", "C02"] is None, silent["1", "C02"] is None) == (False, True)
    assert before["coverage"] - after["coverage"] > 5 / 55


@pytest.mark.slow
@pytest.mark.parametrize("feed", sorted(FEEDS))
def test_each_silent_feed_lowers_coverage(county: County, feed: str) -> None:
    assert county(feed)[0]["coverage"] < county(None)[0]["coverage"]


def test_no_child_drops_out_because_the_school_roll_is_late(county: County) -> None:
    assert county(None)[1]["b", "D04"] == 0
    assert county("school_rolls")[1]["b", "D04"] is None


def test_a_certificate_stands_when_its_feed_falls_silent(county: County) -> None:
    assert county("disability_certificates")[1]["c", "A03"] == 0
    assert county("disability_certificates")[1]["a", "A03"] is None
