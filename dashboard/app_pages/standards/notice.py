"""Entering the figures of a notice, and taking an entry back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

import services
from core.words import Text
from dashboard.app_pages.standards import figures
from dashboard.i18n import Say
from dashboard.show import html, said, words
from services import Context
from services.standards import Entered


def table(entries: Sequence[Entered], places: Mapping[str, Text], say: Say) -> str:
    """One row an entry, the newest first, as markup."""
    headers = [
        say("No."),
        say("Region"),
        say("Side"),
        say("Standard"),
        say("Value"),
        say("Since"),
        say("Counts for runs after"),
        say("Document"),
        say("Entered by"),
    ]
    rows = [
        [
            str(one.number),
            figures.place(places, one.region, say),
            say(figures.SIDES[one.side]),
            say.label(services.standards.words(one.name)),
            f"{one.value:g}" if one.value is not None else "–",
            f"{one.since:%Y-%m-%d}",
            f"{one.known_on:%Y-%m-%d}",
            one.document,
            one.actor,
        ]
        for one in entries
    ]
    return html.table(headers, rows, right=(0, 4), nowrap=(5, 6))


def new(here: Context, places: Mapping[str, Text], region: str, say: Say) -> None:
    """The form for one figure."""
    first, second, third, fourth = st.columns(4)
    codes = list(places)
    where = first.selectbox(
        say("For the region"),
        codes,
        index=codes.index(region),
        format_func=lambda code: figures.place(places, code, say),
        key="standards_region_new",
        accept_new_options=True,
    )
    name = second.selectbox(
        say("Standard"),
        list(services.standards.NAMES),
        format_func=lambda n: say.label(services.standards.words(n)),
        key="standards_name",
    )
    side = third.selectbox(
        say("Side"),
        list(services.standards.SIDES),
        format_func=lambda s: say(figures.SIDES[s]),
        key="standards_side",
    )
    unit = say(figures.UNITS[services.standards.NAMES[name][0]])
    value = fourth.number_input(f"{say('Value')} ({unit})", value=None, key="standards_value")
    left, right = st.columns([1, 3])
    since = left.date_input(
        say("Holds from"), value=here.as_of, key="standards_since", format=words.DAY
    )
    document = right.text_input(
        say("Document (number and title)"), key="standards_document", max_chars=200
    )
    st.caption(say("It counts from the next run on; months that were run keep their figures."))
    if not st.button(say("Enter"), key="standards_go", type="primary"):
        return
    if value is None:
        st.warning(say("Type the value first."))
        return
    said.attempt(
        "standards",
        lambda: services.standards.set_figure(
            here, str(where), side, name, since, float(value), document
        ),
        say("{name} was entered.", name=say.label(services.standards.words(name))),
    )


def withdraw(
    here: Context, entries: Sequence[Entered], places: Mapping[str, Text], say: Say
) -> None:
    """Take one entry back, with a reason."""
    with st.popover(say("Withdraw an entry")):
        known = {one.number: one for one in entries}
        number = st.selectbox(
            say("Entry"),
            list(known),
            format_func=lambda n: (
                f"{n} · {known[n].name} {figures.place(places, known[n].region, say)}"
            ),
            key="standards_which",
        )
        reason = st.text_input(say("Reason"), key="standards_reason", max_chars=200)
        if st.button(say("Yes, withdraw it"), key="standards_withdraw"):
            said.attempt(
                "standards",
                lambda: services.standards.withdraw(here, number, reason),
                say(
                    "Entry {n} was withdrawn; what held before holds from the next run on.",
                    n=number,
                ),
            )
