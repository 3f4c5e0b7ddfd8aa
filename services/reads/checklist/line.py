"""One line of the check list."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.roles import Role
from core.words import Text, Worded


class Grade(Worded):
    """How a thing stands."""

    MISSING = ("missing", "缺", "Missing")
    ODD = ("odd", "待办", "To do")
    GOOD = ("good", "已就绪", "In place")


@dataclass(frozen=True)
class Line:
    """One thing to look at: what it is, how it stands, what its lack costs, whose turn it is.

    `mend` says what to do, `command` is the command that does it and `page` the page, where there
    are such. `names` list the things concerned: indicators, townships, standards.
    """

    code: str
    grade: Grade
    what: Text
    cost: Text
    turn: Role | None = None
    mend: Text | None = None
    command: str = ""
    page: str = ""
    names: tuple[Text, ...] = ()


def good(code: str, what: Text, told: Text) -> Line:
    """A line of something that is in place."""
    return Line(code, Grade.GOOD, what, told)


def listed(names: tuple[Text, ...]) -> Text:
    """Names in one text."""
    return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))
