"""The table of notices: what was to be sent to a channel on a day, and what became of it.

Neither address nor text is kept here: addresses are secrets (`core.notices.channels`), and the
text is made anew for each try.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, DateTime, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base
from core.words import Worded


class NoticeState(Worded):
    """What became of a notice."""

    WAITING = ("waiting", "待重试", "waiting for another try")
    SENDING = ("sending", "正在发送", "being sent")
    SENT = ("sent", "已发送", "sent")
    FAILED = ("failed", "发送失败", "failed")
    # The program ended between sending and noting it down: not sent again, or it may come twice.
    UNSURE = ("unsure", "是否送达不明", "not known whether it arrived")


class Notice(Base):
    """One digest for one channel on one day. Moments are UTC without a zone.

    `problem` is what the last try met in a few words without an address ('HTTP 500').
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("day", "channel", name="uq_notice_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    channel: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(DateTime)
    next_at: Mapped[datetime | None] = mapped_column(DateTime)
    problem: Mapped[str | None] = mapped_column(String(80))
