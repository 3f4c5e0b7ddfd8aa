"""户籍人口: the full register once, then changes; slow about deaths and moves in some places."""

from __future__ import annotations

import numpy as np

from simulator.world import books
from simulator.world import codes as c
from simulator.world.addresses import addresses
from simulator.world.clock import Frame, month_day
from simulator.world.departments import vacant_heads
from simulator.world.departments.desk import Desk, due
from simulator.world.geography import township_code, villages
from simulator.world.names import phones

TOWN_CODES = np.array([township_code(t) for t in range(12)])
VILLAGE_CODES = np.array([v.code for v in villages()])
CHANGED = "变更"


def _rows(desk: Desk, persons: np.ndarray, kind: str, on: np.ndarray, lags: np.ndarray) -> Frame:
    state, p = desk.state, desk.state.p
    registered = p.registered[persons]
    elsewhere = registered != p.hh[persons]
    h = state.h
    return desk.people(persons) | {
        "household_no": desk.numbers(registered, on),
        "living_household_no": np.where(elsewhere, desk.numbers(p.hh[persons], on), ""),
        "relation": c.RELATION[vacant_heads.relations(state)[persons]],
        "sex": np.where(p.sex[persons] == 1, "男", "女"),
        "born_on": p.born[persons].astype("datetime64[D]"),
        "township_code": TOWN_CODES[h.town[registered]],
        "village_code": VILLAGE_CODES[h.village[registered]],
        "urban_rural": np.where(h.urban[registered], "城镇", "农村"),
        "marital": c.MARITAL[p.marital[persons]],
        "phone": np.where(state.age()[persons] >= 14, phones(p, persons), ""),
        "change_type": np.full(len(persons), kind),
        "changed_on": on,
        "address": addresses(desk.now.seed, state.h, p.hh[persons]),
        "due": due(desk, lags),
    }


def observe(desk: Desk) -> list[Frame]:
    """Everyone on the first delivery; births, moves, deaths, changes of marriage afterwards."""
    state, rng = desk.state, desk.rng("population_register")
    if desk.month < state.first:
        return []
    if desk.stock:
        persons = np.flatnonzero(state.p.alive & state.p.here)
        on = np.full(len(persons), month_day(desk.month))
        return [_rows(desk, persons, "在册", on, np.zeros(len(persons), "i8"))]
    frames = []
    # Deaths first: whether the office knows of one says whether it misses a head.
    kinds = {"birth": "出生", "arrival": "迁入", "departure": "迁出", "death": "死亡注销",
             "register_change": CHANGED}  # fmt: skip
    for event, word in kinds.items():
        happened = desk.now.log.get(event)
        if happened is None:
            continue
        persons, on = happened["person"], happened["on"]
        quality = desk.quality(state.p.hh[persons])
        if event in ("death", "departure"):  # some are never reported
            told = rng.random(len(persons)) < 0.35 + 0.6 * quality
            persons, on, quality = persons[told], on[told], quality[told]
            books.strike(state, persons)
            if event == "death":
                vacant_heads.begin(desk, persons, on)
        lags = rng.geometric(np.clip(0.35 + 0.5 * quality, 0.2, 0.95)) - 1
        lags = np.minimum(lags, 8)
        if event == "register_change":  # who is to be head is not written yet
            now = ~np.isin(persons, vacant_heads.begun(desk))
            persons, on, lags = persons[now], on[now], lags[now]
        frames.append(_rows(desk, persons, word, on, lags))
    return frames + _acts(desk) if books.change(state) else frames


def _acts(desk: Desk) -> list[Frame]:
    """What the office does with whole books: splits, merges, new heads, books exchanged."""
    state, frames = desk.state, []
    for event in ("split", "merge"):
        happened = desk.now.log.get(event)
        if happened is not None:
            persons, on = happened["person"], happened["on"]
            if event == "split":
                pair = happened["partner"] >= 0
                persons = np.r_[persons, happened["partner"][pair]]
                on = np.r_[on, on[pair]]
            frames.append(_rows(desk, persons, CHANGED, on, _lags(desk, state.p.hh[persons])))
    frames += _closed_books(desk)
    persons, on = vacant_heads.end(desk)
    frames.append(_rows(desk, persons, CHANGED, on, _lags(desk, state.p.hh[persons])))
    persons, on = books.exchange(desk.now)
    frames.append(_rows(desk, persons, CHANGED, on, _lags(desk, state.p.registered[persons])))
    return frames


def _lags(desk: Desk, households: np.ndarray) -> np.ndarray:
    """Months until an act is in the file: one for everybody whom it concerns."""
    luck, quality = desk.now.luck("register office acts"), desk.quality(households)
    told = luck.geometric(desk.state.h.key[households], np.clip(0.35 + 0.5 * quality, 0.2, 0.95))
    return np.minimum(told - 1, 8)


def _closed_books(desk: Desk) -> list[Frame]:
    """Who brings an old book in to be merged tells of those on it who died or left unreported."""
    state, p, happened = desk.state, desk.state.p, desk.now.log.get("merge")
    if happened is None:
        return []
    day = np.full(len(state.h.n), np.datetime64("NaT"), "datetime64[D]")
    day[happened["other"]] = happened["on"]
    told = np.flatnonzero(~np.isnat(day)[p.registered] & ~(p.alive & p.here) & books.on_book(state))
    books.strike(state, told)
    frames = []
    for word, who in (("死亡注销", told[~p.alive[told]]), ("迁出", told[p.alive[told]])):
        lags = _lags(desk, p.registered[who])
        frames.append(_rows(desk, who, word, day[p.registered[who]], lags))
    return frames
