"""What a department's observer works with: the month, the people's papers, its own luck."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.world import books, names
from simulator.world.clock import Frame, Now, month_day
from simulator.world.geography import TOWNSHIPS
from simulator.world.luck import Luck
from simulator.world.state import Columns, State

QUALITY = np.array([t.quality for t in TOWNSHIPS])
NO_DATE = np.datetime64("NaT", "D")


@dataclass
class Papers:
    """Identity numbers and names of everyone who ever lived here, made once per person."""

    ids: np.ndarray = field(default_factory=lambda: np.empty(0, "U18"))
    names: np.ndarray = field(default_factory=lambda: np.empty(0, "U3"))

    def extend(self, state: State) -> None:
        """Make the papers of persons added since the last call."""
        new = np.arange(len(self.ids), len(state.p.hh))
        if len(new):
            self.ids = np.r_[self.ids, names.identity_numbers(state.p, new)]
            self.names = np.r_[self.names, names.full_names(state.p, new)]


@dataclass
class Desk:
    """One department's view of one month."""

    now: Now
    papers: Papers
    reporting: float = 1.0

    @property
    def state(self) -> State:
        """The true state at the end of the month."""
        return self.now.state

    @property
    def month(self) -> int:
        """The month lived."""
        return self.now.month

    @property
    def opens(self) -> bool:
        """First month that any file can speak of: registers of flows open their year here."""
        return self.now.month == self.state.first - 11

    @property
    def stock(self) -> bool:
        """Month of the first delivery: full registers are handed over."""
        return self.now.month == self.state.first

    def rng(self, subject: str) -> np.random.Generator:
        """Randomness of the department, apart from that of life."""
        return self.now.rng(f"department {subject}")

    def quality(self, households: np.ndarray) -> np.ndarray:
        """How well the township of each household reports, 0 to 1."""
        return np.clip(QUALITY[self.state.h.town[households]] * self.reporting, 0.05, 1)

    def numbers(self, households: np.ndarray, on: np.ndarray | None = None) -> np.ndarray:
        """The household numbers that families have at the month's end, or had on a day."""
        return books.numbers(self.state, households, on)

    def people(self, persons: np.ndarray) -> Frame:
        """Identity and name columns, with the (never written) row of the person."""
        return {
            "_person": persons,
            "id_number": self.papers.ids[persons],
            "name": self.papers.names[persons],
        }

    def in_role(self, role: str, persons: np.ndarray) -> Frame:
        """The same for one of several people a row names; nobody where the person is -1."""
        known = persons >= 0
        return {
            f"_person:{role}": persons,
            f"{role}_id": np.where(known, self.papers.ids[persons], ""),
            f"{role}_name": np.where(known, self.papers.names[persons], ""),
        }

    def heads(self, households: np.ndarray) -> np.ndarray:
        """Person who signs for each household: its head, else any member, else the last one (also
        where that one lives with a child now)."""
        p = self.state.p
        here = self.state.present()
        rank = np.where(p.alive, 2, 0) + np.where(here, 2, 0) + (p.relation == 0)
        best = np.zeros(len(self.state.h.n), "i8")
        order = np.argsort(rank, kind="stable")
        last, left = books.gone_to_a_child(self.state)
        best[left] = last
        best[p.hh[order]] = order
        return best[households]


def due(desk: Desk, lags: np.ndarray) -> np.ndarray:
    """Month of delivery, never before the first delivery."""
    return np.maximum(desk.month + lags, desk.state.first)


def quarter(desk: Desk, size: int) -> np.ndarray:
    """Month of the next quarterly delivery; a stock comes with the first delivery."""
    month = desk.month if desk.stock else desk.month + (-desk.now.calendar_month) % 3
    return np.full(size, month)


def quarter_of(desk: Desk, months: np.ndarray) -> np.ndarray:
    """Months of the quarterly deliveries that tell of what happens in these months, which may be
    yet to come."""
    return np.maximum(months + (-(months + 1)) % 3, desk.state.first)


def later_day(desk: Desk, luck: Luck, keys: np.ndarray, months: np.ndarray) -> np.ndarray:
    """A day so many months after this one, for each key."""
    return month_day(desk.month + months, luck.integers(keys, 1, 27))


def changed(desk: Desk, things: Columns) -> np.ndarray:
    """Rows of a table of things that changed this month."""
    return np.flatnonzero(things.changed == desk.month)


def yes_no(values: np.ndarray) -> np.ndarray:
    """Booleans as departments write them."""
    return np.where(values, "是", "否")
