"""Files that no feed recognises: looked at, given to a feed, and understood from then on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.access.roles import Action
from core.home import HomeError, month_end
from data import staging
from data.contracts import Field, all_feeds, load_contract
from data.deliveries.names import sign_of, told_by
from data.file_names import Delivery, incoming_path
from data.mapping import (
    Mapping,
    MappingError,
    mapping_for,
    name_form,
    read_mappings,
    save,
    told_by_name,
    told_of,
    withdraw,
)
from data.mapping.guessing import guess
from data.mapping.looking import look, shown
from services import record
from services.arriving import Taken, take_in, today
from services.context import Context, utc_now
from services.reads import base
from services.use_case import acting, reading

__all__ = [
    "Preview",
    "PreviewColumn",
    "Taken",
    "Unmapped",
    "drop",
    "feeds",
    "fields",
    "finish",
    "keep",
    "preview",
    "preview_file",
    "saved",
    "take",
    "take_file",
    "unmapped",
]

UNKNOWN_NAME, WRONG_COLUMNS = "unknown_name", "wrong_columns"


@dataclass(frozen=True)
class Unmapped:
    """A file that waits for somebody to say what it is. `source` names it to `preview`."""

    source: str
    name: str
    why: str


@dataclass(frozen=True)
class PreviewColumn:
    """A column as delivered, the field it seems to be, and up to three masked cells with what each
    becomes (None: it cannot be read so)."""

    header: str
    field: str
    likeness: float
    cells: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Preview:
    """What a file seems to be; `known` is the mapping already saved for its form of name."""

    name: str
    form: str
    feed: str
    likeness: float
    period: str | None
    delivered_on: date | None
    columns: tuple[PreviewColumn, ...]
    encoding: str
    flags: tuple[str, ...]
    known: Mapping | None

    @property
    def headers(self) -> dict[str, str]:
        """Header -> field, as suggested or saved."""
        return {c.header: c.field for c in self.columns}


def _saved(home: str) -> list[Mapping]:
    """Mappings in force."""
    return read_mappings(base.home_at(home))


def _unmapped(home: str) -> list[Unmapped]:
    """Uploads that wait, and files in the incoming folder that no feed knows or that lack columns
    of theirs; those that have left the folder are left out."""
    own = base.home_at(home)
    waiting = [
        Unmapped(f"upload:{u.id}", u.name, UNKNOWN_NAME) for u in staging.staged(own) if u.whole
    ]
    lake, root = base.lake_at(home), own.incoming
    names = [(u.file, UNKNOWN_NAME) for u in lake.unrecognised() if u.reason == UNKNOWN_NAME]
    names += [(b.file, WRONG_COLUMNS) for b in lake.batches() if b.status == WRONG_COLUMNS]
    known = dict.fromkeys((n, w) for n, w in names if (root / n).is_file())
    return waiting + [Unmapped(f"incoming:{n}", Path(n).name, w) for n, w in known]


saved = reading(Action.DELIVER, _saved)
unmapped = reading(Action.DELIVER, _unmapped)


@acting(Action.DELIVER)
def preview(context: Context, source: str, feed: str | None = None) -> Preview:
    """What a waiting file seems to be; as the given feed where the reader chose one.

    Raises ReadError for what is no table, MappingError for a file that is no longer there.
    """
    path, name = _path_of(context, source)
    return _preview(context, path, name, feed)


@acting(Action.DELIVER)
def preview_file(context: Context, path: Path, feed: str | None = None) -> Preview:
    """As `preview`, for a file that a command names."""
    return _preview(context, path, path.name, feed)


def _preview(context: Context, path: Path, name: str, feed: str | None) -> Preview:
    sample = look(path)
    known = mapping_for(read_mappings(base.home_at(context.home)), name)
    found = guess(sample.table, feed or (known.feed if known else None))
    contract = load_contract(found.feed)
    mapped = known.headers if known and known.feed == found.feed else {}
    columns = []
    for column in found.columns:
        field = mapped.get(column.header, column.field or "")
        likeness = 1.0 if column.header in mapped else column.likeness
        cells = shown(sample.table[column.header], contract.field(field) if field else None)
        columns.append(PreviewColumn(column.header, field, likeness, tuple(cells)))
    period, day = told_by_name(name)
    return Preview(
        name,
        name_form(name),
        found.feed,
        found.likeness,
        period,
        day,
        tuple(columns),
        sample.encoding,
        sample.flags,
        known,
    )


@acting(Action.DELIVER)
def keep(
    context: Context, name: str, feed: str, headers: Pairs[str, str], sender: str = ""
) -> Mapping:
    """Save how files of this name's form are read; recorded. Raises MappingError."""
    mapping = Mapping(name, feed, dict(headers), sender.strip()[:60], utc_now().date())
    kept = save(base.home_at(context.home), mapping)
    taken = sum(1 for field in kept.headers.values() if field)
    about = {"feed": feed, "columns": len(kept.headers), "taken": taken}
    record.write(context, "keep_mapping", "feed", feed, detail=about)
    return kept


