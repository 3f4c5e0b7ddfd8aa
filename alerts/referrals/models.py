"""Tables of referrals: one for each kind of need that a visit referred, and its events."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base
from core.workflow.events import EventColumns
from core.workflow.writing import CaseColumns


class Referral(CaseColumns, Base):
    """One kind of need sent on to another body.

    `code` is the kind of need and `department` the body that was asked; both are empty where the
    visit named no need: then its note says who was asked, and the county team writes down the
    answer.
    """

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("alert_id", "code", name="uq_referral_once"),
        Index("ix_referral_department", "department", "state"),
    )

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    code: Mapped[str] = mapped_column(String(24))
    department: Mapped[str] = mapped_column(String(24))
    opened_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)


class ReferralEvent(EventColumns, Base):
    """One act on a referral; `department` is the body that has it after the act. Rows are only
    ever added."""

    __tablename__ = "referral_event"
    __table_args__ = (Index("ix_referral_event_referral", "referral_id", "id"),)

    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"))
    department: Mapped[str] = mapped_column(String(24))
