"""Tables of correction tickets: one for each reason of a false alarm, and its events.

A ticket names feed, indicator and cause; whose household it was is known through its alert alone.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base
from core.workflow.events import EventColumns
from core.workflow.writing import CaseColumns


class CorrectionTicket(CaseColumns, Base):
    """A reason that a visit found false because the data were: to be answered by the feed's owner.

    `code` is the indicator (of a reason by the model alone, its feature), `feed` the one it is
    computed from, None where it is no longer declared. `cause` is the false alarm's.
    """

    __tablename__ = "correction_ticket"
    __table_args__ = (
        UniqueConstraint("reason_id", name="uq_ticket_once"),
        Index("ix_ticket_feed", "feed", "state"),
    )

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    reason_id: Mapped[int] = mapped_column(ForeignKey("alert_reason.id"))
    feed: Mapped[str | None] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(80))
    cause: Mapped[str] = mapped_column(String(20))
    opened_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)


class CorrectionEvent(EventColumns, Base):
    """One act on a ticket. Rows are only ever added."""

    __tablename__ = "correction_event"
    __table_args__ = (Index("ix_correction_event_ticket", "ticket_id", "id"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("correction_ticket.id"))
