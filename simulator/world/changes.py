"""Households that split and merge: who founds one of their own, who joins a child's.

Joined to what life does anyway: of those who leave their family (grown children who settle
elsewhere, spouses after a divorce) some stay in the county. Old couples may leave a child's home,
and old people left alone move in with one. How often is the county's own (`settings.CHANGES`):
nothing unless asked for. Until the month of the first delivery nothing of it happens, since no file
could tell.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world import help as offices
from simulator.world.clock import Now, month_day
from simulator.world.luck import Luck
from simulator.world.people import MONTHS
from simulator.world.state import HOUSEHOLD, NEVER, Columns, State, blank

WANTED = "households_change"  # of State.extra: chance by kind of CHANGES
# Ages of somebody who moves in with a child, and years between an elder and a child (assumed).
OLD, APART = 70, (20, 42)
# What a new household shares with the family it comes from (assumed: the rest is its own).
_SHARED = (
    "town",
    "village",
    "urban",
    "frailty",
    "luck",
    "aware",
    "habit",
    "tie",
    "fuel",
    "water",
    "floor",
    "roof",
    "toilet",
    "dwelling",
)
# Where the founders live (assumed): a home the parents pay for, a rented one, a room lent.
_IN_TOWN = ((c.OWN_URBAN, c.MARKET_RENT, c.BORROWED), (0.5, 0.4, 0.1))
_IN_VILLAGES = ((c.OWN_RURAL, c.MARKET_RENT, c.BORROWED), (0.7, 0.05, 0.25))
_NEW = 1 << 39  # keys of households founded later begin here; persons' keys leave 40 bits


def chance(state: State, kind: str, month: int) -> float:
    """How often one kind of CHANGES happens in this county in a month, 0 to 1."""
    wanted = state.extra.get(WANTED, {}) if month > state.first else {}
    return float(wanted.get(kind, 0.0))


def stay_near(now: Now, leaving: np.ndarray) -> np.ndarray:
    """Which of the persons `leaving` their family stay in the county."""
    dice = now.luck("stays near").random(now.state.p.key[leaving])
    return dice < chance(now.state, "split", now.month)


def split(
    now: Now, founders: np.ndarray, days: np.ndarray, partners: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Each of `founders` has a household of their own from a day on, with a partner or alone (-1).

    Returns those who marry as they found it, with the days.
    """
    state, p = now.state, now.state.p
    if not len(founders):
        return founders, days
    partners = np.full(len(founders), -1) if partners is None else partners
    luck, keys, before = now.luck("split"), p.key[founders], p.hh[founders]
    grown, divorced = (p.relation[founders] == kind for kind in (c.CHILD, c.SPOUSE))
    new = state.add_households(_founded(now, luck, founders))
    p.hh[founders], p.registered[founders], p.relation[founders] = new, new, c.HEAD
    p.marital[founders[divorced]] = c.DIVORCED
    with_one = partners >= 0
    two, theirs = partners[with_one], new[with_one]
    p.hh[two], p.registered[two], p.relation[two] = theirs, theirs, c.SPOUSE
    _share_money(state, before, new, 1 + with_one)
    own = np.isin(state.h.kind[new], (c.OWN_URBAN, c.OWN_RURAL))
    now.log.add("house", household=new[own], on=days[own])
    now.log.add("split", person=founders, partner=partners, household=new, other=before, on=days)
    ready = grown & (p.marital[founders] == c.SINGLE)
    weds = ready & (luck.random(keys) < chance(state, "split_wed", now.month))
    return founders[weds], days[weds]


def elders_apart(now: Now) -> None:
    """Old couples in the home of a child have a household of their own again."""
    state, h, p = now.state, now.state.h, now.state.p
    wanted = chance(state, "elders_apart", now.month)
    if not wanted:
        return
    old = p.alive & p.here & (p.relation == c.PARENT)
    couple = (state.count(old) == 2) & (state.count(old & state.present()) == 2)
    luck = now.luck("elders apart")
    couple &= luck.random(h.key) < wanted
    rows = np.flatnonzero(old & couple[p.hh])
    rows = rows[np.lexsort((p.born[rows], p.hh[rows]))]  # the older of the two is the head
    founders, partners = rows[::2], rows[1::2]
    split(now, founders, now.dates(luck, p.key[founders]), partners)
    # The child they lived with sends something now, as relatives outside do.
    homes = p.hh[founders]
    h.tie[homes] = np.maximum(h.tie[homes], luck.lognormal(h.key[homes], 6.1, 0.6))


