"""A person says what a delivery is, undoes one, or puts it back: entries of the manifest change.

No row is rewritten: a delivery that waited counts from the day it came; one that is undone counts
until that day, so the past can be replayed as it was known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import Told
from core.home import Home
from data.contracts import load_contract
from data.deliveries.reading import key_columns, path
from data.deliveries.words import REJECT
from data.ingest.folders import alone
from data.lake import lake_schema
from data.manifest import (
    ACCEPTED,
    CORRECTION,
    FULL,
    PART,
    REJECTED,
    SUPPLEMENT,
    WAITING,
    Batch,
    Manifest,
    current,
    named,
    read_manifest,
    write_manifest,
)

_MONTH = re.compile(r"(?:199|20\d)\d-(?:0[1-9]|1[0-2])")
CHOICES = (FULL, PART, SUPPLEMENT, CORRECTION, REJECT)


class DecisionRefused(Told):
    """A delivery cannot be decided, undone or put back; the message says what is possible."""


def decide(home: Home, feed: str, batch: str, choice: str, day: date, period: str = "") -> Batch:
    """Put a delivery that waits in force as a kind, or turn it away; returns its entry.

    `choice` is one of CHOICES, `period` (2026-06) the month it is of where its name has another.
    Its rows are known from the day of delivery, not of the decision.
    Raises DecisionRefused, and IngestError while files are being taken in.
    """
    if choice not in CHOICES:
        raise DecisionRefused(
            f"没有“{choice}”这种处理；可选：{'、'.join(CHOICES)}",
            f"'{choice}' is no decision; choose one of {', '.join(CHOICES)}",
        )

    def decided(found: Batch, _: Manifest) -> Batch:
        turned_away = found.status == REJECTED and found.decided_on is not None
        if found.status != WAITING and not turned_away:
            raise DecisionRefused(
                f"批次 {batch} 不在待认定之列",
                f"delivery {batch} does not wait for a decision; see 'doudi feeds waiting'",
            )
        if choice == CORRECTION:
            _require_key(feed)
        if period:
            found = _of_month(home, found, period)
        if choice == REJECT:
            zh, en = "经人工认定退回，未采用", "turned away by a person"
            return replace(found, status=REJECTED, decided_on=day, message_zh=zh, message_en=en)
        part = (found.part or found.batch) if choice == PART else ""
        told = replace(found, kind=choice, part=part, message_zh="", message_en="")
        return replace(told, status=ACCEPTED, decided_on=day)

    return _changed(home, feed, batch, decided)


def undo(home: Home, feed: str, batch: str, day: date) -> Batch:
    """Take a delivery out of force from `day` on; until then the past still has it.

    Raises DecisionRefused for one that is not in force, and IngestError.
    """

    def undone(found: Batch, manifest: Manifest) -> Batch:
        names = {b.batch for b in current(manifest.batches, feed)}
        if batch not in names:
            raise DecisionRefused(
                f"批次 {batch} 现未生效，无需撤销", f"delivery {batch} is not in force"
            )
        # Whatever the clock says, a delivery stood on the day it came.
        return replace(found, withdrawn=(*found.withdrawn, (max(day, found.delivered_on), None)))

    return _changed(home, feed, batch, undone)


def redo(home: Home, feed: str, batch: str, day: date) -> Batch:
    """Put back a delivery that was undone, from `day` on. Raises DecisionRefused, IngestError."""

    def redone(found: Batch, _: Manifest) -> Batch:
        if not found.undone():
            raise DecisionRefused(f"批次 {batch} 未被撤销", f"delivery {batch} was not undone")
        *spans, (since, _until) = found.withdrawn
        return replace(found, withdrawn=(*spans, (since, max(day, since))))

    return _changed(home, feed, batch, redone)


def _of_month(home: Home, found: Batch, period: str) -> Batch:
    """The delivery as one of another month than its name says, its late rows counted anew."""
    if not _MONTH.fullmatch(period) or period > f"{found.delivered_on:%Y-%m}":
        raise DecisionRefused(
            f"所属期写成 2026-06 这样的月份，且不晚于报送日 {found.delivered_on}",
            f"write the month like 2026-06, none after the day of delivery, {found.delivered_on}",
        )
    month = period.replace("-", "")
    first = pa.scalar(date(int(month[:4]), int(month[4:]), 1))
    rows = pq.ParquetFile(path(home.lake, found.feed, found, "part-0.parquet"))
    happened = rows.read(["happened_on"])["happened_on"]
    late = pc.sum(pc.less(happened, first)).as_py() or 0
    return replace(
        found, period=month, late=late, facts=found.facts | {"named_period": named(found)}
    )


def _require_key(feed: str) -> None:
    contract = load_contract(feed)
    if not key_columns(contract, lake_schema(feed).names):
        raise DecisionRefused(
            f"“{contract.zh}”没有可以识别一行的编号，无法按更正处理；请作为整月（full）或补报"
            "（supplement）",
            f"{contract.en} has no number that names a row, so nothing can be corrected row by "
            "row: take it as full or supplement",
        )


def _changed(
    home: Home, feed: str, batch: str, change: Callable[[Batch, Manifest], Batch]
) -> Batch:
    book = home.lake / "manifest.json"
    with alone(home):
        manifest = read_manifest(book)
        found = manifest.find(feed, batch)
        if found is None:
            raise DecisionRefused(
                f"没有批次 {feed}/{batch}", f"there is no delivery {feed}/{batch}"
            )
        changed = manifest.changed(change(found, manifest))
        write_manifest(book, changed)
    return next(b for b in changed.batches if (b.feed, b.batch) == (feed, batch))
