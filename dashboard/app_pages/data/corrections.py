"""Correction tickets on the page of feeds: the list, and the steps of the data steward."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import cover as covers
from dashboard.show import files, said, shell, words
from services import Context
from services.names import Kind as Word
from services.workbook import Column, Kind, Sheet, workbook

NOTE = 300  # characters
NEED_A_NOTE = ("answer", "close")


def section(here: Context, say: Say) -> None:
    """Open tickets first; a steward moves one on."""
    found = services.corrections.tickets(here)
    if found.empty:
        st.caption(
            say(
                "No ticket yet. One opens by itself when a visit records a false alarm whose cause "
                "is wrong data, mistaken identity or data out of date."
            )
        )
        return
    st.markdown(words.plain(sentence(found, say)))
    rows = named(here, found, say)
    st.dataframe(
        _shown(rows, say),
        column_config=_widths(say),
        hide_index=True,
        height=380,
        placeholder="–",
        key="data_tickets",
    )
    named_file = say("Correction tickets")
    files.link(here, "corrections", {}, say("Download Excel"), say, named=named_file)
    said.show("data_ticket")
    if shell.is_past(here):
        shell.act_in_newest(here, "data", say)
    elif services.corrections.may_correct(here):
        _form(here, rows, say)


def sentence(found: pd.DataFrame, say: Say) -> str:
    """How many are open and late."""
    closed = int((found["state"] == "closed").sum())
    withdrawn = int((found["state"] == "withdrawn").sum())
    return say(
        "Tickets open: {open}; late: {late} (due within ten working days); closed: {closed}; "
        "withdrawn, as the result behind them was reopened: {withdrawn}.",
        open=say.number(len(found) - closed - withdrawn),
        withdrawn=say.number(withdrawn),
        late=say.number(found["late"].sum()),
        closed=say.number(closed),
    )


def named(here: Context, found: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The tickets with words for feed, indicator, cause and state."""
    told = services.names
    facts = {code: _fact(here, code, say) for code in found["code"].unique()}  # once each: slow
    return found.assign(
        feed_word=[say.label(told.feed(f)) if f else "–" for f in found["feed"]],
        owner=[say.label(told.owner(f)) if f else "–" for f in found["feed"]],
        fact=found["code"].map(facts),
        cause_word=words.labels(Word.CAUSE, found["cause"], say),
        state_word=[say.label(services.corrections.state_word(s)) for s in found["state"]],
    )


def _fact(here: Context, code: str, say: Say) -> str:
    """An indicator with its code, or the fact that the model named."""
    label = services.names.indicator(here.home, here.as_of, code)
    if say.label(label) != code:
        return f"{code} {say.label(label)}"
    return say.label(services.names.fact(code))


def _shown(rows: pd.DataFrame, say: Say) -> pd.DataFrame:
    return pd.DataFrame(
        {
            say("No."): rows["id"].tolist(),
            say("Feed"): rows["feed_word"].tolist(),
            say("Owner"): rows["owner"].tolist(),
            say("Fact found false"): rows["fact"].tolist(),
            say("Cause"): rows["cause_word"].tolist(),
            say("Opened"): rows["opened_on"].tolist(),
            say("Due"): rows["due_on"].tolist(),
            say("State"): [
                f"{word} · {say('past due')}" if late else word
                for word, late in zip(rows["state_word"], rows["late"], strict=True)
            ],
            say("Last note"): rows["note"].tolist(),
        }
    )


def _widths(say: Say) -> dict[str, Any]:
    """Days are whole at every width; what is cut off stands whole in the file."""
    config, zh = st.column_config, say.language == "zh"
    return {
        say("No."): config.NumberColumn(width=50),
        say("Feed"): config.TextColumn(width=96 if zh else 150),
        say("Owner"): config.TextColumn(width=140 if zh else 150),
        say("Fact found false"): config.TextColumn(width=190),
        say("Opened"): config.DateColumn(format="YYYY-MM-DD", width=88),
        say("Due"): config.DateColumn(format="YYYY-MM-DD", width=88),
    }


def _form(here: Context, rows: pd.DataFrame, say: Say) -> None:
    """Choose an open ticket, then a step; a note where the step needs one."""
    waiting = rows[~rows["state"].isin(["closed", "withdrawn"])]
    if waiting.empty:
        st.caption(say("Every ticket is closed."))
        return
    by_id: dict[int, dict[str, Any]] = {r["id"]: r for r in waiting.to_dict("records")}
    left, right = st.columns(2)
    chosen = left.selectbox(
        say("Ticket"),
        list(by_id),
        format_func=lambda i: f"{i} · {by_id[i]['feed_word']} · {by_id[i]['fact']}",
        key="data_ticket",
    )
    ticket = by_id[chosen]
    step = right.selectbox(
        say("Step"),
        services.corrections.steps(ticket["state"]),
        format_func=lambda s: say.label(services.corrections.step_word(s)),
        key=f"data_ticket_step_{ticket['state']}",
    )
    with st.form("data_ticket_form", border=False):
        note = st.text_input(
            say("Note (no names, ID or phone numbers)"), key="data_ticket_note", max_chars=NOTE
        )
        go = st.form_submit_button(say("Record the step"), key="data_ticket_go")
    if not go:
        return
    if step in NEED_A_NOTE and not note.strip():
        st.warning(say("Say in one sentence what was answered, or why it is closed."))
        return

    def act() -> None:
        services.corrections.move(here, chosen, ticket["last_event"], action=step, note=note)

    done = say.label(services.corrections.step_word(step))
    said.attempt("data_ticket", act, say("Ticket {n}: {step}.", n=chosen, step=done))


def book(here: Context, say: Say) -> bytes:
    """Every ticket, and tickets by feed; no household, no alert."""
    found = services.corrections.tickets(here)
    rows, feeds = named(here, found, say), services.corrections.by_feed(found)
    sheets = [
        Sheet(say("Correction tickets"), _columns(rows, say)),
        Sheet(
            say("By feed"),
            [
                Column(say("Feed"), [say.label(services.names.feed(f)) for f in feeds["feed"]]),
                Column(say("Open cases"), feeds["open"].tolist(), Kind.COUNT),
                Column(say("Past due"), feeds["late"].tolist(), Kind.COUNT),
                Column(say("Closed"), feeds["closed"].tolist(), Kind.COUNT),
            ],
        ),
    ]
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    title = say("Correction tickets")
    return workbook(covers.cover(here, title, readers, len(rows), say), sheets)


def _columns(rows: pd.DataFrame, say: Say) -> list[Column]:
    return [
        Column(say("No."), rows["id"].tolist(), Kind.COUNT),
        Column(say("Feed"), rows["feed_word"].tolist()),
        Column(say("Owner"), rows["owner"].tolist()),
        Column(say("Fact found false"), rows["fact"].tolist()),
        Column(say("Cause"), rows["cause_word"].tolist()),
        Column(say("Opened"), rows["opened_on"].tolist(), Kind.DAY),
        Column(say("Due"), rows["due_on"].tolist(), Kind.DAY),
        Column(say("State"), rows["state_word"].tolist()),
        Column(say("Past due"), [say.yes_no(one) for one in rows["late"]]),
        Column(say("Closed"), rows["closed_on"].tolist(), Kind.DAY),
        Column(say("Last note"), rows["note"].tolist(), Kind.LONG),
    ]
