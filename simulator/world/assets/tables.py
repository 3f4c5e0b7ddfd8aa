"""Tables of things, and who among the people would own them."""

from __future__ import annotations

import numpy as np

from simulator.world.clock import Now, month_day
from simulator.world.state import Columns, State, blank

# Every thing has an owner (a person's row), the month of its last change and its day.
COMMON: dict[str, str] = {"owner": "i4", "changed": "i4", "on": "i4"}


def table(spec: dict[str, str], size: int) -> Columns:
    """An empty table of things with the columns all of them have."""
    return blank(COMMON | spec, size)


def append(old: Columns, new: Columns) -> Columns:
    """Both tables, one below the other."""
    return Columns(
        {
            name: np.concatenate([column, new[name].astype(column.dtype, copy=False)])
            for name, column in old.items()
        }
    )


def mark(things: Columns, rows: np.ndarray, now: Now, days: np.ndarray) -> None:
    """Note that `rows` changed this month, on `days`."""
    things.changed[rows] = now.month
    things.on[rows] = days.astype("datetime64[D]").astype("i4")


def this_month(now: Now, subject: str, keys: np.ndarray) -> np.ndarray:
    """A day of the month for each key, by luck of its own."""
    return now.dates(now.luck(f"day of {subject}"), keys)


def before(now: Now, luck_days: np.ndarray) -> np.ndarray:
    """Days so many days before this month began."""
    return month_day(now.month) - np.maximum(luck_days, 1).astype("timedelta64[D]")


def grown(state: State, low: int = 18, high: int = 70) -> np.ndarray:
    """Persons of these ages who live in the county's households."""
    age = state.age()
    return state.present() & (age >= low) & (age < high)


def main_adult(state: State) -> np.ndarray:
    """Per household the row of the grown member who earns most; -1 where there is none."""
    p = state.p
    rows = np.flatnonzero(grown(state))
    best = np.full(len(state.h.n), -1, "i8")
    # The last one written counts: sort by pay, the head before others who earn as much.
    order = rows[np.lexsort((p.key[rows], p.relation[rows] == 0, p.wage[rows]))]
    best[p.hh[order]] = order
    return best


def spouse(state: State) -> np.ndarray:
    """Per household the row of the head's spouse; -1 where there is none."""
    p = state.p
    rows = np.flatnonzero(state.present() & (p.relation == 1))
    found = np.full(len(state.h.n), -1, "i8")
    found[p.hh[rows]] = rows
    return found


def standing(state: State) -> np.ndarray:
    """How well off each household is among those of its side (town or country), 0 to 1, by usual
    income a head and savings."""
    h = state.h
    means = np.log(np.maximum(h.smooth / np.maximum(h.n, 1), 50)) + 0.2 * np.log1p(h.savings / 1e4)
    rank = np.empty(len(means))
    for side in (h.urban, ~h.urban):
        rows = np.flatnonzero(side)
        rank[rows[np.argsort(means[rows], kind="stable")]] = (np.arange(len(rows)) + 0.5) / len(
            rows
        )
    return rank


def leaning(share: float | np.ndarray, rank: np.ndarray, low: float) -> np.ndarray:
    """Chances with mean `share` over all ranks that grow from `low` x share for the worst off."""
    return np.clip(share * (low + 2 * (1 - low) * rank), 0, 0.97)
