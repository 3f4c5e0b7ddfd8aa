"""A household's case on one line of time: bands, blows, alerts, visits and help by date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go

from core.home import month_end
from dashboard.charts.keeping import kept
from dashboard.charts.style import ACCENT, BAND, GREY, INK, LINE, PALE, SLATE, figure
from dashboard.i18n import Say, mark

# Rows from the top; what is drawn in each, with its sign.
ROWS = ("band", "fact", "raised", "visit", "help")
NAMES = {
    "band": mark("Band"),
    "fact": mark("Facts"),
    "raised": mark("Alerts"),
    "visit": mark("Visits"),
    "help": mark("Help"),
}
ROW_OF = {"fact": "fact", "blow": "fact", "raised": "raised", "closed": "raised",
          "visit": "visit", "help": "help"}  # fmt: skip
SIGNS = {
    "fact": ("line-ns-open", 9, GREY, mark("fact")),
    "blow": ("triangle-down", 12, INK, mark("blow")),
    "raised": ("triangle-up", 13, SLATE, mark("alert raised")),
    "closed": ("square-open", 9, SLATE, mark("closed")),
    "visit": ("diamond", 12, SLATE, mark("visit")),
    "help": ("circle", 12, ACCENT, mark("help given")),
}


def rows_of(bands: pd.DataFrame) -> list[str]:
    """The rows to draw: without bands for who may not know them."""
    return [row for row in ROWS if row != "band" or len(bands)]


@kept
def case_line(marks: pd.DataFrame, bands: pd.DataFrame, until: date, say: Say) -> go.Figure:
    """marks: day, mark (SIGNS), band (of an alert, else null), told; bands: month, band, told."""
    rows = rows_of(bands)
    chart = figure(44 * len(rows) + 62, showlegend=False)
    for name in rows:
        chart.add_hline(y=say(NAMES[name]), line={"color": LINE, "width": 1}, layer="below")
    if len(bands):
        _bands(chart, bands, say)
    for code, (symbol, size, colour, word) in SIGNS.items():
        own = marks[marks["mark"] == code]
        if own.empty:
            continue
        colours = [BAND.get(band, colour) for band in own["band"]]
        chart.add_scatter(
            x=list(own["day"]),
            y=[say(NAMES[ROW_OF[code]])] * len(own),
            mode="markers",
            name=say(word),
            marker={"symbol": symbol, "size": size, "color": colours,
                    "line": {"width": 1.5, "color": colours}},
            hovertext=list(own["told"]),
            hoverinfo="text",
            cliponaxis=False,
        )  # fmt: skip
    days = [*marks["day"], *(month_end(month) for month in bands["month"]), until]
    early = min(days) - timedelta(days=12)
    chart.update_xaxes(type="date", range=[early, until + timedelta(days=12)], tickformat="%Y-%m",
                       nticks=8, gridcolor=PALE)  # fmt: skip
    chart.update_yaxes(
        type="category", categoryorder="array", categoryarray=[say(NAMES[r]) for r in rows],
        range=[len(rows) - 0.5, -0.5], showgrid=False,
    )  # fmt: skip
    return chart


def _bands(chart: go.Figure, bands: pd.DataFrame, say: Say) -> None:
    """One square a month, in the band's colour."""
    chart.add_scatter(
        x=[month_end(month) for month in bands["month"]],
        y=[say(NAMES["band"])] * len(bands),
        mode="markers",
        name=say("band by rule score"),
        marker={"symbol": "square", "size": 12,
                "color": [BAND.get(band, BAND["none"]) for band in bands["band"]]},
        hovertext=list(bands["told"]),
        hoverinfo="text",
        cliponaxis=False,
    )  # fmt: skip


# The same on paper: drawn as lines and shapes alone, so that nothing need be loaded.
_WIDTH, _LEFT, _ROW, _TOP = 720.0, 62.0, 24.0, 8.0
_SHAPES = {
    "fact": '<line x1="{x}" x2="{x}" y1="{a}" y2="{b}" stroke="{c}" stroke-width="1.2"/>',
    "blow": '<path d="M{l} {a}L{r} {a}L{x} {b}Z" fill="{c}"/>',
    "raised": '<path d="M{l} {b}L{r} {b}L{x} {a}Z" fill="{c}"/>',
    "closed": '<rect x="{l}" y="{a}" width="8" height="8" fill="none" stroke="{c}"/>',
    "visit": '<path d="M{x} {a}L{r} {y}L{x} {b}L{l} {y}Z" fill="{c}"/>',
    "help": '<circle cx="{x}" cy="{y}" r="4" fill="{c}"/>',
    "band": '<rect x="{l}" y="{a}" width="8" height="8" fill="{c}"/>',
}


def on_paper(marks: pd.DataFrame, bands: pd.DataFrame, until: date, say: Say) -> str:
    """The picture as SVG, for a printed page."""
    rows = rows_of(bands)
    ends = [month_end(month) for month in bands["month"]]
    first = min([*marks["day"], *ends, until])
    span = max(1, (until - first).days)
    height = _TOP * 2 + _ROW * (len(rows) + 1)
    parts = [f'<svg viewBox="0 0 {_WIDTH:.0f} {height:.0f}" width="100%" role="img">']
    for place, name in enumerate(rows):
        y = _TOP + _ROW * (place + 0.5)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y}" y2="{y}" stroke="{LINE}"/>')
        parts.append(f'<text x="0" y="{y + 4}" font-size="11">{say(NAMES[name])}</text>')

    def at(day: date) -> float:
        return _LEFT + 8 + (_WIDTH - _LEFT - 16) * (day - first).days / span

    drawn = [("band", day, band) for day, band in zip(ends, bands["band"], strict=True)]
    drawn += zip(marks["mark"], marks["day"], marks["band"], strict=True)
    for code, day, band in drawn:
        y = _TOP + _ROW * (rows.index(ROW_OF.get(code, "band")) + 0.5)
        colour = BAND.get(band, SIGNS[code][2] if code in SIGNS else BAND["none"])
        x = at(day)
        parts.append(_SHAPES[code].format(x=x, y=y, l=x - 4, r=x + 4, a=y - 4, b=y + 4, c=colour))
    parts += _ticks(first, until, at, height)
    return "".join(parts) + "</svg>"


def _ticks(first: date, until: date, at: Callable[[date], float], height: float) -> list[str]:
    """The first and the last month, and every January between them."""
    years = [date(year, 1, 1) for year in range(first.year + 1, until.year + 1)]
    room = (until - first) / 10  # what lies nearer to an end would be written over it
    days = [first, *(day for day in years if first + room < day < until - room), until]
    told = []
    for number, day in enumerate(days):
        anchor = "end" if number == len(days) - 1 else "middle" if number else "start"
        told.append(
            f'<text x="{at(day):.0f}" y="{height - 8}" font-size="10" text-anchor="{anchor}" '
            f'fill="{GREY}">{day:%Y-%m}</text>'
        )
    return told
