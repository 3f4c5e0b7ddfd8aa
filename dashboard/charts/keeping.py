"""Keep what was drawn: the same figures in the same language are the same chart.

Plotly checks every value of a chart as it is built, which costs more than all the rest of a page.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import ParamSpec

import plotly.graph_objects as go
import streamlit as st

from dashboard.i18n import Say

KEPT = 512  # charts, of all readers together
Given = ParamSpec("Given")


def kept(builder: Callable[Given, go.Figure]) -> Callable[Given, go.Figure]:
    """Draw once for the same arguments. What comes back is shared: nobody may change it."""
    keep = st.cache_resource(
        max_entries=KEPT,
        show_spinner=False,
        # Outlines of a county are one large dict: as one text they are compared at once.
        hash_funcs={Say: lambda say: say.language, dict: partial(json.dumps, default=str)},
    )
    return keep(builder)
