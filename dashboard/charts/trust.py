"""Figures of the precision page: every share with its interval and its n."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import (
    ACCENT,
    ACCENT_PALE,
    GREY,
    LINE,
    TITLED,
    WARN,
    figure,
    row_height,
    shorten,
)
from dashboard.i18n import Say


def trend(frame: pd.DataFrame, say: Say, reference: tuple[float, str] | None = None) -> go.Figure:
    """Precision by month, its interval as a band.

    frame: month, precision, low, high, n, small. `reference` is a share and its label, drawn
    as a dashed line.
    """
    rows = frame.dropna(subset=["precision"])
    chart = figure(320)
    months = list(rows["month"])
    chart.add_scatter(
        x=months + months[::-1],
        y=[*rows["high"], *rows["low"][::-1]],
        mode="lines",
        fill="toself",
        fillcolor=ACCENT_PALE,
        opacity=0.6,
        line={"width": 0},
        hoverinfo="skip",
        name=say("95% interval"),
    )
    chart.add_scatter(
        x=months,
        y=rows["precision"],
        mode="lines+markers+text",
        line={"color": ACCENT, "width": 2},
        marker={"size": 8, "color": [GREY if s else ACCENT for s in rows["small"]]},
        text=[say.percent(p) for p in rows["precision"]],
        textposition="top center",
        customdata=rows[["n", "low", "high"]].to_numpy(),
        hovertemplate="%{x}: %{y:.0%} (%{customdata[1]:.0%}–%{customdata[2]:.0%}, "
        "n=%{customdata[0]:,})<extra></extra>",
        name=say("precision"),
    )
    if reference and months:
        _line(chart, *reference)
    chart.update_xaxes(type="category", showgrid=False)
    chart.update_yaxes(range=[0, 1.05], tickformat=".0%")
    _counts(chart, months, list(rows["n"]))
    return chart


def _line(chart: go.Figure, share: float, label: str) -> None:
    chart.add_hline(y=share, line={"color": GREY, "dash": "dash", "width": 1})
    chart.add_annotation(
        xref="paper",
        x=1,
        y=share,
        text=label,
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"size": 11, "color": "#5B666D"},
    )


def _counts(chart: go.Figure, months: list[str], counts: list[int]) -> None:
    chart.update_xaxes(
        tickmode="array",
        tickvals=months,
        ticktext=[f"{m}<br>n={c:,}" for m, c in zip(months, counts, strict=True)],
    )


def dots(frame: pd.DataFrame, say: Say, overall: float | None = None) -> go.Figure:
    """Share and interval per group, highest first (frame: label, precision, low, high, n, small).

    Groups with few cases are hollow and grey; `overall` is drawn as a thin line.
    """
    rows = frame.dropna(subset=["precision"])
    rows = rows.sort_values(["small", "precision"], ascending=[False, True])
    rows = rows.assign(label=_distinct([shorten(str(text), 30) for text in rows["label"]]))
    chart = figure(row_height(len(rows), 27, frame=44))
    colours = [GREY if small else ACCENT for small in rows["small"]]
    chart.add_scatter(
        x=rows["precision"],
        y=rows["label"],
        mode="markers",
        marker={
            "size": 9,
            "color": ["#FFFFFF" if small else ACCENT for small in rows["small"]],
            "line": {"color": colours, "width": 2},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["high"] - rows["precision"],
            "arrayminus": rows["precision"] - rows["low"],
            "color": GREY,
            "thickness": 1.5,
            "width": 0,
        },
        cliponaxis=False,
        customdata=rows[["n", "low", "high"]].to_numpy(),
        hovertemplate="%{y}: %{x:.0%} (%{customdata[1]:.0%}–%{customdata[2]:.0%}, "
        "n=%{customdata[0]:,})<extra></extra>",
    )
    for label, share, n, small in rows[["label", "precision", "n", "small"]].values:
        chart.add_annotation(
            xref="paper",
            x=1.0,
            y=label,
            xanchor="right",
            showarrow=False,
            text=f"{say.percent(share)}  n={say.number(n)}",
            font={"size": 11, "color": GREY if small else "#1F2933"},
        )
    if overall is not None:
        chart.add_vline(x=overall, line={"color": LINE, "width": 2})
    # Room on the right for share and n.
    chart.update_xaxes(
        range=[0, 1.32], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", side="bottom"
    )
    chart.update_yaxes(showgrid=False, type="category")
    return chart


def _distinct(labels: list[str]) -> list[str]:
    """The labels made different by invisible blanks: equal ones would share a line."""
    return [f"{text}{chr(0x200B) * labels[:i].count(text)}" for i, text in enumerate(labels)]


def reliability(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Predicted risk against confirmed share (frame: mean_risk, confirmed_share, low, high, n)."""
    chart = figure(320, margin=TITLED)
    top = 1.0
    if len(frame):
        top = min(1.0, max(0.2, float(frame[["mean_risk", "high"]].max().max()) * 1.1))
    chart.add_scatter(
        x=[0, top],
        y=[0, top],
        mode="lines",
        line={"color": GREY, "dash": "dash", "width": 1},
        hoverinfo="skip",
    )
    chart.add_scatter(
        x=frame["mean_risk"],
        y=frame["confirmed_share"],
        mode="markers+text",
        marker={"size": 10, "color": ACCENT},
        text=[f"n={say.number(n)}" for n in frame["n"]],
        textposition="middle right",
        error_y={
            "type": "data",
            "symmetric": False,
            "array": frame["high"] - frame["confirmed_share"],
            "arrayminus": frame["confirmed_share"] - frame["low"],
            "color": GREY,
            "thickness": 1.5,
            "width": 0,
        },
        hovertemplate="%{x:.0%} → %{y:.0%}<extra></extra>",
    )
    chart.update_xaxes(title_text=say("predicted risk"), tickformat=".0%", range=[0, top])
    chart.update_yaxes(title_text=say("confirmed share"), tickformat=".0%", range=[0, top])
    return chart


def causes(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Why alerts were false (frame: label, n, share), most frequent first."""
    rows = frame.sort_values("n")
    chart = figure(row_height(len(rows), 34))
    chart.add_bar(
        x=rows["n"],
        y=rows["label"],
        orientation="h",
        marker={"color": WARN, "opacity": 0.75},
        text=[f"{say.number(n)}  {say.percent(s)}" for n, s in rows[["n", "share"]].values],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    top = float(rows["n"].max()) if len(rows) else 1.0
    chart.update_xaxes(visible=False, range=[0, top * 1.3])
    chart.update_yaxes(showgrid=False, type="category")
    return chart
