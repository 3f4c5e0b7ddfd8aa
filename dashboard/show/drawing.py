"""Charts on a page, each with a text that says the same to those who cannot see it."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard import charts
from dashboard.charts.style import CONFIG
from dashboard.i18n import Say
from dashboard.show import html


def chart(
    figure: go.Figure, key: str, title: str, say: Say, place: Any = None, **more: Any
) -> dict[str, Any]:
    """Draw a figure and return what was selected in it; `title` names it for a screen reader."""
    there = st if place is None else place
    drawn = there.plotly_chart(figure, config=CONFIG, key=key, theme=None, **more)
    there.html(html.unseen(say("Chart: {title}", title=title), charts.alternative(figure, say)))
    return drawn or {}
