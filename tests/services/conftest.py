"""One invented county with accounts, for tests of the use cases; each test writes into a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.db import open_session, store, upgrade
from core.home import Home
from services.cache import forget_all
from tests.dashboard.factory import Made, shared
from tests.databases import *  # noqa: F403 - its fixtures


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return shared(tmp_path_factory)


@pytest.fixture
def county(built: Made, tmp_path: Path) -> Made:
    """A copy to write into."""
    target = tmp_path / "county"
    shutil.copytree(built.home.root, target)
    forget_all()
    return Made(Home(target), built.last, built.alerted, built.quiet)


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    """A home with its tables and nothing else."""
    home = Home(tmp_path / "empty")
    upgrade(home)
    return home


class Clock:
    """The moment that the door reads; moved on by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 1, tzinfo=UTC).replace(tzinfo=None)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    made = Clock()
    monkeypatch.setattr("services.door.utc_now", made)
    return made


def recorded(home: Home, action: str) -> list[AuditEvent]:
    """The entries of the record about one kind of act, oldest first."""
    with open_session(home) as session:
        query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.seq)
        found = list(session.scalars(query))
        session.expunge_all()
    return found


@pytest.fixture
def county_home(database: Home | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose database is one of each kind, as DOUDI_DATABASE_URL chooses it."""
    home = database if isinstance(database, Home) else Home(tmp_path)
    if isinstance(database, str):
        monkeypatch.setenv(store.URL_VARIABLE, database)
    home.data.mkdir(parents=True, exist_ok=True)
    home.county_file.write_text(
        "region: '990321'\nname_zh: 望禾县\nname_en: Wanghe\nsynthetic: false\n"
        "last_as_of: '2026-03'\n",
        encoding="utf-8",
    )
    return home
