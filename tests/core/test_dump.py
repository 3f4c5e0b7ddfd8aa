"""A database written out and read back, into one of either kind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from alerts.models import Alert, AlertEvent
from alerts.states import State
from core.access import accounts, sign_ins
from core.access.areas import Area
from core.access.principal import Grant
from core.access.roles import Role
from core.audit import Entry, record
from core.audit.verifying import verify_home
from core.db import dump, store
from core.home import Home
from tests.alerts.factories import alert_at

pytestmark = pytest.mark.slow

NOW = datetime(2026, 4, 1, 2, 0, tzinfo=UTC).replace(tzinfo=None)  # as the database keeps it


def fill(database: Home | str) -> dict[str, int]:
    """Alerts with their events, an account that has signed in, and what is recorded of it."""
    with store.open_session(database) as session:
        for number, state in enumerate((State.RAISED, State.ASSISTING, State.CLOSED), 1):
            alert_at(session, state, number)
        account = accounts.create(session, "wang.min", "王敏", NOW, password="Spring-rain-7 falls")
        grants = [Grant(Role.TOWNSHIP_WORKER, Area("990321101"))]
        accounts.set_grants(session, account, grants, "admin", NOW)
        sign_ins.begin(session, account, NOW, "10.0.0.7", "")
        for number in range(5):
            record(
                session,
                Entry("wang.min", "look", object_kind="household", object=f"h{number}"),
                datetime.now(UTC),
            )
    return rows(database)


def rows(database: Home | str) -> dict[str, int]:
    tables = ("alert", "alert_event", "need", "account", "account_grant", "sign_in", "audit_event")
    with store.engine_of(database).connect() as connection:
        return {t: int(connection.scalar(text(f"SELECT count(*) FROM {t}")) or 0) for t in tables}


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path, postgres: str) -> Home | str:
    """An empty database of the kind asked for."""
    if request.param == "sqlite":
        return Home(tmp_path / "restored")
    other = postgres.replace("/postgres?", "/restored?")
    with store.engine_of(postgres).connect() as connection:
        bare = connection.execution_options(isolation_level="AUTOCOMMIT")
        bare.execute(text("DROP DATABASE IF EXISTS restored WITH (FORCE)"))
        bare.execute(text("CREATE DATABASE restored"))
    return other


@pytest.mark.parametrize("empty", ["sqlite", "postgresql"], indirect=True)
def test_what_is_restored_is_what_was_written_out(
    database: Home | str, empty: Home | str, tmp_path: Path
) -> None:
    before = fill(database)
    told = dump.dump(database, tmp_path / "out")
    assert dump.load(empty, tmp_path / "out") == told
    assert rows(empty) == before
    assert verify_home(empty).findings == []
    with store.open_session(database) as old, store.open_session(empty) as new:
        for table in (Alert, AlertEvent):
            names = [column.key for column in table.__table__.columns]
            ours, theirs = (
                [[getattr(row, name) for name in names] for row in session.scalars(select(table))]
                for session in (old, new)
            )
            assert sorted(ours, key=lambda row: row[0]) == sorted(theirs, key=lambda row: row[0])


@pytest.mark.parametrize("empty", ["sqlite", "postgresql"], indirect=True)
def test_a_restored_database_goes_on_where_the_old_one_stopped(
    database: Home | str, empty: Home | str, tmp_path: Path
) -> None:
    fill(database)
    dump.dump(database, tmp_path / "out")
    dump.load(empty, tmp_path / "out")
    with store.open_session(empty) as session:
        last = session.scalar(text("SELECT max(id) FROM alert"))
        assert alert_at(session, State.DISPATCHED, 9).id == last + 1
        assert record(session, Entry("wang.min", "look")) == 6
    assert verify_home(empty).findings == []


def test_nothing_is_restored_over_data(database: Home | str, tmp_path: Path) -> None:
    fill(database)
    dump.dump(database, tmp_path / "out")
    with pytest.raises(dump.DumpError, match="not empty"):
        dump.load(database, tmp_path / "out")


def test_a_backup_that_lost_rows_is_not_taken_for_whole(
    database: Home | str, tmp_path: Path
) -> None:
    fill(database)
    dump.dump(database, tmp_path / "out")
    file = tmp_path / "out" / "alert_event.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(dump.DumpError, match="alert_event"):
        dump.load(Home(tmp_path / "restored"), tmp_path / "out")


def test_a_backup_of_a_newer_version_is_refused(home: Home, tmp_path: Path) -> None:
    dump.dump(home, tmp_path / "out")
    about = json.loads((tmp_path / "out" / dump.ABOUT).read_text())
    (tmp_path / "out" / dump.ABOUT).write_text(json.dumps(about | {"revision": "9999"}))
    with pytest.raises(dump.DumpError, match="update the program"):
        dump.load(Home(tmp_path / "restored"), tmp_path / "out")
