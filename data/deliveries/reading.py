"""Rows in force where several deliveries make up a period.

An ordinary period is one delivery, and nothing here is used for it. Where there are several, a
row with a key counts as the last delivery told it; a row without one counts once however often it
came. A fact told again in the same words stays known since the day it was first told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import ibis
from ibis.backends.sql.datatypes import DuckDBType

from data.contracts import Contract
from data.deliveries.naming import Named, files_naming, naming_sql
from data.manifest import Batch

ROWS_FILE = "part-0.parquet"
# Rows kept aside beside a batch's own: another batch held their number already.
ASIDE_FILE = "already.parquet"
HELD_BY = "held_by"
# Columns that say how a row came, not what it says.
COMING = ("known_on", "batch")
# What some batches hold in one of their files, under the lake's columns of today.
Reader = Callable[[Sequence[Batch], str], ibis.Table]


def key_columns(contract: Contract, columns: Iterable[str]) -> list[str]:
    """The lake's columns that name a row of the feed; none where it has no such number.

    A key of which a part never reaches the lake (a certificate number) names nothing there.
    """
    known, names = set(columns), []
    for field in contract.fields:
        if not field.key:
            continue
        if field.name == contract.happened_on:
            names.append("happened_on")
        else:  # the lake calls a pseudonym what it stands for
            names.append(field.lake_name)
    return names if set(names) <= known else []


def content_columns(columns: Iterable[str]) -> list[str]:
    """What a row says, without how it came."""
    return [name for name in columns if name not in COMING]


def several(batches: Sequence[Batch]) -> list[Batch]:
    """Those in force that share their period with another one."""
    periods = [b.period for b in batches]
    return [b for b in batches if periods.count(b.period) > 1]


def asleep(batches: Sequence[Batch]) -> list[tuple[Batch, list[str]]]:
    """Batches in force that kept rows aside for others no longer in force, and those others."""
    names = {b.batch for b in batches}
    found = [(b, sorted(set(b.already) - names)) for b in batches if b.already]
    return [(b, gone) for b, gone in found if gone]


def in_force(
    read: Reader, key: Sequence[str], columns: Sequence[str], batches: Sequence[Batch]
) -> ibis.Table:
    """The rows in force, where `batches` are; `read` gives what some of them hold in a file."""
    together = several(batches)
    alone = [b for b in batches if b not in together]
    parts = [read(alone, ROWS_FILE)] if alone else []
    if together:
        parts.append(_joined(read(together, ROWS_FILE), key, columns, together))
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    woken = asleep(batches)
    if not key or not woken:
        return rows
    return _with_woken(rows, read([b for b, _ in woken], ASIDE_FILE), key, columns, woken)


def _joined(
    rows: ibis.Table, key: Sequence[str], columns: Sequence[str], batches: Sequence[Batch]
) -> ibis.Table:
    """What several deliveries of a period tell together; `rows` is what they hold."""
    content = content_columns(columns)
    rows = rows.mutate(rank_=_placed(rows, batches, range(len(batches))))
    rows = rows.mutate(period_=_placed(rows, batches, [b.period for b in batches]))
    # Rows alike within one delivery are different facts (their names differ, in the vault).
    alike = ibis.row_number().over(group_by=["batch", *content], order_by="batch")
    rows = rows.mutate(nth_=alike)
    told = ["period_", "nth_", *content]
    rows = rows.mutate(
        place_=ibis.row_number().over(group_by=told, order_by="rank_"),
        since_=rows.known_on.min().over(group_by=told),
    )
    if key:
        last = ibis.row_number().over(group_by=["period_", *key], order_by=ibis.desc("rank_"))
        whole = ibis.and_(*(rows[name].notnull() for name in key))
        rows = rows.mutate(place_=ibis.ifelse(whole, last, rows.place_))
    rows = rows.filter(rows.place_ == 0)
    return rows.mutate(known_on=rows.since_).select(list(columns))


def _with_woken(
    rows: ibis.Table,
    aside: ibis.Table,
    key: Sequence[str],
    columns: Sequence[str],
    woken: Sequence[tuple[Batch, list[str]]],
) -> ibis.Table:
    """Rows kept aside come back where no delivery in force tells them any more."""
    asked = [(aside.batch == b.batch) & aside[HELD_BY].isin(gone) for b, gone in woken]
    again = aside.filter(ibis.or_(*asked)).anti_join(rows, list(key))
    again = again.mutate(rank_=_placed(again, [b for b, _ in woken], range(len(woken))))
    first = ibis.row_number().over(group_by=list(key), order_by="rank_")
    again = again.mutate(place_=first)
    return ibis.union(rows, again.filter(again.place_ == 0).select(list(columns)))


def _placed(rows: ibis.Table, batches: Sequence[Batch], values: Iterable[Any]) -> ibis.Value:
    return rows.batch.cases(*((b.batch, v) for b, v in zip(batches, values, strict=True)))


def in_force_sql(
    root: Path,
    feed: str,
    contract: Contract,
    schema: ibis.Schema,
    batches: Sequence[Batch],
    named: Named | None = None,
) -> str:
    """DuckDB's SELECT of everything in force, for those who read the lake's files directly.

    With `named` it leaves out rows that name none of them, if not all of those; the caller does.
    """
    key, woken = tuple(key_columns(contract, schema.names)), bool(asleep(batches))
    # Whether a row that was kept aside comes back hangs on whoever holds its number now.
    named = None if woken else named
    naming = batches if named is None else _naming(root, feed, batches, named)
    files = _Files(root, feed, schema, key, named, frozenset(b.batch for b in naming))
    if not woken and files.naming.isdisjoint(b.batch for b in several(batches)):
        return files.alone(naming)
    told = tuple(_Told(b.batch, b.period, tuple(sorted(b.already))) for b in batches)
    asked, sources = _compiled(key, schema, told)
    known = {b.batch: b for b in batches}
    listed = ", ".join(
        f"{name} AS ({files.together([known[batch] for batch in some], file)})"
        for name, some, file in sources
    )
    return f"WITH {listed} SELECT * FROM ({asked})"  # noqa: S608 (our own names)


def _naming(root: Path, feed: str, batches: Sequence[Batch], named: Named) -> list[Batch]:
    """Those with a file that may name one who is asked for."""
    folder = root / feed
    files = {f"{folder}/batch={b.batch}/{ROWS_FILE}": b for b in batches}
    found = files_naming(list(files), named)
    return [b for file, b in files.items() if file in found]


class _Told(NamedTuple):
    """Of a batch what the SELECT of the rows in force hangs on."""

    batch: str
    period: str
    already: tuple[str, ...]


class _Source(NamedTuple):
    """A table of a compiled SELECT: what some batches hold in one of their files."""

    name: str
    batches: tuple[str, ...]
    file: str


@lru_cache(maxsize=512)
def _compiled(
    key: tuple[str, ...], schema: ibis.Schema, told: tuple[_Told, ...]
) -> tuple[str, tuple[_Source, ...]]:
    """What is in force as DuckDB's SELECT over tables, and those tables. Kept: to compile it takes
    longer than to read one family's rows."""
    sources: list[_Source] = []

    def read(some: Sequence[Batch], file: str) -> ibis.Table:
        source = _Source(f"held_{len(sources)}", tuple(b.batch for b in some), file)
        sources.append(source)
        return ibis.table(_columns(schema, file), name=source.name)

    rows = in_force(read, key, schema.names, cast("Sequence[Batch]", told))
    return str(ibis.to_sql(rows, dialect="duckdb")), tuple(sources)


