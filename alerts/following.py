"""Open cases follow their place when its code changes or its town is merged."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from alerts.models import Alert
from alerts.states import State

_PLACES = ("township_code", "village_code", "holder_area")


def follow_places(session: Session, moves: Mapping[str, str | None]) -> int:
    """Give open alerts the codes that their places have now; how many were touched.

    `moves` says what codes that ended have become, None where nobody can tell: such an alert keeps
    the old one. Closed alerts keep what they had.
    """
    touched: set[int] = set()
    for old, now in moves.items():
        if now is None:
            continue
        for name in _PLACES:
            column = getattr(Alert, name)
            hit = (column == old, Alert.state != State.CLOSED)
            touched |= set(session.scalars(select(Alert.id).where(*hit)))
            session.execute(update(Alert).where(*hit).values({name: now}))
    return len(touched)
