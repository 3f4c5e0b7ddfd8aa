"""困难职工与欠薪: wages not paid to those who lost a job, and the trade union's roll.

Wages owed are settled within a year and a half, or never; the union's roll ends after one or two
years. All shares are assumed; none is a published figure.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, later_day, quarter_of
from simulator.world.departments.faults import trouble
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS

CLAIMS = {c.FORMAL: 0.05, c.INFORMAL: 0.03}  # of those who lost such a job
SETTLED = 0.6
ON_ROLL = 0.012  # a month, of workers of firms whose family is short of money or gravely ill


def observe(desk: Desk) -> list[Frame]:
    """Entries that begin this month, and their end when it comes."""
    if desk.month < desk.state.first - 11:
        return []
    return [*_arrears(desk), *_union_roll(desk)]


def _arrears(desk: Desk) -> list[Frame]:
    lost = desk.now.log.get("lost_job")
    if lost is None:
        return []
    p, luck = desk.state.p, desk.now.luck("arrears")
    keys = p.key[lost["person"]]
    chance = np.select([lost["work"] == kind for kind in CLAIMS], list(CLAIMS.values()), 0)
    owed = np.flatnonzero(luck.random(keys) < chance)
    months = luck.integers(keys, 1, 7)[owed]
    amount = np.round(lost["wage"][owed] * months, -2)
    ends = luck.random(keys)[owed] < SETTLED
    after = luck.integers(keys, 3, 19)[owed]
    return _entries(desk, luck, "拖欠工资", lost["person"][owed], lost["on"][owed], amount,
                    np.where(ends, after, -1))  # fmt: skip


def _union_roll(desk: Desk) -> list[Frame]:
    state, p, luck = desk.state, desk.state.p, desk.now.luck("union roll")
    grave = state.count(state.present() & (p.health == c.SEVERE)) > 0
    hard = ((state.h.gap > 0) | grave)[p.hh]
    worker = state.present() & np.isin(p.work, (c.FORMAL, c.PUBLIC))
    rows = np.flatnonzero(worker & hard & (luck.random(p.key) < ON_ROLL))
    keys = p.key[rows]
    after = luck.integers(keys, 12, 25)
    return _entries(desk, luck, "困难职工建档", rows, desk.now.dates(luck, keys),
                    np.full(len(rows), np.nan), after)  # fmt: skip


def _entries(
    desk: Desk,
    luck: Luck,
    kind: str,
    persons: np.ndarray,
    since: np.ndarray,
    amount: np.ndarray,
    after: np.ndarray,
) -> list[Frame]:
    """An open entry for each person, and its end `after` so many months (-1: never)."""
    size, keys = len(persons), desk.state.p.key[persons]
    rate = SETTINGS[desk.state.setting].rate("arrears_paid_in_part")
    part = (luck.random(keys) < rate) & (after < 0) & ~np.isnan(amount)
    left = np.round(np.nan_to_num(amount) * luck.uniform(keys, 0.2, 0.8), 0)
    begun = desk.people(persons) | {
        "kind": np.full(size, kind),
        "state": np.full(size, "在册或未解决"),
        "amount": amount,
        "since": since,
        "changed_on": since,
        "due": quarter_of(desk, np.full(size, desk.month)),
    }
    ended = begun | {
        "state": np.full(size, "脱困或已解决"),
        "changed_on": later_day(desk, luck, keys, np.maximum(after, 1)),
        "due": quarter_of(desk, desk.month + np.maximum(after, 1)),
    }
    nobody = np.zeros(size, bool)
    begun |= trouble("arrears_paid_in_part", "amount", part, left.astype("U12"))
    ended |= trouble("arrears_paid_in_part", "amount", nobody, "")
    over = after > 0
    return [begun, {name: values[over] for name, values in ended.items()}]
