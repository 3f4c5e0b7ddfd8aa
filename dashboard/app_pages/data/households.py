"""Households that change, on the page of feeds: used numbers, missing heads, and what to do."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html
from services import Context


def section(here: Context, say: Say) -> None:
    """What the register office should look at, each with how many and what to do."""
    found = services.membership.counted(here)
    rows = [
        [
            say("Household numbers given to another family"),
            say("{n}, of them {lately} in twelve months", n=say.number(found.reused),
                lately=say.number(found.reused_lately)),
            say(
                "Nothing of the first family is told of the second: they are two households here. "
                "Check with the public security bureau where both are one family."
            ),
        ],
        [
            say("Households without a head on the register"),
            say.number(found.headless),
            say(
                "The oldest member stands for the head, as a guess. Ask the public security bureau "
                "for the new head after a death or a move."
            ),
        ],
        [
            say("People met in one household and living in another by the register"),
            say.number(found.in_two),
            say(
                "Assistance goes by who lives together: have the town correct the household "
                "number where they live, or the form of the visit."
            ),
        ],
    ]  # fmt: skip
    st.html(html.table([say("What"), say("How many"), say("What to do")], rows, nowrap=(1,)))
    st.caption(say("Each of them with its days: doudi households events."))
