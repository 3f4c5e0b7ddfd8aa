"""Putting the standards in force on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

import services
from core.words import Text
from dashboard.i18n import Say, mark
from dashboard.show import html
from services import Context
from services.standards import Figure

SIDES = {"urban": mark("urban"), "rural": mark("rural")}
UNITS = {
    "yuan/person/month": mark("yuan a head and month"),
    "yuan/person/year": mark("yuan a head and year"),
    "yuan/month": mark("yuan a month"),
    "ratio": mark("ratio"),
    "share of S": mark("share of S"),
    "m2/person": mark("m² a head"),
    "months of S/person": mark("months of S a head"),
    "months of S": mark("months of S"),
    "times floor_line": mark("times the minimum area"),
    "yuan": mark("yuan"),
}
# Beside each other for all regions: the lines that decide most.
SHOWN = ("S", "D", "M", "W", "k")


def place(places: Mapping[str, Text], code: str, say: Say) -> str:
    """Name of a region with its code."""
    name = say.label(places[code]) if code in places else code
    return code if name == code else f"{name} ({code})"


def sentence(
    found: Sequence[Figure], places: Mapping[str, Text], region: str, on: date, say: Say
) -> str:
    """S on both sides in one sentence, and how many figures are the region's own."""
    lines = {f.side: f.value for f in found if f.name == "S"}
    own = sum(f.own for f in found)
    return say(
        "{place}, {month}: minimum living standard {urban} urban and {rural} rural (yuan a head "
        "and month); {own} figures of its own, the others of the region around it.",
        place=place(places, region, say),
        month=f"{on:%Y-%m}",
        urban=say.number(lines.get("urban")),
        rural=say.number(lines.get("rural")),
        own=own,
    )


def value(one: Figure, say: Say) -> str:
    """A figure as text; a dash for none."""
    if one.value is None:
        return "–"
    return say.number(one.value) if one.value >= 100 else f"{one.value:g}"


def table(found: Sequence[Figure], places: Mapping[str, Text], say: Say) -> str:
    """One row a standard and side, as markup."""
    headers = [
        say("Standard"),
        say("Side"),
        say("Value"),
        say("Unit"),
        say("Since"),
        say("Whose figure"),
        say("Document"),
    ]
    rows = [
        [
            say.label(services.standards.words(one.name)),
            say(SIDES[one.side]),
            value(one, say),
            say(UNITS[one.unit]),
            f"{one.since:%Y-%m-%d}",
            place(places, one.region, say),
            one.document or "–",
        ]
        for one in found
        if one.value is not None and one.since is not None
    ]
    return html.table(headers, rows, right=(2,), nowrap=(1, 4))


def by_region(here: Context, places: Mapping[str, Text], say: Say) -> None:
    """Every region with figures of its own beside the others, as the next run will take them."""
    rows, then = [], here.at(services.standards.next_run(here))
    for code in places:
        found = services.standards.figures(then, code)
        if not any(one.own for one in found):
            continue
        cells = {(one.name, one.side): value(one, say) for one in found}
        for side, word in SIDES.items():
            row = [place(places, code, say), say(word)]
            rows.append([*row, *(cells[name, side] for name in SHOWN)])
    if len(rows) <= len(SIDES):
        st.caption(say("One region has figures of its own; all others take them from it."))
        return
    headers = [say("Region"), say("Side"), *(say.label(services.standards.words(n)) for n in SHOWN)]
    st.html(html.table(headers, rows, right=range(2, 2 + len(SHOWN))))
