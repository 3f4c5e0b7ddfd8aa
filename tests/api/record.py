"""The record, as tests read it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from core.audit.models import AuditEvent
from core.db import open_session
from core.home import Home


def events(home: Home) -> list[Any]:
    """Every event, oldest first."""
    with open_session(home) as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))


def calls(home: Home) -> list[tuple[str, str, str, int]]:
    """Calls of the interface: account, operation, result, status."""
    return [
        (e.account, e.object, e.result, json.loads(e.detail)["status"])
        for e in events(home)
        if e.action == "call"
    ]
