"""Who is one person, on the page of feeds: pairs of records, masked, and a steward's decision."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html, said, shell
from services import Context
from services.identity import APART, MERGE, OPEN, UNDO, Pair

REASON = 300  # characters
SHOWN = 30


def part(here: Context, say: Say) -> None:
    """The part of the page for those who may review identities; nothing for others."""
    if not services.identity.may_review(here):
        return
    with shell.section(
        say("Who is one person"),
        say(
            "One number with two names, or one name and birth date under two numbers. Nothing is "
            "merged by itself; every decision is recorded and can be undone."
        ),
    ):
        section(here, say)


def section(here: Context, say: Say) -> None:
    """Open pairs first; a steward says whether they are one person, or takes it back."""
    found = services.identity.pairs(here)
    said.show("data_persons")
    waiting = [p for p in found if p.state == OPEN]
    if not found:
        st.caption(say("No two records look like one person's."))
        return
    st.markdown(
        say(
            "To be reviewed: {open}; decided: {decided}.",
            open=say.number(len(waiting)),
            decided=say.number(len(found) - len(waiting)),
        )
    )
    st.html(html.table(_headers(say), [_row(p, say) for p in found[:SHOWN]], nowrap=range(5)))
    if len(found) > SHOWN:
        st.caption(say("The first {n} are shown.", n=SHOWN))
    if shell.is_past(here):
        shell.act_in_newest(here, "data", say)
        return
    _decide(here, found[:SHOWN], say)


def _decide(here: Context, found: list[Pair], say: Say) -> None:
    left, right = st.columns(2)
    by_key = {pair.key: pair for pair in found}
    chosen = left.selectbox(
        say("Pair"), list(by_key), format_func=lambda k: _label(by_key[k]), key="data_persons_pair"
    )
    pair = by_key[chosen]
    steps = [MERGE, APART] if pair.state == OPEN else [UNDO]
    words = {MERGE: say("One person"), APART: say("Two people"), UNDO: say("Undo the decision")}
    act = right.selectbox(
        say("Decision"),
        steps,
        format_func=words.__getitem__,
        index=None,
        placeholder=say("Choose"),
        key=f"data_persons_act_{pair.state}",
    )
    with st.form("data_persons_form", border=False):
        reason = st.text_input(
            say("Reason (no names, ID or phone numbers)"),
            max_chars=REASON,
            key="data_persons_reason",
        )
        go = st.form_submit_button(say("Record the decision"), key="data_persons_go")
    if not go:
        return
    if act is None:
        st.warning(say("Choose what the two records are."))
        return
    calls = {
        MERGE: services.identity.merge,
        APART: services.identity.apart,
        UNDO: services.identity.undo,
    }
    told = say("{pair}: recorded. It counts from the next run on.", pair=_label(pair))
    said.attempt("data_persons", lambda: calls[act](here, pair.other, pair.person, reason), told)


def _headers(say: Say) -> list[str]:
    return [
        say("Pair"),
        say("Name"),
        say("Other name"),
        say("ID number"),
        say("Other ID number"),
        say("Why"),
        say("Names differ in"),
        say("State"),
    ]


def _row(pair: Pair, say: Say) -> list[str]:
    differ = (
        "–" if pair.differ is None else say.many("{n} character", "{n} characters", pair.differ)
    )
    return [
        pair.key,
        pair.masked,
        pair.masked_other,
        pair.number,
        pair.number_other,
        say.label(services.identity.kind_word(pair.kind)),
        differ,
        say.label(services.identity.state_word(pair.state)),
    ]


def _label(pair: Pair) -> str:
    return f"{pair.key} · {pair.masked} / {pair.masked_other}"
