"""Which years' working days were entered, and which are missing."""

from __future__ import annotations

from datetime import date

from alerts.policy import load_policy
from core.home import add_months
from core.workflow import calendar, years
from core.workflow.years import Year
from services.reads import base

# Deadlines that begin today may end so many months later.
_AHEAD_MONTHS = 3


def entered(home: str) -> list[Year]:
    """The years that were entered here, in order."""
    return list(years.entered(base.home_at(home)).values())


def unknown(home: str, as_of: date) -> list[int]:
    """Years that deadlines beginning today may reach and whose holidays are not known."""
    load_policy(base.home_at(home), as_of)  # counts by what was entered, from now on
    today = base.today_at(home, as_of)
    reached = sorted({today.year, add_months(today, _AHEAD_MONTHS).year})
    return [year for year in reached if not calendar.knows(year)]
