"""The table of proposals. No personal data: who acted is an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base


class Proposal(Base):
    """A version of a subject that somebody wants in use, and what a second person decided.

    `subject` is what it is a version of (a registered model), `state` a `states.State`.
    `decided_by` and `note` are who decided and what they said; `override` why a check's refusal
    was passed. Decided once, a row never changes again.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_subject", "subject", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[str] = mapped_column(String(40))
    proposed_at: Mapped[datetime] = mapped_column(DateTime)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime)
    note: Mapped[str | None] = mapped_column(Text)
    override: Mapped[str | None] = mapped_column(Text)
