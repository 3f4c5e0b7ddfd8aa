"""Which feeds the county gets."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import services
from dashboard.i18n import Say
from services.setup import Answers


def fields(stands: Answers, answers: Answers, say: Say) -> Answers:
    """The answers with the feeds that are ticked."""
    known = services.setup.all_feeds()
    st.caption(say("Feeds that are not ticked stay unknown to profiles and scores; never zero."))
    columns = st.columns(2)
    ticked = []
    for place, feed in enumerate(known):
        name = say.label(services.names.feed(feed))
        owner = say.label(services.names.owner(feed))
        usual = feed in stands.feeds or not stands.code
        if columns[place % 2].checkbox(f"{name} · {owner}", usual, key=f"setup_feed_{feed}"):
            ticked.append(feed)
    return replace(answers, feeds=tuple(ticked))
