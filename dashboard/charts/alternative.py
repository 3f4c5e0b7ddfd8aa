"""A figure as text, for those who cannot see it: each line or group of bars with its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.i18n import Say

MOST = 24  # values told of one line or group; more are only counted
UNSEEN = "unseen"  # `meta` of a cloud of points: another trace of the figure tells what it shows
Plain = dict[str, Any]  # a part of a figure as plain values
_MARKUP = re.compile(r"<[^>]+>")


def alternative(figure: go.Figure, say: Say) -> str:
    """What the figure shows, in the words and numbers that it draws."""
    # Read as plain values: asking Plotly for each of them takes longer than drawing.
    layout = figure.layout.to_plotly_json()
    told = [_trace(trace.to_plotly_json(), layout, say) for trace in figure.data]
    return say("; ").join(part for part in told if part) or say("no data")


def is_empty(figure: go.Figure) -> bool:
    """Whether the figure shows no value: only axes, reference lines and names."""
    return not any(_shows_value(trace.to_plotly_json()) for trace in figure.data)


def _shows_value(trace: Plain) -> bool:
    # Lines and areas that cannot be pointed at, and bare words, go with the values of others.
    mode = trace.get("mode")
    if mode == "text" or (mode == "lines" and trace.get("hoverinfo") == "skip"):
        return False
    values = _list(trace.get("x" if trace.get("orientation") == "h" else "y"))
    return any(not _missing(value) for value in values)


def _trace(trace: Plain, layout: Plain, say: Say) -> str:
    if trace.get("meta") == UNSEEN:
        return ""
    if trace.get("fill") == "toself":
        return _area(trace, say)
    name, drawn = _plain(trace.get("name")), trace.get("mode")
    if not name and drawn == "lines":  # only guides the eye
        return ""
    if not name and drawn == "text":
        name = say("in total")
    return _named(name, _pairs(trace, layout, say), say)


def _named(name: str, told: list[str], say: Say) -> str:
    if not told:
        return ""
    more = len(told) - MOST
    shown = [*told[:MOST], say("and {n} more values", n=say.number(more))] if more > 0 else told
    return (f"{name}{say.pick('：', ': ')}" if name else "") + say(", ").join(shown)


def _area(trace: Plain, say: Say) -> str:
    """A closed area: its own text (a place on the map), or from where to where it reaches."""
    if texts := [_plain(text) for text in _list(trace.get("text"))]:
        return say(", ").join(texts)
    ends: dict[str, list[float]] = {}
    for label, value in zip(_list(trace.get("x")), _list(trace.get("y")), strict=False):
        ends.setdefault(str(label), []).append(value)
    told = [f"{label} {say.interval(min(both), max(both))}" for label, both in ends.items()]
    return _named(_plain(trace.get("name")), told, say)


def _pairs(trace: Plain, layout: Plain, say: Say) -> list[str]:
    """Label and value of each point; a point without a value is left out."""
    xs, ys = _list(trace.get("x")), _list(trace.get("y"))
    across, along = ("y", "x") if trace.get("orientation") == "h" or _names(ys) else ("x", "y")
    if _names(xs) and _names(ys):  # a mark where a row and a column meet
        labels, values = [f"{y} {x}" for x, y in zip(xs, ys, strict=False)], [None] * len(xs)
    else:
        labels, values = _list(trace.get(across)), _list(trace.get(along))
    names, axis = layout.get(f"{across}axis", {}), layout.get(f"{along}axis", {})
    told = []
    for place, (label, value) in enumerate(zip(labels, values, strict=False)):
        said = _written(trace, place) or _beside(label, layout)
        # The length of a bar that begins elsewhere than at zero is no value of its own.
        if not said and not _missing(value) and trace.get("base") is None:
            said = _number(value, axis, say)
        if said:
            reach = _reach(trace.get(f"error_{along}") or {}, place, value, say)
            told.append(f"{_label(label, names, say)} {said}{reach}".strip())
    return told


def _names(values: Sequence[Any]) -> bool:
    return bool(values) and all(isinstance(value, str) for value in values)


def _written(trace: Plain, place: int) -> str:
    """What is written at a point; what pointing at it shows says more."""
    for texts in (_list(trace.get("hovertext")), _list(trace.get("text"))):
        if place < len(texts) and (text := _plain(texts[place])):
            return text
    return ""


def _beside(label: Any, layout: Plain) -> str:
    """What is written at the end of a row, beside the drawing."""
    for note in layout.get("annotations") or ():
        if note.get("xref") == "paper" != note.get("yref") and note.get("y") == label:
            return _plain(note.get("text"))
    return ""


def _reach(error: Plain, place: int, value: Any, say: Say) -> str:
    """The interval that is drawn around a share, in brackets."""
    above, below = _list(error.get("array")), _list(error.get("arrayminus"))
    if place >= min(len(above), len(below)) or _missing(value):
        return ""
    told = say.interval(value - below[place], value + above[place])
    return say.pick("（{}）", " ({})").format(told)


def _label(label: Any, axis: Plain, say: Say) -> str:
    """A point's name: the axis may write other words than the values it stands at."""
    ticks = dict(zip(_list(axis.get("tickvals")), _list(axis.get("ticktext")), strict=False))
    found = ticks.get(label, label)
    return _plain(found) if isinstance(found, str) else _number(found, axis, say)


def _number(value: Any, axis: Plain, say: Say) -> str:
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
