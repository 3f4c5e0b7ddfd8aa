"""What each department delivered lately against what it used to deliver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from math import sqrt
from statistics import median
from typing import Any

from data.contracts import all_feeds, load_contract
from data.lake import Lake
from data.manifest import Batch, by_period

# A delivery this much smaller than usual is short. Small feeds swing by themselves: it must also
# lie below all of the usual ones, and further below than counts of rare things vary (four
# standard deviations of a Poisson count).
SHORT, DEVIATIONS = 0.30, 4.0
USUAL = 6
# A share of quarantined rows this much above the usual one.
REFUSED = 0.10


@dataclass(frozen=True)
class Volume:
    """The newest delivery of a feed against the median of up to six before it.

    `rows`, `usual` and `lowest` are accepted rows of a period (None: nothing to compare with).
    `silent`: nothing came for longer than the contract allows. `waits`: a later delivery came and
    counts for nothing until a person says what it is. `refused`, `refused_usual`: quarantined
    rows ÷ received.
    """

    feed: str
    period: str
    rows: int
    usual: float | None
    lowest: int | None
    silent: bool
    refused: float
    refused_usual: float
    waits: bool = False

    @property
    def change(self) -> float | None:
        """Rows ÷ usual rows - 1."""
        return self.rows / self.usual - 1 if self.usual else None

    @property
    def fault(self) -> str | None:
        """'waiting', 'silent', 'short', 'refused' or None."""
        if self.waits:
            return "waiting"
        if self.silent:
            return "silent"
        if self._short():
            return "short"
        return "refused" if self.refused - self.refused_usual >= REFUSED else None

    def _short(self) -> bool:
        if self.change is None or self.usual is None or self.lowest is None:
            return False
        rare = self.usual - DEVIATIONS * sqrt(self.usual)
        return self.change <= -SHORT and self.rows < self.lowest and self.rows < rare

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the report."""
        return {**asdict(self), "change": self.change, "fault": self.fault}


def volumes(lake: Lake, as_of: date) -> list[Volume]:
    """One entry a feed, from the deliveries known by `as_of`; feeds that never came have none."""
    found = []
    for feed in all_feeds():
        batches = by_period(lake.current(feed, as_of))
        if batches:
            silent = lake.silent_since(feed, as_of) is not None
            bulk = load_contract(feed).bulk_percent
            one = volume(feed, batches, silent=silent, bulk_percent=bulk)
            found.append(replace(one, waits=_waits(lake, feed, one.period, as_of)))
    return found


def _waits(lake: Lake, feed: str, newest: str, as_of: date) -> bool:
    """Whether a delivery known by `as_of` of a period after `newest` waits for a person."""
    return any(
        b.waits and b.feed == feed and b.period > newest and b.delivered_on <= as_of
        for b in lake.batches()
    )


def volume(
    feed: str, batches: Sequence[Batch], *, silent: bool = False, bulk_percent: float = 0.0
) -> Volume:
    """The newest period of a feed against those before it.

    Deliveries below `bulk_percent` of the largest correct earlier rows (a school roll comes twice
    a year, its corrections every month); they are left out on both sides.
    """
    floor = max(b.accepted for b in batches) * bulk_percent / 100
    whole = sorted((b for b in batches if b.accepted >= floor), key=lambda b: b.period)
    newest, before = whole[-1], whole[:-1][-USUAL:]
    rows = [b.accepted for b in before]
    return Volume(
        feed,
        newest.period,
        newest.accepted,
        float(median(rows)) if rows else None,
        min(rows, default=None),
        silent,
        _refused(newest),
        median(map(_refused, before)) if before else 0.0,
    )


def _refused(batch: Batch) -> float:
    return batch.quarantined / batch.received if batch.received else 0.0
