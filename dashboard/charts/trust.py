"""Figures of the precision page: every share with its interval and its n."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    GREY,
    INK,
    LINE,
    PALE,
    SOFT,
    TITLED,
    figure,
    interval_band,
    row_height,
    short_month,
    shorten,
)
from dashboard.i18n import Say


@kept
def trend(
    frame: pd.DataFrame,
    say: Say,
    reference: tuple[float, str] | None = None,
    warm_up: Sequence[str] = (),
) -> go.Figure:
    """Precision by month, its interval as a band.

    frame: month, precision, low, high, n, small. `reference` is a share and its label, drawn
    as a dashed line. The months of `warm_up` stand on a shade of their own.
    """
    rows = frame.dropna(subset=["precision"])
    chart = figure(320)
    months = list(rows["month"])
    interval_band(chart, months, rows["low"], rows["high"], say("95% interval"))
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
        _reference(chart, *reference)
    _shade(chart, months, [m for m in months if m in warm_up], say)
    chart.update_xaxes(type="category", showgrid=False)
    chart.update_yaxes(range=[0, 1.14], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%")
    _counts(chart, months, list(rows["n"]))
    return chart


def _shade(chart: go.Figure, months: list[str], shaded: list[str], say: Say) -> None:
    """The warm-up months on grey, named; the steady state after them is named too."""
    if not shaded:
        return
    last = months.index(shaded[-1]) + 0.5
    chart.add_vrect(x0=-0.5, x1=last, fillcolor=PALE, opacity=0.75, line_width=0, layer="below")
    names = [(0.0, say("warm-up"))]
    if len(shaded) < len(months):
        names.append((last + 0.5, say("steady state")))
        chart.add_vline(x=last, line={"color": GREY, "width": 1, "dash": "dot"})
    for place, name in names:
        chart.add_annotation(x=place, y=1.13, yanchor="top", xanchor="left", xshift=-14,
                             text=name, showarrow=False,
                             font={"size": 12, "color": INK})  # fmt: skip


@kept
def lead(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Months from alert to first recorded need (frame: month 0 to 5, n)."""
    chart = figure(230)
    chart.add_bar(
        x=[say("month {n}", n=m + 1) for m in frame["month"]],
        y=frame["n"],
        marker={"color": ACCENT},
        text=[say.number(n) for n in frame["n"]],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    chart.update_xaxes(type="category", showgrid=False)
    chart.update_yaxes(visible=False, range=[0, max(1, int(frame["n"].max())) * 1.25])
    return chart


def _reference(chart: go.Figure, share: float, label: str) -> None:
    """A dashed line, named above the plot: on it every place may have a point."""
    chart.add_hline(y=share, line={"color": GREY, "dash": "dash", "width": 1})
    chart.add_annotation(
        xref="paper",
        x=1,
        yref="paper",
        y=1,
        text=f"- - {label}",
        showarrow=False,
        xanchor="right",
        yanchor="top",
        font={"size": 11, "color": SOFT},
    )


def _counts(chart: go.Figure, months: list[str], counts: list[int]) -> None:
    chart.update_xaxes(
        tickmode="array",
        tickvals=months,
        ticktext=[
            f"{short_month(m, months)}<br>n={c:,}" for m, c in zip(months, counts, strict=True)
        ],
    )


@kept
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
            font={"size": 11, "color": SOFT if small else INK},
        )
    if overall is not None:
        chart.add_vline(x=overall, line={"color": LINE, "width": 2}, layer="below")
    # Room on the right for share and n.
    chart.update_xaxes(
        range=[-0.03, 1.32], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", side="bottom"
    )
    # Left to itself a long axis keeps room for two more groups.
    chart.update_yaxes(showgrid=False, type="category", range=[-0.6, max(0, len(rows) - 1) + 0.6])
    return chart


def _distinct(labels: list[str]) -> list[str]:
    """The labels made different by invisible blanks: equal ones would share a line."""
    return [f"{text}{chr(0x200B) * labels[:i].count(text)}" for i, text in enumerate(labels)]


@kept
def calibration_pair(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Predicted against found by random visits, beside visits of our own choice.

    frame: predicted, found, low, high, n, chosen_predicted, chosen_found, chosen_low,
    chosen_high, chosen_n, one row a bin of risk.
    """
    chart = figure(360, showlegend=True, margin=TITLED)
    chart.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", showlegend=False, hoverinfo="skip",
        line={"color": GREY, "dash": "dash", "width": 1},
    )  # fmt: skip
    _found(chart, frame, "", say("random visits"), ACCENT, "circle", say)
    _found(chart, frame, "chosen_", say("visits we chose"), GREY, "diamond", say)
    chart.update_xaxes(title_text=say("predicted risk"), tickformat=".0%", range=[0, 1])
    chart.update_yaxes(title_text=say("found in need"), tickformat=".0%", range=[0, 1.02])
    return chart


def _found(
    chart: go.Figure, frame: pd.DataFrame, which: str, name: str, colour: str, shape: str, say: Say
) -> None:
    rows = frame.dropna(subset=[f"{which}predicted", f"{which}found"])
    found, low, high = (rows[f"{which}{part}"] for part in ("found", "low", "high"))
    chart.add_scatter(
        x=rows[f"{which}predicted"],
        y=found,
        mode="markers",
        name=name,
        marker={"size": 10, "color": colour, "symbol": shape},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": (high - found).clip(lower=0),
            "arrayminus": (found - low).clip(lower=0),
            "color": colour,
            "thickness": 1.2,
            "width": 3,
        },
        customdata=rows[[f"{which}n"]].to_numpy(),
        hovertemplate="%{x:.0%} → %{y:.0%} (n=%{customdata[0]:,})<extra></extra>",
    )


@kept
def causes(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Why alerts were false (frame: label, n, share), most frequent first."""
    rows = frame.sort_values("n")
    chart = figure(row_height(len(rows), 34))
    chart.add_bar(
        x=rows["n"],
        y=rows["label"],
        orientation="h",
        marker={"color": GREY},
        text=[f"{say.number(n)}  {say.percent(s)}" for n, s in rows[["n", "share"]].values],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    top = float(rows["n"].max()) if len(rows) else 1.0
    chart.update_xaxes(visible=False, range=[0, top * 1.3])
    chart.update_yaxes(showgrid=False, type="category")
    return chart
