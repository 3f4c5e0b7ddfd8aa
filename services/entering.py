"""Entering a dated figure of a local standard: what the page of standards and the set-up share.

Nobody's right is asked here; the use cases that call it do.
"""

from __future__ import annotations

from datetime import date, timedelta

from core.db import open_session, upgrade
from core.errors import Told
from core.rulebook.writing import refuse_personal
from data import notices
from data.notices import Notice
from data.regions import Regions, RegionsError
from data.setup.codes import COUNTY
from data.setup.figures import value_problem
from data.standards import NAMES, SIDES
from services import record
from services.context import Context
from services.reads.base import home_at, moment_of
from services.reads.rules import last_run


class StandardRefused(Told):
    """A figure that cannot be one; the message says what would be right."""


def known_on(context: Context) -> date:
    """The first day that is not run yet: what is entered counts from there on."""
    last = last_run(context.home)
    return last + timedelta(days=1) if last else date(2000, 1, 1)


def enter(
    context: Context, region: str, side: str, name: str, since: date, value: float, document: str
) -> date:
    """Enter one figure of a notice; the day from which it is known. Raises StandardRefused."""
    _check(region, side, name, value, document)
    own = str(home_at(context.home).county["region"])
    # A figure holds for what lies within its region: elsewhere it would change nothing, unsaid.
    if not any(_nested(region, county) for county in (own, *_counties(context.home))):
        raise StandardRefused(
            f"{region} 不在本县（{own}）范围内，也不包含本县；请核对区划代码",
            f"{region} lies neither within {own} nor around it; check the region's code",
        )
    known = known_on(context)
    account = context.principal.account
    notice = Notice(region, side, name, since, value, document.strip(), known, account)
    write(context, notice, withdrawn=False)
    return known


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _counties(home: str) -> set[str]:
    """Counties that the home's region table has places in."""
    try:
        table = Regions.load(home_at(home)).table
    except RegionsError:
        return set()
    return {code[:COUNTY] for code in table.codes("township")}


def write(context: Context, notice: Notice, *, withdrawn: bool) -> None:
    """Keep an entry, or the withdrawal of one, and record it in the same transaction."""
    folder = home_at(context.home)
    upgrade(folder)
    act = "withdraw_standard" if withdrawn else "set_standard"
    about = f"{notice.name} {notice.region} {notice.side} {notice.since}"
    with open_session(folder) as session:
        at = moment_of(context.home, context.as_of)
        notices.add(session, notice, at, withdrawn)
        detail = {"value": notice.value, "document": notice.document}
        record.add(context, session, act, "standard", about, detail=detail)


def _check(region: str, side: str, name: str, value: float, document: str) -> None:
    if not region.isdigit() or len(region) not in (2, 4, 6, 9, 12):
        raise StandardRefused(
            "区划代码应为 2、4、6、9 或 12 位数字", "a region's code has 2, 4, 6, 9 or 12 digits"
        )
    if side not in SIDES or name not in NAMES:
        raise StandardRefused("没有这项标准", "there is no such standard")
    if (wrong := value_problem(name, value)) is not None:
        raise StandardRefused(wrong.zh, wrong.en)
    if not document.strip():
        raise StandardRefused(
            "请填写依据文件（文号和名称）", "name the document it comes from (number and title)"
        )
    refuse_personal(document)
