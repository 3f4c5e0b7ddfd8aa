"""Figures of the rolling test: the folds in time, and precision by how many are visited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.model import SPAN
from dashboard.charts.style import ACCENT, GREY, MID, SLATE, TITLED, VIOLET, figure
from dashboard.i18n import Say

LINES = {
    "lightgbm_monotone": (ACCENT, "solid"),
    "lightgbm": (MID, "solid"),
    "lightgbm_tuned": (VIOLET, "solid"),
    "logistic": (SLATE, "dash"),
    "both": (GREY, "solid"),
    "scorecard": (GREY, "dash"),
    "income": (GREY, "dot"),
}


@kept
def rolling_folds(
    spans: Sequence[tuple[str, str, date, date]], names: Mapping[str, str], say: Say
) -> go.Figure:
    """One line a fold: months that teach, draw the curve and judge (spans: fold, role, first day,
    last day, oldest fold first). What lies between is the gap."""
    order = list(dict.fromkeys(fold for fold, *_ in spans))
    chart = figure(70 + 44 * max(1, len(order)), barmode="overlay", bargap=0.35, showlegend=True)
    for role in ("train", "calibrate", "test"):
        rows = [span for span in spans if span[1] == role]
        chart.add_bar(
            base=[pd.Timestamp(first) for *_, first, _ in rows],
            x=[(last - first).days * 86_400_000.0 for *_, first, last in rows],
            y=[fold for fold, *_ in rows],
            orientation="h",
            name=names[role],
            marker={"color": SPAN[role]},
            customdata=[[f"{first:%Y-%m} – {last:%Y-%m}"] for *_, first, last in rows],
            hovertemplate="%{y}: %{customdata[0]}<extra>" + names[role] + "</extra>",
        )
    chart.update_xaxes(type="date", tickformat="%Y-%m")
    chart.update_yaxes(showgrid=False, type="category", categoryorder="array",
                       categoryarray=order[::-1])  # fmt: skip
    return chart


@kept
def at_capacities(frame: pd.DataFrame, names: Mapping[str, str], say: Say) -> go.Figure:
    """Precision by the share of families visited, one line a candidate (frame: candidate, share,
    precision, precision_low, precision_high, n_seen)."""
    chart = figure(360, showlegend=True, margin=TITLED)
    for candidate, rows in frame.groupby("candidate", sort=False):
        colour, dash = LINES.get(str(candidate), (GREY, "solid"))
        rows = rows.sort_values("share")
        chart.add_scatter(
            x=[say.percent(v, 1) for v in rows["share"]],
            y=rows["precision"],
            mode="lines+markers",
            name=names.get(str(candidate), str(candidate)),
            line={"color": colour, "dash": dash, "width": 2 if dash == "solid" else 1.5},
            marker={"size": 6},
            customdata=[
                [say.interval(low, high), int(n)]
                for low, high, n in zip(rows["precision_low"], rows["precision_high"],
                                        rows["n_seen"], strict=True)
            ],
            hovertemplate="%{y:.1%} (%{customdata[0]}, n=%{customdata[1]})",
        )  # fmt: skip
    # One candidate may lack a share that the others have: the axis keeps the order all the same.
    order = [say.percent(share, 1) for share in sorted(frame["share"].unique())]
    chart.update_xaxes(title_text=say("share of families visited each month"), type="category",
                       categoryorder="array", categoryarray=order)  # fmt: skip
    chart.update_yaxes(title_text=say("precision"), tickformat=".0%", rangemode="tozero")
    return chart
