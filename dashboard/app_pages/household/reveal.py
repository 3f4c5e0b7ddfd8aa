"""Names, numbers and address of one household in the clear: for a purpose, for one look."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import services
from core.errors import Told
from dashboard.i18n import Say, mark
from dashboard.show import files, html
from services import Context
from services.people import Person

PURPOSES = {
    "visit": mark("Preparing a visit"),
    "contact": mark("Calling the family"),
    "check": mark("Checking an identity on site"),
    "apply": mark("Helping with an application"),
}


def section(here: Context, household: str, say: Say) -> None:
    """Ask for the purpose, then show; nothing is kept, the next step on the page hides it."""
    left = services.people.left_today(here)
    told = say(
        "Names, numbers and the address are masked. They are shown for a stated purpose, for one "
        "household at a time, and every time is in the record. Households left for you today: "
        "{left} of {n}.",
        left=left,
        n=services.people.ALLOWANCE,
    )
    st.caption(told)
    with st.form("household_reveal", border=False):
        first, second = st.columns([1, 2])
        kind = first.selectbox(
            say("Purpose"),
            list(PURPOSES),
            index=None,
            placeholder=say("choose"),
            format_func=lambda code: say(PURPOSES[code]),
            key="household_purpose",
        )
        more = second.text_input(
            say("In your words, such as the alert's number"),
            key="household_purpose_more",
            max_chars=120,
        )
        go = st.form_submit_button(
            say("Show names, numbers and address"), key="household_reveal_go"
        )
    if not go:
        return
    if kind is None:
        st.warning(say("Choose the purpose first."))
        return
    purpose = say(PURPOSES[kind]) + (f" · {more.strip()}" if more.strip() else "")
    try:
        people = services.people.reveal(here, household, purpose)
    except Told as refused:
        st.warning(refused.text(say.language))
        return
    st.html(shown(people, say))
    if not people:
        st.caption(say("The vault knows nobody of this household."))
        return
    named = f"doudi-{services.people.short(household)}-{say.language}"
    asked = {"household": household, "purpose": purpose}
    files.link(here, "household", asked, say("Print with names and address"), say, named=named)


def shown(people: Sequence[Person], say: Say) -> str:
    """Where the household lives, and its people in the clear, as markup."""
    where = services.people.home_address(people)
    rows = [[one.name or "–", one.number or "–", one.phone or "–"] for one in people]
    columns, widths = [say("Name"), say("ID number"), say("Phone")], (0, 1, 2)
    if any(one.address not in ("", where) for one in people):  # somebody lives elsewhere
        columns.append(say("Address"))
        rows = [[*row, one.address or "–"] for row, one in zip(rows, people, strict=True)]
    table = html.table(columns, rows, nowrap=widths) if rows else ""
    told = where or say("The register told no address of this household.")
    return (html.facts([(say("Address"), html.text(told))]) if rows else "") + table
