"""Opening and upgrading the workflow database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import alerts.corrections.models
import alerts.models
import alerts.referrals.models
import alerts.visits.models
import core.access.models
import core.audit.models
import core.jobs.models
import core.notices.models
import core.proposals.models
import core.rulebook.models
import data.notices
import data.same_person
from core.db import Base, store
from core.home import Home

TABLES = (
    alerts.corrections.models,
    alerts.models,
    alerts.referrals.models,
    alerts.visits.models,
    core.access.models,
    core.audit.models,
    core.proposals.models,
    core.jobs.models,
    core.notices.models,
    core.rulebook.models,
    data.notices,
    data.same_person,
)  # importing them declares their tables on Base


OF_THE_DOOR = {"account", "account_grant", "sign_in", "glass", "api_token", "idempotency"}
OF_VISITS = {"visit_operation", "visit_field", "visit_conflict", "visit_photo"}
OF_THE_RULES = {"rule_version", "rule_event", "rule_activation", "standard_entry"}


def test_an_empty_home_is_brought_up_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)  # no ini file is looked for here
    home = Home(tmp_path / "a home with 100% spaces")
    assert store.revision(home) is None
    store.upgrade(home)
    store.upgrade(home)
    assert store.revision(home) == store.head()
    assert list(elsewhere.iterdir()) == []


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Home | str) -> None:
    with store.engine_of(database).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        names = set(inspect(connection).get_table_names())
    of_alerts = {"alert", "alert_reason", "need", "alert_event", "help"}
    of_alerts |= {"correction_ticket", "correction_event", "referral", "referral_event"}
    assert names == {
        "alembic_version",
        *of_alerts,
        *OF_THE_DOOR,
        *OF_THE_RULES,
        *OF_VISITS,
        "identity_decision",
        "audit_event",
        "audit_head",
        "proposal",
        "job",
        "notice",
    }


def test_sqlite_readers_do_not_block_the_writer_and_keys_are_enforced(home: Home) -> None:
    with store.open_session(home) as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_failing_block_leaves_nothing_behind(home: Home) -> None:
    insert = text(
        "INSERT INTO alert (household, raised_on, as_of, band, source, state, clock_from, "
        "version_id) VALUES ('h1', '2026-01-31', '2026-01-31', 'red', 'rule', 'raised', "
        "'2026-01-31', 1)"
    )

    def fail_after_writing() -> None:
        with store.open_session(home) as session:
            session.execute(insert)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    with store.open_session(home) as session:
        assert session.execute(text("SELECT count(*) FROM alert")).scalar() == 0


def test_no_column_can_hold_a_person(home: Home) -> None:
    """An account is a person of the bureau; no table may tell who is in a family."""
    tables = [table for name, table in Base.metadata.tables.items() if name != "account"]
    columns = {column.name for table in tables for column in table.columns}
    assert columns & {"name", "id_number", "phone", "address", "person"} == set()