def _columns(schema: ibis.Schema, file: str) -> ibis.Schema:
    more = {HELD_BY: "string"} if file == ASIDE_FILE else {}
    return ibis.schema({**dict(schema.items()), **more})


@dataclass(frozen=True)
class _Files:
    """A feed's files as DuckDB's SELECTs; with `named` of the rows that may count for those.

    `naming`: the batches with a file that may name one of them.
    """

    root: Path
    feed: str
    schema: ibis.Schema
    key: tuple[str, ...]
    named: Named | None
    naming: frozenset[str]

    def alone(self, batches: Sequence[Batch]) -> str:
        """What batches hold, each alone in its period."""
        if self.named is None:
            return f"SELECT * FROM {scan(self.root, self.feed, batches)}"  # noqa: S608 (our own)
        return self._asked(batches)

    def together(self, batches: Sequence[Batch], file: str) -> str:
        """What batches hold, either all or none of which share periods."""
        if self.named is None:
            return self._whole(batches, file)
        asked = [b for b in batches if b.batch in self.naming]
        if not several(batches) or not self.key or set(self.named) <= set(self.key):
            return self._asked(asked)
        # Of rows with one number the newest counts, whomever it names: all of them are read.
        periods = {b.period for b in asked}
        return self._with_rivals([b for b in batches if b.period in periods])

    def _with_rivals(self, batches: Sequence[Batch]) -> str:
        if not batches:
            return no_rows_sql(self.schema)
        numbers = ", ".join(f'"{name}"' for name in self.key)
        unnumbered = " OR ".join(f'"{name}" IS NULL' for name in self.key)
        return (
            f"WITH asked AS MATERIALIZED ({self._asked(batches)}) "  # noqa: S608 (our own names)
            f"SELECT * FROM ({self._whole(batches)}) SEMI JOIN asked USING ({numbers}) "
            f"UNION ALL SELECT * FROM asked WHERE {unnumbered}"
        )

    def _asked(self, batches: Sequence[Batch]) -> str:
        if not batches or self.named is None:
            return no_rows_sql(self.schema)
        return f"SELECT * FROM ({self._whole(batches)}) WHERE {naming_sql(self.named)}"  # noqa: S608

    def _whole(self, batches: Sequence[Batch], file: str = ROWS_FILE) -> str:
        held = f"SELECT * FROM {scan(self.root, self.feed, batches, file)}"  # noqa: S608 (our own)
        return whole_sql(held, _columns(self.schema, file))


def whole_sql(rows: str, schema: ibis.Schema) -> str:
    """A SELECT's rows with every column of a schema: older files lack columns of today."""
    held = f"SELECT * FROM ({rows})"  # noqa: S608 (our own names)
    return f"{no_rows_sql(schema)} UNION ALL BY NAME {held}"


@lru_cache(maxsize=256)
def no_rows_sql(schema: ibis.Schema) -> str:
    """A SELECT with the columns of a schema and no row."""
    empty = ", ".join(
        f'CAST(NULL AS {DuckDBType.to_string(kind)}) AS "{column}"'
        for column, kind in schema.items()
    )
    return f"SELECT * FROM (SELECT {empty}) WHERE false"  # noqa: S608 (our own names)


def scan(root: Path, feed: str, batches: Sequence[Batch], file: str = ROWS_FILE) -> str:
    """DuckDB's name for the rows that batches hold."""
    folder = f"{root / feed}/".replace("'", "''")
    texts = [f"{folder}batch={b.batch}/{file}" for b in batches]
    listed = ", ".join(f"'{text}'" for text in texts)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def path(root: Path, feed: str, batch: Batch, file: str = ROWS_FILE) -> Path:
    """A file of a batch."""
    return root / feed / f"batch={batch.batch}" / file
