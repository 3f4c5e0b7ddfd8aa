"""Months as whole numbers, days as numpy dates, and one random stream per month and subject."""

from __future__ import annotations

import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from simulator.world.luck import Luck
from simulator.world.state import State

Frame = dict[str, np.ndarray]


def month_number(text: str) -> int:
    """'2026-06' -> 2026 * 12 + 5."""
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1


def month_text(month: int) -> str:
    """The month as '2026-06'."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def month_day(month: int | np.ndarray, day: int | np.ndarray = 1) -> np.ndarray:
    """numpy day `day` of `month` (1 to 28 are always safe)."""
    start = (np.asarray(month) - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return start + (np.asarray(day) - 1).astype("timedelta64[D]")


def delivery_day(month: int) -> date:
    """Files of a month are delivered on its 28th."""
    return date(month // 12, month % 12 + 1, 28)


@dataclass
class Log:
    """What happened in one month, by kind, for the departments that may come to know it."""

    on: bool = True
    events: dict[str, list[Frame]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, /, **columns: np.ndarray) -> None:
        """Keep a set of events; columns are equally long arrays."""
        if self.on and len(next(iter(columns.values()))):
            self.events[kind].append(columns)

    def get(self, kind: str) -> Frame | None:
        """All events of a kind in one frame, or None."""
        frames = self.events.get(kind)
        if not frames:
            return None
        return {name: np.concatenate([f[name] for f in frames]) for name in frames[0]}


@dataclass
class Now:
    """What a monthly move needs: the state, the month, where to report, randomness."""

    state: State
    month: int
    seed: int
    log: Log

    def rng(self, subject: str) -> np.random.Generator:
        """A sequence for what has no owner: the economy, floods, departments and their files."""
        return np.random.default_rng([self.seed, self.month, zlib.crc32(subject.encode())])

    def luck(self, subject: str) -> Luck:
        """This month's luck of households and persons in one subject, apart from each other's."""
        return Luck(self.seed, self.month, subject)

    @property
    def calendar_month(self) -> int:
        """1 to 12."""
        return self.month % 12 + 1

    def days(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Random days 1 to 26 of this month: all before the delivery on the 28th."""
        return month_day(self.month, rng.integers(1, 27, size))

    def dates(self, luck: Luck, keys: np.ndarray) -> np.ndarray:
        """A day from 1 to 26 of this month for each of `keys`, by their own luck."""
        return month_day(self.month, luck.integers(keys, 1, 27))