def _founded(now: Now, luck: Luck, founders: np.ndarray) -> Columns:
    """Rows of the households that `founders` come to live in."""
    state, keys = now.state, now.state.p.key[founders]
    h, parents = state.h, state.p.hh[founders]
    rows = blank(HOUSEHOLD, len(founders))
    for name in _SHARED:
        rows[name] = h[name][parents].copy()
    for name in MONTHS:
        rows[name] = np.full(len(founders), NEVER, rows[name].dtype)
    # Nothing but who founds a household says whose luck it draws.
    own = Luck(state.seed, now.month, "keys of households").integers(keys, 0, _NEW)
    rows.key = own.astype("u8") + np.uint64(_NEW)
    _dwellings(now, luck, keys, rows)
    return rows


def _dwellings(now: Now, luck: Luck, keys: np.ndarray, rows: Columns) -> None:
    """Where the new households live."""
    town = luck.choice(keys, *_IN_TOWN)
    rows.kind = np.where(rows.urban, town, luck.choice(keys, *_IN_VILLAGES))
    rent = luck.uniform(keys, 450, 1300)
    rows.rent = np.where(rows.kind == c.MARKET_RENT, rent, 0)
    rows.danger = np.where(rows.urban, 0, 1)
    rows.area = luck.uniform(keys, 45, 110)
    rows.rooms = np.clip(np.round(rows.area / 26), 1, 9)
    rows.acquired = np.full(len(keys), month_day(now.month).astype("i8"))
    rows.acquired_how = np.where(rows.urban, 1, 0)


def _share_money(state: State, before: np.ndarray, new: np.ndarray, people: np.ndarray) -> None:
    """Who leaves takes a head's share of the savings and of the usual income; debts stay."""
    h = state.h
    for one, household, leave in zip(before, new, people, strict=True):  # two may leave one family
        share = leave / max(int(h.n[one]), int(leave) + 1)
        for name in ("savings", "smooth"):
            h[name][household] = h[name][one] * share
            h[name][one] -= h[name][household]
        h.n[one] -= leave


def merge(now: Now) -> None:
    """Old people left alone move in with a child, who is registered with them from then on.

    The world keeps no kin outside a household. A child is somebody's household in the same township
    whose head has the age for it: one of the elder's own old home, else one drawn once for all.
    """
    state, h, p = now.state, now.state.h, now.state.p
    wanted = chance(state, "merge", now.month)
    if not wanted:
        return
    alone = (state.count(p.alive & p.here) == 1) & (h.tie > 0)
    old = state.present() & (p.relation == c.HEAD) & (state.age() >= OLD) & alone[p.hh]
    luck = now.luck("merge")
    elders = np.flatnonzero(old & (luck.random(p.key) < wanted))
    found = np.array([_child_of(state, elder, elders) for elder in elders], "i8")
    elders, found = elders[found >= 0], found[found >= 0]
    days, before = now.dates(luck, p.key[elders]), p.hh[elders]
    now.log.add("merge", person=elders, household=found, other=before, on=days)
    on_roll = before[h.roll[before] > 0]
    offices.finish(now, luck, on_roll, np.full(len(on_roll), c.MOVED))
    p.hh[elders], p.registered[elders], p.relation[elders] = found, found, c.PARENT
    for name in ("savings", "debt", "land", "property"):
        np.add.at(h[name], found, h[name][before])
        h[name][before] = 0
    h.apply_at[before], h.orders[before], h.tie[before] = NEVER, 0, 0


def _child_of(state: State, elder: int, moving: np.ndarray) -> int:
    """Row of the household of this elder's child; -1 where nobody can be."""
    h, p, age = state.h, state.p, state.age()
    heads = np.flatnonzero(state.present() & (p.relation == c.HEAD))
    heads = heads[~np.isin(p.hh[heads], p.hh[moving])]
    apart = age[elder] - age[heads]
    fits = (apart >= APART[0]) & (apart <= APART[1])
    heads = heads[fits & (h.town[p.hh[heads]] == h.town[p.hh[elder]])]
    if not len(heads):
        return -1
    came = p.key[heads] >> np.uint64(24) == p.key[elder] >> np.uint64(24)  # of one home once
    if came.any():
        heads = heads[came]
    luck = Luck(state.seed, int(p.key[elder]), "a child's home")
    return int(p.hh[heads[np.argmin(luck.random(p.key[heads]))]])
