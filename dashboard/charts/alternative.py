"""A figure as text, for those who cannot see it: each line or group of bars with its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.i18n import Say

MOST = 24  # values told of one line or group; more are only counted
_MARKUP = re.compile(r"<[^>]+>")


def alternative(figure: go.Figure, say: Say) -> str:
    """What the figure shows, in the words and numbers that it draws."""
    # Read as plain values: asking Plotly for each of them takes longer than drawing.
    layout = figure.layout.to_plotly_json()
    told = [_trace(trace.to_plotly_json(), layout, say) for trace in figure.data]
    return say("; ").join(part for part in told if part)


def _trace(trace: dict[str, Any], layout: dict[str, Any], say: Say) -> str:
    pairs = _pairs(trace, layout, say)
    if not pairs:
        return ""
    more = len(pairs) - MOST
    shown = [*pairs[:MOST], say("and {n} more values", n=say.number(more))] if more > 0 else pairs
    name = _plain(trace.get("name"))
    return (f"{name}{say.pick('：', ': ')}" if name else "") + say(", ").join(shown)


def _pairs(trace: dict[str, Any], layout: dict[str, Any], say: Say) -> list[str]:
    """Label and value of each point; a point without a value is left out."""
    if trace["type"].startswith("choropleth"):
        return [text for text in map(_plain, _list(trace.get("text"))) if text]
    across, along = ("y", "x") if _lies(trace) else ("x", "y")
    labels, values = _list(trace.get(across)), _list(trace.get(along))
    names, axis = layout.get(f"{across}axis", {}), layout.get(f"{along}axis", {})
    texts = _list(trace.get("text"))
    told = []
    for place, (label, value) in enumerate(zip(labels, values, strict=False)):
        drawn = _plain(texts[place]) if place < len(texts) else ""
        if drawn or not _missing(value):
            told.append(f"{_label(label, names, say)} {drawn or _number(value, axis, say)}".strip())
    return told


def _lies(trace: dict[str, Any]) -> bool:
    """Whether names stand on the vertical axis and values on the horizontal one."""
    named = any(isinstance(value, str) for value in _list(trace.get("y")))
    measured = not any(isinstance(value, str) for value in _list(trace.get("x")))
    return trace.get("orientation") == "h" or (named and measured)


def _label(label: Any, axis: dict[str, Any], say: Say) -> str:
    """A point's name: the axis may write other words than the values it stands at."""
    ticks = dict(zip(_list(axis.get("tickvals")), _list(axis.get("ticktext")), strict=False))
    found = ticks.get(label, label)
    return _plain(found) if isinstance(found, str) else _number(found, axis, say)


def _number(value: Any, axis: dict[str, Any], say: Say) -> str:
    if not isinstance(value, int | float):
        return _plain(str(value))
    if "%" in (axis.get("tickformat") or ""):
        return say.percent(value)
    return say.number(value, 0 if value == int(value) else 1)


def _list(values: Any) -> Sequence[Any]:
    if values is None:
        return []
    return [values] if isinstance(values, str) else [_python(value) for value in values]


def _python(value: Any) -> Any:
    """A number of numpy as one of Python."""
    return value.item() if hasattr(value, "item") else value


def _missing(value: Any) -> bool:
    return value is None or value != value


def _plain(text: Any) -> str:
    return "" if text is None else " ".join(_MARKUP.sub(" ", str(text)).split())
