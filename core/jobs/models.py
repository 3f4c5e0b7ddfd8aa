"""The table of jobs. Moments are UTC without a zone; no personal data."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base
from core.jobs.states import State

ONE_RUNS = text("state = 'running'")


class Job(Base):
    """One piece of long work.

    `configuration` and `result` are JSON. `label`, `done`, `total` tell how far it is (total 0: not
    known). `host`, `pid` and `mark` name the process that does it; `mark` is its time of start, so
    that a later process with the same number is not taken for it. `error` is one line in both
    languages (JSON: zh, en). The database itself allows only one running job.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state", "state", "id"),
        Index(
            "ux_job_one_runs",
            "state",
            unique=True,
            sqlite_where=ONE_RUNS,
            postgresql_where=ONE_RUNS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    configuration: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(DateTime)
    state: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(120), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    host: Mapped[str | None] = mapped_column(String(120))
    pid: Mapped[int | None]
    mark: Mapped[str | None] = mapped_column(String(60))
    heard_at: Mapped[datetime | None] = mapped_column(DateTime)
    started_at: Mapped[datetime | None] = mapped_column(DateTime)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime)
    cancelled_by: Mapped[str | None] = mapped_column(String(40))
    cancel_at: Mapped[datetime | None] = mapped_column(DateTime)
    result: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)

    @property
    def asked_for(self) -> dict[str, Any]:
        """The configuration as plain values."""
        found: dict[str, Any] = json.loads(self.configuration)
        return found

    @property
    def gave(self) -> dict[str, Any]:
        """The result as plain values; {} until there is one."""
        found: dict[str, Any] = json.loads(self.result) if self.result else {}
        return found

    @property
    def told(self) -> State:
        """The state with its words."""
        return State(self.state)
