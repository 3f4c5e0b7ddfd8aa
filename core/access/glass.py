"""Breaking the glass: looking at one household outside one's area, for a while, with a reason.

In an emergency nobody waits for an administrator. Somebody else judges the look afterwards.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Glass
from core.errors import Told
from core.words import Worded

LASTS = timedelta(hours=1)
SHORTEST_REASON = 10


class GlassError(Told):
    """An emergency look cannot be begun or judged so."""


class Verdict(Worded):
    """What the second person found."""

    JUSTIFIED = ("justified", "理由成立", "Justified")
    UNJUSTIFIED = ("unjustified", "理由不成立", "Not justified")


def break_glass(
    session: Session, account: str, household: str, reason: str, now: datetime
) -> Glass:
    """Open one household to an account for an hour. Raises GlassError without a real reason."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise GlassError(
            f"请写明紧急情况，至少 {SHORTEST_REASON} 个字",
            f"say what the emergency is, in at least {SHORTEST_REASON} characters",
        )
    made = Glass(
        account=account,
        household=household,
        reason=reason.strip(),
        broken_at=now,
        until=now + LASTS,
    )
    session.add(made)
    session.flush()
    return made


def looks(session: Session, *, waiting: bool = False) -> list[Glass]:
    """Emergency looks, newest first; only those not judged yet when `waiting`."""
    query = select(Glass).order_by(Glass.broken_at.desc(), Glass.id.desc())
    if waiting:
        query = query.where(Glass.reviewed_at.is_(None))
    return list(session.scalars(query))


def review(
    session: Session, number: int, by: str, verdict: Verdict | str, note: str, now: datetime
) -> Glass:
    """Judge an emergency look. Raises GlassError for one's own, a judged one, or without a note."""
    found = session.get(Glass, number, with_for_update=True)
    if found is None:
        raise GlassError(f"没有第 {number} 号应急查看", f"there is no emergency look {number}")
    if found.account == by:
        raise GlassError(
            "不能复核自己的应急查看，请由他人复核",
            "nobody judges their own look; somebody else must",
        )
    if found.reviewed_at is not None:
        raise GlassError(f"已由 {found.reviewed_by} 复核", f"{found.reviewed_by} judged it already")
    if not note.strip():
        raise GlassError("请写一句复核意见", "write one sentence saying why")
    found.reviewed_by, found.reviewed_at = by, now
    found.verdict, found.note = Verdict(verdict), note.strip()
    return found
