"""The freshness strip: which month each feed delivered, late or not at all."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import ACCENT, OVERDUE, PALE, SLATE, STONE, figure, row_height
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
