"""What a delivery is worth: which kind it is, whether it may stand, and what is odd about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from core.home import Home
from core.workflow.calendar import CHINA_TIME
from data.checks import has_drifted
from data.contracts import Contract
from data.deliveries import kinds
from data.deliveries.kinds import Verdict
from data.deliveries.names import Told, told_by
from data.deliveries.overlap import NEAR_PERIODS, Echo, Look, look
from data.deliveries.returned import is_returned, ours
from data.deliveries.words import what_would_change
from data.file_names import Delivery
from data.manifest import (
    CORRECTION,
    EMPTY_MONTH,
    FULL,
    REJECTED,
    REPEAT,
    SUPPLEMENT,
    WAITING,
    Batch,
    Manifest,
    by_period,
    current,
)
from data.readers import RawTable
from data.readers.flags import TO_LOOK_AT

# A name may be this far ahead of the clock and of what came so far: clocks differ.
AHEAD = timedelta(days=31)


def begin(home: Home, manifest: Manifest, delivery: Delivery, label: str, sha256: str) -> Batch:
    """The entry of a delivery as its name tells it, nothing read yet.

    A day of delivery that lies ahead is put right: what a file tells is known from the day it
    came, whatever its name says.
    """
    told = told_by(delivery.sign, home)
    doubt, day = delivery.doubt, delivery.delivered_on
    today = datetime.now(CHINA_TIME).date()
    newest = max((b.delivered_on for b in manifest.batches if b.readable), default=today)
    facts: dict[str, int | str] = {"written": delivery.written} if delivery.written else {}
    if day > max(today, newest) + AHEAD:
        doubt, facts, day = kinds.DELIVERY_AHEAD, {"written": day.isoformat()}, max(today, newest)
    return Batch(
        feed=delivery.feed,
        batch=f"{delivery.period}-{day:%Y%m%d}-{sha256[:8]}",
        period=delivery.period,
        delivered_on=day,
        file=label,
        sha256=sha256,
        kind=told.kind,
        part=told.part,
        doubt=doubt,
        facts=facts,
    )


def judged(
    home: Home,
    manifest: Manifest,
    contract: Contract,
    batch: Batch,
    rows: pa.Table | Path,
    is_answer: bool = False,
) -> Batch:
    """The delivery with its kind, or waiting for a person to say it, or turned away.

    `batch` is what `begin` made, with the reconciliation; `rows` are its accepted rows, in memory
    or in a Parquet file. One without a good row never replaces a good one. A returned workbook
    that comes back (`is_answer`) adds to its month whatever its name says.
    """
    before = [
        b
        for b in current(manifest.batches, batch.feed, batch.delivered_on)
        if b.period == batch.period
    ]
    if not batch.accepted:
        return _without_rows(manifest, contract, batch, before)
    others = [b for b in current(manifest.batches, batch.feed) if b.period != batch.period]
    with look(home.lake, contract, rows) as seen:
        batch = _without_held(contract, batch, others, seen)
        if is_answer and not batch.doubt:
            return _with(manifest, batch, _answer(before, seen))
        return _told_apart(manifest, contract, batch, before, others, seen)


def keep_aside(
    home: Home, manifest: Manifest, contract: Contract, batch: Batch, folder: Path
) -> None:
    """Divide the rows written to `folder`: those another month's delivery holds lie apart."""
    if not batch.already:
        return
    others = [b for b in current(manifest.batches, batch.feed) if b.period != batch.period]
    with look(home.lake, contract, folder / "part-0.parquet") as seen:
        seen.set_aside([b for b in others if b.batch in batch.already], folder)


def flags(manifest: Manifest, contract: Contract, raw: RawTable, batch: Batch) -> tuple[str, ...]:
    """What is odd about a delivery that was read, beside what `judged` found."""
    # A returned workbook has its cover in front.
    unread = len(raw.other_sheets) - is_returned(raw.headers)
    told = [f for f in raw.ending().flags if f in TO_LOOK_AT]
    found = list(batch.flags) + [f for f in told if f != "extra_sheets" or unread]
    whole = batch.kind in (FULL, EMPTY_MONTH)
    if whole and has_drifted(_earlier(manifest, batch), batch.received, contract.drift_percent):
        found.append("drift")
    if batch.received == 0:
        found.append("no_rows")
    if len(contract.match_headers(raw.headers)) + len(ours(raw.headers)) < len(raw.headers):
        found.append("unknown_columns")
    return tuple(found)


def _earlier(manifest: Manifest, batch: Batch) -> list[Batch]:
    """What is in force for earlier periods, one entry a period."""
    known = current(manifest.batches, batch.feed)
    return by_period(b for b in known if b.period < batch.period)


