"""What a delivery is worth: whether it may stand, and what is odd about it."""

from __future__ import annotations

from dataclasses import replace

from data.checks import has_drifted
from data.contracts import Contract
from data.manifest import Batch, Manifest, current
from data.readers.raw import RawTable


def flags(manifest: Manifest, contract: Contract, raw: RawTable, batch: Batch) -> tuple[str, ...]:
    """What is odd about a delivery that was read: drift, no_rows, extra_sheets, unknown_columns."""
    earlier = [b for b in current(manifest.batches, batch.feed) if b.period < batch.period]
    found = [f for f in raw.ending().flags if f == "extra_sheets"]
    if has_drifted(earlier, batch.received, contract.drift_percent):
        found.append("drift")
    if batch.received == 0:
        found.append("no_rows")
    if len(contract.match_headers(raw.headers)) < len(raw.headers):
        found.append("unknown_columns")
    return tuple(found)


def judged(manifest: Manifest, batch: Batch) -> Batch:
    """A delivery without one good row never replaces a good one."""
    replaces = any(
        b.period == batch.period and b.accepted for b in current(manifest.batches, batch.feed)
    )
    if batch.accepted or (batch.received == 0 and not replaces):
        return batch
    zh = "没有一行可用" if batch.received else "更正文件没有数据行，原批次继续有效"
    en = "no row is usable" if batch.received else "no rows; the earlier delivery stays in force"
    return replace(batch, status="rejected", message_zh=zh, message_en=en)
