"""The YAML cases beside this file: what a county officer can read, the engine must do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ibis.backends.duckdb import Backend

from models.scorecard import RuleFiles, RuleSet, resolve

from .factory import Family, Result, score

pytestmark = pytest.mark.slow

CASES = Path(__file__).parent / "cases"
AS_OF = date(2026, 6, 30)


@cache
def cases(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


LADDERS = cases("ladders.yaml")
FAMILIES = [*cases("worked_checks.yaml"), *cases("households.yaml")]


def steps(case: dict[str, Any], rules: RuleSet) -> Iterator[tuple[str, Family, Any]]:
    """One household per column of a ladder: (indicator, household, expected)."""
    ((indicator, expected),) = case["output"].items()
    for number, wanted in enumerate(expected):
        facts = {name: values[number] for name, values in case["input"].items()}
        personal = rules.indicators[indicator].scope == "person"
        yield indicator, Family({}, [facts]) if personal else Family(facts), wanted


def family(case: dict[str, Any]) -> Family:
    return Family(case["input"].get("household", {}), case["input"].get("persons", [{}]))


def outcome(row: dict[str, Any]) -> Any:
    if row["tier"] is None:
        return "unknown"
    return "skipped" if row["tier"] == -1 else row["points"]


@pytest.fixture(scope="module")
def ladder_outcomes(con: Backend, rules: RuleSet) -> list[list[Any]]:
    """What the engine says to every step of every ladder, all in one run."""
    flat = [step for case in LADDERS for step in steps(case, rules)]
    parts = score(con, [home for _, home, _ in flat], rules, everything=True).parts
    found = {(row["household"], row["indicator"]): outcome(row) for row in parts}
    answers = iter([found[f"h{k:04d}", step[0]] for k, step in enumerate(flat)])
    return [[next(answers) for _ in steps(case, rules)] for case in LADDERS]


@pytest.mark.parametrize("number", range(len(LADDERS)), ids=lambda k: LADDERS[k]["name"])
def test_a_ladder_gives_the_points_written(number: int, ladder_outcomes: list[list[Any]]) -> None:
    ((_, expected),) = LADDERS[number]["output"].items()
    assert ladder_outcomes[number] == expected


def test_every_indicator_has_a_ladder_that_reaches_each_of_its_tiers(rules: RuleSet) -> None:
    reached: dict[str, set[float]] = {}
    for case in LADDERS:
        ((indicator, expected),) = case["output"].items()
        reached.setdefault(indicator, set()).update(v for v in expected if not isinstance(v, str))
        assert "unknown" in expected
    wanted = {i.id: {t.points for t in i.tiers} for i in rules.indicators.values()}
    assert reached == wanted


@pytest.fixture(scope="module")
def family_results(con: Backend, files: RuleFiles) -> dict[str, Result]:
    rules = resolve(files, AS_OF)
    homes = [family(case) for case in FAMILIES]
    return {
        "per_member": score(con, homes, rules, everything=True),
        "once": score(con, homes, rules.with_mode("once")),
    }


def test_all_cases_are_of_the_day_they_are_run_on() -> None:
    assert {case["as_of"] for case in [*LADDERS, *FAMILIES]} == {AS_OF}


@pytest.mark.parametrize("number", range(len(FAMILIES)), ids=lambda k: FAMILIES[k]["name"])
def test_a_family_scores_what_was_worked_out_by_hand(
    number: int, family_results: dict[str, Result]
) -> None:
    result, wanted = family_results["per_member"], dict(FAMILIES[number]["output"])
    row, once = result.of(number), family_results["once"].of(number)
    parts = [p for p in result.parts if p["household"] == row["household"]]
    sums: dict[str, float] = {}
    for part in parts:
        sums[part["indicator"]] = sums.get(part["indicator"], 0.0) + part["contribution"]
    found = {
        "score": pytest.approx(row["rule_score"]),
        "band": row["band"],
        "score_once": pytest.approx(once["rule_score"]),
        "band_once": once["band"],
        "events": row["events"],
        "held": row["event_hold"],
        "coverage": pytest.approx(row["coverage"]),
        "known": row["n_known"],
        "skipped": [p["indicator"] for p in parts if p["tier"] == -1],
    }
    for indicator, points in wanted.pop("parts", {}).items():
        assert sums.get(indicator, "none") == points
    assert wanted == {key: found[key] for key in wanted}
