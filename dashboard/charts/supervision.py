"""Figures of supervision: who has how much to do, and how long each step takes."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    INK,
    LINE,
    MID,
    OVERDUE,
    PALE,
    STONE,
    figure,
    row_height,
)
from dashboard.i18n import Say


@kept
def load_bars(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Open cases by group, late first (frame: label, late, near, open), with their total."""
    rows = frame.iloc[::-1].assign(rest=lambda f: f["open"] - f["late"] - f["near"])
    top = float(rows["open"].max()) if len(rows) else 1.0
    chart = figure(row_height(len(rows), 30, frame=70), barmode="stack", showlegend=True)
    parts = (
        ("late", say("past due"), OVERDUE),
        ("near", say("due soon"), MID),
        ("rest", say("in time"), LINE),
    )
    for column, name, colour in parts:
        chart.add_bar(
            x=rows[column],
            y=rows["label"],
            orientation="h",
            name=name,
            marker={"color": colour},
            text=[_inside(n, top, say) if column == "late" else "" for n in rows[column]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            hovertemplate="%{y}: %{x:,}<extra>%{fullData.name}</extra>",
        )
    chart.add_scatter(
        x=rows["open"],
        y=rows["label"],
        mode="text",
        text=[f" {say.number(n)}" for n in rows["open"]],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
    chart.update_xaxes(showgrid=True, gridcolor=PALE, range=[0, max(1.0, top) * 1.12])
    chart.update_yaxes(showgrid=False, type="category")
    return chart


def _inside(n: float, top: float, say: Say) -> str:
    """A number to write on its bar; '' where the bar is narrower than the number."""
    text = say.number(n)
    return text if n >= top * 0.03 * (1 + len(text)) else ""


@kept
def step_bars(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Mean working days per step, this month and last, beside the limits that hold.

    frame: label, mean_now, mean_before, limit_least, limit_most (working days; the limits run from
    the strictest band's to the mildest's).
    """
    rows = frame.iloc[::-1]
    chart = figure(row_height(len(rows), 58, frame=76), barmode="group", showlegend=True)
    for column, name, colour in (
        ("mean_before", say("last month"), STONE),
        ("mean_now", say("this month"), ACCENT),
    ):
        chart.add_bar(
            x=rows[column],
            y=rows["label"],
            orientation="h",
            name=name,
            marker={"color": colour},
            text=[say.number(days, 1) for days in rows[column]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1f}<extra>%{fullData.name}</extra>",
        )
    chart.add_scatter(
        x=rows["limit_least"],
        y=rows["label"],
        mode="markers",
        marker={"symbol": "line-ns", "size": 26, "line": {"width": 3, "color": INK}},
        name=say("strictest limit"),
        hovertemplate="%{y}: %{x:,}<extra>%{fullData.name}</extra>",
    )
    top = float(rows[["mean_now", "mean_before", "limit_least"]].max().max()) if len(rows) else 1.0
    chart.update_xaxes(
        showgrid=True, gridcolor=PALE, range=[0, top * 1.15], title_text=say("working days, mean")
    )
    chart.update_yaxes(showgrid=False, type="category")
    return chart
