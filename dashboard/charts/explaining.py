"""Figures of the explanations: what moves a version, one feature, pairs, how steady reasons are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.alternative import UNSEEN
from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    GREY,
    INK,
    LINE,
    SOFT,
    STONE,
    TITLED,
    VIOLET,
    figure,
    row_height,
    shorten,
)
from dashboard.i18n import Say

# From low to high; neither end is the colour of a band, and the middle is no value of its own.
LOW_TO_HIGH = ((0.0, VIOLET), (0.5, "#C4CBCF"), (1.0, ACCENT))
ROW, LABEL = 34, 48
# How far points of one feature spread around its line, and in how many steps SHAP is looked at.
SPREAD, STEPS = 0.38, 60
TENTHS = 10


@kept
def beeswarm(points: pd.DataFrame, weights: pd.DataFrame, say: Say) -> go.Figure:
    """Every point a household, every line a feature, strongest first.

    points: feature, place (0..1 among known values; null = unknown), shap (log-odds); weights:
    feature, label, weight, direction (see models' Overview). The weight stands at the right.
    """
    chart = figure(
        row_height(len(weights), ROW, frame=90), margin={"l": 8, "r": 60, "t": 8, "b": 8}
    )
    line = {name: len(weights) - 1 - i for i, name in enumerate(weights["feature"])}
    spread = [_spread(rows["shap"].to_numpy()) for _, rows in points.groupby("feature", sort=False)]
    rows = points.assign(y=points["feature"].map(line) + np.concatenate([[], *spread]))
    unknown = rows["place"].isna()
    known = rows[~unknown]
    for part, colour, shape in (
        (rows[unknown], STONE, "circle-open"),
        (known, known["place"], "circle"),
    ):
        chart.add_scatter(
            x=part["shap"], y=part["y"], mode="markers", hoverinfo="skip", meta=UNSEEN,
            marker={"size": 5, "color": colour, "symbol": shape, "opacity": 0.75,
                    **_scale(colour, say, say("value"))},
        )  # fmt: skip
    low, high = min(0.0, float(points["shap"].min())), max(0.0, float(points["shap"].max()))
    room = max(high - low, 1e-6) * 0.04
    chart.add_vline(x=0, line={"color": GREY, "width": 1})
    chart.add_scatter(
        x=[high + room] * len(weights), y=[line[name] for name in weights["feature"]], mode="text",
        text=[f"±{say.number(w, 2)}" for w in weights["weight"]], textposition="middle right",
        textfont={"size": 12, "color": SOFT}, cliponaxis=False, hoverinfo="skip",
        name=say("Mean effect (log-odds)"), orientation="h",
    )  # fmt: skip
    labels = [shorten(str(label), LABEL) for label in weights["label"]]
    chart.update_xaxes(
        title_text=say("effect on the risk (log-odds)"), range=[low - room, high + room]
    )
    chart.update_yaxes(tickvals=list(line.values()), ticktext=labels, showgrid=True,
                       range=[-0.6, len(weights) - 0.4])  # fmt: skip
    return chart


def _spread(shap: np.ndarray) -> np.ndarray:
    """How far each point is moved off its line, so that points with the same SHAP lie side by
    side: as wide as there are many of them."""
    low, high = float(shap.min()), float(shap.max())
    step = np.floor((shap - low) / max(high - low, 1e-9) * (STEPS - 1)).astype(int)
    crowd = np.bincount(step, minlength=STEPS)
    turn = pd.Series(step).groupby(step).cumcount().to_numpy()
    place = (turn + 0.5) / crowd[step] - 0.5
    return place * 2 * SPREAD * crowd[step] / crowd.max()


def _scale(colour: Any, say: Say, title: str) -> dict[str, Any]:
    """The colours from low to high with their key; nothing for points of one colour."""
    if isinstance(colour, str):
        return {}
    return {
        "colorscale": LOW_TO_HIGH, "cmin": 0, "cmax": 1,
        "colorbar": {
            "title": {"text": title, "side": "top", "font": {"size": 12}}, "orientation": "h",
            "tickvals": [0, 1], "ticktext": [say("low"), say("high")], "thickness": 8,
            "len": 0.32, "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom",
        },
    }  # fmt: skip


@kept
def dependence(
    points: pd.DataFrame, label: str, unit: str, partner: str | None, say: Say
) -> go.Figure:
    """One feature: value against SHAP, coloured by where the partner's value stands.

    points: value (null = unknown), shap, partner_place. Unknown values stand at the left by
    themselves; the line is the mean of each tenth of the known ones.
    """
    chart = figure(380, margin=TITLED | {"t": 40})
    known, unknown = points.dropna(subset=["value"]), points[points["value"].isna()]
    if partner:
        colour: Any = known["partner_place"].fillna(0.5)
    else:
        colour = STONE
    chart.add_scatter(
        x=known["value"], y=known["shap"], mode="markers", hoverinfo="skip", meta=UNSEEN,
        marker={"size": 6, "color": colour, "opacity": 0.75,
                **_scale(colour, say, shorten(partner or "", LABEL))},
    )  # fmt: skip
    tenths = _tenths(known)
    chart.add_scatter(
        x=tenths["value"], y=tenths["shap"], mode="lines+markers", name=say("mean of each tenth"),
        line={"color": INK, "width": 1.5}, marker={"size": 5, "color": INK},
        hovertext=[say.number(v, 2, sign=True) for v in tenths["shap"]], hoverinfo="text",
    )  # fmt: skip
    _unknown(chart, known, unknown, say)
    chart.add_hline(y=0, line={"color": GREY, "width": 1})
    chart.update_xaxes(title_text=f"{label} ({unit})" if unit else label)
    if known["value"].nunique() <= TENTHS and (known["value"] % 1 == 0).all():
        chart.update_xaxes(dtick=1)  # a count has no halves
    chart.update_yaxes(title_text=say("effect on the risk (log-odds)"))
    return chart


def _tenths(known: pd.DataFrame) -> pd.DataFrame:
    """Mean value and SHAP of each tenth of the values; equal values stay together."""
    if known.empty:
        return pd.DataFrame({"value": [], "shap": []})
    if known["value"].nunique() <= TENTHS:  # counts and levels: each by itself
        return known.groupby("value", as_index=False)[["shap"]].mean()
    place = known["value"].rank(method="average", pct=True)
    tenth = np.ceil(place * TENTHS).clip(1, TENTHS)
    return known.groupby(tenth)[["value", "shap"]].mean()


def _unknown(chart: go.Figure, known: pd.DataFrame, unknown: pd.DataFrame, say: Say) -> None:
    """Households whose value nobody knows, left of the others."""
    if unknown.empty:
        return
    low, high = (known["value"].min(), known["value"].max()) if len(known) else (0.0, 1.0)
    place = low - max(high - low, 1e-6) * 0.08
    chart.add_scatter(
        x=[place] * len(unknown), y=unknown["shap"], mode="markers", hoverinfo="skip",
        meta=UNSEEN, marker={"size": 6, "color": STONE, "symbol": "circle-open"},
    )  # fmt: skip
    chart.add_scatter(
        x=[place], y=[unknown["shap"].max()], mode="text", text=[say("unknown")],
        textposition="top center", textfont={"size": 12, "color": SOFT}, hoverinfo="skip",
    )  # fmt: skip


@kept
def steadiness(shares: Sequence[int], say: Say) -> go.Figure:
    """Households by the share of their reasons that stays, in tenths."""
    chart = figure(270)
    names = [f"{tenth * 10}–{tenth * 10 + 10}%" for tenth in range(len(shares))]
    chart.add_bar(
        x=names, y=list(shares), marker={"color": ACCENT},
        text=[say.number(n) if n else "" for n in shares], textposition="outside",
        cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
    chart.update_xaxes(title_text=say("reasons that stay"), type="category", showgrid=False,
                       tickangle=-45, linecolor=LINE)  # fmt: skip
    chart.update_yaxes(visible=False, range=[0, max(1, *shares) * 1.2])
    return chart
