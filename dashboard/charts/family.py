"""Figures of one household: two voices and the money of 24 months."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    BAND,
    GREY,
    INK,
    LINE,
    LOWERS,
    PALE,
    RAISES,
    SLATE,
    STONE,
    TITLED,
    figure,
    row_height,
)
from dashboard.i18n import Say


@kept
def score_bars(frame: pd.DataFrame, total: float, band: str, say: Say) -> go.Figure:
    """Scorecard by category, as steps that end at the score (frame: label, points in order)."""
    rows = frame[frame["points"].abs() > 0]
    labels = [*rows["label"], say("Score")]
    chart = figure(row_height(len(labels), 34))
    chart.add_trace(
        go.Waterfall(
            orientation="h",
            y=labels,
            x=[*rows["points"], total],
            measure=["relative"] * len(rows) + ["total"],
            text=[*(say.number(p, 1, sign=True) for p in rows["points"]), say.number(total, 1)],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": RAISES}},
            decreasing={"marker": {"color": LOWERS}},
            totals={"marker": {"color": BAND.get(band, GREY)}},
            connector={"line": {"color": LINE, "width": 1}},
            hoverinfo="skip",
        )
    )
    low, high = _reach([*rows["points"]], 0.0)
    chart.update_xaxes(range=_padded(low, high), zeroline=True, zerolinecolor=GREY, visible=False)
    chart.update_yaxes(autorange="reversed", showgrid=False, type="category")
    return chart


@kept
def risk_steps(frame: pd.DataFrame, start: float, end: float, say: Say) -> go.Figure:
    """The model's way from its start to this family (frame: label, change in risk 0..1)."""
    labels = [say("Starting point"), *frame["label"], say("This household")]
    texts = [f"{say.number(c * 100, 1, sign=True)}" for c in frame["change"]]
    texts = [say.percent(start), *texts, say.percent(end)]
    measure = ["absolute"] + ["relative"] * len(frame) + ["total"]
    chart = _waterfall(labels, [start, *frame["change"], end], measure, texts)
    low, high = _reach([*frame["change"]], start)
    chart.update_xaxes(range=_padded(low, high), visible=False)
    return chart


@kept
def feature_steps(frame: pd.DataFrame, moved: float, say: Say) -> go.Figure:
    """What each feature adds by itself, in log-odds (frame: label, weight), ending at the sum."""
    labels = [*frame["label"], say("All together")]
    texts = [say.number(w, 2, sign=True) for w in [*frame["weight"], moved]]
    measure = ["relative"] * len(frame) + ["total"]
    chart = _waterfall(labels, [*frame["weight"], moved], measure, texts)
    low, high = _reach([*frame["weight"]], 0.0)
    chart.update_xaxes(range=_padded(low, high), zeroline=True, zerolinecolor=GREY, visible=False)
    return chart


def _waterfall(
    labels: list[str], steps: list[float], measure: list[str], texts: list[str]
) -> go.Figure:
    chart = figure(row_height(len(labels), 34))
    chart.add_trace(
        go.Waterfall(
            orientation="h",
            y=labels,
            x=steps,
            measure=measure,
            text=texts,
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": RAISES}},
            decreasing={"marker": {"color": LOWERS}},
            totals={"marker": {"color": SLATE}},
            connector={"line": {"color": LINE, "width": 1}},
            hoverinfo="skip",
        )
    )
    chart.update_yaxes(autorange="reversed", showgrid=False, type="category")
    return chart


def _reach(steps: list[float], start: float) -> tuple[float, float]:
    """Lowest and highest point of a walk of steps, zero included."""
    at, low, high = start, min(0.0, start), max(0.0, start)
    for step in steps:
        at += step
        low, high = min(low, at), max(high, at)
    return low, high


def _padded(low: float, high: float) -> list[float]:
    room = max(high - low, 1e-6) * 0.2
    return [low - (room if low < 0 else 0), high + room]


