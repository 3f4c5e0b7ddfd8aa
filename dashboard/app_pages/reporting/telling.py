"""The form for a report, and the list of one's own."""

from __future__ import annotations

import streamlit as st

import services
from core.errors import Told
from dashboard.i18n import Say
from dashboard.show import address, html, said, words
from services import Context
from services.names import Kind
from services.reporting import LONGEST, Heard

_MADE = "reporting_made"


def form(here: Context, say: Say) -> None:
    """Which household, what is wrong, what it needs, how it was heard. What was typed stays until
    the report has gone through."""
    if st.session_state.pop(_MADE, False):
        st.session_state.update({"reporting_typed": "", "reporting_words": ""})
    elif "reporting_typed" not in st.session_state:
        st.session_state["reporting_typed"] = address.value("household") or ""
    with st.form("reporting_form"):
        typed = st.text_input(
            say("Household number"),
            key="reporting_typed",
            max_chars=60,
            help=say("The number of the household register, or the key from a page of Doudi."),
        )
        text = st.text_area(
            say("What is wrong (no names, ID or phone numbers)"),
            key="reporting_words",
            max_chars=LONGEST,
        )
        left, right = st.columns(2)
        need = left.selectbox(
            say("What it may need"),
            services.names.need_codes(),
            format_func=lambda code: words.short_need(code, say),
            key="reporting_need",
        )
        heard = right.selectbox(
            say("How you know"),
            list(Heard),
            format_func=say.label,
            key="reporting_heard",
        )
        go = st.form_submit_button(say("Report"), type="primary", key="reporting_go")
    if go:
        _report(here, typed, text, need, heard, say)


def _report(here: Context, typed: str, text: str, need: str, heard: str, say: Say) -> None:
    if not typed.strip():
        st.warning(say("Nothing was reported. Type the number of the household."))
        return
    try:
        done = services.reporting.report(here, typed, text, need=need, heard=heard)
    except (services.AlertsError, Told) as refused:
        st.warning(words.plain(refused.text(say.language)))
        return
    told = (
        say("Reported: a new alert was opened, {alert}.", alert=done.alert)
        if done.opened
        else say("Reported: it joined the household's open alert, {alert}.", alert=done.alert)
    )
    said.keep("reporting", told)
    st.session_state[_MADE] = True
    st.rerun()


def mine(here: Context, say: Say) -> None:
    """What the reader reported, newest first."""
    found = services.reporting.mine(here)
    if not found:
        st.caption(say("You have reported nothing in this area yet."))
        return
    rows = []
    for one in found:
        there = address.href(address.to("household", household=one.household))
        name = html.text(words.household(one.who, one.household, say))
        rows.append(
            [
                html.text(f"{one.at:%Y-%m-%d %H:%M}"),
                f'<a href="{html.text(there)}" target="_self">{name}</a>',
                html.text(say.label(one.words)),
                html.text(words.label(Kind.STATE, one.state, say)),
                html.text(words.label(Kind.OUTCOME, one.outcome, say)),
            ]
        )
    headers = [say("Reported at"), say("Household"), say("What was said"), say("State")]
    st.html(html.table([*headers, say("Result")], rows, raw=range(5), nowrap=(0,)))