def _without_rows(
    manifest: Manifest, contract: Contract, batch: Batch, before: Sequence[Batch]
) -> Batch:
    """A month in which nothing happened is news; nothing in place of something is a mistake."""
    if batch.says_nothing and not any(b.accepted for b in before):
        usual = kinds.has_fallen(_earlier(manifest, batch), 0, contract.drift_percent)
        doubt = batch.doubt or (kinds.FALLEN if usual and batch.kind != EMPTY_MONTH else "")
        told = batch.facts | ({"rows": 0, "usual": usual} if usual and doubt else {})
        batch = replace(batch, kind=EMPTY_MONTH, doubt=doubt, facts=told)
        return _waiting(batch) if doubt else batch
    zh, en = "没有一行可用", "no row is usable"
    if batch.says_nothing:
        zh = "更正文件没有数据行，原批次继续有效"
        en = "no rows; the earlier delivery stays in force"
    return replace(batch, kind=batch.kind or FULL, status=REJECTED, message_zh=zh, message_en=en)


def _without_held(contract: Contract, batch: Batch, others: Sequence[Batch], seen: Look) -> Batch:
    """Rows whose number another month's delivery holds count there, and here as duplicates."""
    held = seen.held(others) if contract.key_once else {}
    if not held:
        return batch
    n = sum(held.values())
    holders = [b for b in others if b.batch in held]
    told = batch.flags + (("changed_elsewhere",) if seen.changed(holders) else ())
    return replace(
        batch,
        accepted=batch.accepted - n,
        duplicates=batch.duplicates + n,
        already=held,
        flags=told,
    )


def _answer(before: Sequence[Batch], seen: Look) -> Verdict:
    """Rows put right are none of those in force: they add to them, or replace their namesakes."""
    shared = seen.shared(before) if before else None
    nothing_new = shared is not None and shared.same == shared.rows
    return Verdict(CORRECTION if seen.key else SUPPLEMENT, repeat=nothing_new)


def _told_apart(
    manifest: Manifest,
    contract: Contract,
    batch: Batch,
    before: Sequence[Batch],
    others: Sequence[Batch],
    seen: Look,
) -> Batch:
    told = Told(batch.kind, batch.part)
    rows = batch.accepted + sum(batch.already.values())
    echo = seen.echo(_nearest(others, batch.period))
    facts = batch.facts | _echoed(echo, rows)
    earlier = [b for b in by_period(others) if b.period < batch.period]
    if batch.doubt:
        verdict = Verdict(told.kind or FULL, told.part, batch.doubt)
    elif kinds.is_echo(contract, rows, echo, earlier):
        verdict = Verdict(told.kind or FULL, told.part, kinds.OTHER_PERIOD)
    elif before:
        verdict = kinds.another_of_period(
            told, contract, before, seen.shared(before), bool(seen.key)
        )
    else:
        usual = kinds.has_fallen(_earlier(manifest, batch), batch.received, contract.drift_percent)
        verdict = kinds.first_of_period(told, contract, batch.received, usual)
    batch = replace(batch, facts=facts | {"good": rows} | verdict.facts)
    return _with(manifest, batch, verdict)


def _with(manifest: Manifest, batch: Batch, verdict: Verdict) -> Batch:
    """The batch as the verdict has it."""
    batch = replace(batch, kind=verdict.kind, part=verdict.part)
    if verdict.repeat:
        zh, en = "与已收数据相同，未改变任何数据", "the same as what came before; nothing changed"
        told = replace(batch, accepted=0, duplicates=batch.duplicates + batch.accepted)
        return replace(told, status=REPEAT, message_zh=zh, message_en=en)
    if not verdict.doubt:
        return batch
    habit = kinds.by_habit(manifest.batches, batch.feed, verdict.doubt)
    if habit:
        return replace(batch, kind=habit, part=batch.part or batch.batch)
    return _waiting(replace(batch, doubt=verdict.doubt))


def _waiting(batch: Batch) -> Batch:
    told = what_would_change(batch)
    return replace(batch, status=WAITING, message_zh=told.zh, message_en=told.en)


def _echoed(echo: Echo, rows: int) -> dict[str, int | str]:
    """What of another month a delivery holds, where that is most of it."""
    if not rows or echo.rows < rows * kinds.MOST:
        return {}
    percent = echo.rows * 100 // rows
    return {"echo": echo.rows, "echo_percent": percent, "echo_period": echo.period}


def _nearest(others: Sequence[Batch], period: str) -> list[Batch]:
    """Deliveries of the periods closest to this one."""
    place = _month(period)
    periods = sorted({b.period for b in others}, key=lambda p: (abs(_month(p) - place), p))
    return [b for b in others if b.period in periods[:NEAR_PERIODS]]


def _month(period: str) -> int:
    return int(period[:4]) * 12 + int(period[4:])
