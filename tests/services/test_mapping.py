"""An uploaded file is taken in by its name, or waits until somebody says what it is."""

from __future__ import annotations

import errno
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

import services
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session, upgrade
from core.home import Home
from data.ingest import IngestError
from data.ingest.folders import alone
from data.lake import Lake
from data.mapping import MappingError
from data.staging import StagingError
from services import Context
from tests.data.mapping.test_ingest import HEADERS, write

JUNE = date(2026, 6, 30)
NAME = "医保中心结算明细2026年6月.csv"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.data.mkdir(parents=True)
    made.county_file.write_text(
        "region: '990321'\nname_zh: 测\nname_en: T\nsynthetic: true\nlast_as_of: '2026-06-30'\n",
        encoding="utf-8",
    )
    upgrade(made)
    return made


@pytest.fixture
def steward(home: Home) -> Context:
    return Context(Principal("s1", "S", (Grant(Role.DATA_STEWARD),)), str(home.root), JUNE)


def uploaded(steward: Context, content: bytes, name: str = NAME) -> str:
    upload = services.uploads.begin(steward, name, len(content))
    for at in range(0, len(content), 100):
        services.uploads.piece(steward, upload.id, at, content[at : at + 100])
    return upload.id


def records(home: Home, action: str) -> list[AuditEvent]:
    with open_session(home) as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


@pytest.mark.slow
def test_an_unknown_file_waits_is_told_and_taken(
    home: Home, steward: Context, tmp_path: Path
) -> None:
    upload = uploaded(steward, write(tmp_path, NAME, 6).read_bytes())
    assert services.mapping.finish(steward, upload) is None
    (waits,) = services.mapping.unmapped(steward)
    seen = services.mapping.preview(steward, waits.source, "medical_claims")
    assert (seen.period, [c.header for c in seen.columns]) == ("202606", list(HEADERS))
    services.mapping.keep(steward, waits.name, seen.feed, HEADERS, "医保中心")
    taken = services.mapping.take(steward, waits.source, seen.feed, "2026-06")
    assert (taken.again, taken.batch.status, taken.batch.accepted) == (False, "accepted", 4)
    assert services.mapping.unmapped(steward) == []
    assert list(home.incoming.glob(f"*/{taken.file}")), "kept under a name that ingest reads"
    (kept,) = records(home, "keep_mapping")
    (delivered,) = records(home, "deliver")
    assert kept.object == "medical_claims"
    assert delivered.rows == 4
    assert "王小明" not in kept.detail + delivered.detail


@pytest.mark.slow
def test_next_months_upload_needs_no_word(steward: Context, tmp_path: Path) -> None:
    services.mapping.keep(steward, NAME, "medical_claims", HEADERS)
    upload = uploaded(steward, write(tmp_path, NAME, 6).read_bytes())
    taken = services.mapping.finish(steward, upload)
    assert taken.batch.accepted == 4
    again = uploaded(steward, write(tmp_path, NAME, 6).read_bytes())
    assert services.mapping.finish(steward, again).again


def test_while_another_ingest_runs_the_file_is_kept(
    home: Home, steward: Context, tmp_path: Path
) -> None:
    services.mapping.keep(steward, NAME, "medical_claims", HEADERS)
    upload = uploaded(steward, write(tmp_path, NAME, 6).read_bytes())
    with alone(home):
        taken = services.mapping.finish(steward, upload)
    assert taken.batch is None
    assert list(home.incoming.glob(f"*/{taken.file}"))
    assert Lake(home).current("medical_claims") == []


def test_a_disk_that_is_full_is_told_as_that(
    home: Home, steward: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as another ingest, for which somebody would wait in vain."""
    services.mapping.keep(steward, NAME, "medical_claims", HEADERS)
    upload = uploaded(steward, write(tmp_path, NAME, 6).read_bytes())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("data.ingest.run.write_manifest", full)
    with pytest.raises(IngestError, match="the disk is full"):
        services.mapping.finish(steward, upload)
    monkeypatch.undo()
    assert list(home.incoming.glob("*/*.csv"))


def test_a_file_that_has_not_come_whole_is_not_taken(steward: Context) -> None:
    upload = services.uploads.begin(steward, "医保结算_202606_20260628.csv", 100)
    with pytest.raises(StagingError, match="0 of 100 bytes"):
        services.mapping.finish(steward, upload.id)


@pytest.mark.parametrize(("month", "why"), [("", "which month"), ("2099-01", "lie ahead")])
def test_a_month_is_wanted_and_none_that_lies_ahead(
    steward: Context, tmp_path: Path, month: str, why: str
) -> None:
    uploaded(steward, write(tmp_path, NAME, 6).read_bytes())
    (waits,) = services.mapping.unmapped(steward)
    with pytest.raises(MappingError, match=why):
        services.mapping.take(steward, waits.source, "medical_claims", month)
    assert services.mapping.unmapped(steward) == [waits]


@pytest.mark.parametrize("source", ["incoming:../vault/key", "incoming:x.csv", "upload:../key"])
def test_no_source_names_a_file_that_does_not_wait(steward: Context, source: str) -> None:
    with pytest.raises((MappingError, StagingError)):
        services.mapping.preview(steward, source)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DATA_STEWARD])
def test_nobody_else_uploads_or_maps(home: Home, role: Role) -> None:
    who = Context(Principal("x", "X", (Grant(role),)), str(home.root), JUNE)
    with pytest.raises(Refused):
        services.uploads.begin(who, NAME, 10)
    with pytest.raises(Refused):
        services.mapping.unmapped(who)


def test_a_piece_of_somebody_elses_upload_is_refused(home: Home, steward: Context) -> None:
    upload = services.uploads.begin(steward, NAME, 10)
    other = Context(Principal("s2", "S", (Grant(Role.DATA_STEWARD),)), str(home.root), JUNE)
    with pytest.raises(StagingError, match="another account"):
        services.uploads.piece(other, upload.id, 0, b"x")
