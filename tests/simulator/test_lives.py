"""One county lived without alerts and with the oracle: same luck, other visits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.home import Home
from simulator import lives
from simulator.world.clock import month_number
from simulator.world.founding import new_world
from simulator.world.state import State
from simulator.world.step import settle_in


@pytest.fixture(scope="module")
def start() -> State:
    first = month_number("2024-01")
    state = new_world(6, 3000, first - 12, first, "normal")
    settle_in(state, 18)
    return state


def test_without_visits_all_three_lives_are_one(start: State) -> None:
    lived = lives.compare(start, [0] * 4, [0] * 4)
    assert lived.oracle == lived.without
    assert lived.months == ("2024-07", "2024-08", "2024-09", "2024-10")
    alone = start.copy()
    settle_in(alone, 4)
    assert lived.without[-1] == np.count_nonzero(alone.h.unmet)


@pytest.mark.slow
def test_the_oracles_visits_avoid_need_and_change_nothing_before_they_are_made(
    start: State,
) -> None:
    before = start.copy()
    lived = lives.compare(start, [0] * 8, [0, 12, 12, 12, 12, 12, 12, 12])
    assert lived.oracle[:2] == lived.without[:2]
    assert sum(lived.oracle) < 0.95 * sum(lived.without)
    assert all(np.array_equal(start.h[name], before.h[name]) for name in before.h)


@pytest.mark.slow
def test_the_oracle_goes_where_need_is_and_nobody_is_on_it(start: State) -> None:
    h = start.h
    chosen = lives.choose(start, 10)
    assert h.unmet[chosen].all()
    assert (start.month - h.applied_at[chosen] > 3).all()
    assert (start.month - h.found_at[chosen] > 6).all()
    # The newest need first: help ends it far oftener than one that has lasted.
    assert (np.diff(h.unmet_since[chosen]) <= 0).all()
    many = lives.choose(start, 120)
    assert len(set(many)) == 120
    assert not h.unmet[many[-1]]


def test_the_figure_of_merit_is_counted_against_both_other_lives(tmp_path: Path) -> None:
    lived = lives.Lives(("2025-07", "2025-08"), (100, 80), (100, 100), (100, 75), (0, 20))
    lived.write(Home(tmp_path))
    told = json.loads((Home(tmp_path).reports / "lives.json").read_text(encoding="utf-8"))
    assert told["synthetic"] is True
    assert (told["with"], told["without"], told["oracle"]) == ([100, 80], [100, 100], [100, 75])
    assert told["need_avoided"] == pytest.approx(20 / 200)
    assert told["need_avoided_of_oracle"] == pytest.approx(20 / 25)
