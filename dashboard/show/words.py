"""Codes as words in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dashboard import services
from dashboard.i18n import Say
from dashboard.services import Here
from dashboard.services.names import Kind

ROLES = {
    "dispatch": ["dispatcher", "supervisor"],
    "visit": ["worker", "dispatcher"],
    "model": ["dispatcher", "supervisor"],
    "steward": ["dispatcher", "department", "auditor"],
}

# Units as the catalogue may write them -> (Chinese, English).
UNITS = {
    **dict.fromkeys(("元", "yuan"), ("元", "yuan")),
    **dict.fromkeys(("元/月", "yuan/month"), ("元/月", "yuan a month")),
    **dict.fromkeys(("元/年", "yuan/year"), ("元/年", "yuan a year")),
    **dict.fromkeys(("人", "persons"), ("人", "persons")),
    **dict.fromkeys(("岁", "years"), ("岁", "years")),
    **dict.fromkeys(("次", "times"), ("次", "times")),
    **dict.fromkeys(("月", "个月", "months"), ("个月", "months")),
    **dict.fromkeys(("天", "days"), ("天", "days")),
    **dict.fromkeys(("平方米", "m2"), ("平方米", "m²")),
    "间": ("间", "rooms"),
    "倍": ("倍", "times"),
}

ONE = {"persons": "person", "years": "year", "months": "month", "days": "day", "rooms": "room"}


def label(kind: Kind, code: Any, say: Say) -> str:
    """A stored code of an enumeration as a word."""
    return say.label(services.names.word(kind, code))


def labels(kind: Kind, codes: Iterable[Any], say: Say) -> list[str]:
    """Many codes as words."""
    return [label(kind, code, say) for code in codes]


def named(kind: Kind, say: Say) -> Callable[[Any], str]:
    """A format function for a widget whose options are codes."""
    return lambda code: label(kind, code, say)


def place(here: Here, code: Any, say: Say) -> str:
    """Name of a township or village."""
    return services.county.place(here.home, code, say.language)


def household(who: str, code: str, say: Say) -> str:
    """How a household is called on a page: its head's masked name and the start of its key."""
    short = services.people.short(code)
    return f"{who} · {short}" if who else short


def unit(code: str, say: Say) -> str:
    """A unit of the catalogue in the reader's language; the catalogue writes Chinese or short
    English ones."""
    zh, en = UNITS.get(code, (code if say.language == "zh" else "", ""))
    return say.pick(zh, en)


def value(raw: Any, unit_code: str, say: Say) -> str:
    """A feature's stored value for reading: unknown, yes/no, or a number with its unit."""
    if raw is None or raw != raw or str(raw) in {"", "nan", "None"}:
        return say("unknown")
    if str(raw) in {"True", "true"}:
        return say("yes")
    if str(raw) in {"False", "false"}:
        return say("no")
    try:
        number = float(raw)
    except (TypeError, ValueError):
        return str(raw)
    whole = abs(number) >= 100 or number == int(number)
    shown = say.number(number, 0 if whole else 2)
    said = unit(unit_code, say)
    if number == 1 and say.language != "zh":
        said = ONE.get(said, said)
    return f"{shown} {said}".strip()
