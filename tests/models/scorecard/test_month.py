"""Scoring a month of a home: files, refusals, explanations."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from ibis.backends.duckdb import Backend

from core.home import Home
from models.scorecard import (
    RuleSet,
    ScorecardError,
    ScoredMonth,
    explain_household,
    score_month,
)

from .factory import Family, name, write_home

pytestmark = pytest.mark.slow

AS_OF = date(2026, 6, 30)
HOMES = [
    Family(
        {"income_to_standard": 0.8, "medical_burden": 0.6, "rigid_after_applicable": False},
        [
            {"self_paid_to_average": 1.2, "new_listed_disease_90d": True, "very_old": False},
            {"self_paid_to_average": 0.0, "large_single_admission": True},
        ],
    ),
    Family({"income_to_standard": 1.2}, [{}]),
    Family({"medical_burden": 0.9}, [{"self_paid_to_average": 2.0, "uninsured": True}]),
]


@pytest.fixture
def home(tmp_path: Path, rules: RuleSet) -> Home:
    return write_home(tmp_path, AS_OF, HOMES, rules)


@pytest.fixture(scope="module")
def scored(
    tmp_path_factory: pytest.TempPathFactory, con: Backend, rules: RuleSet
) -> tuple[Home, ScoredMonth]:
    """A home scored once, for tests that only read."""
    home = write_home(tmp_path_factory.mktemp("home"), AS_OF, HOMES, rules)
    return home, score_month(home, AS_OF, con)


def rows(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path, partitioning=None).to_pylist()


def test_a_month_is_written_as_scores_and_parts_that_agree(
    scored: tuple[Home, ScoredMonth], rules: RuleSet
) -> None:
    home, done = scored
    assert (done.households, done.as_of, done.rule_version) == (3, AS_OF, rules.version)
    assert done.scores == home.data / "scores" / "as_of=2026-06-30" / "scores.parquet"
    scores, parts = rows(done.scores), rows(done.parts)
    assert [row["household"] for row in scores] == [name(k) for k in range(3)]
    for row in scores:
        own = [p["contribution"] for p in parts if p["household"] == row["household"]]
        assert math.fsum(own) == pytest.approx(row["rule_score"], abs=1e-9)
        assert row["as_of"] == AS_OF
        assert row["rule_version"] == rules.version
    # (C01 25 + C04 8 + C03 8) / 2 + C02 15 = 35.5 and B01 30; H02 does not apply
    assert [row["rule_score"] for row in scores] == [65.5, 0.0, 40.0]


def test_the_files_have_the_columns_that_readers_rely_on(scored: tuple[Home, ScoredMonth]) -> None:
    _, done = scored
    assert pq.read_schema(done.scores).names == [
        *("household", "as_of", "rule_score", "band", "coverage", "n_known", "n_indicators"),
        *(f"cat_{c}" for c in "ABCDEFGH"),
        *("events", "event_hold", "rule_version"),
    ]
    assert pq.read_schema(done.parts).names == [
        *("household", "person", "indicator", "category", "feature", "value", "tier", "points"),
        "contribution",
    ]


def test_parts_hold_only_points_and_caps(scored: tuple[Home, ScoredMonth]) -> None:
    parts = rows(scored[1].parts)
    third = [p for p in parts if p["household"] == name(2)]
    # C01 25 + C02 15 + C06 5 = 45: five too many
    assert [(p["indicator"], p["contribution"]) for p in third] == [
        ("C01", 25.0),
        ("C02", 15.0),
        ("C06", 5.0),
        ("C_cap", -5.0),
    ]
    assert [(p["value"], p["tier"]) for p in third][:2] == [("2.0", 0), ("0.9", 0)]
    assert {p["person"] for p in third if p["indicator"] in ("C02", "C_cap")} == {None}


def test_scoring_again_replaces_the_month_and_leaves_nothing_beside_it(
    home: Home, con: Backend
) -> None:
    first = score_month(home, AS_OF, con)
    before = rows(first.scores), rows(first.parts)
    second = score_month(home, AS_OF, con)
    assert (rows(second.scores), rows(second.parts)) == before
    assert [p.name for p in (home.data / "scores").iterdir()] == ["as_of=2026-06-30"]


def test_a_failed_month_keeps_the_earlier_files(home: Home, con: Backend, rules: RuleSet) -> None:
    done = score_month(home, AS_OF, con)
    household = home.monthly("profile", AS_OF) / "household.parquet"
    pq.write_table(pq.read_table(household, partitioning=None).drop(["medical_burden"]), household)
    with pytest.raises(ScorecardError, match="the household profile lacks medical_burden"):
        score_month(home, AS_OF, con)
    assert len(rows(done.scores)) == 3
    assert [p.name for p in (home.data / "scores").iterdir()] == ["as_of=2026-06-30"]


def test_a_month_without_a_profile_says_what_to_run(home: Home, con: Backend) -> None:
    with pytest.raises(ScorecardError, match=r"no profile for 2026-05-31 .*doudi run --as-of 2026"):
        score_month(home, date(2026, 5, 31), con)


def test_an_explanation_shows_points_zeros_unknowns_and_what_does_not_apply(
    home: Home, con: Backend, rules: RuleSet
) -> None:
    parts = explain_household(home, AS_OF, name(0), con)
    found = {(p.indicator, p.person): p for p in parts}
    assert found["B01", None].status == "scored"
    assert found["B01", None].words == rules.words("B01", 0)
    assert found["A06", "p000000"].status == "zero"
    assert found["A06", "p000001"].status == "unknown"
    assert found["A06", "p000001"].contribution is None
    assert found["A06", "p000001"].words is None
    assert found["H02", None].status == "skipped"
    assert found["H02", None].words is not None
    assert {p.indicator for p in parts} == set(rules.indicators)
    # one line for the household or one for each of its two members
    assert len(parts) == len(rules.scope("household")) + 2 * len(rules.scope("person"))


def test_an_explanation_adds_up_to_the_stored_score(
    scored: tuple[Home, ScoredMonth], con: Backend
) -> None:
    home, done = scored
    parts = explain_household(home, AS_OF, name(2), con)
    total = math.fsum(p.contribution for p in parts if p.contribution is not None)
    assert total == pytest.approx(rows(done.scores)[2]["rule_score"], abs=1e-9)
    capped = [(p.status, p.words.en) for p in parts if p.indicator == "C_cap" and p.words]
    assert capped == [("cap", "Medical: upper limit reached")]


def test_a_household_that_is_not_there_is_refused(home: Home, con: Backend) -> None:
    with pytest.raises(ScorecardError, match="household h9999 is not in the profile of 2026-06-30"):
        explain_household(home, AS_OF, "h9999", con)
