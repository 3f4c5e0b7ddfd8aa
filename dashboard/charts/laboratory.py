"""Figures of the laboratory: visits month by month, and the curve over all cut-offs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.charts.style import ACCENT, GREY, INK, SOFT, figure
from dashboard.i18n import Say

DASHES = {"both": "solid", "model": "dash", "rules": "dot"}


def trial_visits(
    months: Sequence[str], now: Sequence[int], then: Sequence[int], capacity: float, say: Say
) -> go.Figure:
    """Alerts of each month under today's rules and these, and the visiting capacity as a line."""
    chart = figure(300)
    for name, values, colour in (
        (say("Today's rules"), now, GREY),
        (say("These rules"), then, ACCENT),
    ):
        chart.add_bar(
            x=list(months),
            y=list(values),
            name=name,
            marker={"color": colour},
        )
    chart.add_hline(
        y=capacity,
        line={"color": INK, "width": 1, "dash": "dot"},
        annotation_text=say("capacity and event budget: {n}", n=f"{capacity:.0f}"),
        annotation_position="top right",
        annotation_bgcolor="rgba(255,255,255,0.85)",
    )
    chart.update_yaxes(range=[0, 1.18 * max([capacity, *now, *then, 1])])
    chart.update_layout(
        barmode="group",
        showlegend=True,
        legend={"orientation": "h", "y": 1.14, "x": 0},
        yaxis={"title": {"text": say("Alerts in the month"), "font": {"size": 12}}},
        xaxis={"type": "category"},
    )
    return chart


def cut_offs(
    drawn: Mapping[str, Sequence[tuple[float, float, str]]],
    names: Mapping[str, str],
    capacity: float,
    say: Say,
) -> go.Figure:
    """Finds a month over visits a month for every cut-off, by rules, model and both.

    drawn: lane -> (visits, finds, label) from the strictest cut-off on; a label marks the point
    that somebody asked for.
    """
    chart = figure(360)
    for lane, points in drawn.items():
        marked = [(v, f, label) for v, f, label in points if label]
        chart.add_scatter(
            x=[p[0] for p in points],
            y=[p[1] for p in points],
            mode="lines",
            name=names[lane],
            line={"color": ACCENT if lane == "both" else SOFT, "width": 2, "dash": DASHES[lane]},
        )
        chart.add_scatter(
            x=[p[0] for p in marked],
            y=[p[1] for p in marked],
            mode="markers+text",
            text=[p[2] for p in marked],
            textposition="bottom right",
            marker={"size": 9, "color": INK},
            showlegend=False,
            cliponaxis=False,
        )
    chart.add_vline(
        x=capacity,
        line={"color": INK, "width": 1, "dash": "dot"},
        annotation_text=say("places of this question: {n}", n=f"{capacity:.0f}"),
        annotation_position="top",
    )
    chart.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 1.14, "x": 0},
        xaxis={
            "title": {"text": say("Visits a month, without a ceiling"), "font": {"size": 12}},
            "rangemode": "tozero",
        },
        yaxis={
            "title": {"text": say("Expected finds a month"), "font": {"size": 12}},
            "rangemode": "tozero",
        },
    )
    return chart
