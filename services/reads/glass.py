"""Emergency looks, as those read them who judge them or read the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.access import glass
from core.access.glass import Verdict
from core.db import open_session
from core.workflow.calendar import CHINA_TIME, add_working_days
from services.reads.base import home_at

UTC_TO_CHINA = CHINA_TIME.utcoffset(None)


@dataclass(frozen=True)
class Look:
    """One emergency look; moments in China time. `review_by` is the next working day."""

    number: int
    account: str
    household: str
    reason: str
    at: datetime
    review_by: date
    reviewed_by: str | None
    reviewed_at: datetime | None
    verdict: Verdict | None
    note: str | None


def looks(home: str, *, waiting: bool = False) -> list[Look]:
    """Emergency looks, newest first; only those nobody judged yet when `waiting`."""
    with open_session(home_at(home)) as session:
        return [
            Look(
                row.id,
                row.account,
                row.household,
                row.reason,
                row.broken_at + UTC_TO_CHINA,
                add_working_days((row.broken_at + UTC_TO_CHINA).date(), 1).on,
                row.reviewed_by,
                row.reviewed_at and row.reviewed_at + UTC_TO_CHINA,
                Verdict(row.verdict) if row.verdict else None,
                row.note,
            )
            for row in glass.looks(session, waiting=waiting)
        ]
