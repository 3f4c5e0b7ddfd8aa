"""Which households are visited in a month, and why."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Now
from simulator.world.geography import TOWNSHIPS
from simulator.world.levels import level
from simulator.world.luck import Luck
from simulator.world.state import State

QUALITY = np.array([t.quality for t in TOWNSHIPS])


def known_hardship(state: State) -> np.ndarray:
    """Households that officials have reason to watch: on a roll, lately off one, or refused,
    or with heavy medical cost, grave disability, an aided student or a registered jobless member.
    """
    h, p, month = state.h, state.p, state.month
    lately = (month - h.left_at < 24) | (month - h.refused_at < 24)
    d = level("D", month, h.urban)
    heavy = state.present() & (p.oop12 >= 0.25 * d[p.hh])
    grave = state.present() & p.certified & (p.dis_grade > 0) & (p.dis_grade <= 2)
    student = state.present() & (p.stage >= c.SENIOR_STAGE) & (p.aid > 0)
    jobless = state.present() & p.listed_jobless
    member = state.count(heavy | grave | student | jobless) > 0
    return (h.n > 0) & ((h.roll > 0) | lately | member)


def choose(now: Now, luck: Luck, applies: np.ndarray) -> np.ndarray:
    """Reason of this month's visit per household; -1 for no visit.

    Rounds reach 2 to 3 % of rural households a month, watched ones first; every applicant is
    visited; a small random survey and audit go anywhere.
    """
    h = now.state.h
    size = len(h.n)
    watched = known_hardship(now.state)
    rate = np.where(h.urban, 0.007, 0.019) * (0.5 + 0.6 * QUALITY[h.town])
    rate = np.where(watched, rate * 3.4, rate)
    reason = np.full(size, -1)
    dice = luck.random(h.key)
    reason = np.where(dice < rate, c.ROUND, reason)
    reason = np.where((dice > 0.9975) & (reason < 0), c.SURVEY, reason)
    reason = np.where((dice < 0.9975) & (dice > 0.9969) & (reason < 0), c.AUDIT, reason)
    reason = np.where(applies, c.APPLICATION, reason)
    return np.where(h.n > 0, reason, -1)
