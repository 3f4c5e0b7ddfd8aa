"""What all figures share: colours, fonts, margins."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

BAND = {
    "red": "#B3261E",
    "orange": "#E8710A",
    "yellow": "#E5B800",
    "blue": "#3B73B9",
    "none": "#8A949B",
}
ACCENT, ACCENT_PALE = "#0F6E6E", "#CFE3E3"
GREY, PALE, LINE, INK = "#8A949B", "#E9EDEE", "#DDE3E4", "#1F2933"
SOFT = "#5B666D"  # a grey that can be read as text
# Red, orange, yellow and blue are bands, and red what is overdue: nothing else has their colours.
OVERDUE = BAND["red"]
SLATE, MID, VIOLET, STONE = "#2F4858", "#6FABAB", "#7A5195", "#B7BEC2"
# What raises a score or a risk, and what lowers it; the sign is written beside each bar.
RAISES, LOWERS = ACCENT, "#A3CACA"
# Sources: told apart by name in the legend and by fixed order, colour only helps.
SOURCE = {
    "event": SLATE,
    "visit": ACCENT,  # for readers who may not know of which source a visit is
    "rule": ACCENT,
    "risk": MID,
    "secured": VIOLET,
    "explore": "#7A8F3C",
    "audit": "#B48EAD",
    "report": STONE,
}
# Pale to deep accent, for shares on the map.
SCALE = ("#EEF5F5", "#CFE3E3", "#A3CACA", "#6FABAB", "#3C8C8C", "#0F6E6E")
FONT = (
    '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", '
    '"WenQuanYi Micro Hei", "Segoe UI", "Helvetica Neue", Arial, sans-serif'
)
# Room for a title beside the vertical axis.
TITLED = {"l": 66, "r": 8, "t": 8, "b": 8}
CONFIG: dict[str, Any] = {"displayModeBar": False, "displaylogo": False, "staticPlot": False}


def figure(height: int, **layout: Any) -> go.Figure:
    """An empty figure in the house style; `layout` overrides single settings."""
    chart = go.Figure()
    chart.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        hoverlabel={"font": {"family": FONT, "size": 13}, "bgcolor": "white"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
        bargap=0.35,
        dragmode=False,
    )
    axis = {
        "automargin": True,
        "fixedrange": True,
        "zeroline": False,
        "title": {"standoff": 8, "font": {"size": 12}},
    }
    chart.update_xaxes(gridcolor=PALE, linecolor=LINE, **axis)
    chart.update_yaxes(gridcolor=PALE, linecolor=LINE, **axis)
    chart.update_layout(**layout)
    return chart


def interval_band(
    chart: go.Figure, months: list[str], low: Any, high: Any, name: str | None = None
) -> None:
    """The interval of every month as one pale band; named in the legend where `name` is given."""
    chart.add_scatter(
        x=months + months[::-1],
        y=[*high, *low[::-1]],
        mode="lines",
        fill="toself",
        fillcolor=ACCENT_PALE,
        opacity=0.6,
        line={"width": 0},
        hoverinfo="skip",
        name=name,
        showlegend=None if name else False,
    )


def row_height(rows: int, each: int = 30, least: int = 140, frame: int = 48) -> int:
    """Height in pixels of a chart with one line of text per row."""
    return max(least, rows * each + frame)


def short_month(month: str, months: list[str]) -> str:
    """The month with its year where a year begins, alone elsewhere: twelve must fit."""
    first = month == months[0] or month.endswith("-01")
    return month if first or len(months) < 8 else month[5:]


def shorten(text: str, width: int = 26) -> str:
    """The text cut to `width` half-width columns; a Chinese character counts for two."""
    used, kept = 0, ""
    for character in text:
        used += 2 if ord(character) > 0x2E7F else 1
        if used > width:
            return kept.rstrip() + "…"
        kept += character
    return text
