"""Opening the database of a home: SQLite beside the data, or PostgreSQL by DOUDI_DATABASE_URL.

Callers own the transaction: `open_session` commits when its block ends well and rolls back
when it does not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

from core.atomic import PRIVATE
from core.home import Home
from core.locks import locked

MIGRATIONS = Path(__file__).parent / "migrations"
URL_VARIABLE = "DOUDI_DATABASE_URL"
_BUSY_MILLISECONDS = 30_000
_UPGRADE = 7_211  # the number of PostgreSQL's lock while tables change
_POOL = 20  # connections a process keeps to PostgreSQL, and as many more in a rush


def database_url(home: Home | str) -> str:
    """SQLAlchemy URL of a home's database; a URL given as text is returned as it is.

    DOUDI_DATABASE_URL, where it is set, names one database for every home of the process. The
    plain 'postgresql://' that providers hand out is read with psycopg.
    """
    given = home if isinstance(home, str) else os.environ.get(URL_VARIABLE, "")
    if not given:
        return f"sqlite:///{home.workflow_db}"  # type: ignore[union-attr]
    scheme, rest = given.split("://", 1) if "://" in given else (given, "")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else given


@lru_cache(maxsize=16)
def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(url)
        event.listen(engine, "connect", _sqlite_pragmas)
        return engine
    return create_engine(url, pool_size=_POOL, max_overflow=_POOL, pool_pre_ping=True)


def _sqlite_pragmas(connection: Any, _record: object) -> None:
    """Readers do not block the writer (WAL); a second writer waits instead of failing."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    cursor.close()


def engine_of(home: Home | str) -> Engine:
    """The engine of a home, made once per database; creates the folder for SQLite.

    The SQLite file is readable by its owner only, from the first byte.
    """
    url = database_url(home)
    if isinstance(home, Home) and url.startswith("sqlite"):
        home.workflow_db.parent.mkdir(0o700, parents=True, exist_ok=True)
        if not home.workflow_db.exists():
            home.workflow_db.touch(mode=PRIVATE)
    return _engine(url)


def exists(home: Home | str) -> bool:
    """Whether a home has a database already; asking creates none."""
    url = database_url(home)
    if isinstance(home, Home) and url.startswith("sqlite"):
        return home.workflow_db.exists()
    return revision(home) is not None


def ready(home: Home | str) -> bool:
    """Whether a home has a database, which is then brought up to date once a process."""
    if not exists(home):
        return False
    _upgraded(database_url(home))
    return True


@lru_cache(maxsize=64)
def _upgraded(url: str) -> None:
    upgrade(url)


@contextmanager
def open_session(home: Home | str) -> Iterator[Session]:
    """A session on the database; commits at the end of the block, or rolls back.

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


def upgrade(home: Home | str, to: str | None = None) -> None:
    """Create or bring up to date the tables of a home. Needs no ini file; safe to repeat.

    `to`: an older revision to stop at.
    """
    if revision(home) == (to or head()):
        return
    config = _config()
    engine = engine_of(home)
    with _alone(engine), engine.begin() as connection:
        # Where another process was faster, there is nothing left to do.
        config.attributes["connection"] = connection
        command.upgrade(config, to or "head")


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """One process changes the tables, the others wait: a page and a command often start together.

    SQLite's own lock does not cover it, each change of a table is committed by itself there.
    """
    if engine.dialect.name == "sqlite" and engine.url.database:
        with locked(Path(f"{engine.url.database}.upgrade")):
            yield
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE})
        yield
