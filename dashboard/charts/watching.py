"""Figures of the page that watches the model: promises beside what came, and what has moved."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    GREY,
    SLATE,
    SOFT,
    STONE,
    figure,
    interval_band,
    row_height,
    short_month,
    shorten,
)
from dashboard.i18n import Say

# From which effect on a shift is drawn in the accent: Romano's smallest that counts.
COUNTS = 0.147


@kept
def promised(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Said beside found, by month.

    frame: month, said, said_low, said_high (null: said without an interval), found, low, high
    (Wilson 95 %), n, ripe.
    """
    chart = figure(300)
    months = list(frame["month"])
    _said(chart, frame, say)
    rows = frame.dropna(subset=["found"])
    chart.add_scatter(
        x=rows["month"],
        y=rows["found"],
        mode="markers",
        marker={
            "size": 9,
            "color": [ACCENT if ripe else GREY for ripe in rows["ripe"]],
            "symbol": ["circle" if ripe else "circle-open" for ripe in rows["ripe"]],
        },
        error_y={
            "type": "data",
            "symmetric": False,
            "array": rows["high"] - rows["found"],
            "arrayminus": rows["found"] - rows["low"],
            "color": GREY,
            "thickness": 1.2,
            "width": 3,
        },
        customdata=rows[["n", "low", "high"]].to_numpy(),
        hovertemplate="%{x}: %{y:.0%} (%{customdata[1]:.0%}–%{customdata[2]:.0%}, "
        "n=%{customdata[0]:,})<extra></extra>",
        name=say("found by visits, 95% interval"),
    )
    texts = [short_month(month, months) for month in months]
    chart.update_xaxes(type="category", showgrid=False, tickvals=months, ticktext=texts,
                       categoryorder="array", categoryarray=months, tickangle=0)  # fmt: skip
    chart.update_yaxes(rangemode="tozero", tickformat=".0%")
    chart.update_layout(showlegend=True, margin={"t": 34})
    return chart


def _said(chart: go.Figure, frame: pd.DataFrame, say: Say) -> None:
    rows = frame.dropna(subset=["said"])
    span = rows.dropna(subset=["said_low"])
    if len(span):
        interval_band(chart, list(span["month"]), span["said_low"], span["said_high"])
    chart.add_scatter(
        x=rows["month"],
        y=rows["said"],
        mode="lines",
        line={"color": SLATE, "width": 2},
        hovertemplate="%{x}: %{y:.0%}<extra></extra>",
        name=say("said beforehand"),
    )


@kept
def moved(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Effect sizes with their direction, the largest first (frame: label, delta -1..1, season)."""
    rows = frame.iloc[::-1]
    chart = figure(row_height(len(rows), 26), bargap=0.35)
    strong = (rows["delta"].abs() >= COUNTS) & ~rows["season"]
    chart.add_bar(
        x=rows["delta"],
        y=[shorten(str(label), 34) for label in rows["label"]],
        orientation="h",
        marker={"color": [ACCENT if one else STONE for one in strong]},
        text=[f"{value:+.2f}" for value in rows["delta"]],
        textposition="outside",
        textfont={"color": SOFT},
        cliponaxis=False,
        hoverinfo="skip",
    )
    far = max(0.2, float(rows["delta"].abs().max()) * 1.35) if len(rows) else 1.0
    chart.update_xaxes(range=[-far, far], tickformat="+.1f", zeroline=True, zerolinecolor=GREY)
    for bar in (-COUNTS, COUNTS):
        chart.add_vline(x=bar, line={"color": GREY, "width": 1, "dash": "dot"})
    chart.update_yaxes(showgrid=False, type="category")
    return chart


@kept
def risks_by_month(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Risks by month: median, 95th and 99th percentile (frame: month, q50, q95, q99)."""
    chart = figure(260)
    months = list(frame["month"])
    lines = (("q99", say("highest 1%"), ACCENT), ("q95", say("highest 5%"), SLATE),
             ("q50", say("half of all"), GREY))  # fmt: skip
    for column, name, colour in lines:
        chart.add_scatter(
            x=months,
            y=frame[column],
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 5},
            hovertemplate="%{x}: %{y:.1%}<extra></extra>",
            name=name,
        )
    texts = [short_month(month, months) for month in months]
    chart.update_xaxes(type="category", showgrid=False, tickvals=months, ticktext=texts,
                       tickangle=0)  # fmt: skip
    chart.update_yaxes(rangemode="tozero", tickformat=".0%")
    chart.update_layout(showlegend=True, margin={"t": 34})
    return chart
