"""Tables of the rule store: versions, every act on them, and from when which one holds.

No personal data. `rule_event` and `rule_activation` are only ever added to; the state on
`rule_version` is the latest line of its events.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base
from core.workflow.events import EventColumns
from core.workflow.writing import CaseColumns


class RuleVersion(CaseColumns, Base):
    """One version: its texts (JSON: path -> text), who wrote it, from which one.

    `kind` is 'own' for what the office wrote and 'shipped' for what came with the program and was
    kept, so that months scored by it can be replayed after the program moves on. `fingerprint` is
    the SHA-256 of the texts. `tried` holds the figures of its last trial (JSON).
    """

    __tablename__ = "rule_version"

    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(8))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("rule_version.id"))
    author: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(DateTime)
    texts: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))
    tried: Mapped[str | None] = mapped_column(Text)
    approved_by: Mapped[str | None] = mapped_column(String(40))
    override: Mapped[str | None] = mapped_column(Text)


class RuleEvent(EventColumns, Base):
    """One act on a version; `changes` says which values an edit changed (JSON)."""

    __tablename__ = "rule_event"
    __table_args__ = (Index("ix_rule_event", "rule_version_id", "id"),)

    rule_version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"))
    changes: Mapped[str | None] = mapped_column(Text)


class RuleActivation(Base):
    """A version holds for months from `since` on, until another one does.

    Of two that begin on one day the later written counts. `promise` is what was promised of it
    (JSON), `override` why a second person let it pass a gate that refused it.
    """

    __tablename__ = "rule_activation"
    __table_args__ = (Index("ix_rule_activation_since", "since", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"))
    since: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(DateTime)
    action: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(40))
    second: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    promise: Mapped[str | None] = mapped_column(Text)
    override: Mapped[str | None] = mapped_column(Text)
