"""One month of the county. The order of moves is the order in which life happens to people."""

from __future__ import annotations

import numpy as np

from simulator.world import (
    demography,
    economy,
    health,
    help,
    money,
    need,
    relief,
    schooling,
    shocks,
    work,
)
from simulator.world.clock import Log, Now
from simulator.world.state import State

MOVES = (
    economy.move, demography.move, schooling.move, work.move, health.move, shocks.move,
    money.earn, need.move, help.move, relief.move,
)  # fmt: skip


def step(state: State, seed: int | None = None, log: Log | None = None) -> Now:
    """Live the month after `state.month`, changing `state` in place.

    `seed` replaces the world's own seed (futures draw their own luck). Returns the month with
    its log of events.
    """
    month = state.month + 1
    state.month = month
    now = Now(state, month, state.seed if seed is None else seed, log or Log(on=False))
    for move in MOVES:
        move(now)
    return now


def settle_in(state: State, months: int) -> None:
    """Live some months unseen, so that the first day's draw has become a history."""
    for _ in range(months):
        step(state)


def need_table(state: State) -> dict[str, np.ndarray]:
    """The truth of the month: one row per living household."""
    h, rows = state.h, np.flatnonzero(state.h.n > 0)
    return {
        "household": rows, "n": h.n[rows], "in_need": h.in_need[rows], "unmet": h.unmet[rows],
        "income": h.income[rows], "rigid": h.rigid[rows], "left_over": h.left_over[rows],
    }  # fmt: skip
