"""Tables of the workflow: alert, its reasons, its needs, and every act as an event row.

No personal data: a household is a keyed pseudonym, and notes pass a guard (`alerts.privacy`)
before they are stored. `alert_event` is the record; the state columns on `alert` and `need`
are its latest line, kept for quick lists.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from core.db.base import Base
from core.workflow.events import EventColumns
from core.workflow.writing import CaseColumns

ONE_OPEN = text("state <> 'closed'")


class Alert(CaseColumns, Base):
    """One case per household: why it was raised, where it stands, when its next step is due.

    `rule_score` (points), `risk` (probability 0..1), `coverage` (0..1) and the versions are as
    they were when it was raised. `band` is the most urgent band reached before the visit.

    `question` is what the visit is asked to find: an unmet need there now (existing) or one that
    comes within the model's horizon (coming); None for facts and reports, which ask both.
    `handling` is the handling class 1 to 4 (`alerts.handling`). `expected` is the probability, at
    raising, that the visit finds an unmet need. `stratum` and `inclusion` are set for households
    drawn at random: the part of the county drawn from, and the probability of being drawn.
    `urgent`: a fact that never waits was told, so the shortest deadlines hold. `tries` counts
    visits that met nobody since the last result. `holder_role`, `holder_area` and
    `holder_account` say whose turn it is (`alerts.holding`). `suspended_until`: the clock stands
    still until that day.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open_household",
            "household",
            unique=True,
            sqlite_where=ONE_OPEN,
            postgresql_where=ONE_OPEN,
        ),
        Index("ix_alert_state_due", "state", "due_on"),
        Index("ix_alert_raised", "raised_on"),
        Index("ix_alert_township", "township_code"),
        Index("ix_alert_household", "household"),
    )

    household: Mapped[str] = mapped_column(String(40))
    township_code: Mapped[str | None] = mapped_column(String(12))
    village_code: Mapped[str | None] = mapped_column(String(12))
    population: Mapped[str | None] = mapped_column(String(12))
    raised_on: Mapped[date] = mapped_column(Date)
    as_of: Mapped[date] = mapped_column(Date)
    band: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str | None] = mapped_column(String(16))
    closed_on: Mapped[date | None] = mapped_column(Date)
    question: Mapped[str | None] = mapped_column(String(8))
    handling: Mapped[int | None] = mapped_column()
    expected: Mapped[float | None] = mapped_column(Float)
    stratum: Mapped[str | None] = mapped_column(String(40))
    inclusion: Mapped[float | None] = mapped_column(Float)
    urgent: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    holder_role: Mapped[str | None] = mapped_column(String(12))
    holder_area: Mapped[str | None] = mapped_column(String(12))
    holder_account: Mapped[str | None] = mapped_column(String(40))
    suspended_until: Mapped[date | None] = mapped_column(Date)
    rule_score: Mapped[float | None] = mapped_column(Float)
    risk: Mapped[float | None] = mapped_column(Float)
    coverage: Mapped[float | None] = mapped_column(Float)
    rule_version: Mapped[str | None] = mapped_column(String(40))
    model_version: Mapped[str | None] = mapped_column(String(40))

    reasons: Mapped[list[AlertReason]] = relationship(
        back_populates="alert", order_by="AlertReason.position"
    )
    needs: Mapped[list[Need]] = relationship(back_populates="alert", order_by="Need.id")


class AlertReason(Base):
    """One reason in words, as it was in the month `as_of`.

    `points` are scorecard points for sources rule and event, log-odds for source risk.
    `position` orders the reasons, strongest first. `truth` is what the last visit said of the fact
    (`states.Truth`), None before.
    """

    __tablename__ = "alert_reason"
    __table_args__ = (
        UniqueConstraint("alert_id", "source", "code", name="uq_reason_once"),
        Index("ix_reason_code", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    position: Mapped[int] = mapped_column()
    source: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(4))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    points: Mapped[float | None] = mapped_column(Float)
    as_of: Mapped[date] = mapped_column(Date)
    truth: Mapped[str | None] = mapped_column(String(12))

    alert: Mapped[Alert] = relationship(back_populates="reasons")


class Need(Base):
    """One sub-order for one department inside an alert.

    `clock_from` and `due_on`: from when and until when whoever has the need has time, where it was
    taken up, sent back or passed on; any other runs by its case (`alerts.need_clocks`).
    """

    __tablename__ = "need"
    __table_args__ = (
        UniqueConstraint("alert_id", "code", name="uq_need_once"),
        Index("ix_need_department", "department", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    code: Mapped[str] = mapped_column(String(24))
    department: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(16))
    settled_on: Mapped[date | None] = mapped_column(Date)
    clock_from: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)

    alert: Mapped[Alert] = relationship(back_populates="needs")


class AlertEvent(EventColumns, Base):
    """One act: who, in which role, when (China time), what, from which state to which.

    Rows are only ever added; the database refuses to change or delete one. `need_id` is set
    when the act concerns one need of the alert, `reason_id` when it concerns one reason. `holder`
    is who has the case, or the department that has the need, after the act (`alerts.holding`);
    `until` the last day of a suspension.
    """

    __tablename__ = "alert_event"
    __table_args__ = (
        Index("ix_event_alert", "alert_id", "id"),
        Index("ix_event_at", "at"),
    )

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"))
    outcome: Mapped[str | None] = mapped_column(String(16))
    cause: Mapped[str | None] = mapped_column(String(20))
    reason_id: Mapped[int | None] = mapped_column()
    holder: Mapped[str | None] = mapped_column(String(80))
    until: Mapped[date | None] = mapped_column(Date)

    need: Mapped[Need | None] = relationship()


class Help(Base):
    """One act of help that met a need, as the department tells it: what, how much, on which day.

    `amount` in yuan, None for help in kind or a service. Never changed: a mistake is told by a
    further row with `corrects`.
    """

    __tablename__ = "help"
    __table_args__ = (Index("ix_help_alert", "alert_id"), Index("ix_help_on", "given_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    department: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(24))
    amount: Mapped[float | None] = mapped_column(Float)
    given_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(DateTime)
    corrects: Mapped[int | None] = mapped_column(ForeignKey("help.id"))


# What a page shows is true as of this event; an act made there carries its number.
Alert.last_event = column_property(
    select(func.max(AlertEvent.id))
    .where(AlertEvent.alert_id == Alert.id)
    .correlate_except(AlertEvent)
    .scalar_subquery(),
    deferred=True,
)
