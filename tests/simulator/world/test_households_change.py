"""Households split, merge and get other numbers, where a county is asked to have it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.home import Home
from simulator.world import books, changes, simulate
from simulator.world import codes as c
from simulator.world.clock import Log, Now, month_day, month_number
from simulator.world.departments import vacant_heads
from simulator.world.departments.desk import Desk, Papers
from simulator.world.founding import new_world
from simulator.world.settings import CHANGES
from simulator.world.settings import changes as asked
from simulator.world.state import State, load
from simulator.world.step import step

FIRST = month_number("2025-01")
OFTEN = {"split": 1.0, "split_wed": 0.5, "elders_apart": 0.1, "merge": 0.1, "reuse": 1.0}


def world(**wanted: float) -> State:
    """A county in the month of its first delivery, with open books."""
    state = new_world(5, 300, FIRST - 1, FIRST - 1, "normal")
    state.extra[changes.WANTED] = dict(wanted)
    books.move(live(state))
    return state


def live(state: State) -> Now:
    """The next month, its new families with their numbers."""
    now = step(state, log=Log())
    books.move(now)
    return now


def next_month(state: State) -> Now:
    """The month after, in which nothing has happened yet."""
    state.month += 1
    return Now(state, state.month, state.seed, Log())


def lived(months: int = 8, **wanted: float) -> State:
    """A county some months after its first delivery."""
    state = world(**wanted)
    for _ in range(months):
        now = live(state)
        books.exchange(now)
        books.close_month(now)
    return state


def events(state: State, kind: int) -> np.ndarray:
    """Rows of the sealed list of one kind."""
    return np.flatnonzero(state.things["household_event"].event == kind)


def test_nothing_of_it_happens_unless_asked_for() -> None:
    state = new_world(5, 300, FIRST - 1, FIRST - 1, "normal")
    for _ in range(6):
        live(state)
    assert len(state.h.n) == 300
    assert "book" not in state.things
    assert books.numbers(state, np.array([7])).tolist() == ["990321000007"]


def test_the_same_seed_has_the_same_families_under_the_same_numbers() -> None:
    one, other = lived(**OFTEN), lived(**OFTEN)
    for name in ("book", "household_event"):
        for column, values in one.things[name].items():
            np.testing.assert_array_equal(values, other.things[name][column])
    assert len(events(one, books.SPLIT)) > 5


def test_who_leaves_the_family_founds_one_with_a_number_of_its_own() -> None:
    state = world(split=1.0)
    now = live(state)
    while (told := now.log.get("split")) is None:
        now = live(state)
    assert now.log.get("departure") is None  # they stayed in the county
    person, home = told["person"][0], told["household"][0]
    assert state.p.relation[person] == c.HEAD
    assert state.p.registered[person] == home >= 300
    own = books.numbers(state, np.array([home]))
    assert own[0] >= "990321000300"
    # What the office writes of an earlier day of the month has the same number.
    assert books.numbers(state, np.array([home]), month_day(now.month, np.array([1]))) == own
    assert state.h.roll[home] == 0  # its parents' assistance is theirs


def test_money_goes_with_who_leaves_and_none_is_made() -> None:
    state = world(elders_apart=1.0)
    before = state.h.savings.sum()
    changes.elders_apart(next_month(state))
    assert len(state.h.n) > 300
    assert state.h.savings.sum() == pytest.approx(before, rel=1e-5)
    assert (state.h.savings[300:] > 0).any()


def test_an_elder_left_alone_moves_in_with_a_child_and_the_old_home_is_empty() -> None:
    state = world(merge=1.0)
    now, on_roll = next_month(state), state.h.roll > 0
    changes.merge(now)
    told = now.log.get("merge")
    assert told is not None
    person, home, old = told["person"], told["household"], told["other"]
    assert (state.p.hh[person] == home).all()
    assert (state.p.registered[person] == home).all()
    assert (state.p.relation[person] == c.PARENT).all()
    assert (state.h.town[home] == state.h.town[old]).all()
    assert (state.count(state.p.alive & state.p.here)[old] == 0).all()
    assert on_roll[old].any(), "no elder of this county was on a roll: the next line says nothing"
    assert (state.h.roll[old] == 0).all()
    # Who signs for the end of that assistance is the elder, not somebody at random.
    books.move(now)
    assert Desk(now, Papers()).heads(old).tolist() == person.tolist()


def test_a_new_number_holds_from_the_day_of_the_exchange() -> None:
    state = world(renumber=1.0)
    now = live(state)
    told, _ = books.exchange(now)
    family = np.array([state.p.registered[told[0]]])
    day = month_day(now.month, books.EXCHANGE_DAY)
    before, after = books.numbers(state, family, day - 1), books.numbers(state, family, day)
    assert before.tolist() == [f"990321{family[0]:06d}"]
    assert after != before
    assert books.numbers(state, family) == after


def test_a_village_is_merged_as_a_whole() -> None:
    state = lived(3, village=0.1)
    moved = state.things["book"].household[state.things["household_event"].book]
    villages = set(state.h.village[moved].tolist())
    there = np.isin(state.h.village, list(villages)) & (state.h.n > 0)
    assert villages
    assert set(np.flatnonzero(there)) <= set(moved.tolist())


def test_a_number_is_given_again_only_after_it_stood_empty_in_the_township() -> None:
    state = lived(12, **OFTEN)
    book, told = state.things["book"], state.things["household_event"]
    rows = events(state, books.REUSED)
    assert len(rows) > 2
    new, old = told.book[rows], told.other[rows]
    assert (book.number[new] == book.number[old]).all()
    assert (book.nth[new] == book.nth[old] + 1).all()
    assert (state.h.town[book.household[new]] == state.h.town[book.household[old]]).all()
    month = told.on[rows].astype("datetime64[D]").astype("datetime64[M]").astype("i8") + 1970 * 12
    assert (month - book.empty[old] >= 3).all()


def test_a_number_whose_dead_were_never_reported_is_not_given_again() -> None:
    state = world(reuse=1.0)
    homes = state.p.hh[np.flatnonzero(state.p.alive & state.p.here)]
    home = int(np.flatnonzero(np.bincount(homes) == 1)[0])
    (person,) = np.flatnonzero((state.p.hh == home) & (state.p.registered == home))
    others = state.p.registered == home
    others[person] = False
    state.p.registered[others] = state.p.hh[others]  # nobody else is on this book
    state.p.alive[person], state.h.n[home] = False, 0
    now = next_month(state)
    books.close_month(now)
    place = books.places(state, np.array([home]))[0]
    assert state.things["book"].empty[place] < 0  # the office thinks that somebody is there
    books.strike(state, np.array([person]))
    books.close_month(now)
    assert state.things["book"].empty[place] == now.month


def test_the_register_names_no_head_for_months_though_somebody_heads_the_family() -> None:
    state = world(no_head=1.0)
    head = np.flatnonzero((state.p.relation == c.SPOUSE) & state.p.alive & state.p.here)[0]
    home = state.p.hh[head]
    dead = np.flatnonzero((state.p.hh == home) & (state.p.relation == c.HEAD))
    now = next_month(state)
    now.log.add("new_head", person=np.array([head]), was=np.array([c.SPOUSE]))
    state.p.alive[dead], state.p.relation[head] = False, c.HEAD
    desk = Desk(now, Papers())
    vacant_heads.begin(desk, dead, month_day(now.month, np.array([5])))
    assert vacant_heads.relations(state)[head] == c.SPOUSE
    until = state.things["vacant"].until[0]
    assert vacant_heads.MONTHS[0] <= until - now.month < vacant_heads.MONTHS[1]
    assert len(vacant_heads.end(desk)[0]) == 0
    later = Desk(Now(state, int(until), state.seed, Log()), Papers())
    named, days = vacant_heads.end(later)
    assert named.tolist() == [head]
    assert vacant_heads.relations(state)[head] == c.HEAD
    told = state.things["household_event"]
    assert told.until[events(state, books.HEADLESS)].tolist() == days.astype("i8").tolist()


@pytest.mark.slow
def test_a_saved_county_goes_on_with_its_books(tmp_path: Path) -> None:
    whole, parts = Home(tmp_path / "whole"), Home(tmp_path / "parts")
    often = OFTEN | {"renumber": 0.05, "no_head": 1.0}
    for home, end in ((whole, "2025-06"), (parts, "2025-03")):
        months = 6 if home is whole else 3
        simulate(home, 150, months, seed=3, end=end, save_every=3, households_change=often)
    saved = parts.truth / "states" / "2025-03.npz"
    assert load(saved).extra[changes.WANTED] == often
    simulate(parts, end="2025-06", from_state=saved)
    for name in ("household_events.parquet", "need.parquet"):
        assert pq.read_table(whole.truth / name).equals(pq.read_table(parts.truth / name))
    assert pq.read_table(whole.truth / "household_events.parquet").num_rows


@pytest.mark.parametrize(
    ("wanted", "says"),
    [({"divorce": 0.1}, "no change of households 'divorce'"), ({"split": 2}, "from 0 to 1")],
)
def test_a_change_that_is_not_known_is_refused(wanted: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        asked(wanted)


def test_asked_without_rates_a_county_has_those_of_the_settings() -> None:
    assert asked(True) == {kind: rate.share for kind, rate in CHANGES.items()}
    assert asked(False) == {}
