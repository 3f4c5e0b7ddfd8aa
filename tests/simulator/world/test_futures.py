"""The oracle: futures from a true state."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.world.clock import month_number
from simulator.world.founding import new_world
from simulator.world.futures import unmet_share
from simulator.world.step import settle_in


@pytest.fixture(scope="module")
def state():
    first = month_number("2024-01")
    state = new_world(2, 1200, first - 12, first, "normal")
    settle_in(state, 12)
    return state


def test_futures_leave_the_present_alone_and_repeat(state) -> None:
    before = state.copy()
    share = unmet_share(state, horizon=2, n_futures=4, seed=9)
    assert np.array_equal(share, unmet_share(state, horizon=2, n_futures=4, seed=9))
    assert state.month == before.month
    assert all(np.array_equal(state.p[k], before.p[k]) for k in before.p)
    assert ((share >= 0) & (share <= 1)).all()
    assert 0 < share.mean() < 0.1


@pytest.mark.slow
def test_what_futures_call_likely_happens_more_often(state) -> None:
    share = unmet_share(state, horizon=3, n_futures=12, seed=9)
    fresh = ~state.h.unmet & (state.h.n > 0)
    ever = np.zeros(len(share), bool)
    for own in range(4):
        ever |= unmet_share(state, horizon=3, n_futures=1, seed=77 + own) > 0
    likely, unlikely = fresh & (share > 0.1), fresh & (share == 0)
    assert ever[likely].mean() > 5 * ever[unlikely].mean()


def test_a_future_needs_a_horizon(state) -> None:
    with pytest.raises(ValueError, match="at least one"):
        unmet_share(state, horizon=0)


def test_a_part_of_the_county_lives_as_it_does_in_the_whole(state) -> None:
    rows = np.arange(100, 400)
    whole, part = state.copy(), state.part(rows)
    settle_in(whole, 3)
    settle_in(part, 3)
    for name in whole.h:
        assert np.array_equal(whole.h[name][rows], part.h[name]), name