@kept
def money(frame: pd.DataFrame, shocks: pd.DataFrame, say: Say, partial: bool = False) -> go.Figure:
    """Income and rigid spending per head by month against S and the edge line.

    frame: month, income, spending, standard, edge, visited (yuan a head; null = unknown);
    shocks: month, label. Months without a known income are marked, not drawn as zero. `partial`:
    what is on record is only a part of the income, and is drawn as a pale, dotted line.
    """
    chart = figure(340, showlegend=True, margin=TITLED)
    months = list(frame["month"])
    _unknown(chart, frame, say)
    chart.add_bar(
        x=months,
        y=frame["spending"],
        name=say("rigid spending"),
        marker={"color": STONE},
        hovertemplate="%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>",
    )
    name = say("part of the income on record") if partial else say("recorded income")
    _line(chart, months, frame["income"], name, ACCENT, "dot" if partial else "solid")
    for column, name, dash in (
        ("standard", say("S, minimum living standard"), "dash"),
        ("edge", say("edge line (k × S)"), "dot"),
    ):
        chart.add_scatter(
            x=months,
            y=frame[column],
            mode="lines",
            name=name,
            line={"color": INK if column == "standard" else GREY, "width": 1.2, "dash": dash},
            hovertemplate="%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>",
        )
    if frame["visited"].notna().any():
        chart.add_scatter(
            x=months,
            y=frame["visited"],
            mode="markers",
            name=say("income found at a visit"),
            marker={"symbol": "diamond", "size": 11, "color": SLATE},
            hovertemplate="%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>",
        )
    _shocks(chart, frame, shocks, say)
    chart.update_xaxes(type="category", showgrid=False, categoryarray=months, tickangle=-45)
    chart.update_yaxes(rangemode="tozero", title_text=say("yuan a head and month"))
    return chart


def _line(
    chart: go.Figure, months: list[str], values: pd.Series, name: str, colour: str, dash: str
) -> None:
    chart.add_scatter(
        x=months,
        y=values,
        mode="lines+markers",
        name=name,
        line={"color": colour, "width": 2.5 if dash == "solid" else 1.5, "dash": dash},
        marker={"size": 6 if dash == "solid" else 4},
        connectgaps=False,
        hovertemplate="%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>",
    )


def _unknown(chart: go.Figure, frame: pd.DataFrame, say: Say) -> None:
    """A pale strip behind the months whose income nobody knows."""
    gaps = pd.Series([i for i, value in enumerate(frame["income"]) if pd.isna(value)], dtype=int)
    for _, run in gaps.groupby(gaps.diff().ne(1).cumsum()):
        chart.add_vrect(
            x0=run.iloc[0] - 0.5, x1=run.iloc[-1] + 0.5, fillcolor=PALE, line_width=0, layer="below"
        )
    if len(gaps):
        chart.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            marker={"symbol": "square", "size": 11, "color": PALE},
            name=say("income unknown"),
        )


def _shocks(chart: go.Figure, frame: pd.DataFrame, shocks: pd.DataFrame, say: Say) -> None:
    """A mark above every month with a shock; named on the page, as words here would overlap."""
    columns = ["income", "spending", "standard", "edge", "visited"]
    top = frame[columns].max(numeric_only=True).max()
    top = 1.0 if pd.isna(top) else float(top)
    told = shocks[shocks["month"].isin(frame["month"])].groupby("month", sort=True)["label"]
    words = told.agg("<br>".join)
    if words.empty:
        return
    chart.add_scatter(
        x=list(words.index),
        y=[top * 1.08] * len(words),
        mode="markers",
        marker={"symbol": "triangle-down", "size": 11, "color": INK},
        name=say("a blow, named below"),
        hovertext=list(words),
        hoverinfo="text",
        cliponaxis=False,
    )
    chart.update_yaxes(range=[0, top * 1.16])
