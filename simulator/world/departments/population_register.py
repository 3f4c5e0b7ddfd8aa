"""户籍人口: the full register once, then changes; slow about deaths and moves in some places."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.addresses import addresses
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import Desk, due, household_numbers
from simulator.world.geography import township_code, villages
from simulator.world.names import phones

TOWN_CODES = np.array([township_code(t) for t in range(12)])
VILLAGE_CODES = np.array([v.code for v in villages()])


def _rows(desk: Desk, persons: np.ndarray, kind: str, on: np.ndarray, lags: np.ndarray) -> Frame:
    state, p = desk.state, desk.state.p
    registered = p.registered[persons]
    elsewhere = registered != p.hh[persons]
    h = state.h
    return desk.people(persons) | {
        "household_no": household_numbers(registered),
        "living_household_no": np.where(elsewhere, household_numbers(p.hh[persons]), ""),
        "relation": c.RELATION[p.relation[persons]],
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
    kinds = {"birth": "出生", "arrival": "迁入", "departure": "迁出", "death": "死亡注销",
             "register_change": "变更"}  # fmt: skip
    for event, word in kinds.items():
        happened = desk.now.log.get(event)
        if happened is None:
            continue
        persons, on = happened["person"], happened["on"]
        quality = desk.quality(state.p.hh[persons])
        if event in ("death", "departure"):  # some are never reported
            told = rng.random(len(persons)) < 0.35 + 0.6 * quality
            persons, on, quality = persons[told], on[told], quality[told]
        lags = rng.geometric(np.clip(0.35 + 0.5 * quality, 0.2, 0.95)) - 1
        frames.append(_rows(desk, persons, word, on, np.minimum(lags, 8)))
    return frames
