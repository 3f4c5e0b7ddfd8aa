"""The register office's household books: which family has which number, since when.

A family is a row of the state and stays one; its number is what the office gave it. In a county
whose households do not change the number is the row, for good. Where they change (`changes`) the
office keeps a table of the numbers it gave out: a family that splits off gets a new one, or one
that stood empty; a book that is replaced, or a village that is merged, brings new numbers. A number
stands empty when, as far as the office knows, nobody is on the book, and nobody lives there: whose
death or move was never reported keeps it from being given again.

Beside it stands the sealed list of everything of this kind that happened, with families told apart
by their turn: the second family of a number is (number, 2).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.home import Home
from simulator.world import changes, names
from simulator.world.assets.tables import append
from simulator.world.clock import Now, month_day
from simulator.world.levels import REGION
from simulator.world.state import NEVER, Columns, State, blank

# `since` and days count from 1970-01-01, months as everywhere; `nth` family of its number.
BOOK = {"number": "i4", "nth": "i2", "household": "i4", "since": "i4", "empty": "i4", "given": "?"}
# Persons whom the office struck off: it knows that they died or left.
STRUCK = {"person": "i4"}
# `book` and `other` are rows of the book; `person` who moved, where it is one.
EVENT = {
    "event": "i1",
    "on": "i4",
    "book": "i4",
    "other": "i4",
    "persons": "i2",
    "person": "i4",
    "until": "i4",
}
SPLIT, MERGED, RENUMBERED, REUSED, HEADLESS = range(5)
WORDS = np.array(["split", "merged", "renumbered", "reused", "head_missing"])
EMPTY_MONTHS = 3  # a number stands empty for so long before it is given again (assumed)
EXCHANGE_DAY = 27  # books are exchanged after everything else of the month (assumed)
FOREVER, ALWAYS = 2**31 - 1, -(2**31)


def household_numbers(numbers: np.ndarray) -> np.ndarray:
    """Twelve-digit household numbers, of the office's whole numbers."""
    return np.char.add(REGION, names.padded(numbers, 6))


def change(state: State) -> bool:
    """Whether the households of this county change."""
    return bool(state.extra.get(changes.WANTED))


def numbers(state: State, households: np.ndarray, on: np.ndarray | None = None) -> np.ndarray:
    """The number that each family has, or had on a day, as offices write it."""
    book = state.things.get("book")
    if book is None:
        return household_numbers(households)
    return household_numbers(book.number[places(state, households, on)])


def places(state: State, households: np.ndarray, on: np.ndarray | None = None) -> np.ndarray:
    """Row of the book for each family: the newest or that of a day, the first one before."""
    book = state.things["book"]
    order = np.lexsort((book.since, book.household))
    days = np.full(len(households), FOREVER) if on is None else on.astype("i8")
    keys = (book.household[order].astype("i8") << 33) + book.since[order]
    wanted = np.asarray(households, "i8") << 33
    first = np.searchsorted(keys, wanted + ALWAYS)
    return order[np.maximum(np.searchsorted(keys, wanted + days, side="right") - 1, first)]


def move(now: Now) -> None:
    """Give this month's new families their numbers; the first time, open the books."""
    state = now.state
    if not change(state) or now.month < state.first:
        return
    if "book" not in state.things:
        _open(state)
    _note_moves(now, "merge", MERGED)
    told = now.log.get("split")
    if told is None:
        return
    book, new = state.things["book"], told["household"]
    reused = _empty_numbers(now, new)
    fresh = _fresh(book, np.count_nonzero(reused < 0))
    rows = blank(BOOK, len(new))
    rows.household, rows.since = new, told["on"].astype("datetime64[D]").astype("i8")
    rows.empty = np.full(len(new), NEVER)
    rows.number[reused < 0], rows.nth[reused < 0] = fresh, 1
    again = reused >= 0
    rows.number[again], rows.nth[again] = book.number[reused[again]], book.nth[reused[again]] + 1
    book.given[reused[again]] = True
    state.things["book"] = append(book, rows)
    _note_moves(now, "split", SPLIT)
    given = places(state, new[again])
    one = np.ones(len(given), "i8")
    note(state, REUSED, told["on"][again], given, reused[again], one)


def _open(state: State) -> None:
    """Every family has the number of its row; who died or left before is on no book."""
    size = len(state.h.n)
    book = blank(BOOK, size)
    book.number = book.household = np.arange(size)
    book.nth, book.empty = np.ones(size), np.full(size, NEVER)
    book.since = np.full(size, ALWAYS)
    struck = blank(STRUCK, 0)
    state.things |= {"book": book, "struck": struck, "household_event": blank(EVENT, 0)}
    strike(state, np.flatnonzero(~(state.p.alive & state.p.here)))


def _fresh(book: Columns, count: int) -> np.ndarray:
    """So many numbers that nobody ever had."""
    return book.number.max() + 1 + np.arange(count)


def _empty_numbers(now: Now, new: np.ndarray) -> np.ndarray:
    """Row of the book whose empty number each new family gets; -1 for a number of its own."""
    state, book = now.state, now.state.things["book"]
    free = (book.empty != NEVER) & (now.month - book.empty >= EMPTY_MONTHS) & ~book.given
    dice = now.luck("a used number").random(state.h.key[new])
    wants = dice < changes.chance(state, "reuse", now.month)
    found = np.full(len(new), -1, "i8")
    for at in np.flatnonzero(wants):
        town = state.h.town[book.household] == state.h.town[new[at]]
        near = np.flatnonzero(free & town)
        if len(near):  # the one that stood empty longest
            found[at] = near[np.lexsort((near, book.empty[near]))[0]]
            free[found[at]] = False
    return found


