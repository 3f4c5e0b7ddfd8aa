"""Who belonged to the household, and when: by kind of household, names masked."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html
from services import Context

SHOWN = 30


def section(here: Context, household: str, say: Say) -> None:
    """A table of stays, those that last first; a sentence where nothing is on record."""
    frame = services.membership.members_over_time(here, household)
    if frame.empty:
        st.caption(say("No register, visit or insurer has told who belongs to this household."))
        return
    headers = [
        say("Kind of household"),
        say("Name"),
        say("Relation"),
        say("Belongs since"),
        say("Belonged until"),
        say("Known since"),
    ]
    rows = [_row(row, say) for row in frame.head(SHOWN).to_dict("records")]
    with st.container(key="household_belonging"):
        st.html(html.table(headers, rows, nowrap=(1, 3, 4, 5)))
    if len(frame) > SHOWN:
        st.caption(say("The first {n} are shown.", n=SHOWN))
    st.caption(
        say(
            "Registered, living together and insured are three different households; assistance "
            "goes by who lives together. People of another family that had this number before are "
            "not counted here."
        )
    )


def _row(row: dict[str, object], say: Say) -> list[str]:
    relation = services.names.value("population_register", "relation", row["relation"])
    return [
        say.label(services.membership.kind_word(str(row["kind"]))),
        str(row["who"]) or services.people.short(str(row["person"])),
        say.label(relation) if row["relation"] else "–",
        say.day(row["valid_from"]),
        say.day(row["valid_to"]) if row["valid_to"] else say("still"),
        say.day(row["known_to"] or row["known_from"]),
    ]
