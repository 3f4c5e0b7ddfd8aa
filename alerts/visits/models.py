"""Tables of visits: operations received from phones, the sheet of a visit, conflicts, photos.

No personal data: free text passes the guard of notes (`alerts.privacy`) before it is stored, and
photos lie in the vault (`data.photos`); here stands whose they are. Moments are China time.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base


class VisitOperation(Base):
    """One operation as received, and what was answered; a repeated one gets the same answer.

    `at` is the moment on the device. `seen_event` is the alert's newest event that the device
    knew, `base` the operation whose value it had seen in the field. `stands`: the operation that
    counts as this one for whatever builds on it (itself once applied, the equal one it met). A
    refused operation keeps no content: it may be what must never be stored.
    """

    __tablename__ = "visit_operation"
    __table_args__ = (Index("ix_visit_operation_alert", "alert_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    round: Mapped[int] = mapped_column()
    account: Mapped[str] = mapped_column(String(40))
    device: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(DateTime)
    received_at: Mapped[datetime] = mapped_column(DateTime)
    seen_event: Mapped[int] = mapped_column()
    base: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(60))
    content: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(String(8))
    told_zh: Mapped[str | None] = mapped_column(Text)
    told_en: Mapped[str | None] = mapped_column(Text)
    stands: Mapped[str] = mapped_column(String(40))


class VisitField(Base):
    """The value that stands in one field of a visit's sheet, and who wrote it.

    A sheet belongs to one visit: `round` counts the results recorded before it.
    """

    __tablename__ = "visit_field"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    operation: Mapped[str] = mapped_column(String(40))
    writer: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(DateTime)


class VisitConflict(Base):
    """Two values for one field, written without knowledge of each other, until one is chosen.

    `kept` is what stands, `other` what came later; `chosen` is 'kept' or 'other'.
    """

    __tablename__ = "visit_conflict"
    __table_args__ = (Index("ix_visit_conflict_alert", "alert_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    round: Mapped[int] = mapped_column()
    field: Mapped[str] = mapped_column(String(60))
    kept: Mapped[str] = mapped_column(Text)
    kept_by: Mapped[str] = mapped_column(String(40))
    kept_at: Mapped[datetime] = mapped_column(DateTime)
    kept_operation: Mapped[str] = mapped_column(String(40))
    other: Mapped[str] = mapped_column(Text)
    other_by: Mapped[str] = mapped_column(String(40))
    other_at: Mapped[datetime] = mapped_column(DateTime)
    other_operation: Mapped[str] = mapped_column(String(40))
    chosen: Mapped[str | None] = mapped_column(String(8))
    chosen_by: Mapped[str | None] = mapped_column(String(40))
    chosen_at: Mapped[datetime | None] = mapped_column(DateTime)


class VisitPhoto(Base):
    """A photo of a visit, called as its phone called it; the picture lies sealed in the vault.

    `digest` is of what the phone sent, so that the same photo once more is known; `size` in bytes
    as kept. `removed_at`: its time was over, or somebody removed it; the picture is gone.
    """

    __tablename__ = "visit_photo"
    __table_args__ = (Index("ix_visit_photo_alert", "alert_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    round: Mapped[int] = mapped_column()
    account: Mapped[str] = mapped_column(String(40))
    device: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(DateTime)
    received_at: Mapped[datetime] = mapped_column(DateTime)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column()
    removed_at: Mapped[datetime | None] = mapped_column(DateTime)
