"""Writing into the record: the first anchor is told in the record itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from core.audit import anchors
from core.audit.models import AuditEvent
from core.audit.verifying import verify_home
from core.db import open_session
from core.home import Home
from services import record
from tests.accounts import context
from tests.dashboard.factory import LAST


def test_a_file_of_anchors_that_is_taken_away_at_once_is_missed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "elsewhere" / "anchors.jsonl"
    monkeypatch.setenv("DOUDI_AUDIT_ANCHOR", str(file))
    monkeypatch.setattr(anchors, "_failed", {})
    here = context(home.root, LAST)
    record.write(here, "look", "household", "h1")
    record.write(here, "look", "household", "h2")
    with open_session(home) as session:
        acts = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.seq)))
    assert acts == ["look", "anchor", "look"]
    assert verify_home(home).ok
    file.unlink()
    assert [found.kind for found in verify_home(home).findings] == ["no_anchors"]
