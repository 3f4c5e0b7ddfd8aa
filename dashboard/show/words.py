"""Codes as words in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import services
from dashboard.i18n import Say
from services import Context
from services.names import Kind


def label(kind: Kind, code: Any, say: Say) -> str:
    """A stored code of an enumeration as a word."""
    return say.label(services.names.word(kind, code))


def labels(kind: Kind, codes: Iterable[Any], say: Say) -> list[str]:
    """Many codes as words."""
    return [label(kind, code, say) for code in codes]


def named(kind: Kind, say: Say) -> Callable[[Any], str]:
    """A format function for a widget whose options are codes."""
    return lambda code: label(kind, code, say)


DAY: Literal["YYYY-MM-DD"] = "YYYY-MM-DD"  # how days are written in fields, as everywhere


def place(here: Context, code: Any, say: Say) -> str:
    """Name of a township or village."""
    return services.county.place(here, code, say.language)


def room(visits: Any, ceiling: bool, say: Say) -> str:
    """How many visits a month a place can make; '–' where that is not known."""
    if visits is None or visits != visits:
        return "–"
    told = say.number(int(visits))
    return told if ceiling else say("{n} (share)", n=told)


def load_explained(say: Say) -> str:
    """What the columns of every table of load count."""
    return say(
        "Visit owed: still to be made, sent out or not. Past due: every open case past the day of "
        "its step, help under way too. Sent this month: of the month's new alerts. Places a "
        "month: the ceiling that the rules set for a township (page Rules, 'Visits a month of "
        "single townships'), else its share of the county's visits by households."
    )


def state(alert: Mapping[str, Any], say: Say, joint: str = " · ") -> str:
    """State of an alert in words; a family not met yet with the number of tries."""
    told = label(Kind.STATE, alert["state"], say)
    if alert["tries"] and alert["state"] != "closed":
        told += f"{joint}{say('not met {n}×', n=say.number(alert['tries']))}"
    if alert.get("suspended_until") is not None:
        told += f"{joint}{say('suspended')}"
    return told


def short_need(code: str, say: Say) -> str:
    """A need without what stands in brackets, where a field is too narrow for both."""
    return re.split(r"[（(]", say.label(services.names.need(code)))[0].strip()


def capital(text: str) -> str:
    """The text with its first letter large, where it stands alone."""
    return text[:1].upper() + text[1:]


def household(who: str, code: str, say: Say) -> str:
    """How a household is called on a page: its head's masked name and the start of its key."""
    short = services.people.short(code)
    return f"{who} · {short}" if who else short


def plain(text: str) -> str:
    """Text for a place that takes Markdown, shown as it is: a masked name holds an asterisk."""
    return re.sub(r"([\\`*_\[\]<>#$:~|])", r"\\\1", text)
