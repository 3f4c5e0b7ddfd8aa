"""The ten alerts overdue for longest: open one, or report one upwards by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import address, html, said, shell, words
from services import Context
from services.names import Kind

REASON = 300  # characters
_ASKED = "supervision_asked"


def section(here: Context, say: Say) -> None:
    """The table with links, and the form below it."""
    rows = services.supervision.oldest(here)
    if rows.empty:
        st.caption(say("Nothing is overdue in this area."))
        return
    st.html(table(here, rows, say))
    said.show("supervision")
    if shell.is_past(here):
        shell.act_in_newest(here, "supervision", say)
    elif services.supervision.may_escalate(here):
        with st.expander(say("Report one of them upwards"), expanded=_ASKED in st.session_state):
            _form(here, rows, say)


def table(here: Context, rows: pd.DataFrame, say: Say) -> str:
    """The alerts as markup, each leading to its household."""
    told = []
    for r in rows.to_dict("records"):
        there = address.href(address.to("household", household=r["household"]))
        name = html.text(words.household(r["who"], r["household"], say))
        told.append(
            [
                html.text(r["number"]),
                f'<a href="{html.text(there)}" target="_self">{name}</a>',
                html.text(_where(here, r, say)),
                html.band(r["band"], words.label(Kind.BAND, r["band"], say)),
                html.text(words.label(Kind.STATE, r["state"], say)),
                say.day(r["raised_on"]),
                say.day(r["due_on"]),
                say.number(r["days_late"]),
            ]
        )
    headers = [say("Alert"), say("Household"), say("Where"), say("Band"), say("State"),
               say("Raised on"), say("Due"), say("Days late")]  # fmt: skip
    return html.table(headers, told, right=(7,), raw=range(8), nowrap=range(8))


def _where(here: Context, row: dict[str, Any], say: Say) -> str:
    places = [words.place(here, row[k], say) for k in ("township_code", "village_code")]
    return " ".join(places)


def _form(here: Context, rows: pd.DataFrame, say: Say) -> None:
    """Choose an alert and say why; then see it named once more and confirm."""
    by_number = {r["number"]: r for r in rows.to_dict("records")}
    asked = st.session_state.get(_ASKED)
    if asked is not None and asked[0] in by_number:
        _confirm(here, by_number[asked[0]], asked[1], say)
        return
    with st.form("supervision_form", border=False):
        number = st.selectbox(
            say("Which alert"),
            list(by_number),
            format_func=lambda one: f"{one} · {_where(here, by_number[one], say)}",
            key="supervision_which",
        )
        reason = st.text_input(
            say("Reason (no names, ID or phone numbers)"),
            key="supervision_reason",
            max_chars=REASON,
        )
        go = st.form_submit_button(say("Go on"), key="supervision_go")
    if not go:
        return
    if not reason.strip():
        st.warning(say("Say in one sentence why it is reported upwards."))
        return
    st.session_state[_ASKED] = (number, reason.strip(), by_number[number]["last_event"])
    st.rerun()


def _confirm(here: Context, row: dict[str, Any], reason: str, say: Say) -> None:
    number, _, seen = st.session_state[_ASKED]
    st.write(
        words.plain(
            say(
                "Report alert {number} ({place}, {days} days late) upwards? Reason: {reason}",
                number=number,
                place=_where(here, row, say),
                days=say.number(row["days_late"]),
                reason=reason,
            )
        )
    )
    yes, no = st.columns([1, 5])
    if no.button(say("Back"), key="supervision_back"):
        del st.session_state[_ASKED]
        st.rerun()
    if not yes.button(say("Report upwards"), key="supervision_sure", type="primary"):
        return

    def act() -> None:
        services.supervision.escalate(here, int(row["id"]), int(seen), reason)
        del st.session_state[_ASKED]

    said.attempt("supervision", act, say("Alert {number} is reported upwards.", number=number))
