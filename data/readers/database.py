"""A table or view of a department's database as a delivery, read in pieces on the server's side.

Where it lies is said in an environment variable, never in a file of the county's or a log: an
address holds a password.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

from data.readers.limits import check_table
from data.readers.raw import Chunk, Ending, RawTable, ReadError, broken_rows, unique_headers
from data.readers.shown import EXACT_BELOW

ROWS = 200_000
PREFIX = "DOUDI_SOURCE_"
_NAME = re.compile(r"^[A-Z][A-Z0-9_]*$")


def source_url(name: str) -> str:
    """The address of a source, from the environment: `DOUDI_SOURCE_MEDICAL` for `medical`.

    Raises ReadError (unreadable) when it is not set; the address itself is never repeated.
    """
    variable = PREFIX + name.upper()
    if not _NAME.match(name.upper()) or not (url := os.environ.get(variable)):
        raise ReadError(
            "unreadable",
            f"未设置数据库连接：请在环境变量 {variable} 中填写地址",
            f"no database is set: put its address into the environment variable {variable}",
        )
    return url


def open_database(url: str, table: str, rows: int = ROWS) -> RawTable:
    """A table or view (`schema.name` or `name`), its columns as text; row 1 is the first.

    Rows stay on the server until they are asked for. Raises ReadError (unreadable) for an address
    that cannot be reached or a table that is not there, without repeating the address.
    """
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        raise _unreachable(table) from None
    try:
        connection = engine.connect().execution_options(stream_results=True, yield_per=rows)
        found = _reflected(connection, table)
    except SQLAlchemyError:
        engine.dispose()
        raise _unreachable(table) from None  # its text may hold the address
    except ReadError:
        engine.dispose()
        raise
    names = unique_headers([column.name for column in found.columns])
    check_table(0, len(names))
    end = Ending()
    chunks = _chunks(connection, found, names, rows, end)
    return RawTable(names, "database", chunks, end, close=lambda: _close(connection, engine))


def _reflected(connection: Connection, table: str) -> Table:
    schema, _, name = table.rpartition(".")
    try:
        found = Table(name, MetaData(), schema=schema or None, autoload_with=connection)
    except NoSuchTableError:
        raise ReadError(
            "unreadable",
            f"数据库中没有表或视图 {table}",
            f"the database has no table or view {table}",
        ) from None
    if not len(found.columns):
        raise ReadError("no_header", "没有找到表头行", "no header row was found")
    return found


def _chunks(
    connection: Connection, found: Table, names: list[str], rows: int, end: Ending
) -> Iterator[Chunk]:
    try:
        for part in connection.execute(select(found)).partitions(rows):
            columns = [pa.array(_texts(c), pa.string()) for c in zip(*part, strict=True)]
            numbers = pa.array(range(end.lines + 1, end.lines + 1 + len(part)), pa.int64())
            end.lines += len(part)
            check_table(end.lines, len(names))
            table = pa.table([*columns, numbers], [*names, "row_no"])
            yield Chunk(table, broken_rows([], []))
    except SQLAlchemyError:
        raise _unreachable(found.name) from None


def _texts(values: Sequence[Any]) -> list[str | None]:
    return [None if v is None or v == "" else v if type(v) is str else _text(v) for v in values]


def _text(value: Any) -> str:
    """As an office writes it: whole numbers without a point, days as 2026-06-09."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < EXACT_BELOW
        return str(int(value)) if whole else repr(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date | time):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _close(connection: Connection, engine: Engine) -> None:
    connection.close()
    engine.dispose()


def _unreachable(table: str) -> ReadError:
    return ReadError(
        "unreadable",
        f"数据库无法连接或读取中断（{table}），请检查地址、账号和网络",
        f"the database cannot be reached or the reading broke off ({table}); check its address, "
        "account and network",
    )
