"""Local standards as the office enters them, from the notices that set them."""

from __future__ import annotations

from datetime import date

from core.access.areas import COUNTY
from core.access.roles import Action
from core.rulebook.writing import refuse_personal
from data.notices import Notice
from data.standards import NAMES, SIDES
from services import entering
from services.context import Context
from services.entering import StandardRefused
from services.reads import standards as reads
from services.reads.standards import Entered, Figure, words
from services.use_case import acting, reading

__all__ = [
    "NAMES",
    "SIDES",
    "Entered",
    "Figure",
    "StandardRefused",
    "entered",
    "figures",
    "may_set",
    "next_run",
    "regions",
    "set_figure",
    "withdraw",
    "words",
]

figures = reading(Action.SEE_RULES, reads.figures)
regions = reading(Action.SEE_RULES, reads.regions)
entered = reading(Action.SEE_RULES, reads.entered)


def next_run(context: Context) -> date:
    """The first day that is not run yet: what is entered counts from there on."""
    return entering.known_on(context)


def may_set(context: Context) -> bool:
    """Whether the principal may enter standards."""
    return context.principal.may(Action.SET_STANDARDS, COUNTY)


@acting(Action.SET_STANDARDS)
def set_figure(
    context: Context,
    region: str,
    side: str,
    name: str,
    since: date,
    value: float,
    document: str,
) -> date:
    """Enter one figure of a notice; the day from which it is known.

    Months run before keep their figures: it counts from the next run on, whatever its own date.
    Raises StandardRefused.
    """
    return entering.enter(context, region, side, name, since, value, document)


@acting(Action.SET_STANDARDS)
def withdraw(context: Context, number: int, reason: str) -> None:
    """Take an entry back: what held before it holds again from the next run on."""
    found = next((one for one in reads.entered(context.home) if one.number == number), None)
    if found is None:
        raise StandardRefused(
            "没有这条登记，或已撤销", "there is no such entry, or it was withdrawn"
        )
    if not reason.strip():
        raise StandardRefused("请写明撤销原因", "say why it is withdrawn")
    refuse_personal(reason)
    notice = Notice(
        found.region,
        found.side,
        found.name,
        found.since,
        None,
        reason.strip(),
        entering.known_on(context),
        context.principal.account,
    )
    entering.write(context, notice, withdrawn=True)
