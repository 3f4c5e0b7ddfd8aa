"""What waits for a decision on the page of feeds, what is odd, and undoing a delivery."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html, said, shell
from services import Context
from services.deliveries import Batch

REASON = 300  # characters


def section(here: Context, say: Say) -> None:
    """Deliveries that wait, with what each would change; a steward decides one."""
    found = services.deliveries.waiting(here)
    said.show("data_waiting")
    if not found:
        st.caption(say("No delivery waits for a decision."))
        return
    rows = [[*_named(b, say), say.pick(b.message_zh, b.message_en)] for b in found]
    headers = [*_headers(say), say("What it would change")]
    st.html(html.table(headers, rows, nowrap=range(3)))
    if _may_act(here, say):
        _decide(here, found, say)


def _decide(here: Context, found: list[Batch], say: Say) -> None:
    """Choose a delivery and what it is; why is recorded."""
    with st.form("data_waiting_form", border=False):
        left, right = st.columns(2)
        batch = left.selectbox(
            say("Delivery"), found, format_func=lambda b: label(b, say), key="data_waiting_batch"
        )
        choice = right.selectbox(
            say("It is"),
            services.deliveries.CHOICES,
            format_func=lambda c: say.label(services.deliveries.choice_words(c)),
            index=None,
            placeholder=say("Choose"),
            key="data_waiting_choice",
        )
        reason = _reason("data_waiting_reason", say)
        go = st.form_submit_button(say("Decide"), key="data_waiting_go")
    if not go:
        return
    if choice is None:
        st.warning(say("Choose what the delivery is."))
        return
    months = services.deliveries.months_since(here, batch)
    told = say("{delivery}: decided.", delivery=label(batch, say))
    if months and choice != services.deliveries.REJECT:
        told += say.pick("", " ") + say(
            "Run without it: {months}. Run these months again.", months=", ".join(months)
        )

    def act() -> None:
        services.deliveries.decide(here, batch.feed, batch.batch, choice=choice, reason=reason)

    said.attempt("data_waiting", act, told)


def odd(here: Context, say: Say) -> None:
    """Deliveries with a flag and refused files of the last twelve months, with what to do."""
    rows = []
    for b in services.deliveries.odd(here):
        if not b.useful:
            told = say.pick(b.message_zh, b.message_en)
            rows.append([*_named(b, say), told, say.label(services.deliveries.what_to_do(b))])
        for flag in b.flags:
            why = say.label(services.deliveries.reason_words(flag))
            rows.append([*_named(b, say), why, say.label(services.deliveries.advice_for(flag))])
    if not rows:
        st.caption(say("Nothing odd in the deliveries of the last twelve months."))
        return
    headers = [*_headers(say), say("What is odd"), say("What to do")]
    st.html(html.table(headers, rows, nowrap=range(3)))


def undoing(here: Context, say: Say) -> None:
    """Take a delivery out of force, or put one back; asked twice, why is recorded."""
    said.show("data_undo")
    if not _may_act(here, say):
        return
    back = services.deliveries.undone(here)
    found = [*back, *services.deliveries.standing(here)]
    if not found:
        st.caption(say("No delivery is in force."))
        return
    with st.form("data_undo_form", border=False):
        batch = st.selectbox(
            say("Delivery"), found, format_func=lambda b: label(b, say), key="data_undo_batch"
        )
        reason = _reason("data_undo_reason", say)
        sure = st.checkbox(
            say(
                "Undo it (or put back one that was undone) from today on. Months run so far keep "
                "it as it was known then."
            ),
            key="data_undo_sure",
        )
        go = st.form_submit_button(say("Undo or put back"), key="data_undo_go")
    if not go:
        return
    if not sure:
        st.warning(say("Tick the box to confirm."))
        return
    again = batch.undone()
    act = services.deliveries.redo if again else services.deliveries.undo
    told = say("{delivery}: put back.") if again else say("{delivery}: undone.")
    told = told.replace("{delivery}", label(batch, say))
    said.attempt("data_undo", lambda: act(here, batch.feed, batch.batch, reason=reason), told)


def label(batch: Batch, say: Say) -> str:
    """A delivery in one line: feed, month, rows, the day it came."""
    rows = say.many("{n} row", "{n} rows", batch.received)
    parts = [say.label(services.names.feed(batch.feed)), _month(batch), rows]
    told = " · ".join([*parts, say.day(batch.delivered_on)])
    return f"{told} · {say('undone')}" if batch.undone() else told


def _may_act(here: Context, say: Say) -> bool:
    if shell.is_past(here):
        shell.act_in_newest(here, "data", say)
        return False
    if not services.deliveries.may_decide(here):
        st.caption(say("A data steward decides."))
        return False
    return True


def _reason(key: str, say: Say) -> str:
    told = say("Why (no names, ID or phone numbers)")
    return str(st.text_input(told, key=key, max_chars=REASON))


def _named(batch: Batch, say: Say) -> list[str]:
    day = say.day(batch.delivered_on)
    return [say.label(services.names.feed(batch.feed)), _month(batch), day, batch.file]


def _headers(say: Say) -> list[str]:
    return [say("Feed"), say("Period"), say("Reported on"), say("File")]


def _month(batch: Batch) -> str:
    return f"{batch.period[:4]}-{batch.period[4:]}"
