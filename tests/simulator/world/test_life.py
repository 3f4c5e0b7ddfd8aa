"""The county lives plausibly: shares and rates stay within bands of what is published."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from simulator.world import codes as c
from simulator.world.clock import Log, month_number
from simulator.world.founding import new_world
from simulator.world.levels import level
from simulator.world.state import State, load
from simulator.world.step import step
from simulator.world.visiting import known_hardship

pytestmark = pytest.mark.slow

HOUSEHOLDS = 5000


@dataclass
class Story:
    """Two and a half years of a county, month by month."""

    state: State
    unmet: list[np.ndarray] = field(default_factory=list)
    need: list[np.ndarray] = field(default_factory=list)
    at_risk: list[np.ndarray] = field(default_factory=list)
    left: list[np.ndarray] = field(default_factory=list)
    never: list[np.ndarray] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def story() -> Story:
    first = month_number("2024-07")
    state = new_world(5, HOUSEHOLDS, first - 12, first, "normal")
    told = Story(state)
    for _ in range(36):
        log = Log()
        step(state, log=log)
        h = state.h
        told.unmet.append(h.unmet.copy())
        told.need.append(h.in_need.copy())
        told.at_risk.append(known_hardship(state) & ~np.isin(h.roll, (c.DIBAO, c.TEKUN)))
        told.left.append((state.month - h.left_at < 24) & (h.roll == 0))
        told.never.append(~h.ever & (h.n > 0))
        for kind in ("lost_job", "bill", "visit"):
            frame = log.get(kind)
            size = 0 if frame is None else len(frame["on"])
            told.counts[kind] = told.counts.get(kind, 0) + size
    return told


@pytest.fixture(scope="module")
def founders() -> State:
    first = month_number("2023-07")
    return new_world(5, HOUSEHOLDS, first - 12, first, "normal")


def test_households_have_the_census_sizes_and_ages(founders: State) -> None:
    size, age = founders.h.n, founders.age()
    assert 2.74 <= size.mean() <= 2.95
    assert 0.18 <= (size == 1).mean() <= 0.24
    assert 0.165 <= (age < 15).mean() <= 0.215
    assert 0.125 <= (age >= 65).mean() <= 0.17
    assert 0.41 <= founders.h.urban[founders.p.hh].mean() <= 0.51


def test_three_generations_live_together_in_about_one_household_in_six(founders: State) -> None:
    p = founders.p
    child = founders.count(p.relation == c.CHILD) > 0
    parent = founders.count(p.relation == c.PARENT) > 0
    assert 0.13 <= (child & parent).mean() <= 0.21


def test_grown_people_went_to_school_as_the_census_says(founders: State) -> None:
    grown = founders.age() >= 15
    share = np.bincount(founders.p.educ[grown], minlength=5) / grown.sum()
    assert 0.2 <= share[c.PRIMARY] <= 0.34
    assert 0.4 <= share[c.JUNIOR] <= 0.55
    assert 0.08 <= share[c.SENIOR] <= 0.17
    assert 0.04 <= share[c.COLLEGE] <= 0.11


def test_building_and_farming_employ_their_shares(founders: State) -> None:
    p = founders.p
    share = np.bincount(p.trade[p.work > 0], minlength=c.TRADES) / (p.work > 0).sum()
    assert 0.2 <= share[c.BUILDING] <= 0.34
    assert 0.1 <= share[c.FARMING] <= 0.26


def test_rolls_hold_their_national_shares(story: Story) -> None:
    h = story.state.h
    share = np.bincount(h.roll, weights=h.n, minlength=8) / h.n.sum()
    assert 0.027 <= share[c.DIBAO] <= 0.05
    assert 0.002 <= share[c.TEKUN] <= 0.008
    assert 0.003 <= share[c.EDGE] <= 0.015
    assert 0.0005 <= share[c.MONITORED] <= 0.006
    assert 0.0002 <= share[c.RIGID] <= 0.005


def test_shocks_come_at_about_their_published_rates(story: Story) -> None:
    state, h, p = story.state, story.state.h, story.state.p
    years = 3 * HOUSEHOLDS
    assert 0.025 <= story.counts["lost_job"] / years <= 0.075
    assert story.counts["bill"] / years * 50_000 <= 100_000
    assert 0.15 <= story.counts["visit"] / years <= 0.4
    cost = state.per_household(p.oop12)[h.n > 0]
    usual = (12 * h.smooth)[h.n > 0]
    low = usual < 18 * (level("S", state.month, h.urban) * h.n)[h.n > 0]
    large = cost >= 0.25 * np.maximum(usual, 1)
    assert 0.03 <= large.mean() <= 0.07
    assert 0.12 <= large[low].mean() <= 0.3


def _entry(story: Story, at: int, of: list[np.ndarray], group: np.ndarray) -> tuple[int, int]:
    """(entering within six months, all) of a group that is not there yet."""
    fresh = group & ~of[at]
    later = np.any(of[at + 1 : at + 7], axis=0)
    return int((later & fresh).sum()), int(fresh.sum())


def test_two_to_five_in_a_hundred_at_risk_enter_unmet_need_in_six_months(story: Story) -> None:
    pairs = [_entry(story, at, story.unmet, story.at_risk[at]) for at in (11, 17, 23, 29)]
    entered, of = np.sum(pairs, axis=0)
    assert 0.02 <= entered / of <= 0.055


def test_return_is_several_times_as_frequent_as_new_entry(story: Story) -> None:
    months = range(14, 30, 3)
    back = np.sum([_entry(story, at, story.need, story.left[at]) for at in months], axis=0)
    new = np.sum([_entry(story, at, story.need, story.never[at]) for at in months], axis=0)
    ratio = (back[0] / back[1]) / (new[0] / new[1])
    assert 2.5 <= ratio <= 10


def test_frail_households_are_struck_more_often(story: Story) -> None:
    h = story.state.h
    ever = np.any(story.unmet, axis=0)
    frail = h.frailty > np.median(h.frailty)
    assert ever[frail].mean() > 1.15 * ever[~frail].mean()


def test_a_saved_state_comes_back_whole(story: Story, tmp_path) -> None:
    story.state.save(tmp_path / "s.npz")
    again = load(tmp_path / "s.npz")
    assert (again.month, again.seed, again.setting) == (story.state.month, 5, "normal")
    for table, other in ((again.h, story.state.h), (again.p, story.state.p)):
        assert all(np.array_equal(table[name], other[name]) for name in other)


def test_a_missing_state_says_where_it_should_be(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="no saved world state at"):
        load(tmp_path / "none.npz")


def test_a_misspelt_column_is_refused(story: Story) -> None:
    with pytest.raises(AttributeError, match="no column 'savngs'"):
        story.state.h.savngs = np.zeros(1)
