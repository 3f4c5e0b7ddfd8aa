"""The same county three times: with Doudi, without any alert, and with the oracle choosing visits.

All three begin in the same state and draw the same luck; they differ only where a visit reached a
family. The oracle has as many visits a month as Doudi's workers made, the same workers with the
same errors, and the same help; it knows the truth. The figure of merit is the family-months of
unmet need that were avoided.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.atomic import write_text
from core.home import Home
from simulator.world import codes as c
from simulator.world import relief
from simulator.world.clock import month_text
from simulator.world.futures import unmet_share
from simulator.world.levels import level
from simulator.world.needs import true_needs
from simulator.world.state import State
from simulator.world.step import step
from simulator.world.visits import meet

APPLIED, FOUND = 3, 6  # months for which an application or a found need is in process
FUTURES, HORIZON = 30, 6


@dataclass(frozen=True)
class Lives:
    """Households in unmet need at each month's end, and visits made in the month."""

    months: tuple[str, ...]
    with_doudi: tuple[int, ...]
    without: tuple[int, ...]
    oracle: tuple[int, ...]
    visits: tuple[int, ...]

    def to_dict(self) -> dict[str, object]:
        """The content of reports/lives.json; shares are None where nothing could be avoided."""
        none = sum(self.without)
        saved, best = none - sum(self.with_doudi), none - sum(self.oracle)
        return {
            "synthetic": True, "months": list(self.months), "with": list(self.with_doudi),
            "without": list(self.without), "oracle": list(self.oracle),
            "visits": list(self.visits),
            "need_avoided": saved / none if none else None,
            "need_avoided_of_oracle": saved / best if best > 0 else None,
        }  # fmt: skip

    def write(self, home: Home) -> None:
        """Write reports/lives.json of the home."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=2)
        write_text(home.reports / "lives.json", text)


def compare(start: State, with_doudi: Sequence[int], visits: Sequence[int]) -> Lives:
    """Live the months of `with_doudi` again from `start`, without alerts and with the oracle."""
    months = tuple(month_text(start.month + 1 + i) for i in range(len(visits)))
    none = _without(start.copy(), len(visits))
    best = _with_oracle(start.copy(), visits)
    return Lives(months, tuple(with_doudi), none, best, tuple(visits))


def _without(life: State, months: int) -> tuple[int, ...]:
    unmet = []
    for _ in range(months):
        step(life)
        unmet.append(int(np.count_nonzero(life.h.unmet)))
    return tuple(unmet)


def _with_oracle(life: State, visits: Sequence[int]) -> tuple[int, ...]:
    unmet = []
    for number in visits:
        now = step(life)
        unmet.append(int(np.count_nonzero(life.h.unmet)))
        rows = choose(life, number)
        found = meet(now, rows, true_needs(life)[rows])
        relief.ask(now, rows[found.need], found.needs[found.need])
    return tuple(unmet)


def choose(state: State, number: int) -> np.ndarray:
    """The `number` households that somebody who knows everything would visit this month.

    First those in unmet need whom nobody is on yet: the newest first, because help ends a fresh
    need far oftener than one that has lasted, then the deepest; then those whom most futures lead
    there. An oracle that weighed every family's futures with and without help would do better yet.
    """
    h, month = state.h, state.month
    free = (h.n > 0) & (month - h.applied_at > APPLIED) & (month - h.found_at > FOUND)
    needy = np.flatnonzero(free & h.unmet)
    needy = needy[np.lexsort((needy, -h.gap[needy], -h.unmet_since[needy]))][:number]
    left = number - len(needy)
    if not left:
        return needy
    line = level("S", month, h.urban)
    near = free & ~h.unmet & ~np.isin(h.roll, (c.DIBAO, c.TEKUN)) & (h.left_over < 2 * line)
    rows = np.flatnonzero(near)
    share = unmet_share(state.part(rows), horizon=HORIZON, n_futures=FUTURES)
    return np.r_[needy, rows[np.lexsort((rows, -share))][:left]]
