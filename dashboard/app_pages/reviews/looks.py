"""Putting emergency looks on the screen, and judging them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import services
from core.errors import Told
from dashboard.i18n import Say
from dashboard.show import html, said
from services import Context
from services.glass import Look, Verdict


def sentence(looks: Sequence[Look], say: Say) -> str:
    """How many there were, and how many wait."""
    waiting = [look for look in looks if look.verdict is None]
    return say(
        "Emergency looks: {n}; waiting for a review: {waiting}.",
        n=len(looks),
        waiting=len(waiting),
    )


def form(here: Context, looks: Sequence[Look], say: Say) -> None:
    """Judge one look of somebody else."""
    waiting = {
        look.number: look
        for look in looks
        if look.verdict is None and look.account != here.principal.account
    }
    if not waiting:
        st.caption(say("No look of anybody else waits for your review."))
        return
    with st.form("reviews_form"):
        number = st.selectbox(
            say("Emergency look"),
            list(waiting),
            format_func=lambda one: _called(waiting[one], say),
            key="reviews_which",
        )
        verdict = st.radio(
            say("What you find"), list(Verdict), index=None, format_func=say.label, horizontal=True
        )
        note = st.text_input(say("Why (kept for good)"), key="reviews_note", max_chars=180)
        go = st.form_submit_button(say("Record the review"), type="primary", key="reviews_go")
    if not go:
        return
    if verdict is None:
        st.warning(say("Say first what you find."))
        return
    try:
        services.glass.review(here, number, verdict, note)
    except Told as refused:
        st.warning(refused.text(say.language))
        return
    said.keep("reviews", say("The review is recorded."))
    st.rerun()


def _called(look: Look, say: Say) -> str:
    household = services.people.short(look.household)
    return f"{look.at:%Y-%m-%d %H:%M} · {look.account} · {household} · {look.reason[:60]}"


def table(looks: Sequence[Look], say: Say) -> None:
    """All looks, newest first."""
    if not looks:
        st.caption(say("There was no emergency look."))
        return
    headers = [
        say("When"),
        say("Account"),
        say("Household"),
        say("Reason"),
        say("Reviewed"),
        say("Note"),
    ]
    st.html(html.table(headers, [row(look, say) for look in looks], nowrap=(0, 1)))


def row(look: Look, say: Say) -> list[str]:
    """One look as cells."""
    judged = say("wanted by {day}", day=say.day(look.review_by))
    if look.verdict is not None:
        judged = f"{look.reviewed_by} · {say.label(look.verdict)}"
    when, household = f"{look.at:%Y-%m-%d %H:%M}", services.people.short(look.household)
    return [when, look.account, household, look.reason, judged, look.note or "–"]
