"""Small pieces of HTML: escaped text in, markup out. Used on pages and in printed sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from dashboard.i18n import Say

# A shape beside every colour, so that red and orange differ in black and white too.
SHAPE = {"red": "▲", "orange": "◆", "yellow": "●", "blue": "■", "lower": "■", "none": "–"}

# Stands wherever figures of an invented county do, in both languages at once.
SYNTHETIC = "合成数据 Synthetic"


def text(value: Any) -> str:
    """Any value as safe text."""
    return escape(str(value))


def block(*parts: str) -> str:
    """Parts in the house style."""
    return f'<div class="dd">{"".join(parts)}</div>'


def synthetic() -> str:
    """The mark of an invented county."""
    return f'<span class="dd-synthetic">{SYNTHETIC}</span>'


def answer(sentence: str) -> str:
    """The page's answer, at its top."""
    return f'<div class="dd dd-answer">{text(sentence)}</div>'


def unseen(*sentences: str) -> str:
    """Text for screen readers only."""
    told = " ".join(f"{text(one)}" for one in sentences if one)
    return f'<p class="dd-unseen">{told}</p>'


def warning(sentence: str) -> str:
    """A line that must not be overlooked."""
    return f'<div class="dd dd-warn">{text(sentence)}</div>'


def band(code: str | None, word: str) -> str:
    """A band as colour, shape and word."""
    known = code if code in SHAPE else "none"
    return f'<span class="dd-band dd-{known}">{SHAPE[known]} {text(word)}</span>'


def whole(word: str) -> str:
    """A word that is not broken over two lines, such as a day."""
    return f'<span class="dd-whole">{text(word)}</span>'


def tag(word: str) -> str:
    """A word in a thin frame."""
    return f'<span class="dd-tag">{text(word)}</span>'


def bar(share: float | None, say: Say) -> str:
    """A share as a small bar and a number."""
    if share is None or share != share:
        return say.percent(None)
    width = max(0.0, min(1.0, float(share))) * 100
    return f'<span class="dd-bar"><i style="width:{width:.0f}%"></i></span>{say.percent(share)}'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Labels above values, side by side; values are markup already."""
    cells = "".join(f"<div><span>{text(label)}</span>{value}</div>" for label, value in pairs)
    return f'<div class="dd dd-facts">{cells}</div>'


def table(
    headers: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[int] = (),
    raw: Iterable[int] = (), nowrap: Iterable[int] = (),
) -> str:  # fmt: skip
    """A table; columns in `right` hold numbers, those in `raw` hold markup already."""
    sides, markup, tight = set(right), set(raw), set(nowrap)

    def kind(column: int) -> str:
        names = [n for n, on in (("r", column in sides), ("w", column in tight)) if on]
        return f' class="{" ".join(names)}"' if names else ""

    head = "".join(f"<th{kind(i)}>{text(h)}</th>" for i, h in enumerate(headers))
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{kind(i)}>{cell if i in markup else text(cell)}</td>" for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="dd"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def jump(anchor: str, words: str) -> str:
    """A link to a part further down this page: on a phone that part is far away."""
    return f'<a class="dd dd-jump" href="#{text(anchor)}" target="_self">{text(words)} ↓</a>'


def line(items: Iterable[tuple[str, str]]) -> str:
    """A story: (when, what) down a line; `what` is markup already."""
    inner = "".join(f"<div><time>{text(when)}</time>{what}</div>" for when, what in items)
    return f'<div class="dd dd-line">{inner}</div>'


def bullets(items: Iterable[str]) -> str:
    """A list of markup lines."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
