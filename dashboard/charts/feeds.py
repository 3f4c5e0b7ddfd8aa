"""Feeds as pictures: which month each delivered, how many rows, and what went back."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    GREY,
    MID,
    OVERDUE,
    PALE,
    SLATE,
    STONE,
    VIOLET,
    figure,
    row_height,
)
from dashboard.i18n import Say

# Shape of each state beside its colour: nobody has to tell red from green.
STATES = {
    "delivered": (ACCENT, "●"),
    "late": (OVERDUE, "◐"),
    "waiting": (OVERDUE, "?"),
    "rejected": (SLATE, "✕"),
    "missing": ("#FFFFFF", "○"),
    "not_due": (PALE, ""),
}

_REASONS = 4  # reasons with a colour of their own
_COLOURS = (SLATE, MID, VIOLET, GREY, STONE)


@kept
def freshness(frame: pd.DataFrame, say: Say) -> go.Figure:
    """One row a feed, one mark a month (frame: feed, label, month, state, told)."""
    labels = list(dict.fromkeys(frame["label"]))
    months = sorted(set(frame["month"]))
    chart = figure(row_height(len(labels), 28, frame=70), showlegend=True)
    words = {
        "delivered": say("reported on time"),
        "late": say("reported late"),
        "waiting": say("waits for a decision"),
        "rejected": say("file rejected"),
        "missing": say("not reported"),
    }
    symbols = {
        "delivered": "square",
        "late": "triangle-up",
        "waiting": "diamond-open",
        "rejected": "x",
        "missing": "square-open",
    }
    for state, word in words.items():
        rows = frame[frame["state"] == state]
        if rows.empty:
            continue
        colour = STONE if state == "missing" else STATES[state][0]
        chart.add_scatter(
            x=rows["month"],
            y=rows["label"],
            mode="markers",
            name=word,
            marker={"symbol": symbols[state], "size": 13, "color": colour},
            text=rows["told"],
            hovertemplate="%{y} · %{x}<br>%{text}<extra></extra>",
        )
    chart.update_xaxes(type="category", categoryarray=months, showgrid=False, tickangle=-45,
                       range=[-0.7, len(months) - 0.3])  # fmt: skip
    chart.update_yaxes(type="category", categoryarray=labels[::-1], showgrid=False,
                       range=[-0.7, len(labels) - 0.3])  # fmt: skip
    return chart


@kept
def volume(frame: pd.DataFrame, limit: float | None, say: Say) -> go.Figure:
    """Rows received by period beside what is usual (frame: period, received, usual).

    `limit`: the fall (share) below which a delivery waits; its line is drawn where there is one.
    """
    chart = figure(230, showlegend=True)
    chart.add_bar(
        x=frame["period"],
        y=frame["received"],
        name=say("rows received"),
        marker_color=ACCENT,
        hovertemplate="%{x}<br>%{y:,}<extra></extra>",
    )
    known = frame[frame["usual"].notna()]
    lines = [(say("usual"), known["usual"], SLATE, "dot")]
    if limit is not None:
        waits = say("below: waits for a person")
        lines.append((waits, known["usual"] * (1 - limit), OVERDUE, "dash"))
    for name, values, colour, dash in lines:
        chart.add_scatter(
            x=known["period"],
            y=values,
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate="%{x}<br>%{y:,.0f}<extra></extra>",
        )
    chart.update_xaxes(type="category", showgrid=False, tickangle=-45)
    chart.update_yaxes(rangemode="tozero", tickformat=",", title_text=say("rows"))
    return chart


@kept
def sent_back(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Share of received rows that went back, by reason (frame: period, received, reasons)."""
    totals: dict[str, int] = {}
    for reasons in frame["reasons"]:
        for reason, count in reasons.items():
            totals[reason] = totals.get(reason, 0) + count
    order = sorted(totals, key=lambda reason: -totals[reason])
    shown, rest = order[:_REASONS], order[_REASONS:]
    chart = figure(230, showlegend=True, barmode="stack")
    parts = [(reason, [reason]) for reason in shown]
    if rest:
        parts.append((say("other reasons"), rest))
    for (name, reasons), colour in zip(parts, _COLOURS, strict=False):
        counts = [sum(told.get(r, 0) for r in reasons) for told in frame["reasons"]]
        chart.add_bar(
            x=frame["period"],
            y=[n / max(of, 1) for n, of in zip(counts, frame["received"], strict=True)],
            name=name,
            marker_color=colour,
            hovertemplate="%{x}<br>%{y:.2%}<extra>" + name + "</extra>",
        )
    chart.update_xaxes(type="category", showgrid=False, tickangle=-45)
    title = say("share of rows received")
    chart.update_yaxes(rangemode="tozero", tickformat=".1%", title_text=title)
    return chart
