"""Figures of the fairness page: a dot with its interval per group, and crossings as a map."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.keeping import kept
from dashboard.charts.style import (
    ACCENT,
    BAND,
    GREY,
    INK,
    LINE,
    PALE,
    SCALE,
    SOFT,
    figure,
    row_height,
    shorten,
)
from dashboard.i18n import Say

NAMED = BAND["orange"]
# Of the plot's width, right of the widest interval: room for share and n.
ROOM = 0.5


@kept
def groups(frame: pd.DataFrame, say: Say, rest: float | None = None) -> go.Figure:
    """One measure of each group with its interval, highest first, small groups last.

    frame: label, value, low, high, n, small, worse, signed (a difference, not a share). A group
    served worse is a filled diamond, a small one hollow and grey; `rest` is drawn as a line.
    """
    rows = frame.dropna(subset=["value"])
    rows = rows.sort_values(["small", "value"], ascending=[False, True])
    labels = [shorten(str(text), 32) for text in rows["label"]]
    chart = figure(row_height(len(rows), 26, frame=46))
    colours = [_colour(s, w) for s, w in zip(rows["small"], rows["worse"], strict=True)]
    chart.add_scatter(
        x=rows["value"],
        y=labels,
        mode="markers",
        marker={
            "size": [11 if worse else 9 for worse in rows["worse"]],
            "symbol": ["diamond" if worse else "circle" for worse in rows["worse"]],
            "color": ["#FFFFFF" if s else c for s, c in zip(rows["small"], colours, strict=True)],
            "line": {"color": colours, "width": 2},
        },
        error_x={
            "type": "data", "symmetric": False, "color": GREY, "thickness": 1.5, "width": 0,
            "array": (rows["high"] - rows["value"]).clip(lower=0),
            "arrayminus": (rows["value"] - rows["low"]).clip(lower=0),
        },
        cliponaxis=False,
        customdata=rows[["n", "low", "high"]].to_numpy(),
        hovertemplate="%{y}: %{x:.1%} (%{customdata[1]:.1%} – %{customdata[2]:.1%}, "
        "n=%{customdata[0]:,})<extra></extra>",
    )  # fmt: skip
    for label, row in zip(labels, rows.to_dict("records"), strict=True):
        chart.add_annotation(
            xref="paper", x=1.0, y=label, xanchor="right", showarrow=False,
            text=f"{_told(row, say)}  n={say.number(row['n'])}",
            font={"size": 11, "color": SOFT if row["small"] else INK},
        )  # fmt: skip
    if rest is not None:
        chart.add_vline(x=rest, line={"color": LINE, "width": 2}, layer="below")
    low, high = _span(rows)
    chart.update_xaxes(range=[low, high + (high - low) * ROOM], tickformat=".0%", nticks=6)
    chart.update_yaxes(showgrid=False, type="category")
    return chart


def _colour(small: bool, worse: bool) -> str:
    return GREY if small else NAMED if worse else ACCENT


def _told(row: dict[str, object], say: Say) -> str:
    """The value: a share as per cent, a difference with its sign, both to one decimal if small."""
    value = float(row["value"])  # type: ignore[arg-type]
    if row["signed"]:
        return f"{say.number(value * 100, 1, sign=True)}%"
    return say.percent(value, 0 if value >= 0.1 else 1)


def _span(rows: pd.DataFrame) -> tuple[float, float]:
    """From where to where the axis goes: all groups that are not small, and nought."""
    sure = rows[~rows["small"].astype(bool)]
    sure = sure if len(sure) else rows
    if not len(sure):
        return 0.0, 1.0
    low, high = min(0.0, float(sure["low"].min())), max(0.01, float(sure["high"].max()))
    edge = (high - low) * 0.03
    return low - edge, high


@kept
def crossed(frame: pd.DataFrame, say: Say) -> go.Figure:
    """Two dimensions crossed: value, interval and n in each cell, small cells grey.

    frame: row, column, value, low, high, n, small, worse, signed.
    """
    rows, columns = (list(dict.fromkeys(frame[name])) for name in ("row", "column"))
    cells = {(r["row"], r["column"]): r for r in frame.to_dict("records")}
    shown = [[_shade(cells.get((row, column))) for column in columns] for row in rows]
    chart = figure(row_height(len(rows), 66, least=200, frame=70))
    chart.add_heatmap(
        x=columns, y=rows, z=shown, colorscale=[[i / 5, c] for i, c in enumerate(SCALE)],
        showscale=False, xgap=3, ygap=3, hoverinfo="skip",
    )  # fmt: skip
    known = [v for line in shown for v in line if v is not None]
    middle = (min(known) + max(known)) / 2 if known else 0.0
    for (row, column), one in cells.items():
        dark = not one["small"] and one["value"] == one["value"] and one["value"] > middle
        chart.add_annotation(
            x=column, y=row, showarrow=False, text=_cell(one, say),
            font={"size": 12, "color": "#FFFFFF" if dark else SOFT if one["small"] else INK},
        )  # fmt: skip
    chart.update_layout(plot_bgcolor=PALE)
    chart.update_xaxes(side="top", showgrid=False, type="category")
    chart.update_yaxes(showgrid=False, type="category", autorange="reversed")
    return chart


def _shade(one: dict[str, object] | None) -> float | None:
    if one is None or one["small"] or one["value"] != one["value"]:
        return None
    return float(one["value"])  # type: ignore[arg-type]


def _cell(one: dict[str, object], say: Say) -> str:
    unknown = one["value"] != one["value"]
    told = say.percent(None) if unknown else _told(one, say)
    mark = "◆ " if one["worse"] else ""
    if unknown:
        return f"{told}<br>n={say.number(one['n'])}"
    ends = [say.number(float(one[end]) * 100, 1) for end in ("low", "high")]  # type: ignore[arg-type]
    return f"{mark}<b>{told}</b><br>{ends[0]}–{ends[1]}%<br>n={say.number(one['n'])}"
