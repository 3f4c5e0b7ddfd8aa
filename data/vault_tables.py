"""The vault's tables and the database they lie in: `data/vault/vault.db`, or PostgreSQL.

Where DOUDI_DATABASE_URL names a PostgreSQL, the tables lie there in a schema of their own,
`vault`, so that its owner can be another than the workflow's. Tables are created when missing and
only ever gain columns, so a vault of an earlier version opens as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    any_,
    create_engine,
    event,
    func,
    inspect,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from core.atomic import PRIVATE
from core.db import database_url, engine_of
from core.home import Home

SCHEMA = "vault"
_BUSY_SECONDS = 30
_AT_ONCE = 100  # rows in one statement on SQLite, which takes 32,766 values since 3.32
_PREPARING, _WRITING = 7_210_023, 7_210_024  # PostgreSQL's advisory locks: any numbers of ours

TABLES = MetaData()
META = Table(
    "meta",
    TABLES,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
# Under which key and cipher values lie. The highest number is in use.
SEAL = Table(
    "seal",
    TABLES,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key_version", Integer, nullable=False),
    Column("cipher", String, nullable=False),
    Column("key_check", String, nullable=False),
    Column("secrets", LargeBinary, nullable=False),
    Column("began", String, nullable=False),
)
# Without a row number of its own a table is one tree in order of its key: half the work to fill.
# `seal` NULL: written before seals were kept, under the first one and not bound to its row.
PERSON = Table(
    "person",
    TABLES,
    Column("person", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("seen_on", String, nullable=False),
    Column("mark", String),
    Column("seal", Integer),
    sqlite_with_rowid=False,
)
HOUSEHOLD = Table(
    "household",
    TABLES,
    Column("household", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("head", String),
    Column("rank", Integer, nullable=False),
    Column("seen_on", String, nullable=False),
    Column("seal", Integer),
    sqlite_with_rowid=False,
)
DOCUMENT = Table(
    "document",
    TABLES,
    Column("person", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("seen_on", String, nullable=False),
    Column("seal", Integer),
    sqlite_with_rowid=False,
)
# A table of its own: a card that comes without an address leaves the one known.
ADDRESS = Table(
    "address",
    TABLES,
    Column("person", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("seen_on", String, nullable=False),
    Column("mark", String, nullable=False),
    Column("seal", Integer),
    sqlite_with_rowid=False,
)
# What name a number came with first, as a keyed mark: a number that comes with another name is
# somebody else until a person says otherwise. `mark` is of name and birth date (without one, of
# name and number), so that equal marks of two people are candidates for one. `of` is the person
# whose number it is too, `feed` who said so.
NAMED = Table(
    "named",
    TABLES,
    Column("person", String, primary_key=True),
    Column("mark", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("seen_on", String, nullable=False),
    Column("of", String),
    Column("feed", String),
)
SEALED = (PERSON, HOUSEHOLD, DOCUMENT, ADDRESS)
# Deliveries whose news are kept: one that is taken in again after a stop tells nothing twice.
TOLD = Table(
    "told",
    TABLES,
    Column("feed", String, primary_key=True),
    Column("batch", String, primary_key=True),
)

# News of the delivery that is being taken in, aside in a temporary table of the connection.
_TEMPORARY = "temp"
_ASIDE = MetaData(schema=_TEMPORARY)
ASIDE = {
    table.name: Table(
        f"{table.name}_news",
        _ASIDE,
        *(Column(c.name, c.type, primary_key=c.primary_key) for c in table.columns),
        *([Column("place", Integer, nullable=False)] if table is HOUSEHOLD else []),
        sqlite_with_rowid=False,
    )
    for table in (*SEALED, NAMED)
}


class VaultStore:
    """The database of one home's vault. Making one creates nothing.

    `local` means the file in the home even where DOUDI_DATABASE_URL names a PostgreSQL.
    """

    def __init__(self, home: Home, *, local: bool = False) -> None:
        url = "" if local else database_url(home)
        self.path = home.vault / "vault.db"
        self.on_postgres = url.startswith("postgresql")
        self.where = "the database's schema 'vault'" if self.on_postgres else str(self.path)
        self._folder = home.vault
        self._engine = _in_schema(engine_of(url)) if self.on_postgres else _sqlite(self.path)
        self._insert = postgresql.insert if self.on_postgres else sqlite.insert
        self._kept: Connection | None = None
        self._prepared = False

    def exists(self) -> bool:
        """Whether the tables are there already; asking creates none."""
        if self._prepared:
            return True
        if not self.on_postgres:
            return self.path.exists()
        return inspect(self._engine).has_table(META.name, schema=SCHEMA)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._connection() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[Connection]:
        """A transaction that writes; one that must be `alone` waits for all others to end.

        On SQLite each is alone.
        """
        with self._connection() as connection:
            connection.execution_options(writing=True)
            try:
                with connection.begin():
                    if self.on_postgres:
                        lock = "pg_advisory_xact_lock" + ("" if alone else "_shared")
                        connection.execute(text(f"SELECT {lock}({_WRITING})"))
                    yield connection
            finally:
                connection.execution_options(writing=False)

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep one connection for many transactions."""
        before = self._kept
        with self._connection() as self._kept:
            try:
                yield
            finally:
                self._kept = before

    def put(self, db: Connection, table: Table, rows: Iterable[tuple], newer: str) -> None:
        """Insert rows, or replace what they outweigh; `newer` names a rule of `_replacing`."""
        given = list(rows)
        if not given:
            return
        statement = self._upsert(self._insert(table), table, newer)
        names, kept = [c.name for c in table.columns], table.primary_key.columns
        # Two writers on PostgreSQL never wait for each other, and SQLite turns each page once.
        given.sort(key=itemgetter(*range(len(kept))))
        if self.on_postgres:
            db.execute(statement, [dict(zip(names, row, strict=True)) for row in given])
            return
        # Rows by the hundred: one by one they take half as long again.
        for at in range(0, len(given), _AT_ONCE):
            some = given[at : at + _AT_ONCE]
            db.exec_driver_sql(self._in_one(statement, len(some)), tuple(chain.from_iterable(some)))

    def _in_one(self, statement: Any, rows: int) -> str:
        """The text of an insert of one row, for many."""
        text = str(statement.compile(dialect=self._engine.dialect))
        one = text[text.index("VALUES (") + len("VALUES ") :].partition(")")[0] + ")"
        return text.replace(one, ", ".join([one] * rows), 1)

    def begin_aside(self, db: Connection) -> None:
        """Empty temporary tables for the news of a delivery."""
        for table in ASIDE.values():
            db.execute(CreateTable(table, if_not_exists=True))
            db.execute(table.delete())

    def put_aside(self, db: Connection, table: Table, rows: Iterable[tuple]) -> None:
        """Put rows into the aside of a table: the later of two wins.

        Of a household the row of lower rank wins, then of lower `place`, then the earlier.
        """
        self.put(db, ASIDE[table.name], rows, "aside")

    def keep_aside(self, db: Connection, table: Table, newer: str) -> None:
        """Put what lies aside into its table, as `put` does, in order of the key."""
        aside = ASIDE[table.name]
        names = [c.name for c in table.columns]
        rows = select(*(aside.c[n] for n in names)).where(true()).order_by(*aside.primary_key)
        db.execute(self._upsert(self._insert(table).from_select(names, rows), table, newer))

    def _upsert(self, insert: Any, table: Table, newer: str) -> Any:
        replaced, outweighs = _replacing(newer, table, insert.excluded)
        return insert.on_conflict_do_update(
            index_elements=[c.name for c in table.primary_key],
            set_={name: insert.excluded[name] for name in replaced},
            where=outweighs,
        )

    def among(self, column: Column[str], wanted: Sequence[str]) -> ColumnElement[bool]:
        """`column` is one of many values, sent as one parameter."""
        if self.on_postgres:
            return column == any_(literal(list(wanted), ARRAY(String)))
        given = func.json_each(json.dumps(sorted(wanted))).table_valued("value")
        return column.in_(select(given.c.value))

    def compact(self) -> None:
        """Leave nothing of replaced values in the file. PostgreSQL clears up by itself."""
        if self.on_postgres:
            return
        with closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        if self._kept is not None:
            yield self._kept
            return
        if not self._prepared:
            self._prepare()
        with self._engine.connect() as connection:
            yield connection

    def _prepare(self) -> None:
        """Make what is missing: the folder, the file, tables, columns."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        if not self.on_postgres:
            self.path.touch(mode=PRIVATE)
        with self._engine.connect().execution_options(writing=True) as db, db.begin():
            if self.on_postgres:
                db.execute(text(f"SELECT pg_advisory_xact_lock({_PREPARING})"))
                db.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            TABLES.create_all(db)
            _add_columns(db, SCHEMA if self.on_postgres else None)
        self._prepared = True


def _replacing(rule: str, table: Table, new: Any) -> tuple[list[str], ColumnElement[bool]]:
    """Columns that a heavier row replaces, and when it is heavier.

    "rank": a lower rank outweighs a higher one, then the later delivery the earlier; a household's
    sealed number is its own and stays. "day": the later delivery. "aside": see `put_aside`.
    """
    kept = {c.name for c in table.primary_key}
    if rule == "aside":
        heavier: ColumnElement[bool] = true()
        if "place" in table.c:
            same = (new.rank == table.c.rank) & (new.place < table.c.place)
            heavier = or_(new.rank < table.c.rank, same)
    elif rule == "day":
        heavier = new.seen_on >= table.c.seen_on
    else:
        same = (new.rank == table.c.rank) & (new.seen_on >= table.c.seen_on)
        heavier = or_(new.rank < table.c.rank, same)
        kept |= {"sealed", "seal"} if table is HOUSEHOLD else set()
    return [c.name for c in table.columns if c.name not in kept], heavier


def _add_columns(db: Connection, schema: str | None) -> None:
    """Columns that a vault from before does not have yet."""
    found, quoted = inspect(db), db.dialect.identifier_preparer
    for table in TABLES.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name, schema=schema)}
        for column in table.columns:
            if column.name not in there:
                name = f"{schema}.{table.name}" if schema else table.name
                kind = column.type.compile(db.dialect)
                db.execute(
                    text(f"ALTER TABLE {name} ADD COLUMN {quoted.quote(column.name)} {kind}")
                )


def _in_schema(engine: Engine) -> Engine:
    """The pool of the home's database, seeing the vault's schema."""
    return engine.execution_options(schema_translate_map={None: SCHEMA, _TEMPORARY: "pg_temp"})


@lru_cache(maxsize=16)
def _sqlite(path: Path) -> Engine:
    """Opened for each use and closed after it: a vault that was moved away is noticed."""
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": _BUSY_SECONDS}
    )
    event.listen(engine, "connect", _begin_ourselves)
    event.listen(engine, "begin", _begin)
    return engine


def _begin_ourselves(connection: Any, _record: object) -> None:
    """Readers do not block the writer (WAL); the driver leaves transactions to us."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # A power cut takes back nothing that was committed: the manifest, written afterwards, rests on
    # it. It costs one wait for the disk a delivery.
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: one that reads first could not wait for another's end."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
