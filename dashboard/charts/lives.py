"""Figure of a synthetic county lived three times."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import ACCENT, GREY, INK, SOFT, TITLED, figure
from dashboard.i18n import Say

# Column, colour, dash: told apart by their dash and a label at their end, colour only helps.
_LINES = (("without", GREY, "solid"), ("with", ACCENT, "solid"), ("oracle", INK, "dot"))
_APART = 0.07  # labels closer than this part of the axis would cover one another


@kept
def lives(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Households in unmet need by month (frame: month, without, with, oracle), from zero."""
    names = {
        "without": say("without Doudi"),
        "with": say("with Doudi"),
        "oracle": say("oracle, as many visits"),
    }
    chart = figure(280, margin=TITLED | {"r": 170}, hovermode="x unified")
    top = float(frame[list(names)].max().max()) * 1.1 if len(frame) else 1.0
    for column, colour, dash in _LINES:
        chart.add_scatter(
            x=frame["month"],
            y=frame[column],
            mode="lines+markers",
            name=names[column],
            line={"color": colour, "width": 2.5 if column == "with" else 2, "dash": dash},
            marker={"size": 5},
            hovertemplate="%{y:,}<extra>%{fullData.name}</extra>",
        )
    for column, height in _heights(frame, top).items():
        colour = next(c for name, c, _ in _LINES if name == column)
        chart.add_annotation(
            x=1, xref="paper", y=height, xanchor="left", xshift=8, showarrow=False,
            text=f"{names[column]} {say.number(frame[column].iloc[-1])}",
            font={"size": 12, "color": SOFT if colour == GREY else colour},
        )  # fmt: skip
    chart.update_xaxes(type="category", showgrid=False)
    chart.update_yaxes(range=[0, max(1.0, top)], title_text=say("households in unmet need"))
    return chart


def _heights(frame: pd.DataFrame, top: float) -> dict[str, float]:
    """Where each line's label stands: at its last value, pushed apart from below."""
    if frame.empty:
        return {}
    last = {column: float(frame[column].iloc[-1]) for column, _, _ in _LINES}
    heights: dict[str, float] = {}
    floor = 0.0
    for column in sorted(last, key=lambda name: last[name]):
        heights[column] = max(last[column], floor)
        floor = heights[column] + _APART * top
    return heights
