"""A file that lies in the incoming folder is taken in at once, and recorded.

The one way behind uploads, mappings and the interface for systems; no face calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from core.workflow.calendar import CHINA_TIME
from data.file_names import Delivery
from data.ingest import IngestBusy, IngestError, ingest_file
from data.manifest import Batch
from services import record
from services.context import Context
from services.reads import base
from services.reads import deliveries as reads

__all__ = ["IngestBusy", "IngestError", "Taken", "take_in", "today"]


@dataclass(frozen=True)
class Taken:
    """What became of a delivered file.

    `file` is its name in the home's incoming folder. `batch` is None when another ingest was
    running: the next one takes the file in. `again`: the same content was there already.
    """

    file: str
    sha256: str
    batch: Batch | None
    again: bool


def today(context: Context) -> date:
    """The day of an act; a home may hold deliveries before it is any county's."""
    if not base.home_at(context.home).county_file.exists():
        return datetime.now(CHINA_TIME).date()
    return base.moment_of(context.home, context.as_of).date()


def take_in(context: Context, path: Path, delivery: Delivery, digest: str) -> Taken:
    """Take a file in; while another ingest runs it is kept, and the next one takes it in.

    Raises IngestError with the line of a disk that takes nothing more; the file is kept then too.
    """
    try:
        report = ingest_file(base.home_at(context.home), path, delivery)
    except IngestBusy:
        batch, again = None, False
    else:
        again = bool(report.skipped)
        batch = report.batches[0] if report.batches else _earlier(context, delivery, digest)
    reads.forget()
    size = path.stat().st_size
    about = {"sha256": digest, "bytes": size, "period": delivery.period, "again": again}
    record.write(
        context,
        "deliver",
        "batch",
        f"{delivery.feed}/{batch.batch if batch else path.name}",
        rows=batch.received if batch else None,
        detail=about | ({"quarantined": batch.quarantined} if batch else {}),
    )
    return Taken(path.name, digest, batch, again)


def _earlier(context: Context, delivery: Delivery, digest: str) -> Batch | None:
    known = base.lake_at(context.home).batches()
    same = (b for b in known if (b.feed, b.period) == (delivery.feed, delivery.period))
    return next((b for b in same if b.sha256 == digest), None)
