"""The working days of a year, entered by the administrator from the published notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC

from alerts.policy import load_policy
from alerts.redated import Redated, redate
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

__all__ = [
    "FIRST",
    "Redated",
    "Year",
    "YearError",
    "enter",
    "entered",
    "read_days",
    "take_back",
    "unknown",
]

FIRST = 2027  # the first year that the program's own calendar does not know
entered = reading(Action.MANAGE_ACCOUNTS, reads.entered)
unknown = reading(Action.SEE_ALERTS, reads.unknown)


@acting(Action.MANAGE_ACCOUNTS)
def enter(context: Context, number: int, off: str, worked: str, document: str) -> Redated:
    """Enter a year's days off and make-up working days as typed; open deadlines follow.

    Returns how many alerts, needs and tickets are due on another day now. Raises YearError.
    """
    year = years.checked(
        number,
        read_days(off),
        read_days(worked),
        document,
        context.principal.account,
        county_time(context.now.replace(tzinfo=UTC)),
    )
    detail = {"year": number, "off": len(year.off), "worked": len(year.worked), "why": document}
    return _changed(
        context, "enter_working_days", number, lambda known: known | {number: year}, detail
    )


@acting(Action.MANAGE_ACCOUNTS)
def take_back(context: Context, number: int) -> Redated:
    """Take an entered year back; open deadlines follow. Raises YearError."""
    detail: dict[str, object] = {"year": number}
    return _changed(
        context, "withdraw_working_days", number, lambda known: years.without(known, number), detail
    )


def _changed(
    context: Context,
    act: str,
    number: int,
    change: Callable[[dict[int, Year]], dict[int, Year]],
    detail: dict[str, object],
) -> Redated:
    """Change the years, one administrator after another, and store what follows from them.

    Due days and the record are stored together; if that fails, the years stay as they were.
    """
    home = base.home_at(context.home)
    upgrade(home)
    with years.alone(home):
        before = years.entered(home)
        after = change(before)
        try:
            with open_session(home) as session:
                years.put(home, after)
                done = redate(session, load_policy(home, context.as_of))
                about = detail | asdict(done)
                record.add(context, session, act, "calendar", str(number), detail=about)
        except BaseException:
            years.put(home, before)
            raise
        years.touch(home)
    base.forget()
    return done
