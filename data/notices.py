"""Local standards entered on a page, each with the document it comes from.

They lie over standards.yaml of the home. An entry is never changed: a correction is another entry
for the same region, side, standard and day, and a withdrawal one that says so. An entry is known
from the day it may count from, so months run before keep the figures they were run with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, DateTime, Float, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db.base import Base
from core.db.store import open_session, ready
from core.home import Home


class StandardEntry(Base):
    """One figure of one notice, as somebody entered it; only ever added to."""

    __tablename__ = "standard_entry"
    __table_args__ = (Index("ix_standard_entry", "region", "side", "standard", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(String(12))
    side: Mapped[str] = mapped_column(String(8))
    standard: Mapped[str] = mapped_column(String(16))
    since: Mapped[date] = mapped_column(Date)
    value: Mapped[float | None] = mapped_column(Float)
    document: Mapped[str] = mapped_column(Text)
    known_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(DateTime)
    actor: Mapped[str] = mapped_column(String(40))
    withdrawn: Mapped[bool] = mapped_column()


@dataclass(frozen=True)
class Notice:
    """A figure that holds for a region and side ('urban', 'rural') from a day on.

    `value` None ends the series; `name` and its unit as in `data.standards.NAMES`.
    """

    region: str
    side: str
    name: str
    since: date
    value: float | None
    document: str
    known_on: date
    actor: str = ""
    number: int = 0


def known(home: Home, known_by: date | None = None) -> list[Notice]:
    """The entries that count, in the order they were entered; asking creates no database."""
    if not ready(home):
        return []
    with open_session(home) as session:
        return entered(session, known_by)


def entered(session: Session, known_by: date | None = None) -> list[Notice]:
    """The entries that count: the last for each figure, unless it was withdrawn."""
    query = select(StandardEntry).order_by(StandardEntry.id)
    if known_by is not None:
        query = query.where(StandardEntry.known_on <= known_by)
    last = {(row.region, row.side, row.standard, row.since): row for row in session.scalars(query)}
    return [_notice(row) for row in last.values() if not row.withdrawn]


def add(session: Session, notice: Notice, at: datetime, withdrawn: bool = False) -> None:
    """Enter a figure, or withdraw the one entered for its region, side, standard and day."""
    session.add(
        StandardEntry(
            region=notice.region,
            side=notice.side,
            standard=notice.name,
            since=notice.since,
            value=notice.value,
            document=notice.document,
            known_on=notice.known_on,
            at=at,
            actor=notice.actor,
            withdrawn=withdrawn,
        )
    )
    session.flush()


def _notice(row: StandardEntry) -> Notice:
    return Notice(
        row.region,
        row.side,
        row.standard,
        row.since,
        row.value,
        row.document,
        row.known_on,
        row.actor,
        row.id,
    )
