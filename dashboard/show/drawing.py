"""Charts on a page, each with a text that says the same to those who cannot see it."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard import charts
from dashboard.charts.style import CONFIG
from dashboard.i18n import Say
from dashboard.show import html


def nothing_here(say: Say) -> str:
    """What stands in place of a chart without any value."""
    return say(
        "Nothing of this kind is on record for this area up to this month, so there is nothing to "
        "draw. Choose a wider area or a later month above."
    )


def chart(
    figure: go.Figure,
    key: str,
    title: str,
    say: Say,
    place: Any = None,
    why_empty: str = "",
    **more: Any,
) -> dict[str, Any]:
    """Draw a figure and return what was selected in it; `title` names it for a screen reader.

    One without any value is not drawn: `why_empty` says why, and what to do.
    """
    there = st if place is None else place
    if charts.is_empty(figure):
        there.caption(why_empty or nothing_here(say))
        return {}
    drawn = there.plotly_chart(figure, config=CONFIG, key=key, theme=None, **more)
    there.html(html.unseen(say("Chart: {title}", title=title), charts.alternative(figure, say)))
    return drawn or {}
