"""Feeds and their deliveries: what came, what was kept, what goes back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.access.roles import Action
from core.atomic import atomic
from core.errors import Told
from core.words import Text
from data.contracts import all_feeds
from data.deliveries import decisions, words
from data.deliveries.decisions import CHOICES, REJECT, DecisionRefused
from data.deliveries.names import sign_of, told_by
from data.file_names import SUFFIXES, Delivery, incoming_path, parse_file_name
from data.manifest import FULL, Batch, named
from data.template import template as workbook
from data.values import visible
from services import record
from services.arriving import Taken, take_in, today
from services.context import Context
from services.purpose import stated
from services.reads import base, feed_trust, returned
from services.reads import deliveries as reads
from services.reads.deliveries import SUMS, reason_words
from services.reads.returned import column_words, turn_words
from services.use_case import acting, reading

__all__ = [
    "CHOICES",
    "REJECT",
    "SUMS",
    "Batch",
    "Decided",
    "DecisionRefused",
    "DeliveryRefused",
    "Taken",
    "advice_for",
    "batches",
    "choice_words",
    "column_words",
    "decide",
    "deliver",
    "fall_that_waits",
    "feeds",
    "find",
    "is_feed",
    "kind_words",
    "months_since",
    "odd",
    "open_rows",
    "quarantined",
    "reason_words",
    "redo",
    "returned_name",
    "standing",
    "strip",
    "template",
    "tickets",
    "trust_months",
    "trust_townships",
    "turn_words",
    "undo",
    "undone",
    "unrecognised",
    "visible",
    "waiting",
    "what_to_do",
]

feeds = reading(Action.SEE_FEEDS, reads.feeds)
strip = reading(Action.SEE_FEEDS, reads.strip)
batches = reading(Action.SEE_FEEDS, reads.batches)
quarantined = reading(Action.SEE_FEEDS, reads.quarantined)
unrecognised = reading(Action.SEE_FEEDS, reads.unrecognised)
trust_months = reading(Action.SEE_FEEDS, feed_trust.months)
trust_townships = reading(Action.SEE_FEEDS, feed_trust.townships)
fall_that_waits = feed_trust.limit
waiting = reading(Action.SEE_FEEDS, reads.waiting)
standing = reading(Action.SEE_FEEDS, reads.standing)
undone = reading(Action.SEE_FEEDS, reads.undone)
odd = reading(Action.SEE_FEEDS, reads.odd)
tickets = reading(Action.SEE_FEEDS, returned.tickets)
open_rows = reading(Action.SEE_FEEDS, returned.open_rows)
returned_name = reading(Action.SEE_FEEDS, returned.returned_name)
find = reading(Action.SEE_FEEDS, reads.find)
months_since = reading(Action.SEE_FEEDS, reads.runs_without)


def kind_words(kind: str) -> Text:
    """What a kind of delivery is called."""
    return words.KINDS.get(kind, words.KINDS[FULL])


def choice_words(choice: str) -> Text:
    """What a decision about a delivery does."""
    return words.CHOICES[choice]


def advice_for(flag: str) -> Text:
    """What to do about a flag of a delivery."""
    return words.ADVICE.get(flag, Text("", ""))


def what_to_do(batch: Batch) -> Text:
    """What to do about a delivery that waits or was refused."""
    return words.what_to_do(batch)


def may_decide(context: Context) -> bool:
    """Whether the principal may decide what deliveries are, and undo them."""
    return context.principal.may(Action.DECIDE_DELIVERY, context.scope)


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
    """The rows of a batch that are still wrong, as the file that `made` makes of them for its
    department.

    They hold names and ID numbers: who takes them, why, and the file's SHA-256 are recorded before
    it is handed over. Raises NothingYet when the rows are gone, and refuses an empty purpose or
    one that names a person.
    """
    rows = returned.to_give_back(context.home, context.as_of, feed, batch)
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


@dataclass(frozen=True)
class Decided:
    """A delivery after a decision, and the months (2026-05) that were run since it came."""

    batch: Batch
    months: list[str]


@acting(Action.DECIDE_DELIVERY)
def decide(
    context: Context, feed: str, batch: str, *, choice: str, reason: str, period: str = ""
) -> Decided:
    """Say what a delivery that waits is (CHOICES), or turn it away; its rows count from the day
    they came. Months run since then were run without it. `period` (2026-06) is the month it is of,
    where its name has another.

    Raises DecisionRefused, PurposeRefused for a reason that is none, and IngestError.
    """
    why, home = stated(reason), base.home_at(context.home)
    day = today(context)
    found = decisions.decide(home, feed, batch, choice, day, period)
    about = {"decision": choice} | ({"named_period": named(found)} if period else {})
    return _decided(context, "decide_delivery", why, found, about)


@acting(Action.DECIDE_DELIVERY)
def undo(context: Context, feed: str, batch: str, *, reason: str) -> Decided:
    """Take a delivery out of force from today on; until then the past still has it.

    Raises DecisionRefused, PurposeRefused and IngestError.
    """
    why, home = stated(reason), base.home_at(context.home)
    day = today(context)
    return _decided(context, "undo_delivery", why, decisions.undo(home, feed, batch, day), {})


@acting(Action.DECIDE_DELIVERY)
def redo(context: Context, feed: str, batch: str, *, reason: str) -> Decided:
    """Put a delivery back that was undone, from today on.

    Raises DecisionRefused, PurposeRefused and IngestError.
    """
    why, home = stated(reason), base.home_at(context.home)
    day = today(context)
    return _decided(context, "redo_delivery", why, decisions.redo(home, feed, batch, day), {})


def _decided(
    context: Context, act: str, reason: str, batch: Batch, more: dict[str, str]
) -> Decided:
    """Record a decision and say which months were run before it."""
    reads.forget()
    about = {"reason": reason, "period": batch.period} | more
    if batch.doubt:
        about["delivery_doubt"] = batch.doubt
    record.write(
        context, act, "batch", f"{batch.feed}/{batch.batch}", rows=batch.received, detail=about
    )
    return Decided(batch, reads.runs_without(context.home, batch))


_PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class DeliveryRefused(Told):
    """A file cannot be taken in as it was sent; the message says what would do."""


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
    return take_in(context, path, delivery, digest)


def _delivery(context: Context, feed: str, name: str, period: str) -> Delivery:
    told = parse_file_name(re.split(r"[\\/]", name)[-1])
    if not is_feed(feed) or (told is not None and told.feed != feed):
        raise DeliveryRefused(
            f"文件不属于“{feed}”；可报送的数据：{'、'.join(all_feeds())}",
            f"the file is none of '{feed}'; feeds are: {', '.join(all_feeds())}",
        )
    if Path(name).suffix.lower() not in SUFFIXES:
        raise DeliveryRefused(
            "请报送 CSV、Excel 或 Parquet 文件", "deliver a CSV, Excel or Parquet file"
        )
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
    day = today(context)
    if months > f"{day:%Y%m}":
        raise DeliveryRefused("数据月份不能晚于本月", "the month of the data cannot lie ahead")
    sign = sign_of(told_by(told.sign, base.home_at(context.home))) if told else ""
    return Delivery(feed, months, day, sign)


def _keep(context: Context, delivery: Delivery, suffix: str, digest: str, content: bytes) -> Path:
    """The file in the incoming folder of the month it came in, under a name that ingest reads.

    Of the sender's name only what it says of the kind (补报, a part) is used; the same content
    has the same name.
    """
    path = incoming_path(base.home_at(context.home), delivery, digest, suffix)
    if not path.exists():
        with atomic(path, private=True) as aside:
            aside.write_bytes(content)
    return path
