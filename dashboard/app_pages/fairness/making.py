"""The report of the page: the kept one, or measured now with progress."""

from __future__ import annotations

from typing import Any

import streamlit as st

import services
from dashboard.i18n import Say, mark
from services import Context

STEPS = {
    "visits": mark("Reading the random visits …"),
    "alerts": mark("Measuring the alerts of twelve months by group …"),
    "model": mark("Measuring the model's cut-off by group …"),
    "report": mark("Done."),
}


def report(here: Context, question: str, say: Say) -> dict[str, Any]:
    """The kept report of the month, or a new one where there is none or a reader asks for it."""
    found = services.fairness.kept(here, question)
    if found is None:
        return _made(here, question, say)
    if not services.fairness.is_newest(here, found):
        st.info(say("Acts were recorded or a model was trained since these figures were made."))
        if st.button(say("Measure again"), key="fairness_again"):
            return _made(here, question, say)
    return dict(found)


def _made(here: Context, question: str, say: Say) -> dict[str, Any]:
    bar = st.progress(0.0, text=say(STEPS["visits"]))

    def told(step: str, done: int, total: int) -> None:
        bar.progress(done / max(1, total), text=say(STEPS[step]))

    found = services.fairness.measure(here, question, told)
    bar.empty()
    return dict(found)
