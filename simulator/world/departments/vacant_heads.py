"""Families whose head died and for whom the register office names no new one for some months.

In life somebody heads the family from the next day on; in the register that person stays what they
were to the old head until the office writes otherwise.
"""

from __future__ import annotations

import numpy as np

from simulator.world import books, changes
from simulator.world import codes as c
from simulator.world.assets.tables import append
from simulator.world.clock import month_day
from simulator.world.departments.desk import Desk
from simulator.world.state import State, blank

# Who heads the family in life, what the register calls them, the month it began and ends, and the
# place in the sealed list.
VACANT = {"person": "i4", "was": "i1", "since": "i4", "until": "i4", "noted": "i4"}
MONTHS = (2, 7)  # months without a head: from, to below (assumed)


def relations(state: State) -> np.ndarray:
    """Everybody's relation to the head as the register has it."""
    waiting = state.things.get("vacant")
    if waiting is None:
        return state.p.relation
    told = state.p.relation.copy()
    told[waiting.person] = waiting.was
    return told


def begun(desk: Desk) -> np.ndarray:
    """Persons who head a family since this month, of whom the register does not know it."""
    waiting = desk.state.things.get("vacant")
    return np.empty(0, "i4") if waiting is None else waiting.person[waiting.since == desk.month]


def begin(desk: Desk, dead: np.ndarray, on: np.ndarray) -> None:
    """Of the dead whom the office struck off some were heads: it names nobody yet."""
    state, p, heads = desk.state, desk.state.p, desk.now.log.get("new_head")
    share = changes.chance(state, "no_head", desk.month)
    if heads is None or not share:
        return
    day = np.full(len(state.h.n), np.datetime64("NaT"), "datetime64[D]")
    head = p.relation[dead] == c.HEAD
    day[p.hh[dead[head]]] = on[head]
    person, was = heads["person"], heads["was"]
    luck, homes = desk.now.luck("no head"), p.hh[person]
    dice = luck.random(state.h.key[homes])
    months = luck.integers(state.h.key[homes], *MONTHS)
    at = np.flatnonzero(~np.isnat(day[homes]) & (dice < share) & (was != c.HEAD))
    rows = blank(VACANT, len(at))
    rows.person, rows.was, rows.until = person[at], was[at], desk.month + months[at]
    rows.since = np.full(len(at), desk.month)
    rows.noted = len(state.things["household_event"].event) + np.arange(len(at))
    count = state.count(p.alive & p.here)[homes[at]]
    places = books.places(state, homes[at])
    books.note(state, books.HEADLESS, day[homes[at]], places, np.full(len(at), -1), count)
    old = state.things.get("vacant")
    state.things["vacant"] = rows if old is None else append(old, rows)


def end(desk: Desk) -> tuple[np.ndarray, np.ndarray]:
    """Persons whom the office now writes as heads, and the days."""
    state, p, waiting = desk.state, desk.state.p, desk.state.things.get("vacant")
    if waiting is None:
        return np.empty(0, "i8"), np.empty(0, "datetime64[D]")
    lives = p.alive[waiting.person] & p.here[waiting.person]
    due = waiting.until <= desk.month
    days = month_day(desk.month, desk.now.luck("head named").integers(p.key[waiting.person], 1, 27))
    over = due | ~lives
    events = state.things["household_event"]
    events.until[waiting.noted[over]] = days[over].astype("i8")
    state.things["vacant"] = type(waiting)({k: v[~over] for k, v in waiting.items()})
    told = over & lives
    return waiting.person[told], days[told]
