"""Rows in force where several deliveries make up a period.

An ordinary period is one delivery, and nothing here is used for it. Where there are several, a
row with a key counts as the last delivery told it; a row without one counts once however often it
came. A fact told again in the same words stays known since the day it was first told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import ibis
from ibis.backends.sql.datatypes import DuckDBType

from data.contracts import Contract
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
    root: Path, feed: str, contract: Contract, schema: ibis.Schema, batches: Sequence[Batch]
) -> str:
    """DuckDB's SELECT of everything in force, for those who read the lake's files directly."""
    if not several(batches) and not asleep(batches):
        return f"SELECT * FROM {scan(root, feed, batches)}"  # noqa: S608 (our own names)
    sources: dict[str, str] = {}

    def read(some: Sequence[Batch], file: str) -> ibis.Table:
        name = f"held_{len(sources)}"
        more = {HELD_BY: "string"} if file == ASIDE_FILE else {}
        whole = ibis.schema({**dict(schema.items()), **more})
        held = f"SELECT * FROM {scan(root, feed, some, file)}"  # noqa: S608 (our own names)
        sources[name] = whole_sql(held, whole)
        return ibis.table(whole, name=name)

    rows = in_force(read, key_columns(contract, schema.names), schema.names, batches)
    told = ", ".join(f"{name} AS ({text})" for name, text in sources.items())
    asked = str(ibis.to_sql(rows, dialect="duckdb"))
    return f"WITH {told} SELECT * FROM ({asked})"  # noqa: S608 (our own names)


def whole_sql(rows: str, schema: ibis.Schema) -> str:
    """A SELECT's rows with every column of a schema: older files lack columns of today."""
    held = f"SELECT * FROM ({rows})"  # noqa: S608 (our own names)
    return f"{no_rows_sql(schema)} UNION ALL BY NAME {held}"


def no_rows_sql(schema: ibis.Schema) -> str:
    """A SELECT with the columns of a schema and no row."""
    empty = ", ".join(
        f'CAST(NULL AS {DuckDBType.to_string(kind)}) AS "{column}"'
        for column, kind in schema.items()
    )
    return f"SELECT * FROM (SELECT {empty}) WHERE false"  # noqa: S608 (our own names)


def scan(root: Path, feed: str, batches: Sequence[Batch], file: str = ROWS_FILE) -> str:
    """DuckDB's name for the rows that batches hold."""
    texts = [str(path(root, feed, b, file)).replace("'", "''") for b in batches]
    listed = ", ".join(f"'{text}'" for text in texts)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def path(root: Path, feed: str, batch: Batch, file: str = ROWS_FILE) -> Path:
    """A file of a batch."""
    return root / feed / f"batch={batch.batch}" / file
