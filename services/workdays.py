"""The working days of a year, entered by the administrator from the published notice."""

from __future__ import annotations

from datetime import UTC

from alerts.policy import load_policy
from alerts.redated import redate
from core.access.roles import Action
from core.db import open_session, upgrade
from core.workflow import years
from core.workflow.calendar import county_time
from core.workflow.years import Year, YearError, read_days
from services import record
from services.context import Context
from services.reads import base
from services.reads import workdays as reads
from services.use_case import acting, reading

__all__ = ["FIRST", "Year", "YearError", "enter", "entered", "read_days", "take_back", "unknown"]

FIRST = 2027  # the first year that the program's own calendar does not know
entered = reading(Action.MANAGE_ACCOUNTS, reads.entered)
unknown = reading(Action.SEE_ALERTS, reads.unknown)


@acting(Action.MANAGE_ACCOUNTS)
def enter(context: Context, number: int, off: str, worked: str, document: str) -> tuple[int, int]:
    """Enter a year's days off and make-up working days as typed; open deadlines follow.

    Returns how many alerts and needs are due on another day now. Raises YearError.
    """
    year = years.checked(
        number,
        read_days(off),
        read_days(worked),
        document,
        context.principal.account,
        county_time(context.now.replace(tzinfo=UTC)),
    )
    years.keep(base.home_at(context.home), year)
    detail = {"year": number, "off": len(year.off), "worked": len(year.worked), "why": document}
    return _redated(context, "enter_working_days", number, detail)


@acting(Action.MANAGE_ACCOUNTS)
def take_back(context: Context, number: int) -> tuple[int, int]:
    """Take an entered year back; open deadlines follow. Raises YearError."""
    years.drop(base.home_at(context.home), number)
    return _redated(context, "withdraw_working_days", number, {"year": number})


def _redated(context: Context, act: str, number: int, detail: dict[str, object]) -> tuple[int, int]:
    home = base.home_at(context.home)
    upgrade(home)
    with open_session(home) as session:
        alerts, needs = redate(session, load_policy(home, context.as_of))
        about = detail | {"alerts": alerts, "needs": needs}
        record.add(context, session, act, "calendar", str(number), detail=about)
    base.forget()
    return alerts, needs
