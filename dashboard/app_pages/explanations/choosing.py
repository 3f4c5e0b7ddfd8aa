"""Which question and version are explained; the month is the one chosen at the top."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

import services
from dashboard.app_pages.explanations.wording import QUESTIONS, Overview
from dashboard.i18n import Say
from dashboard.show import address, html, making, said, shell
from services import Context, NothingYet


class Asked(NamedTuple):
    """A question ('' for a model of one label) and a version of its model."""

    question: str
    version: str


def choose(here: Context, say: Say) -> Asked:
    """The choice of the reader, the champion at first. Raises NothingYet before any training."""
    offered = services.explanations.offered(here)
    if not offered:
        raise NothingYet("model")
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    question = next(iter(offered))
    if question:
        question = left.segmented_control(
            say("Question"),
            list(offered),
            format_func=lambda q: say(QUESTIONS[q]),
            required=True,
            **address.bind("explained", offered),
        )
    known = offered[question]
    version = right.selectbox(
        say("Version"),
        known.versions,
        format_func=lambda v: say("v{v}, in use", v=v) if v == known.champion else f"v{v}",
        width=260,
        **address.bind("explained_version", known.versions, known.champion),
    )
    return Asked(question, version)


def overview(here: Context, asked: Asked, say: Say) -> Overview:
    """The kept explanation; where there is none, how to make one, and nothing else."""
    said.show("explanations")
    found = services.explanations.overview(here, *asked)
    if found is None:
        st.html(html.answer(say("This version has not been explained for this month yet.")))
        still = say(
            "It takes up to a minute and is made apart from this page; you may close it. Once made "
            "it is kept."
        )
        job = making.Making(
            "explanations",
            lambda: services.explanations.asked(here, *asked),
            lambda: services.explanations.ask(here, *asked),
            lambda: services.explanations.keep_going(here),
        )
        making.first(job, still, say("Explain this version"), say)
        shell.stop()
    return found
