"""Figures of the indicators' report cards."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import ACCENT, SOFT, figure, row_height, short_month, shorten
from dashboard.i18n import Say


@kept
def firing(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Households in which an indicator fired, by month (frame: month, fired)."""
    chart = figure(230)
    chart.add_bar(
        x=frame["month"],
        y=frame["fired"],
        marker={"color": ACCENT},
        text=[say.number(n) for n in frame["fired"]],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    months = list(frame["month"])
    texts = [short_month(month, months) for month in months]
    chart.update_xaxes(type="category", showgrid=False, tickvals=months, ticktext=texts,
                       tickangle=0)  # fmt: skip
    chart.update_yaxes(visible=False, range=[0, max(1, int(frame["fired"].max())) * 1.25])
    return chart


@kept
def spread(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Shares as bars, the largest first (frame: label, share 0..1, note)."""
    rows = frame.dropna(subset=["share"]).sort_values("share")
    chart = figure(row_height(len(rows), 28), bargap=0.3)
    chart.add_bar(
        x=rows["share"],
        y=[shorten(str(label), 30) for label in rows["label"]],
        orientation="h",
        marker={"color": ACCENT},
        text=[
            f"{say.percent(share, 1)}  <span style='color:{SOFT}'>{note}</span>"
            for share, note in zip(rows["share"], rows["note"], strict=True)
        ],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    top = float(rows["share"].max()) if len(rows) else 1.0
    chart.update_xaxes(visible=False, range=[0, max(top, 0.001) * 1.6])
    chart.update_yaxes(showgrid=False, type="category")
    return chart
