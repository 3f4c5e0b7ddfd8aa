"""The two tables of the record: its events, and the one row that says where it ends.

No personal data: who acted is an account, whom it concerned is a pseudonym or a number of ours.
Database triggers refuse every change and deletion; what they cannot stop (somebody who may drop
the triggers), the hash chain shows.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base

GENESIS = "0" * 64  # what the first event names as the hash before it


class AuditEvent(Base):
    """One act or one refusal. Every column but `hash` is under the hash."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_account", "account", "at"),
        Index("ix_audit_object", "object", "at"),
        Index("ix_audit_at", "at"),
    )

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """1, 2, 3 … without a gap."""
    at: Mapped[str] = mapped_column(String(32))
    """Server time in UTC, ISO 8601 with microseconds; text, so that it hashes as it is stored."""
    account: Mapped[str] = mapped_column(String(64))
    """Who acted; 'system' for what no person started."""
    unit: Mapped[str] = mapped_column(String(64))
    """Department or office of the account."""
    role: Mapped[str] = mapped_column(String(24))
    """The role in which the account acted."""
    action: Mapped[str] = mapped_column(String(40))
    """sign_in, look, reveal, export, dispatch …; the words belong to the use cases."""
    object_kind: Mapped[str] = mapped_column(String(24))
    """household, alert, account, batch, file …"""
    object: Mapped[str] = mapped_column(String(80))
    """A pseudonym, an alert number, an account, a batch."""
    area: Mapped[str] = mapped_column(String(24))
    """Code of the county, township or village concerned."""
    purpose: Mapped[str] = mapped_column(String(200))
    """Why, in the words of who acted."""
    result: Mapped[str] = mapped_column(String(8))
    """'done' or 'refused'."""
    rows: Mapped[int | None] = mapped_column(Integer)
    """How many rows were shown, exported or changed; None where it is not counted."""
    place: Mapped[str] = mapped_column(String(120))
    """Where from: IP address and the start of the user agent."""
    session: Mapped[str] = mapped_column(String(16))
    """Short id of the sign-in session."""
    detail: Mapped[str] = mapped_column(Text)
    """Canonical JSON: values before and after, versions, the hash of an exported file."""
    algorithm: Mapped[str] = mapped_column(String(8))
    """'sha256' or 'sm3': what `hash` was made with."""
    previous: Mapped[str] = mapped_column(String(64))
    """Hash of the event before; sixty-four zeros for the first."""
    hash: Mapped[str] = mapped_column(String(64))
    """Over the canonical JSON of all other columns, hexadecimal."""


class AuditHead(Base):
    """The end of the record: the number and hash of its last event. Writers queue on this row."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_head"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))


# The tables themselves, for statements that need no objects.
EVENTS = Base.metadata.tables[AuditEvent.__tablename__]
HEAD = Base.metadata.tables[AuditHead.__tablename__]
