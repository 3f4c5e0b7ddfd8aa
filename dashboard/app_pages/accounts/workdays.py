"""The public holidays of a year on the page of accounts: what is known, the form, the way back."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html, said
from services import Context

_MADE = "workdays_made"


def section(here: Context, say: Say) -> None:
    """Years entered here, and the form for a further one."""
    said.show("workdays")
    known = services.workdays.entered(here)
    st.caption(
        say(
            "Deadlines count working days. The program knows the years up to 2026; enter a later "
            "one from the notice of the State Council as soon as it is published. Open deadlines "
            "then follow."
        )
    )
    if known:
        rows = [
            [
                str(year.number),
                say.number(len(year.off)),
                say.number(len(year.worked)),
                year.document,
                year.by,
                year.at,
            ]
            for year in known
        ]
        headers = [say("Year"), say("Days off"), say("Make-up working days"), say("Notice")]
        headers += [say("Entered by"), say("Entered at")]
        st.html(html.table(headers, rows, right=(1, 2)))
    _form(here, say)
    if known:
        _back(here, [year.number for year in known], say)


def _form(here: Context, say: Say) -> None:
    if st.session_state.pop(_MADE, False):
        st.session_state.update({"workdays_off": "", "workdays_worked": "", "workdays_doc": ""})
    with st.form("workdays_form"):
        first = services.workdays.FIRST
        next_year = max(first, here.now.year + 1)
        year = st.number_input(say("Year"), first, 2099, value=next_year, key="workdays_year")
        off = st.text_area(
            say("Days off, weekends among them or not"),
            key="workdays_off",
            placeholder="2027-01-01..2027-01-03 2027-02-05..2027-02-11",
        )
        worked = st.text_area(
            say("Saturdays and Sundays that are worked"),
            key="workdays_worked",
            placeholder="2027-02-14, 2027-02-20",
        )
        document = st.text_input(say("Notice that says so"), key="workdays_doc", max_chars=80)
        go = st.form_submit_button(say("Enter this year"), type="primary", key="workdays_go")
    if not go:
        return
    try:
        done = services.workdays.enter(here, int(year), off, worked, document)
    except services.workdays.YearError as refused:
        st.warning(refused.text(say.language))
        return
    _tell(done, say)


def _back(here: Context, years: list[int], say: Say) -> None:
    with st.expander(say("Take a year back")), st.form("workdays_back", border=False):
        year = st.selectbox(say("Year"), years, key="workdays_which")
        sure = st.checkbox(
            say("I know that deadlines in this year will count weekends only."),
            key="workdays_sure",
        )
        go = st.form_submit_button(say("Take it back"), key="workdays_back_go")
    if not go:
        return
    if not sure:
        st.warning(say("Tick the confirmation first."))
        return
    done = services.workdays.take_back(here, int(year))
    _tell(done, say)


def _tell(done: services.workdays.Redated, say: Say) -> None:
    said.keep(
        "workdays",
        say(
            "Entered. Alerts now due on another day: {alerts}; needs: {needs}; correction "
            "tickets: {tickets}; referrals: {referrals}.",
            alerts=say.number(done.alerts),
            needs=say.number(done.needs),
            tickets=say.number(done.tickets),
            referrals=say.number(done.referrals),
        ),
    )
    st.session_state[_MADE] = True
    st.rerun()
