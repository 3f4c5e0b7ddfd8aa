"""The same county twice: with every feed, and without some. What the feeds do to what is found.

Both halves begin in the same state and draw the same luck; they part where other alerts send a
worker to another door. A pair differs by the feeds, and by nothing else that anybody chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from scipy.stats import t as student

from core.home import HomeError
from simulator.study.rows import TABLES, Row
from simulator.study.runs import Run

Result = dict[str, Any]
# What a pair is compared by; labels and the better side are those of the study's table.
KEYS = (
    "precision_steady",
    "recall_year",
    "need_avoided",
    "need_avoided_of_oracle",
    "existing_share_of_oracle",
    "coming_share_of_oracle",
    "visits",
    "urgent_alerted",
)
_ROWS = {row.key: row for _, rows in TABLES for row in rows}
MEASURES: tuple[Row, ...] = tuple(_ROWS[key] for key in KEYS)
# Family-months of unmet need without Doudi: life alone, which no feed changes.
LIFE_ALONE = "lives_without"


@dataclass(frozen=True)
class Half(Run):
    """One county to be lived; `without` names feeds or a group, '' for a county with all."""

    without: str = ""

    def file(self, folder: Path) -> Path:
        """Its result, apart from that of the other half and of other sizes."""
        words = self.without.replace(" ", "").replace(",", "+")
        kind = f"without-{words}" if words else "whole"
        return folder / f"{self.setting}-{self.seed}-{self.households}-{kind}.json"

    def words(self) -> list[str]:
        """What `doudi study` is told of it."""
        return super().words() + (["--without", self.without] if self.without else [])

    def __str__(self) -> str:
        lacks = f"without {self.without}" if self.without else "with every feed"
        return f"{super().__str__()}, {self.households:,} households, {lacks}"


def halves(
    seeds: Sequence[int], settings: Sequence[str], sizes: Sequence[int], without: str
) -> list[Half]:
    """Every county to be lived, the two of a pair one after the other."""
    return [
        Half(seed, setting, size, lacks)
        for size in sizes
        for setting in settings
        for seed in seeds
        for lacks in ("", without)
    ]


@dataclass(frozen=True)
class Pair:
    """Results of one county with every feed and without those withheld."""

    whole: Result
    apart: Result

    @property
    def withheld(self) -> tuple[str, ...]:
        """The feeds that the bureau of the second half never got."""
        return tuple(self.apart["withheld"])

    @property
    def kind(self) -> tuple[tuple[str, ...], str, int]:
        """What is alike in pairs that are judged together: withheld feeds, setting, households."""
        return self.withheld, str(self.whole["setting"]), int(self.whole["households"])

    @property
    def seed(self) -> int:
        """Seed of both halves."""
        return int(self.whole["seed"])

    def difference(self, key: str) -> float | None:
        """A measure with every feed minus the same without; None where a half cannot give it."""
        more, less = self.whole.get(key), self.apart.get(key)
        return None if more is None or less is None else float(more) - float(less)


def pairs_of(results: Iterable[Result]) -> list[Pair]:
    """The pairs among results, by withheld feeds, setting, households and seed.

    A half without its other half is left out. Raises HomeError where two halves are not the same
    county: without Doudi both must have lived the same need.
    """
    read = list(results)
    whole = {_county(r): r for r in read if not r.get("withheld")}
    apart = [r for r in read if r.get("withheld") and _county(r) in whole]
    found = [Pair(whole[_county(r)], r) for r in apart]
    for pair in found:
        if pair.whole.get(LIFE_ALONE) != pair.apart.get(LIFE_ALONE):
            county = f"{pair.whole['setting']} seed {pair.seed}"
            raise HomeError(
                f"the two results of {county} are not of one county: without Doudi they lived "
                f"{pair.whole.get(LIFE_ALONE)} and {pair.apart.get(LIFE_ALONE)} family-months of "
                "need; study both halves with one version"
            )
    return sorted(found, key=lambda pair: (*pair.kind, pair.seed))


def _county(result: Result) -> tuple[Any, ...]:
    return result.get("setting"), result.get("seed"), result.get("households")


def together(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    """Pairs that are judged together: same withheld feeds, setting and size."""
    return [list(some) for _, some in groupby(pairs, key=lambda pair: pair.kind)]


@dataclass(frozen=True)
class Mean:
    """A mean over pairs; `low` and `high` bound it at 95 % (Student's t), None with one pair."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


def mean_of(values: Sequence[float]) -> Mean:
    """The mean of differences between halves, with its interval over seeds."""
    n = len(values)
    if n < 2:
        return Mean(values[0] if values else None, None, None, n)
    middle = fmean(values)
    half = float(student.ppf(0.975, n - 1)) * stdev(values) / sqrt(n)
    return Mean(middle, middle - half, middle + half, n)


def compared(pairs: Sequence[Pair], row: Row) -> dict[str, Any]:
    """One measure over pairs: mean with every feed, without, and their difference.

    Only pairs that give it on both sides count. `better`: pairs in which the half with every feed
    is on the better side.
    """
    both = [pair for pair in pairs if pair.difference(row.key) is not None]
    gaps = [float(pair.difference(row.key) or 0.0) for pair in both]
    gap = mean_of(gaps)
    return {
        "measure": row.key,
        "with": fmean([float(p.whole[row.key]) for p in both]) if both else None,
        "without": fmean([float(p.apart[row.key]) for p in both]) if both else None,
        "difference": gap.mean,
        "low": gap.low,
        "high": gap.high,
        "n": gap.n,
        "better": sum(value * row.better > 0 for value in gaps) if row.better else None,
    }


def summary(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Every group of pairs with its measures, plain values for JSON."""
    found = []
    for some in together(pairs):
        withheld, setting, households = some[0].kind
        found.append(
            {
                "synthetic": True,
                "withheld": withheld,
                "setting": setting,
                "households": households,
                "seeds": [pair.seed for pair in some],
                "measures": [compared(some, row) for row in MEASURES],
            }
        )
    return found
