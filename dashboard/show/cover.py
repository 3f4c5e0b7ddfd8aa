"""The cover of a file that leaves the pages: what it is, of where and when, made when, for whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

import services
from core.workflow.calendar import CHINA_TIME
from dashboard.i18n import Say
from dashboard.show import html, shell, words
from services import Context
from services.workbook import Cover

# Signs that a file name does without, on any system.
_NOT_IN_NAMES = re.compile(r"[^\w（）()-]+")
FONTS = {"zh": "Microsoft YaHei", "en": "Calibri"}


def mark(here: Context) -> str:
    """The mark of an invented county; nothing for a real one."""
    return html.SYNTHETIC if services.county.county(here).synthetic else ""


def area(here: Context, say: Say) -> str:
    """The area chosen: the whole county, a township, or a township and its village."""
    if not here.scope:
        return say("Whole county")
    codes = [here.scope.township, here.scope.code] if here.scope.is_village else [here.scope.code]
    places = [words.place(here, code, say) for code in codes if code]
    own = here.scope.department
    department = [say.label(services.names.department(own))] if own else []
    return " › ".join([*places, *department])


def county(here: Context, say: Say) -> str:
    """The county's name."""
    about = services.county.county(here)
    return say.pick(about.name_zh, about.name_en)


def standing(here: Context, say: Say) -> str:
    """The month, and whether it is shown as its last day left it or as of now."""
    month = say.month(here.as_of)
    if shell.is_past(here):
        return say("{month}, as its last day left it (rebuilt from the record)", month=month)
    return say("{month}, as it stands now", month=month)


def made(say: Say) -> str:
    """This moment, by the clock on the wall."""
    return say.moment(datetime.now(CHINA_TIME))


def cover(
    here: Context,
    title: str,
    readers: str,
    rows: int | str,
    say: Say,
    filters: Sequence[str] = (),
    more: Sequence[tuple[str, str | int]] = (),
) -> Cover:
    """The cover of a workbook: `readers` says who may read it, `filters` what it was narrowed to.

    `more` are further lines, told before the readers.
    """
    facts: list[tuple[str, str | int]] = [
        (say("County"), county(here, say)),
        (say("Area"), area(here, say)),
        (say("As of"), standing(here, say)),
        (say("Made"), made(say)),
        (say("Filters"), "\n".join(filters) or say("none")),
        *more,
        (say("Rows"), rows),
        (say("Who may read it"), readers),
        (say("Empty cells"), say("Not known, or not there yet; never zero.")),
    ]
    return Cover(
        say("Cover"), title, facts, say("What the columns mean"), mark(here), FONTS[say.language]
    )


def file_name(here: Context, title: str, ending: str, say: Say) -> str:
    """A file name in the reader's language: what, which month (if of one), which area."""
    parts = [title] if here.as_of == date.max else [title, f"{here.as_of:%Y-%m}"]
    if here.scope:
        parts.append(area(here, say))
    return "_".join(_NOT_IN_NAMES.sub("-", part) for part in parts) + f".{ending}"
