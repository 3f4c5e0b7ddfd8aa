"""The random draws: known chances, the same draw again, nobody without a chance."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.draw import Pool, audit, chances, explore, systematic
from tests.alerts.factories import MONTH


def pool(counts: dict[str, int], expected: dict[str, float] | None = None) -> Pool:
    strata = [s for s, n in counts.items() for _ in range(n)]
    names = [f"h{i:05d}" for i in range(len(strata))]
    return Pool(
        np.array(names, dtype=object),
        np.array(strata, dtype=object),
        np.array([(expected or {}).get(s, np.nan) for s in strata], dtype=float),
        np.array([s.endswith("never") for s in strata], dtype=bool),
    )


COUNTY = pool({"a/never": 300, "a/visited": 600, "b/visited": 100})


def test_the_same_month_and_seed_draw_the_same_and_another_month_does_not() -> None:
    first = audit(COUNTY, 20, "s", MONTH)
    assert first == audit(COUNTY, 20, "s", MONTH)
    assert first != audit(COUNTY, 20, "s", date(2026, 4, 30))
    assert first != audit(COUNTY, 20, "t", MONTH)


def test_without_a_model_every_household_has_the_same_chance() -> None:
    drawn = audit(COUNTY, 20, "s", MONTH)
    assert {round(one.inclusion, 9) for one in drawn} == {0.02}
    assert Counter(one.stratum for one in drawn) == {"a/never": 6, "a/visited": 12, "b/visited": 2}


def test_strata_where_findings_vary_are_drawn_from_more_often_and_say_so() -> None:
    county = pool({"high/visited": 100, "low/visited": 900}, {"high/visited": 0.5})
    county.expected[100:] = 0.01
    drawn = audit(county, 20, "s", MONTH)
    counted = Counter(one.stratum for one in drawn)
    # weights sqrt(.5 × .5) = .5 and sqrt(.01 × .99) = .0995: 20 × 50 / (50 + 89.5) = 7.2
    assert counted["high/visited"] in {7, 8}
    by_stratum = {one.stratum: one.inclusion for one in drawn}
    assert by_stratum["high/visited"] * 100 + by_stratum["low/visited"] * 900 == pytest.approx(20)


@pytest.mark.slow
def test_weighting_by_inclusion_gives_back_the_size_of_the_county() -> None:
    sizes = [
        sum(1 / one.inclusion for one in audit(COUNTY, 25, f"seed {n}", MONTH)) for n in range(200)
    ]
    assert np.mean(sizes) == pytest.approx(1000, rel=0.02)


@pytest.mark.slow
def test_every_household_is_drawn_as_often_as_its_chance_says() -> None:
    small = pool({"x/never": 4, "y/never": 6})
    small.expected[:] = [0.1, 0.1, 0.2, 0.2, 0.4, 0.4, 0.05, 0.05, 0.3, 0.2]
    counted: Counter[str] = Counter()
    rounds = 4000
    for n in range(rounds):
        counted.update(one.household for one in explore(small, 2, str(n), MONTH))
    wanted = 2 * small.expected / small.expected.sum()
    shares = np.array([counted[h] for h in small.household]) / rounds
    assert np.abs(shares - wanted).max() < 0.03


def test_the_exploration_goes_to_the_unknown_only() -> None:
    drawn = explore(COUNTY, 10, "s", MONTH)
    assert {one.stratum for one in drawn} == {"a/never"}
    assert len(drawn) == 10


@pytest.mark.slow
def test_a_part_of_a_visit_is_drawn_now_and_then() -> None:
    sizes = [len(audit(COUNTY, 0.25, str(n), MONTH)) for n in range(400)]
    assert set(sizes) == {0, 1}
    assert np.mean(sizes) == pytest.approx(0.25, abs=0.06)


def test_an_empty_pool_or_no_share_draws_nobody() -> None:
    assert audit(Pool(), 5, "s", MONTH) == explore(Pool(), 5, "s", MONTH) == []
    assert audit(COUNTY, 0, "s", MONTH) == []
    assert audit(COUNTY.without(set(COUNTY.household)), 5, "s", MONTH) == []


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0.001, 1.0), min_size=1, max_size=40),
    st.floats(0.1, 10.0),
    st.floats(0.0, 0.999),
)
def test_a_draw_has_the_size_asked_for_give_or_take_one(
    weights: list[float], size: float, start: float
) -> None:
    chance = chances(np.array(weights), size)
    assert chance.max() <= 1 + 1e-9
    assert chance.sum() == pytest.approx(min(size, len(weights)))
    assert abs(len(systematic(chance, start)) - chance.sum()) < 1 + 1e-6