def strike(state: State, persons: np.ndarray) -> None:
    """The office knows that these died or left: they are on no book any more."""
    if "struck" in state.things:
        rows = blank(STRUCK, len(persons))
        rows.person = persons
        state.things["struck"] = append(state.things["struck"], rows)


def on_book(state: State) -> np.ndarray:
    """Persons who are on some book, as far as the office knows."""
    known = np.ones(len(state.p.hh), bool)
    known[state.things["struck"].person] = False
    return known


def exchange(now: Now) -> tuple[np.ndarray, np.ndarray]:
    """Books exchanged this month: families get new numbers on the 27th.

    Returns everybody on those books or living there, with the day.
    """
    state = now.state
    h, book = state.h, state.things["book"]
    every = np.flatnonzero(np.bincount(state.p.registered[on_book(state)], minlength=len(h.n)) > 0)
    own = now.luck("book exchanged").random(h.key[every])
    place = now.luck("villages merged").random(h.village[every])
    gets = own < changes.chance(state, "renumber", now.month)
    gets |= place < changes.chance(state, "village", now.month)
    rows = every[gets & (h.n[every] > 0)]
    day = month_day(now.month, EXCHANGE_DAY)
    before, new = places(state, rows), blank(BOOK, len(rows))
    new.number, new.nth, new.household = _fresh(book, len(rows)), np.ones(len(rows)), rows
    new.since, new.empty = np.full(len(rows), day.astype("i8")), np.full(len(rows), NEVER)
    book.empty[before] = now.month
    state.things["book"] = append(book, new)
    theirs = np.zeros(len(h.n), bool)
    theirs[rows] = True
    p, known = state.p, on_book(state)
    told = np.flatnonzero(known & (theirs[p.registered] | theirs[p.hh]))
    count = state.count(p.alive & p.here)[rows]
    note(state, RENUMBERED, np.full(len(rows), day), places(state, rows), before, count)
    return told, np.full(len(told), day)


def close_month(now: Now) -> None:
    """Note which numbers stand empty at the month's end."""
    state, book = now.state, now.state.things["book"]
    size = len(state.h.n)
    held = np.bincount(state.p.registered[on_book(state)], minlength=size) > 0
    held |= state.h.n > 0
    newest = np.zeros(len(book.number), bool)
    newest[places(state, np.arange(size))] = True
    full = held[book.household]
    book.empty = np.where(newest & full & ~book.given, NEVER, book.empty)
    book.empty = np.where(newest & ~full & (book.empty == NEVER), now.month, book.empty)


def _note_moves(now: Now, kind: str, event: int) -> None:
    """Keep the month's splits or merges: to which book people came, which one they left."""
    told = now.log.get(kind)
    if told is None:
        return
    to, left = places(now.state, told["household"]), places(now.state, told["other"])
    pair = told.get("partner", np.full(len(to), -1)) >= 0
    note(now.state, event, told["on"], to, left, 1 + pair, np.where(pair, -1, told["person"]))


def gone_to_a_child(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Persons who moved in with a child, and the families (rows) that they left."""
    told, book = state.things.get("household_event"), state.things.get("book")
    if told is None or book is None:
        return np.empty(0, "i8"), np.empty(0, "i8")
    merged = np.flatnonzero(told.event == MERGED)
    return told.person[merged], book.household[told.other[merged]]


def note(
    state: State,
    event: int,
    on: np.ndarray,
    book: np.ndarray,
    other: np.ndarray,
    persons: np.ndarray,
    person: np.ndarray | None = None,
) -> None:
    """Write into the sealed list: the book concerned, the other one (-1: none), how many people,
    and the one person it is about, if it is one."""
    rows = blank(EVENT, len(book))
    rows.event, rows.on = np.full(len(book), event), on.astype("datetime64[D]").astype("i8")
    rows.book, rows.other, rows.persons = book, other, persons
    rows.person = np.full(len(book), -1) if person is None else person
    state.things["household_event"] = append(state.things["household_event"], rows)


def families(state: State) -> dict[str, np.ndarray]:
    """Every number a family ever had: `household_no`, `nth` family of it, `household` (its row)."""
    book = state.things.get("book")
    if book is None:
        rows = np.arange(len(state.h.n))
        return {"household_no": household_numbers(rows), "nth": rows * 0 + 1, "household": rows}
    told = {"nth": book.nth.astype("i8"), "household": book.household.astype("i8")}
    return {"household_no": household_numbers(book.number)} | told


def seal(home: Home, state: State) -> None:
    """Write truth/household_events.parquet, where households change: event, day, household_no and
    nth (which family of the number) of the household concerned and of the other one, persons, and
    until (of a missing head: the day on which one was written again; empty: none yet)."""
    told, book = state.things.get("household_event"), state.things.get("book")
    if told is None or book is None:
        return
    other = np.maximum(told.other, 0)
    none = told.other < 0
    text = household_numbers(book.number)
    table = pa.table(
        {
            "event": WORDS[told.event].astype(object),
            "day": told.on.astype("datetime64[D]"),
            "household_no": text[told.book].astype(object),
            "nth": book.nth[told.book],
            "other_no": pa.array(text[other].astype(object), mask=none),
            "other_nth": pa.array(book.nth[other], mask=none),
            "persons": told.persons,
            "until": pa.array(told.until.astype("datetime64[D]"), mask=told.until == 0),
        }
    )
    home.truth.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, home.truth / "household_events.parquet")