@acting(Action.DELIVER)
def drop(context: Context, form: str) -> None:
    """Forget a mapping; recorded. What was taken in with it stays. Raises MappingError."""
    found = next((m for m in _saved(context.home) if m.form == form), None)
    withdraw(base.home_at(context.home), form)
    record.write(context, "drop_mapping", "feed", found.feed if found else "")


@acting(Action.DELIVER)
def finish(context: Context, upload: str) -> Taken | None:
    """Take in an upload whose name, or a saved mapping of it, says what it is; recorded.

    None where nothing does: it waits to be mapped. Raises StagingError for one that has not come
    whole, MappingError for a month that lies ahead.
    """
    home = base.home_at(context.home)
    found = staging.find(home, upload)
    told = told_of(read_mappings(home), staging.content_of(home, upload), found.name)
    if told is None:
        return None
    month, sign = f"{told.period[:4]}-{told.period[4:]}", sign_of(told_by(told.sign, home))
    return _take(context, f"upload:{upload}", told.feed, month, sign)


@acting(Action.DELIVER)
def take(context: Context, source: str, feed: str, period: str) -> Taken:
    """Take a waiting file in as a delivery of the feed, known from today; recorded.

    `period` is a month like 2026-06. Raises MappingError for another, or one that lies ahead.
    """
    return _take(context, source, feed, period, "")


def _take(context: Context, source: str, feed: str, period: str, sign: str) -> Taken:
    path, _ = _path_of(context, source)
    day = today(context)
    delivery = Delivery(feed, _month(period, day), day, sign)
    if source.startswith("upload:"):
        path = _into_incoming(context, source.partition(":")[2], delivery)
    return take_in(context, path, delivery, _digest(path))


@acting(Action.DELIVER)
def take_file(context: Context, path: Path, feed: str, period: str) -> Taken:
    """As `take`, for a file that a command names; it stays where it is."""
    day = today(context)
    delivery = Delivery(feed, _month(period, day), day)
    return take_in(context, path, delivery, _digest(path))


def _into_incoming(context: Context, upload: str, delivery: Delivery) -> Path:
    """Move an upload's content to the incoming folder, under a name that ingest reads."""
    home = base.home_at(context.home)
    found, content = staging.find(home, upload), staging.content_of(home, upload)
    target = incoming_path(home, delivery, _digest(content), Path(found.name).suffix.lower())
    target.parent.mkdir(parents=True, exist_ok=True)
    content.replace(target)
    staging.remove(home, upload)
    return target


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _month(period: str, today: date) -> str:
    try:
        month = month_end(period)
    except HomeError:
        raise MappingError(
            "请写明数据所属月份，例如 2026-06", "say which month it covers, like 2026-06"
        ) from None
    if f"{month:%Y%m}" > f"{today:%Y%m}":
        raise MappingError("数据月份不能晚于本月", "the month of the data cannot lie ahead")
    return f"{month:%Y%m}"


def _path_of(context: Context, source: str) -> tuple[Path, str]:
    """The file behind a source, and the name its sender gave it."""
    kind, _, which = source.partition(":")
    home = base.home_at(context.home)
    if kind == "upload":
        found = staging.find(home, which)
        if not found.whole:
            raise staging.StagingError(
                f"文件尚未传完（{found.have}/{found.size} 字节）",
                f"the file has not come whole ({found.have} of {found.size} bytes)",
            )
        return staging.content_of(home, which), found.name
    if all(one.source != source for one in _unmapped(context.home)):
        raise MappingError("文件已不在接收目录中", "the file is no longer in the incoming folder")
    return home.incoming / which, Path(which).name


def feeds() -> list[str]:
    """Every feed, in the order departments are listed."""
    return list(all_feeds())


def fields(feed: str) -> tuple[Field, ...]:
    """The fields of a feed, as its contract orders them."""
    return load_contract(feed).fields
