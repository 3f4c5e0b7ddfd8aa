"""What must hold for any profile: the engine agrees with plain Python, parts add up."""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from models.scorecard import Indicator, RuleSet, events

from . import plain
from .factory import AS_OF, Facts, Family, Result, score

FAMILIES = 40


def values(indicator: Indicator) -> list[Any]:
    """Values on, beside and between the bars, words without a tier, and unknown."""
    if indicator.kind == "flag":
        return [True, False, None]
    if indicator.kind == "word":
        return [*(t.equals for t in indicator.tiers[:-1]), "any other", None]
    bounds = sorted({bound for tier in indicator.tiers for bound in tier.bounds})
    near = [b + step for b in bounds for step in (-1e-6, 0.0, 1e-6)]
    return [*near, -5.0, 0.0, 100.0, math.nan, None]


def facts(indicators: list[Indicator], known: float, dice: Random) -> Facts:
    found: dict[str, Any] = {}
    for indicator in indicators:
        if dice.random() < known:
            found[indicator.feature] = dice.choice(values(indicator))
        if indicator.source.only_if:
            found[indicator.source.only_if] = dice.choice([True, True, False, None])
        if indicator.source.unless:
            found[indicator.source.unless] = dice.choice([True, False, False, None])
        for tier in indicator.tiers:
            if isinstance(tier.event, str):
                found[tier.event] = dice.choice([True, True, False, None])
        event = indicator.source.event
        if event and event.happened:
            ago = dice.choice([None, 0, 100, 180, 181, 200, 400])
            found[event.happened] = ago if ago is None else AS_OF - timedelta(days=ago)
    return found


def families(rules: RuleSet, dice: Random) -> list[Family]:
    known = dice.choice([0.1, 0.5, 0.9, 1.0])
    return [
        Family(
            facts(rules.scope("household"), known, dice),
            [facts(rules.scope("person"), known, dice) for _ in range(dice.randint(1, 6))],
        )
        for _ in range(FAMILIES)
    ]


def check(homes: list[Family], result: Result, rules: RuleSet) -> None:
    assert len(result.scores) == len(homes)
    for number, home in enumerate(homes):
        row, wanted = result.of(number), plain.score(home, rules)
        parts = [p for p in result.parts if p["household"] == row["household"]]
        total = math.fsum(p["contribution"] for p in parts)
        assert total == pytest.approx(row["rule_score"], abs=1e-9)
        assert row["rule_score"] == pytest.approx(wanted["rule_score"], abs=1e-9)
        for category, points in wanted["categories"].items():
            own = math.fsum(p["contribution"] for p in parts if p["category"] == category)
            assert row[f"cat_{category}"] == pytest.approx(points, abs=1e-9)
            assert own == pytest.approx(points, abs=1e-9)
        assert row["coverage"] == pytest.approx(wanted["coverage"], abs=1e-9)
        for key in ("n_known", "events", "event_hold"):
            assert row[key] == wanted[key]
        twice = Counter((p["person"], p["indicator"]) for p in parts)
        assert max(twice.values(), default=0) <= 1, "tiers are exclusive"
        assert all(p["points"] != 0 or p["indicator"].endswith("_cap") for p in parts)


@pytest.mark.slow
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32 - 1), mode=st.sampled_from(["per_member", "once"]))
def test_parts_add_up_to_the_score_and_plain_python_agrees(
    con: Backend, rules: RuleSet, seed: int, mode: Any
) -> None:
    rules = rules.with_mode(mode)
    homes = families(rules, Random(seed))  # noqa: S311 (test data)
    check(homes, score(con, homes, rules), rules)


@pytest.mark.slow
def test_forgetting_a_fact_takes_away_its_part_and_lowers_coverage(
    con: Backend, rules: RuleSet
) -> None:
    full = facts(rules.scope("household"), 1.0, Random(3))  # noqa: S311 (test data)
    lane = {name for i in rules.indicators.values() for name in events.columns(i)}
    lane |= {i.source.unless for i in rules.indicators.values() if i.source.unless}
    full = {n: v for n, v in full.items() if v == v and v is not None and n not in lane}
    full |= {"rigid_after_applicable": True, "labour_counts": True}
    forgotten = [{k: v for k, v in full.items() if k != name} for name in full]
    result = score(con, [Family(full), *map(Family, forgotten)], rules, everything=True)
    for number, name in enumerate(full, start=1):
        assert result.of(number)["coverage"] < result.of(0)["coverage"]
        about = [p for p in result.parts if p["feature"] == name and p["points"]]
        assert result.of(number)["household"] not in {p["household"] for p in about}


@pytest.mark.slow
def test_a_number_that_is_none_is_unknown_and_not_larger_than_every_bar(
    con: Backend, rules: RuleSet
) -> None:
    nan = Family({"income_to_average": math.nan, "rigid_over_theta": math.nan}, [{}])
    result = score(con, [nan], rules)
    assert result.parts == []
    assert result.of(0)["coverage"] == 0
