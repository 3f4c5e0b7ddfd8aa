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
    told = [_trace(trace, figure, say) for trace in figure.data]
    return say("; ").join(part for part in told if part)


def is_empty(figure: go.Figure) -> bool:
    """Whether the figure shows no value: only axes, reference lines and names."""
    return not any(_shows_value(trace) for trace in figure.data)


def _shows_value(trace: Any) -> bool:
    # Lines and areas that cannot be pointed at, and bare words, go with the values of others.
    mode = getattr(trace, "mode", None)
    if mode == "text" or (mode == "lines" and trace.hoverinfo == "skip"):
        return False
    values = trace.x if getattr(trace, "orientation", None) == "h" else trace.y
    return any(not _missing(value) for value in _list(values))


def _trace(trace: Any, figure: go.Figure, say: Say) -> str:
    pairs = _pairs(trace, figure, say)
    if not pairs:
        return ""
    more = len(pairs) - MOST
    shown = [*pairs[:MOST], say("and {n} more values", n=say.number(more))] if more > 0 else pairs
    name = _plain(getattr(trace, "name", None))
    return (f"{name}{say.pick('：', ': ')}" if name else "") + say(", ").join(shown)


def _pairs(trace: Any, figure: go.Figure, say: Say) -> list[str]:
    """Label and value of each point; a point without a value is left out."""
    if trace.type.startswith("choropleth"):
        return [text for text in map(_plain, _list(trace.text)) if text]
    lying = getattr(trace, "orientation", None) == "h"
    ends = (trace.y, trace.x) if lying else (trace.x, trace.y)
    labels, values = _list(ends[0]), _list(ends[1])
    axis = figure.layout.xaxis if lying else figure.layout.yaxis
    names = figure.layout.yaxis if lying else figure.layout.xaxis
    texts = _list(getattr(trace, "text", None))
    told = []
    for place, (label, value) in enumerate(zip(labels, values, strict=False)):
        drawn = _plain(texts[place]) if place < len(texts) else ""
        if drawn or not _missing(value):
            told.append(f"{_label(label, names, say)} {drawn or _number(value, axis, say)}".strip())
    return told


def _label(label: Any, axis: Any, say: Say) -> str:
    """A point's name: the axis may write other words than the values it stands at."""
    ticks = dict(zip(_list(axis.tickvals), _list(axis.ticktext), strict=False))
    found = ticks.get(label, label)
    return _plain(found) if isinstance(found, str) else _number(found, axis, say)


def _number(value: Any, axis: Any, say: Say) -> str:
    if not isinstance(value, int | float):
        return _plain(str(value))
    if "%" in (axis.tickformat or ""):
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
    return "" if text is None else _MARKUP.sub(" ", str(text)).strip()
