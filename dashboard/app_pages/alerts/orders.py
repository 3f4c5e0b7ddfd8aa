"""The order of the list of alerts: always of the whole list, never of the rows on the screen."""

from __future__ import annotations

from typing import Any

import services
from dashboard.i18n import Say, mark
from dashboard.show import address

WORDS = {
    "urgent": mark("Most urgent first"),
    "due": mark("Due day, earliest first"),
    "due_last": mark("Due day, latest first"),
    "newest": mark("Newest first"),
    "oldest": mark("Oldest first"),
    "band": mark("Band, gravest first"),
    "band_low": mark("Band, lightest first"),
    "place": mark("By place"),
    "expected": mark("Expected finding, highest first"),
    "expected_low": mark("Expected finding, lowest first"),
    "score": mark("Rule score, highest first"),
    "score_low": mark("Rule score, lowest first"),
    "risk": mark("Risk, highest first"),
    "risk_low": mark("Risk, lowest first"),
    "coverage": mark("Coverage, lowest first"),
    "coverage_high": mark("Coverage, highest first"),
}
# Column of the table -> the orders that a click on its header and the next click ask for.
BY_HEADER = {
    "Band": ("band", "band_low"),
    "Where": ("place",),
    "Expected": ("expected", "expected_low"),
    "Score": ("score", "score_low"),
    "Coverage": ("coverage", "coverage_high"),
    "Due": ("due", "due_last"),
}
_UPWARDS = {"band_low", "due", "place", "expected_low", "score_low", "coverage"}


def options(seen: bool) -> list[str]:
    """The orders that a reader may choose from."""
    return list(services.cases.SORTS if seen else services.cases.BLIND_SORTS)


def choose(place: Any, seen: bool, say: Say) -> str:
    """The box in which the order is chosen."""
    return str(
        place.selectbox(
            say("Order"),
            options(seen),
            format_func=lambda sort: say(WORDS[sort]),
            label_visibility="collapsed",
            **address.bind("order", options(seen)),
        )
    )


def header(column: str, say: Say) -> str:
    """The header of a column, with an arrow where the list is in its order."""
    sort = address.value("order")
    if sort not in BY_HEADER.get(column, ()):
        return say(column)
    return f"{say(column)} {'↑' if sort in _UPWARDS else '↓'}"


def clicked(column: str, say: Say) -> None:
    """Somebody clicked a header, told in the reader's words: order the whole list by it."""
    sorts = next((own for name, own in BY_HEADER.items() if say(name) == column), ())
    now = address.value("order")
    if sorts:
        address.choose(order=sorts[-1] if now == sorts[0] else sorts[0])


def note(seen: bool, say: Say) -> str:
    """Which headers put the whole list in order."""
    may = options(seen)
    names = [say(column) for column, sorts in BY_HEADER.items() if sorts[0] in may]
    return say(
        "Click the header of {columns} to put the whole list in its order; most turn round at "
        "the next click.",
        columns=say.pick("、", ", ").join(names),
    )
