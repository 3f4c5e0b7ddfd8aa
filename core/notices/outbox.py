"""A digest goes out once per channel and day, whoever runs the command and however often.

Before a message is sent the row says so (`sending`), in a transaction of its own. A program that
dies between sending and noting leaves that behind; such a row is never sent again by itself, since
the message may have arrived. What a service refused is tried again, ever later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from core.db import open_session
from core.home import Home
from core.notices.models import Notice, NoticeState

FIRST_DELAY, MOST_TRIES = timedelta(minutes=10), 6  # 10, 20, 40, 80, 160 minutes: within a day
GIVEN_UP = timedelta(minutes=15)  # a program still sending by then has died


def once(
    home: Home, day: date, channel: str, now: datetime, send: Callable[[], str | None]
) -> NoticeState | None:
    """Send the channel's notice of the day unless it was, is being, or cannot yet be sent again.

    `now` is UTC without a zone; `send` returns None or the problem. None: nothing was done.
    """
    _open(home, day, channel)
    if not _claimed(home, day, channel, now):
        return None
    return _noted(home, day, channel, now, send())


def _open(home: Home, day: date, channel: str) -> None:
    of = (Notice.day == day, Notice.channel == channel)
    with open_session(home) as session:
        if session.scalar(select(Notice.id).where(*of)) is not None:
            return
    try:
        with open_session(home) as session:
            session.add(Notice(day=day, channel=channel, state=NoticeState.WAITING, tries=0))
    except IntegrityError:
        return  # another program was quicker


def _claimed(home: Home, day: date, channel: str, now: datetime) -> bool:
    """Whether the row is ours to send now: of two programs at once only one gets it."""
    due = or_(Notice.next_at.is_(None), Notice.next_at <= now)
    with open_session(home) as session:
        done = session.execute(
            update(Notice)
            .where(Notice.day == day, Notice.channel == channel)
            .where(Notice.state == NoticeState.WAITING, due)
            .values(state=NoticeState.SENDING, tries=Notice.tries + 1, tried_at=now)
        )
        return bool(done.rowcount)  # type: ignore[attr-defined]


def _noted(home: Home, day: date, channel: str, now: datetime, problem: str | None) -> NoticeState:
    with open_session(home) as session:
        row = session.scalars(
            select(Notice).where(Notice.day == day, Notice.channel == channel)
        ).one()
        row.problem = None if problem is None else problem[:80]
        if problem is None:
            row.state = NoticeState.SENT
        elif row.tries >= MOST_TRIES:
            row.state = NoticeState.FAILED
        else:
            row.state, row.next_at = NoticeState.WAITING, now + FIRST_DELAY * 2 ** (row.tries - 1)
        return NoticeState(row.state)


def settle(home: Home, today: date, now: datetime) -> None:
    """Say of what was left behind what became of it: unsure, or failed when its day is over."""
    with open_session(home) as session:
        session.execute(
            update(Notice)
            .where(Notice.state == NoticeState.SENDING, Notice.tried_at < now - GIVEN_UP)
            .values(state=NoticeState.UNSURE)
        )
        session.execute(
            update(Notice)
            .where(Notice.state == NoticeState.WAITING, Notice.day < today)
            .values(state=NoticeState.FAILED)
        )


def newest(home: Home, most: int = 50) -> list[Notice]:
    """The newest notices, for whoever looks after them."""
    with open_session(home) as session:
        query = select(Notice).order_by(Notice.day.desc(), Notice.channel).limit(most)
        found = list(session.scalars(query))
        session.expunge_all()
        return found
