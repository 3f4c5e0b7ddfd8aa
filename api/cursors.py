"""Cursors: where a walk through a list goes on. Opaque to the caller, good for one filter only."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from core.errors import Told
from services.cases import Place


class CursorRefused(Told):
    """A cursor that was changed, or made for another list."""

    def __init__(self) -> None:
        super().__init__(
            "cursor 无效或与筛选条件不符，请从第一页重新开始",
            "the cursor is not valid or was made with another filter; begin at the first page",
        )


def mark(asked: Mapping[str, Any]) -> str:
    """What list a cursor is for: a digest of area and filter."""
    return sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()[:16]


def made(place: Place, of: str) -> str:
    """The cursor that goes on behind a place of the list `of`."""
    day, household, key = place
    text = json.dumps([of, day.isoformat(), household, key])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str | None, of: str) -> Place | None:
    """The place of a cursor; None without one. Raises CursorRefused."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        own, day, household, key = json.loads(base64.urlsafe_b64decode(padded))
        place = (date.fromisoformat(day), str(household), str(key))
    except (ValueError, TypeError):
        raise CursorRefused from None
    if own != of:
        raise CursorRefused
    return place
