"""The report of the page: the kept one, or how it is asked for and how far it is."""

from __future__ import annotations

from typing import Any

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html, said, shell
from services import Context
from services.fairness import Asked, State

LOOKED_EVERY = 2.0  # seconds between looks while the figures are being made
GOING = (State.WAITING, State.RUNNING)


def report(here: Context, question: str, say: Say) -> dict[str, Any]:
    """The kept report of the month; where there is none, how to make one, and nothing else."""
    said.show("fairness")
    services.fairness.can_measure(here)
    found = services.fairness.kept(here, question)
    asked = services.fairness.asked(here, question)
    if found is None:
        st.html(html.answer(say("The figures of this month by group are not made yet.")))
    if asked is not None and asked.state in GOING:
        _progress(here, question, say)
    elif found is None:
        _failed(asked, say)
        st.info(
            say(
                "They take a minute or two and are made apart from this page; you may close it. "
                "Once made they are kept."
            ),
            icon=":material/info:",
        )
        _ask(here, question, say("Make the figures"), say)
    elif not services.fairness.is_newest(here, found):
        _failed(asked, say)
        st.info(say("Acts were recorded or a model was trained since these figures were made."))
        _ask(here, question, say("Measure again"), say)
    if found is None:
        shell.stop()
    return dict(found)


def _ask(here: Context, question: str, words: str, say: Say) -> None:
    if st.button(words, key="fairness_ask", type="primary"):
        said.attempt(
            "fairness",
            lambda: services.fairness.ask(here, question),
            say("The figures are being made; they appear here by themselves."),
        )


def _progress(here: Context, question: str, say: Say) -> None:
    """How far it is, drawn anew by itself; when it has ended the page is."""

    services.fairness.keep_going(here)

    @st.fragment(run_every=LOOKED_EVERY)
    def live() -> None:
        asked = services.fairness.asked(here, question)
        if asked is None or asked.state not in GOING:
            st.rerun()
        share = min(1.0, asked.done / asked.total) if asked.total else 0.0
        waits = say("Waiting for the job before it to end …")
        st.progress(share, waits if asked.state is State.WAITING else say.label(asked.step))

    live()


def _failed(asked: Asked | None, say: Say) -> None:
    if asked is not None and asked.why is not None:
        st.warning(say("Not made: {why}", why=say.label(asked.why)))
