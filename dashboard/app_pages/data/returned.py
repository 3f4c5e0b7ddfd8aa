"""Correction tickets of refused rows on the page of feeds: what is open, until when, whose turn."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard.app_pages.data import feeds
from dashboard.i18n import Say
from dashboard.show import html, words
from services import Context, NothingYet

SHOWN, ROWS_SHOWN = 12, 500
RED = "#B3261E"


def section(here: Context, say: Say) -> None:
    """How many tickets stand how, the open ones, and the rows of one of them."""
    found = services.deliveries.tickets(here)
    if found.empty:
        st.caption(say("No delivery had a row refused: there is no ticket."))
        return
    st.markdown(words.plain(sentence(found, say)))
    waiting = found[found["open"] > 0]
    if waiting.empty:
        return
    st.html(_table(waiting.head(SHOWN), say))
    if len(waiting) > SHOWN:
        with st.expander(say("All open tickets: {n}", n=say.number(len(waiting)))):
            st.html(_table(waiting, say))
    _open_rows(here, waiting, say)


def sentence(found: pd.DataFrame, say: Say) -> str:
    """How many are open and late, and their rows."""
    return say(
        "Tickets open: {open}; late: {late}; closed: {closed}. Rows still wrong: {wrong}; put "
        "right: {right}; void: {void}; in files replaced since: {replaced}.",
        open=say.number((found["open"] > 0).sum()),
        late=say.number(found["late"].sum()),
        closed=say.number((found["open"] == 0).sum()),
        wrong=say.number(found["open"].sum()),
        right=say.number(found["right"].sum()),
        void=say.number(found["void"].sum()),
        replaced=say.number(found["replaced"].sum()),
    )


def _table(found: pd.DataFrame, say: Say) -> str:
    # In Chinese a feed's name would break after any character; English ones are long.
    whole = (0, 1, 3, 4, 5, 6) if say.language == "zh" else (1, 3, 4, 5, 6)
    return html.table(_headers(say), _rows(found, say), right=(3, 4, 5), raw=(6,), nowrap=whole)


def _headers(say: Say) -> list[str]:
    return [
        say("Feed"),
        say("Period"),
        say("File"),
        say("Still wrong"),
        say("Put right"),
        say("Void"),
        say("Due"),
        say("Whose turn"),
        say("Reasons for return"),
    ]


def _rows(found: pd.DataFrame, say: Say) -> list[list[Any]]:
    return [
        [
            say.label(services.names.feed(r["feed"])),
            _month(r),
            r["file"].rpartition("/")[2],
            say.number(r["open"]),
            say.number(r["right"]),
            say.number(r["void"]),
            _due(r, say),
            _turn(r, say),
            feeds.reasons(r["reasons"], say),
        ]
        for r in found.to_dict("records")
    ]


def _due(row: dict[Any, Any], say: Say) -> str:
    """The due day as markup, red when it has passed."""
    day = html.text(say.day(row["due_on"]))
    if not row["late"]:
        return day
    return f'<span style="color:{RED}">{day} · {html.text(say("past due"))}</span>'


def _turn(row: dict[Any, Any], say: Say) -> str:
    """The department by its name, or the steward."""
    if row["turn"] == "department":
        return say.label(services.names.owner(row["feed"]))
    return say.label(services.deliveries.turn_words(row["turn"]))


def _month(row: dict[Any, Any]) -> str:
    return f"{row['period'][:4]}-{row['period'][4:]}"


def _open_rows(here: Context, waiting: pd.DataFrame, say: Say) -> None:
    """The rows still wrong of a chosen ticket, by their numbers in the file."""
    by_name = {(r["feed"], r["batch"]): r for r in waiting.to_dict("records")}
    chosen = st.selectbox(
        say("Rows still wrong of"),
        list(by_name),
        index=None,
        placeholder=say("Choose"),
        format_func=lambda k: " · ".join(
            [say.label(services.names.feed(k[0])), _month(by_name[k]), str(by_name[k]["open"])]
        ),
        key="data_returned_ticket",
    )
    if chosen is None:
        return
    try:
        rows = services.deliveries.open_rows(here, *chosen)
    except NothingYet:
        st.caption(say("The rows to be corrected of this batch are no longer stored."))
        return
    told = rows["reason_code"].map(lambda c: say.label(services.deliveries.reason_words(c)))
    shown = {say("Row in the file"): rows["place"], say("Column at fault"): rows["field"]}
    frame = pd.DataFrame({**shown, say("What is wrong"): told})
    st.dataframe(frame.head(ROWS_SHOWN), hide_index=True, key="data_returned_rows")
