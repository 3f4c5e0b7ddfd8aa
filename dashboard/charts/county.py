"""Figures of the overview: map, ranked list, funnel, trend by source, needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    INK,
    LINE,
    MID,
    PALE,
    SCALE,
    SOFT,
    SOURCE,
    TITLED,
    figure,
    row_height,
    shorten,
)
from dashboard.i18n import Say

UNKNOWN_FILL = "#F4F6F6"


# Names of more places than this would cover one another; pointing at a place still names it.
NAMED = 24


@kept
def township_map(frame: pd.DataFrame, geojson: dict[str, Any], say: Say) -> go.Figure:
    """Townships filled by `rate` (frame: code, name, rate, count, households).

    Drawn as plain polygons, so it needs neither map tiles nor WebGL. Unknown rates stay blank
    and say so when pointed at.
    """
    chart = figure(430, hovermode="closest")
    known = {str(row["code"]): row for row in frame.to_dict("records")}
    edges = _edges(frame["rate"])
    for code, rings in outlines(geojson):
        row = known.get(code)
        chart.add_trace(_township(code, rings, row, edges, say))
    if len(known) <= NAMED:
        _names(chart, geojson, known, edges)
    _legend(chart, edges, say)
    chart.update_xaxes(visible=False, constrain="domain")
    chart.update_yaxes(visible=False, scaleanchor="x", scaleratio=_stretch(geojson))
    return chart


def outlines(geojson: dict[str, Any]) -> Iterator[tuple[str, list[list[list[float]]]]]:
    """(code, outer rings of [lon, lat]) of every township of a collection that has an outline."""
    for feature in geojson.get("features", []):
        shape = feature.get("geometry") or {}
        parts = shape.get("coordinates") or []
        polygons = parts if shape.get("type") == "MultiPolygon" else [parts]
        if rings := [p[0] for p in polygons if p]:
            yield str(feature["properties"]["code"]), rings


def _stretch(geojson: dict[str, Any]) -> float:
    """How much longer a degree of latitude is than one of longitude in the middle of the map."""
    lats = [point[1] for _, rings in outlines(geojson) for ring in rings for point in ring]
    middle = (max(lats) + min(lats)) / 2 if lats else 0.0
    return float(1 / max(0.2, np.cos(np.radians(middle))))


def _edges(rates: pd.Series) -> np.ndarray:
    """Upper limits of the colour steps, all but the last: equal steps from smallest to largest.

    From zero, townships that all watch many would all be of one colour; the bars start at zero.
    """
    if not rates.notna().any() or rates.max() <= rates.min():
        return np.zeros(0)
    return np.linspace(float(rates.min()), float(rates.max()), len(SCALE) + 1)[1:-1]


def _fill(rate: Any, edges: np.ndarray) -> str:
    if rate is None or pd.isna(rate):
        return UNKNOWN_FILL
    return SCALE[int(np.searchsorted(edges, float(rate)))] if len(edges) else SCALE[2]


def _township(
    code: str, rings: list[Any], row: dict[str, Any] | None, edges: np.ndarray, say: Say
) -> go.Scatter:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for ring in rings:
        xs += [*(point[0] for point in ring), None]
        ys += [*(point[1] for point in ring), None]
    rate = row["rate"] if row else None
    told = say("no households here")
    if row:
        told = f"<b>{row['name']}</b><br>{say.number(rate, 1)} ‰<br>" + say(
            "{n} of {households} households",
            n=say.number(row["count"]),
            households=say.number(row["households"]),
        )
    return go.Scatter(
        x=xs[:-1],
        y=ys[:-1],
        mode="lines",
        fill="toself",
        fillcolor=_fill(rate, edges),
        line={"color": "#FFFFFF", "width": 1.5},
        hoveron="fills",
        text=told,
        hoverinfo="text",
        name=code,
    )


def _names(chart: go.Figure, geojson: dict[str, Any], known: dict, edges: np.ndarray) -> None:
    for code, rings in outlines(geojson):
        if code not in known:
            continue
        points = np.array(max(rings, key=len))
        middle = (points.max(axis=0) + points.min(axis=0)) / 2
        rate = known[code]["rate"]
        dark = _fill(rate, edges) in SCALE[4:]
        value = "" if pd.isna(rate) else f"<br><b>{rate:.1f}</b>"
        chart.add_annotation(
            x=float(middle[0]),
            y=float(middle[1]),
            text=f"{_short_name(str(known[code]['name']))}{value}",
            showarrow=False,
            font={"size": 11, "color": "#FFFFFF" if dark else INK},
        )


def _short_name(name: str) -> str:
    """A name that fits into its outline: long English ones keep their first word."""
    return name if len(name) <= 10 else shorten(name.split(" ")[0], 14)


def _legend(chart: go.Figure, edges: np.ndarray, say: Say) -> None:
    if not len(edges):
        return
    for step, colour in enumerate(SCALE):
        low = 0.0 if step == 0 else edges[step - 1]
        chart.add_trace(
            go.Scatter(
                x=[None],
                y=[None],
                mode="markers",
                marker={"size": 12, "symbol": "square", "color": colour},
                name=f"≥{say.number(low, 1)}" if step else f"<{say.number(edges[0], 1)}",
                showlegend=True,
            )
        )
    for trace in chart.data[: -len(SCALE)]:
        trace.showlegend = False
    chart.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 0, "yanchor": "top", "x": 0, "font": {"size": 11}},
    )


@kept
def ranked(frame: pd.DataFrame, say: Say, digits: int = 1) -> go.Figure:
    """Townships from the highest `rate` down (frame: name, rate, count, households)."""
    rows = frame.dropna(subset=["rate"]).sort_values("rate")
    chart = figure(row_height(len(rows), 33), bargap=0.3)
    texts = [
        f"{say.number(r, digits)}  <span style='color:{SOFT}'>({say.number(c)})</span>"
        for r, c in zip(rows["rate"], rows["count"], strict=True)
    ]
    chart.add_bar(
        x=rows["rate"],
        y=rows["name"],
        orientation="h",
        marker={"color": ACCENT},
        text=texts,
        textposition="outside",
        cliponaxis=False,
        customdata=rows[["code"]].to_numpy() if "code" in rows else None,
        hovertemplate="%{y}: %{x:.1f} ‰<extra></extra>",
    )
    top = float(rows["rate"].max()) if len(rows) else 1.0
    chart.update_xaxes(visible=False, range=[0, max(top, 0.01) * 1.45])
    chart.update_yaxes(showgrid=False, type="category")
    return chart


@kept
def funnel(frame: pd.DataFrame, say: Say) -> go.Figure:
    """From raised to helped (frame: label, n, share, losses as text), with each loss named."""
    chart = figure(row_height(len(frame), 62, frame=16), bargap=0.5)
    rows = frame.iloc[::-1]
    chart.add_bar(
        x=rows["n"],
        y=rows["label"],
        orientation="h",
        marker={"color": ACCENT},
        text=[f"<b>{say.number(n)}</b>  {say.percent(s)}" for n, s in rows[["n", "share"]].values],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    top = max(1.0, float(frame["n"].max()) if len(frame) else 1.0)
    for label, losses in rows[["label", "losses"]].values:
        if losses:
            chart.add_annotation(
                x=0,
                y=label,
                text=f"↓ {shorten(losses, 76)}",
                hovertext=losses,
                showarrow=False,
                xanchor="left",
                yshift=-28,
                font={"size": 11, "color": SOFT},
            )
    chart.update_xaxes(visible=False, range=[0, top * 1.3])
    chart.update_yaxes(showgrid=False, type="category")
    return chart


@kept
def by_source(frame: pd.DataFrame, say: Say) -> go.Figure:
    """New alerts by month and source (frame: month, source, label, n), stacked."""
    chart = figure(300, barmode="stack", showlegend=True, bargap=0.3, margin=TITLED)
    for source in [s for s in SOURCE if s in set(frame["source"])]:
        rows = frame[frame["source"] == source]
        chart.add_bar(
            x=rows["month"],
            y=rows["n"],
            name=rows["label"].iloc[0],
            marker={"color": SOURCE[source]},
            hovertemplate="%{x}: %{y:,}<extra>%{fullData.name}</extra>",
        )
    totals = frame.groupby("month", as_index=False)["n"].sum()
    chart.add_scatter(
        x=totals["month"],
        y=totals["n"],
        mode="text",
        text=[say.number(n) for n in totals["n"]],
        textposition="top center",
        showlegend=False,
        hoverinfo="skip",
    )
    # Without it the axis has the order of the first source, which may lack a month.
    first, last = frame["month"].min(), frame["month"].max()
    months = [str(month) for month in pd.period_range(first, last, freq="M")]
    order = {"categoryorder": "array", "categoryarray": months}
    chart.update_xaxes(type="category", showgrid=False, nticks=6, tickangle=0, **order)
    top = float(totals["n"].max()) if len(totals) else 1.0
    chart.update_yaxes(range=[0, max(1.0, top) * 1.15], title_text=say("new alerts"))
    return chart


@kept
def need_bars(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Needs by department (frame: label, suspected, confirmed, met): stacked, with the total."""
    rows = frame.iloc[::-1]
    chart = figure(row_height(len(rows), 34, frame=60), barmode="stack", showlegend=True)
    parts = (
        ("met", say("met"), ACCENT),
        ("confirmed", say("confirmed, help under way"), MID),
        ("suspected", say("suspected, to be checked"), LINE),
    )
    for column, name, colour in parts:
        chart.add_bar(
            x=rows[column],
            y=rows["label"],
            orientation="h",
            name=name,
            marker={"color": colour},
            hovertemplate="%{y}: %{x:,}<extra>%{fullData.name}</extra>",
        )
    total = rows[["met", "confirmed", "suspected"]].sum(axis=1)
    chart.add_scatter(
        x=total,
        y=rows["label"],
        mode="text",
        text=[f" {say.number(n)}" for n in total],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
    top = float(total.max()) if len(total) else 1.0
    chart.update_xaxes(showgrid=True, gridcolor=PALE, range=[0, max(1.0, top) * 1.12])
    chart.update_yaxes(showgrid=False, type="category")
    return chart
