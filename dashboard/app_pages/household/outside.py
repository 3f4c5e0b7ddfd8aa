"""A household outside the reader's areas: a refusal, and in an emergency a way through."""

from __future__ import annotations

import streamlit as st

import services
from core.access.glass import LASTS, SHORTEST_REASON
from core.access.roles import Action
from core.errors import Told
from dashboard.i18n import Say
from dashboard.show import html, shell
from services import Context, OutsideArea


def only_look(here: Context, household: str, say: Say) -> bool:
    """Whether a household is open through a broken glass alone; if so, say it above the page."""
    if not services.family.only_look(here, household):
        return False
    told = say(
        "Emergency look: this household lies outside your area. You can read it for a while, not "
        "act on it; the look will be reviewed."
    )
    st.html(html.warning(told))
    return True


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def show(refused: OutsideArea, say: Say) -> None:
    """Say that it is refused and recorded; who may can break the glass."""
    here = shell.here()
    st.html(
        html.warning(
            say(
                "{refused}. The attempt is in the record. Ask the county monitoring team if it is "
                "yours to visit.",
                refused=_sentence(refused.text(say.language)),
            )
        )
    )
    if not here.principal.may(Action.BREAK_GLASS):
        return
    with st.form("glass"):
        st.markdown(f"**{say('In an emergency')}**")
        st.caption(
            say(
                "You can open this one household for {n} minutes. Your reason is kept, and a "
                "second person reviews the look on the next working day.",
                n=int(LASTS.total_seconds() // 60),
            )
        )
        reason = st.text_area(
            say("What the emergency is, in at least {n} characters", n=SHORTEST_REASON),
            key="glass_reason",
            max_chars=180,
        )
        go = st.form_submit_button(say("Open it all the same"), key="glass_go")
    if not go:
        return
    try:
        services.glass.break_glass(here, refused.household, reason)
    except Told as problem:
        st.warning(problem.text(say.language))
        return
    st.rerun()
