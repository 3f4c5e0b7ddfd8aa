"""Opening the workflow database of a home: SQLite beside the data, or any SQLAlchemy URL.

Callers own the transaction: `open_session` commits when its block ends well and rolls back
when it does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from data.home import Home

MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MILLISECONDS = 10_000


def database_url(home: Home | str) -> str:
    """SQLAlchemy URL of a home's workflow database; a URL given as text is returned as it is."""
    return home if isinstance(home, str) else f"sqlite:///{home.workflow_db}"


@lru_cache(maxsize=16)
def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: Any, _record: object) -> None:
    """Readers do not block the writer (WAL); a second writer waits instead of failing."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    cursor.close()


def engine_of(home: Home | str) -> Engine:
    """The engine of a home, made once per database; creates the folder for SQLite."""
    if isinstance(home, Home):
        home.workflow_db.parent.mkdir(parents=True, exist_ok=True)
    return _engine(database_url(home))


@contextmanager
def open_session(home: Home | str) -> Iterator[Session]:
    """A session on the workflow database; commits at the end of the block, or rolls back.

    The tables must exist: call `upgrade` once at start-up.
    """
    with Session(engine_of(home), expire_on_commit=False) as session, session.begin():
        yield session


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str | None:
    """The newest revision of the tables that this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revision(home: Home | str) -> str | None:
    """The revision a home's database is at; None when it is empty."""
    with engine_of(home).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(home: Home | str) -> None:
    """Create or bring up to date the tables of a home. Needs no ini file; safe to repeat."""
    if revision(home) == head():
        return
    config = _config()
    with engine_of(home).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
