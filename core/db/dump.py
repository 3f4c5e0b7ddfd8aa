"""The database as plain files, one per table, and back: the same for SQLite and PostgreSQL.

So a backup of one can be restored into the other, which is also how a bureau moves from the
embedded database to a server.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text, update

from core.db.store import engine_of, head, revision, upgrade
from core.errors import Told
from core.home import Home

ABOUT = "database.json"
_VERSION = "alembic_version"
_CHUNK = 2_000


class DumpError(Told):
    """The database cannot be written out or read back; the message says why."""


def dump(home: Home | str, folder: Path) -> dict[str, int]:
    """Write every table into `folder` as JSON lines, all as of one moment; rows by table."""
    folder.mkdir(parents=True, exist_ok=True)
    with engine_of(home).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        rows = write_tables(connection, _tables(connection), folder)
    about = {"revision": revision(home), "rows": rows}
    (folder / ABOUT).write_text(json.dumps(about, indent=1, sort_keys=True), encoding="utf-8")
    return rows


def load(home: Home | str, folder: Path) -> dict[str, int]:
    """Fill an empty database from a dump, bring it up to date, and count what is there.

    Raises DumpError for a database that holds something, a dump of a newer version, or counts that
    differ from the dump's.
    """
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    if revision(home) is not None:
        raise DumpError(
            "目标数据库不是空的；请恢复到空的数据库或空的目录",
            "the database is not empty; restore into an empty one",
        )
    try:
        upgrade(home, about["revision"])
    except Exception as error:
        raise DumpError(
            f"备份来自更新的版本（{about['revision']}，本程序到 {head()}）；请先升级程序",
            f"the backup is of a newer version ({about['revision']}; this program knows {head()}); "
            "update the program first",
        ) from error
    with engine_of(home).begin() as connection:
        counted = read_tables(connection, _tables(connection), folder)
    if counted != about["rows"]:
        wrong = sorted(n for n in about["rows"] if counted.get(n) != about["rows"][n])
        raise DumpError(
            f"恢复后行数不符：{', '.join(wrong)}",
            f"rows differ from the backup: {', '.join(wrong)}",
        )
    upgrade(home)
    return counted


def write_tables(connection: Connection, tables: Iterable[Table], folder: Path) -> dict[str, int]:
    """Write tables as JSON lines, one file each; rows by table."""
    return {table.name: _write(connection, table, _file(folder, table)) for table in tables}


def read_tables(connection: Connection, tables: Iterable[Table], folder: Path) -> dict[str, int]:
    """Fill tables with what `write_tables` wrote; rows by table."""
    return {table.name: _read(connection, table, _file(folder, table)) for table in tables}


def _file(folder: Path, table: Table) -> Path:
    return folder / f"{table.name}.jsonl"


def _tables(connection: Connection) -> list[Table]:
    """Every table but the migrations' own, those referred to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _VERSION]


def _write(connection: Connection, table: Table, path: Path) -> int:
    count = 0
    query = select(table).order_by(*table.primary_key.columns)
    rows = connection.execution_options(yield_per=_CHUNK).execute(query)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps([_plain(value) for value in row], ensure_ascii=False) + "\n")
            count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, date) else value


def _read(connection: Connection, table: Table, path: Path) -> int:
    if not path.exists():
        return 0
    # A migration may have put rows of its own there, such as the head of the record.
    key = table.primary_key.columns.values()[0]
    there = set(connection.scalars(select(key)))
    for rows in _chunks(path, table):
        for row in [row for row in rows if row[key.name] in there]:
            connection.execute(update(table).where(key == row[key.name]).values(row))
        if new := [row for row in rows if row[key.name] not in there]:
            connection.execute(insert(table), new)
    _go_on_counting(connection, table)
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _chunks(path: Path, table: Table) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            values = zip(table.columns, json.loads(line), strict=True)
            rows.append({column.name: _typed(column.type, value) for column, value in values})
            if len(rows) == _CHUNK:
                yield rows
                rows = []
    if rows:
        yield rows


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    python = kind.python_type
    if python is datetime:
        return datetime.fromisoformat(value)
    if python is date:
        return date.fromisoformat(value)
    return base64.b64decode(value) if python is bytes else python(value)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row after the last one restored; SQLite does by itself."""
    column = table.primary_key.columns.values()[0]
    if connection.dialect.name != "postgresql" or column.server_default is None:
        return
    names = {"table": table.name, "column": column.name}
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), names)
    last = connection.scalar(select(func.max(column)))
    if sequence and last is not None:
        connection.execute(text("SELECT setval(:s, :n)"), {"s": sequence, "n": last})
