"""Luck belongs to a household and a month: helping one family moves nobody else's dice."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.world.clock import month_number
from simulator.world.founding import new_world
from simulator.world.luck import Luck
from simulator.world.state import State
from simulator.world.step import settle_in

KEYS = np.arange(200_000)


def a_county() -> State:
    first = month_number("2024-01")
    state = new_world(4, 1500, first - 12, first, "normal")
    settle_in(state, 12)
    return state


def test_a_draw_depends_on_who_draws_and_not_on_who_else_does() -> None:
    everyone = Luck(1, 24300, "illness").random(KEYS)
    some = np.array([5, 17, 123_456])
    assert np.array_equal(Luck(1, 24300, "illness").random(some), everyone[some])


@pytest.mark.parametrize("other", [(2, 24300, "illness"), (1, 24301, "illness"), (1, 24300, "x")])
def test_another_seed_month_or_subject_is_other_luck(other: tuple[int, int, str]) -> None:
    ours, theirs = Luck(1, 24300, "illness").random(KEYS), Luck(*other).random(KEYS)
    assert abs(np.corrcoef(ours, theirs)[0, 1]) < 0.01


def test_a_second_draw_is_independent_of_the_first() -> None:
    luck = Luck(1, 24300, "illness")
    first, second = luck.random(KEYS), luck.random(KEYS)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.01
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 0.01


def test_draws_have_the_distributions_they_are_named_for() -> None:
    luck = Luck(3, 1, "shapes")
    uniform, normal = luck.random(KEYS), luck.normal(KEYS, 2.0, 3.0)
    assert np.abs(np.histogram(uniform, 20, (0, 1))[0] / len(KEYS) - 0.05).max() < 0.003
    assert (normal.mean(), normal.std()) == pytest.approx((2.0, 3.0), abs=0.03)
    assert luck.lognormal(KEYS, 1.0, 0.5).mean() == pytest.approx(np.exp(1.125), rel=0.01)
    whole = luck.integers(KEYS, 3, 7)
    assert np.abs(np.bincount(whole)[3:] / len(KEYS) - 0.25).max() < 0.005
    some = luck.choice(KEYS, (4, 8), p=(0.2, 0.8))
    assert (some == 4).mean() == pytest.approx(0.2, abs=0.005)
    counts = luck.poisson(KEYS, np.where(KEYS % 2, 13.0, 7.0))
    assert counts[1::2].mean() == pytest.approx(13, rel=0.01)
    assert counts[::2].var() == pytest.approx(7, rel=0.03)
    trials = luck.geometric(KEYS, 0.25)
    assert (trials.min(), trials.mean()) == pytest.approx((1, 4), rel=0.02)
    assert luck.gamma(KEYS, 2.0, 3.0).mean() == pytest.approx(6, rel=0.02)


@pytest.mark.slow
def test_help_for_one_family_leaves_every_other_life_as_it_was() -> None:
    alone, helped = a_county(), a_county()
    chosen = int(np.flatnonzero(helped.h.unmet)[0])
    helped.h.savings[chosen] += 60_000
    helped.h.apply_at[chosen] = helped.month + 1
    idle = (helped.p.hh == chosen) & (helped.p.work == 0)
    helped.p.health[helped.p.hh == chosen] = 0
    helped.p.work[idle], helped.p.wage[idle] = 2, 3000
    for _ in range(6):
        settle_in(alone, 1)
        settle_in(helped, 1)
    others = np.arange(len(alone.h.n)) != chosen
    for name in alone.h:
        assert np.array_equal(alone.h[name][others], helped.h[name][others]), name
    assert alone.h.savings[chosen] != helped.h.savings[chosen]
    # Persons by their own key; the order number on a card is the police's, given as they come.
    rows = [np.flatnonzero(s.p.hh != chosen) for s in (alone, helped)]
    assert np.array_equal(alone.p.key[rows[0]], helped.p.key[rows[1]])
    for name in set(alone.p) - {"seq"}:
        assert np.array_equal(alone.p[name][rows[0]], helped.p[name][rows[1]]), name


def test_no_two_persons_share_their_luck() -> None:
    state = a_county()
    assert len(np.unique(state.p.key)) == len(state.p.key)
