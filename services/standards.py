"""Local standards as the office enters them, from the notices that set them."""

from __future__ import annotations

from datetime import date, timedelta

from core.access.areas import COUNTY
from core.access.roles import Action
from core.db import open_session, upgrade
from core.errors import Told
from core.rulebook.writing import refuse_personal
from data import notices
from data.notices import Notice
from data.standards import NAMES, SIDES
from services import record
from services.context import Context
from services.reads import standards as reads
from services.reads.base import home_at, moment_of
from services.reads.rules import last_run
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

# What a figure can be at all; a slip of the keyboard (a monthly amount for a yearly one) is asked
# about, not stored.
BETWEEN = {
    "S": (100, 5_000),
    "D": (3_000, 300_000),
    "M": (2_000, 60_000),
    "W": (500, 20_000),
    "k": (1, 3),
    "theta": (0.1, 1),
    "ratio_base": (0, 1),
    "floor_line": (3, 60),
}

figures = reading(Action.SEE_RULES, reads.figures)
regions = reading(Action.SEE_RULES, reads.regions)
entered = reading(Action.SEE_RULES, reads.entered)


class StandardRefused(Told):
    """A figure that cannot be one; the message says what would be right."""


def next_run(context: Context) -> date:
    """The first day that is not run yet: what is entered counts from there on."""
    return _known_on(context)


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
    _check(region, side, name, value, document)
    own = str(home_at(context.home).county["region"])
    # A figure holds for what lies within its region: elsewhere it would change nothing, unsaid.
    if not (region.startswith(own) or own.startswith(region)):
        raise StandardRefused(
            f"{region} 不在本县（{own}）范围内，也不包含本县；请核对区划代码",
            f"{region} lies neither within {own} nor around it; check the region's code",
        )
    known_on = _known_on(context)
    notice = Notice(
        region, side, name, since, value, document.strip(), known_on, context.principal.account
    )
    _write(context, notice, withdrawn=False)
    return known_on


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
        _known_on(context),
        context.principal.account,
    )
    _write(context, notice, withdrawn=True)


def _write(context: Context, notice: Notice, *, withdrawn: bool) -> None:
    context.principal.require(Action.SET_STANDARDS, COUNTY)
    folder = home_at(context.home)
    upgrade(folder)
    act = "withdraw_standard" if withdrawn else "set_standard"
    about = f"{notice.name} {notice.region} {notice.side} {notice.since}"
    with open_session(folder) as session:
        at = moment_of(context.home, context.as_of)
        notices.add(session, notice, at, withdrawn)
        detail = {"value": notice.value, "document": notice.document}
        record.add(context, session, act, "standard", about, detail=detail)


def _known_on(context: Context) -> date:
    last = last_run(context.home)
    return last + timedelta(days=1) if last else date(2000, 1, 1)


def _check(region: str, side: str, name: str, value: float, document: str) -> None:
    if not region.isdigit() or len(region) not in (2, 4, 6, 9, 12):
        raise StandardRefused(
            "区划代码应为 2、4、6、9 或 12 位数字", "a region's code has 2, 4, 6, 9 or 12 digits"
        )
    if side not in SIDES or name not in NAMES:
        raise StandardRefused("没有这项标准", "there is no such standard")
    low, high = BETWEEN[name]
    if not low <= value <= high:
        unit, zh, en = NAMES[name]
        raise StandardRefused(
            f"{zh}应在 {low:g} 至 {high:g} 之间（{unit}），填写的是 {value:g}，请核对单位",
            f"{en} lies between {low:g} and {high:g} ({unit}), not {value:g}; check the unit",
        )
    if not document.strip():
        raise StandardRefused(
            "请填写依据文件（文号和名称）", "name the document it comes from (number and title)"
        )
    refuse_personal(document)
