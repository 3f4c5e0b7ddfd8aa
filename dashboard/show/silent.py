"""Feeds that fell silent, named on every page that rests on what they would have told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

import services
from core.access.roles import Action
from dashboard.i18n import Say
from dashboard.show import html
from services import Context

# What is shown for these actions is reckoned from the feeds.
RESTS = {
    Action.SEE_FIGURES,
    Action.SEE_ALERTS,
    Action.SEE_ORIGINS,
    Action.SEE_HOUSEHOLD,
    Action.SEE_MODEL,
    Action.SEE_RULES,
    Action.SETTLE,
}


def note(here: Context, action: Action, say: Say) -> None:
    """A line below the top of the page; nothing while every feed speaks."""
    if action in RESTS and (found := services.county.silent(here)):
        st.html(html.warning(sentence(found, say)))


def sentence(found: Sequence[tuple[str, date]], say: Say) -> str:
    """The silent feeds, each with the last day it told of."""
    names = say("; ").join(
        say("{feed} (nothing after {day})", feed=say.label(services.names.feed(f)), day=say.day(d))
        for f, d in found
    )
    return say(
        "No longer reporting: {names}. What it would have told is unknown here, not zero.",
        names=names,
    )
