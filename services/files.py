"""The record of links to files that opened nothing."""

from __future__ import annotations

from datetime import date

from core.access.principal import Principal
from services import record
from services.context import Context


def refused(home: str, principal: Principal, kind: str, why: str) -> None:
    """Record that a link was not opened: of another sign-in, changed, or too old."""
    context = Context(principal, home, date.max)
    record.write(context, "open_link", "file", kind, result="refused", detail={"why": why})
