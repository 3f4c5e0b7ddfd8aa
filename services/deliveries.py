"""Feeds and their deliveries: what came, what was kept, what goes back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from core.access.roles import Action
from core.atomic import atomic
from core.errors import Told
from data.contracts import all_feeds
from data.file_names import Delivery, parse_file_name
from data.ingest import IngestError, ingest_file
from data.manifest import Batch
from data.template import template as workbook
from services import record
from services.context import Context
from services.purpose import stated
from services.reads import base
from services.reads import deliveries as reads
from services.reads.deliveries import SUMS, reason_words
from services.use_case import acting, reading

__all__ = [
    "SUMS",
    "DeliveryRefused",
    "Taken",
    "batches",
    "deliver",
    "feeds",
    "is_feed",
    "quarantined",
    "reason_words",
    "strip",
    "template",
    "unrecognised",
]

feeds = reading(Action.SEE_FEEDS, reads.feeds)
strip = reading(Action.SEE_FEEDS, reads.strip)
batches = reading(Action.SEE_FEEDS, reads.batches)
quarantined = reading(Action.SEE_FEEDS, reads.quarantined)
unrecognised = reading(Action.SEE_FEEDS, reads.unrecognised)


@acting(Action.SEE_FEEDS)
def template(context: Context, feed: str) -> bytes:
    """The empty Excel file of a feed, for its department. Raises DeliveryRefused for another."""
    if not is_feed(feed):
        raise DeliveryRefused(f"没有“{feed}”这类数据", f"there is no feed '{feed}'")
    return workbook(feed)


def may_see_feeds(context: Context) -> bool:
    """Whether the principal may see how the area's data is reported."""
    return context.principal.may(Action.SEE_FEEDS, context.scope)


def may_deliver(context: Context) -> bool:
    """Whether the principal may hand in department files."""
    return context.principal.may(Action.DELIVER, context.scope)


def may_take(context: Context) -> bool:
    """Whether the principal may take rows to be corrected, which hold personal data."""
    return context.principal.may(Action.EXPORT_QUARANTINE, context.scope)


@acting(Action.EXPORT_QUARANTINE)
def quarantine_list(
    context: Context, feed: str, batch: str, made: Callable[[pd.DataFrame], bytes], purpose: str
) -> bytes:
    """The quarantined rows of a batch as the file that `made` makes of them for its department.

    They hold names and ID numbers: who takes them, why, and the file's SHA-256 are recorded before
    it is handed over. Raises NothingYet when the rows are gone, and refuses an empty purpose or
    one that names a person.
    """
    rows = reads.quarantined_list(context.home, feed, batch)
    content = made(rows)
    about = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    record.write(
        context,
        "export_quarantine",
        "batch",
        f"{feed}/{batch}",
        purpose=stated(purpose),
        rows=len(rows),
        detail=about,
    )
    return content


SUFFIXES = (".csv", ".txt", ".xlsx", ".xls")
_PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class DeliveryRefused(Told):
    """A file cannot be taken in as it was sent; the message says what would do."""


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


def is_feed(name: str) -> bool:
    """Whether a feed of that name exists."""
    return name in all_feeds()


@acting(Action.DELIVER)
def deliver(context: Context, feed: str, name: str, content: bytes, period: str = "") -> Taken:
    """Take in a department's file: keep it in the incoming folder and ingest it at once.

    `period` (YYYY-MM) is read from a name of the usual form where it is left out. The day of
    delivery is today's: what a file tells is known from the day it came, whatever its name says.
    Raises DeliveryRefused for another feed, no period, or a file that is no table.
    """
    delivery = _delivery(context, feed, name, period)
    digest = hashlib.sha256(content).hexdigest()
    path = _keep(context, delivery, Path(name).suffix.lower(), digest, content)
    try:
        taken = ingest_file(base.home_at(context.home), path, delivery)
    except IngestError:
        batch, again = None, False
    else:
        again = bool(taken.skipped)
        batch = taken.batches[0] if taken.batches else _earlier(context, delivery, digest)
    reads.forget()
    about = {"sha256": digest, "bytes": len(content), "period": delivery.period, "again": again}
    record.write(
        context,
        "deliver",
        "batch",
        f"{feed}/{batch.batch if batch else path.name}",
        rows=batch.received if batch else None,
        detail=about | ({"quarantined": batch.quarantined} if batch else {}),
    )
    return Taken(path.name, digest, batch, again)


def _delivery(context: Context, feed: str, name: str, period: str) -> Delivery:
    told = parse_file_name(re.split(r"[\\/]", name)[-1])
    if not is_feed(feed) or (told is not None and told.feed != feed):
        raise DeliveryRefused(
            f"文件不属于“{feed}”；可报送的数据：{'、'.join(all_feeds())}",
            f"the file is none of '{feed}'; feeds are: {', '.join(all_feeds())}",
        )
    if Path(name).suffix.lower() not in SUFFIXES:
        raise DeliveryRefused("请报送 CSV 或 Excel 文件", "deliver a CSV or Excel file")
    if period and not _PERIOD.fullmatch(period):
        raise DeliveryRefused(
            "period 写成 2026-06 这样的月份", "write the period as a month like 2026-06"
        )
    months = period.replace("-", "") or (told.period if told else "")
    if not months:
        raise DeliveryRefused(
            "请注明数据所属月份：period=2026-06，或文件名如 医保结算_202606_20260628.csv",
            "say which month it covers: period=2026-06, or a name like "
            "医保结算_202606_20260628.csv",
        )
    today: date = base.moment_of(context.home, context.as_of).date()
    if months > f"{today:%Y%m}":
        raise DeliveryRefused("数据月份不能晚于本月", "the month of the data cannot lie ahead")
    return Delivery(feed, months, today)


def _keep(context: Context, delivery: Delivery, suffix: str, digest: str, content: bytes) -> Path:
    """The file in the incoming folder of the month it came in, under a name that ingest reads.

    Nothing of the sender's name is used; the same content has the same name.
    """
    day = delivery.delivered_on
    name = f"{delivery.feed}_{delivery.period}_{day:%Y%m%d}_{digest[:8]}{suffix}"
    path = base.home_at(context.home).incoming / f"{day:%Y-%m}" / name
    if not path.exists():
        with atomic(path, private=True) as aside:
            aside.write_bytes(content)
    return path


def _earlier(context: Context, delivery: Delivery, digest: str) -> Batch | None:
    known = base.lake_at(context.home).batches()
    same = (b for b in known if (b.feed, b.period) == (delivery.feed, delivery.period))
    return next((b for b in same if b.sha256 == digest), None)
