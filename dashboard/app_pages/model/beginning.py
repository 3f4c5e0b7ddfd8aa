"""Which month the model can begin with, while a question has none in use."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.i18n import Say
from services import Context


def section(here: Context, say: Say) -> None:
    """A line for each question that no model answers yet; nothing where all have one."""
    told = services.risk_model.beginning(here)
    for one in told.values():
        st.caption(say("Model for {what}.", what=say.label(one)))
