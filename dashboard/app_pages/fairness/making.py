"""The report of the page: the kept one, or how it is asked for and how far it is."""

from __future__ import annotations

from typing import Any

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html, making, said, shell
from services import Context


def report(here: Context, question: str, say: Say) -> dict[str, Any]:
    """The kept report of the month; where there is none, how to make one, and nothing else."""
    said.show("fairness")
    services.fairness.can_measure(here)
    found = services.fairness.kept(here, question)
    job = making.Making(
        "fairness",
        lambda: services.fairness.asked(here, question),
        lambda: services.fairness.ask(here, question),
        lambda: services.fairness.keep_going(here),
    )
    if found is None:
        st.html(html.answer(say("The figures of this month by group are not made yet.")))
        still = say(
            "They take a minute or two and are made apart from this page; you may close it. "
            "Once made they are kept."
        )
        making.first(job, still, say("Make the figures"), say)
        shell.stop()
    if not job.follow(say) and not services.fairness.is_newest(here, found):
        job.failed(say)
        st.info(say("Acts were recorded or a model was trained since these figures were made."))
        job.button(say("Measure again"), say)
    return dict(found)
