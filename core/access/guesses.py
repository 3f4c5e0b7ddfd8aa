"""Guessing at many accounts from one address: counted in the record, so on every replica alike.

The waiting times of an account slow down who guesses at one; this slows down who tries a common
password on all of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.access.sign_ins import SignInRefused
from core.audit.models import EVENTS

MOST, WITHIN = 30, timedelta(minutes=10)
# As the record keeps why. A refusal for too many is not one more of them: the wait ends by itself.
_WRONG = [f'{{"why":"{why}"}}' for why in ("wrong password", "unknown account", "disabled account")]


def check(session: Session, address: str, now: datetime) -> None:
    """Raises SignInRefused after too many wrong passwords from an address. `now` is UTC."""
    if not address:
        return
    since = (now - WITHIN).replace(tzinfo=UTC).isoformat(timespec="microseconds")
    place = EVENTS.c.place
    query = select(func.count()).where(
        EVENTS.c.at >= since,
        EVENTS.c.action == "sign_in",
        EVENTS.c.result == "refused",
        EVENTS.c.detail.in_(_WRONG),
        or_(place == address, place.startswith(f"{address} ", autoescape=True)),
    )
    if (session.scalar(query) or 0) >= MOST:
        minutes = int(WITHIN.total_seconds() // 60)
        raise SignInRefused(
            "too many from this address",
            f"从您所在网络地址登录失败次数过多，请 {minutes} 分钟后再试",
            f"too many failed sign-ins from your network address; try again in {minutes} min",
        )
