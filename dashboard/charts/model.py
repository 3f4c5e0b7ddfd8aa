"""Figures of the model page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    GREY,
    LINE,
    MID,
    SLATE,
    SOFT,
    TITLED,
    VIOLET,
    figure,
    row_height,
)
from dashboard.i18n import Say

SPAN = {"train": ACCENT, "gap": "#E9EDEE", "calibrate": MID, "test": SLATE}


@kept
def scorers(frame: pd.DataFrame, say: Say, column: str = "precision_at_k") -> go.Figure:
    """Precision at capacity with its interval per scorer (frame: label, own, `column`,
    precision_low, precision_high, prevalence); the model itself is filled."""
    rows = frame.dropna(subset=[column]).sort_values(column)
    chart = figure(row_height(len(rows), 36, frame=70))
    chart.add_scatter(
        x=rows[column],
        y=rows["label"],
        mode="markers+text",
        marker={
            "size": 11,
            "color": [ACCENT if own else "#FFFFFF" for own in rows["own"]],
            "line": {"color": [ACCENT if own else GREY for own in rows["own"]], "width": 2},
        },
        text=[say.percent(v, 1) for v in rows[column]],
        textposition="top center",
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["precision_high"] - rows[column],
            "arrayminus": rows[column] - rows["precision_low"],
            "color": GREY,
            "thickness": 1.5,
            "width": 0,
        },
        hoverinfo="skip",
        cliponaxis=False,
    )
    if len(rows):
        base = float(rows["prevalence"].iloc[0])
        chart.add_vline(x=base, line={"color": LINE, "width": 2})
        chart.add_annotation(x=base, y=1, yref="paper", yanchor="top", xanchor="left",
                             text=say("by chance {share}", share=say.percent(base, 1)),
                             showarrow=False, font={"size": 11, "color": SOFT})  # fmt: skip
    top = float(rows[["precision_high", column]].max().max()) if len(rows) else 1.0
    chart.update_xaxes(range=[0, min(1.05, top * 1.15)], tickformat=".0%")
    chart.update_yaxes(showgrid=False, type="category")
    return chart


@kept
def calibration(frame: pd.DataFrame, say: Say, names: Mapping[str, str]) -> go.Figure:
    """Predicted against observed by scorer (frame: scorer, mean_risk, observed, n)."""
    chart = figure(340, showlegend=True, margin=TITLED)
    top = float(frame[["mean_risk", "observed"]].max().max()) * 1.1 if len(frame) else 1.0
    chart.add_scatter(x=[0, top], y=[0, top], mode="lines", showlegend=False, hoverinfo="skip",
                      line={"color": GREY, "dash": "dash", "width": 1})  # fmt: skip
    colours = {"model": ACCENT, "champion": VIOLET}
    for scorer, rows in frame.groupby("scorer", sort=False):
        own = scorer == "model"
        chart.add_scatter(
            x=rows["mean_risk"],
            y=rows["observed"],
            mode="lines+markers",
            name=names.get(str(scorer), str(scorer)),
            line={"color": colours.get(str(scorer), GREY), "width": 2.5 if own else 1.2},
            marker={"size": 7 if own else 4},
            customdata=rows[["n"]].to_numpy(),
            hovertemplate="%{x:.1%} → %{y:.1%} (n=%{customdata[0]:,})<extra></extra>",
        )
    chart.update_xaxes(title_text=say("predicted risk"), tickformat=".0%", range=[0, top])
    chart.update_yaxes(title_text=say("observed share"), tickformat=".0%", range=[0, top])
    return chart


@kept
def folds(spans: Sequence[tuple[str, str, date, date]], say: Say) -> go.Figure:
    """Which months teach, calibrate and test (spans: role, label, first day, last day)."""
    chart = figure(40 + 44 * max(1, len({s[0] for s in spans})), barmode="overlay", bargap=0.3)
    whole = max(((spans[-1][3] - spans[0][2]).days if spans else 1), 1)
    for role, label, first, last in reversed(spans):
        wide = (last - first).days > whole * 0.15
        text = _told(role, spans, last)
        chart.add_bar(
            base=[pd.Timestamp(first)],
            x=[(pd.Timestamp(last) - pd.Timestamp(first)).total_seconds() * 1000],
            y=[label],
            orientation="h",
            marker={"color": SPAN.get(role, GREY)},
            text=text,
            textposition="inside" if wide else "outside",
            cliponaxis=False,
            insidetextanchor="middle",
            hovertemplate=f"{label}: {_months(first, last)}<extra></extra>",
        )
    if spans:  # room for the last label beside its bar
        ends = spans[-1][3] + timedelta(days=round(whole * 0.3))
        chart.update_xaxes(range=[spans[0][2], ends])
    chart.update_xaxes(type="date", tickformat="%Y-%m")
    chart.update_yaxes(showgrid=False, type="category")
    return chart


def _told(role: str, spans: Sequence[tuple[str, str, date, date]], last: date) -> str:
    """The months of a role, written once beside its last bar: single months would overlap."""
    own = [span for span in spans if span[0] == role]
    if last != own[-1][3]:
        return ""
    return _months(own[0][2], own[-1][3]) + (f" ({len(own)})" if len(own) > 1 else "")


def _months(first: date, last: date) -> str:
    """One month by its name, several by the first and the last."""
    begins, ends = f"{first:%Y-%m}", f"{last:%Y-%m}"
    return begins if begins == ends else f"{begins} – {ends}"


@kept
def importance(frame: pd.DataFrame, say: Say, top: int = 20) -> go.Figure:
    """Weight of features or categories (frame: label, weight), strongest first."""
    rows = frame.nlargest(top, "weight").iloc[::-1]
    chart = figure(row_height(len(rows), 27), bargap=0.3)
    chart.add_bar(
        x=rows["weight"],
        y=rows["label"],
        orientation="h",
        marker={"color": ACCENT},
        text=[say.number(v, 3) for v in rows["weight"]],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    chart.update_xaxes(visible=False, range=[0, float(rows["weight"].max() or 1) * 1.25])
    chart.update_yaxes(showgrid=False, type="category")
    return chart
