"""Which question and version are explained; the month is the one chosen at the top."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

import services
from dashboard.app_pages.explanations.wording import QUESTIONS, Overview
from dashboard.i18n import Say, mark
from dashboard.show import address
from services import Context, NothingYet

# What the engine calls its steps, in the reader's words.
STEPS = {
    "read": mark("Reading the households …"),
    "shap": mark("What each feature adds …"),
    "interactions": mark("Which features act together …"),
    "stability": mark("Whether the reasons hold …"),
    "done": mark("Done"),
}


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
    """The kept explanation, or one made now with its progress shown."""
    found = services.explanations.overview(here, *asked)
    if found is not None:
        return found
    bar = st.progress(0.0, say("Explaining; the first time takes up to half a minute …"))

    def tell(label: str, done: int, total: int) -> None:
        bar.progress(done / max(total, 1), say(STEPS.get(label, label)))

    try:
        return services.explanations.explain(here, *asked, tell)
    finally:
        bar.empty()
