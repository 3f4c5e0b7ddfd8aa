"""Asking on the terminal what `doudi init` was not told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from core.home import HomeError
from doudi.progress import console

if TYPE_CHECKING:
    from services.setup import Answers, Figure

_PARTS = 5  # of a standard in one text: name, side, day, value, document


@dataclass(frozen=True)
class Given:
    """What options told; '' and None are asked for."""

    code: str
    name: str
    name_en: str
    province: str
    city: str
    regions: Path | None
    standards: list[str] | None
    feeds: str

    @property
    def enough(self) -> bool:
        """Whether nothing is asked: a script told code and name."""
        return bool(self.code and self.name)


def answers(given: Given, before: Answers) -> Answers:
    """The whole of the answers; `before` are those that stand, offered as defaults."""
    from data.awaited import usual
    from data.setup.answers import read_table
    from services.setup import Answers, codes

    ask = not given.enough
    code = codes.plain(given.code or _text("County code (GB/T 2260, six digits)", before.code))
    name = given.name or _text("County name 县（市、区）名称", before.name)
    more = {
        key: told or (_text(question, getattr(before, key)) if ask else getattr(before, key))
        for key, told, question in (
            ("name_en", given.name_en, "English name (may be empty)"),
            ("province", given.province, "Province 省"),
            ("city", given.city, "City or prefecture 市（州）"),
        )
    }
    table = given.regions or (_table(before) if ask else None)
    places = tuple(read_table(table)) if table else before.places
    if given.standards:
        figures = (*before.figures, *(one for text in given.standards for one in figure(text)))
    else:
        figures = (*before.figures, *_figures()) if ask else before.figures
    feeds = tuple(one.strip() for one in given.feeds.split(",") if one.strip())
    if not feeds:
        feeds = _feeds(before) if ask else before.feeds or usual()
    return Answers(code, name, places=places, figures=figures, feeds=feeds, **more)


def _text(question: str, default: str = "") -> str:
    found: str = typer.prompt(question, default=default, show_default=bool(default), err=True)
    return found.strip()


def _table(before: Answers) -> Path | None:
    kept = f" (empty: keep {before.townships} townships)" if before.places else " (may be empty)"
    told = _text(f"Table of townships and villages, CSV or Excel{kept}")
    return Path(told).expanduser() if told else None


def _figures() -> list[Figure]:
    """Every needed standard: urban and rural value, since when, by which document."""
    from services.setup import NAMES, NEEDED, Figure

    found: list[Figure] = []
    console.print("Standards: an empty value leaves one for later.", highlight=False)
    since = document = ""
    for name in NEEDED:
        unit, zh, en = NAMES[name]
        values = [
            (side, _text(f"{name} {zh} {en}, {side} ({unit})")) for side in ("urban", "rural")
        ]
        if not any(value for _, value in values):
            continue
        since = _text("  holds from, like 2026-01-01", since)
        document = _text("  document (number and title)", document)
        dated = _text("  date of the document (may be empty)")
        link = _text("  link to its text (may be empty)")
        found += [
            Figure(
                name, side, day(since), number(value), document, day(dated) if dated else None, link
            )
            for side, value in values
            if value
        ]
    return found


def _feeds(before: Answers) -> tuple[str, ...]:
    from services.names import feed as words
    from services.setup import all_feeds

    known = all_feeds()
    for place, one in enumerate(known, start=1):
        console.print(f"  {place:2} {one}  {words(one).zh}", highlight=False)
    usual = ",".join(str(known.index(one) + 1) for one in before.feeds if one in known) or "all"
    told = _text("Feeds that exist, by number", usual)
    if told == "all":
        return tuple(known)
    chosen = [one.strip() for one in told.split(",") if one.strip()]
    return tuple(
        known[int(one) - 1] if one.isdigit() and 0 < int(one) <= len(known) else one
        for one in chosen
    )


def figure(text: str) -> list[Figure]:
    """Figures of one option: 'S urban 2026-01-01 750 No. 1 of 2026'; side 'both' gives two.

    Raises HomeError.
    """
    from services.setup import Figure

    parts = text.split(maxsplit=_PARTS - 1)
    if len(parts) < _PARTS:
        raise HomeError(
            f"--standard '{text}': write name, side, day, value and document, like "
            "'S urban 2026-01-01 750 No. 1 of 2026'"
        )
    name, side, since, value, document = parts
    sides = ("urban", "rural") if side == "both" else (side,)
    return [Figure(name, one, day(since), number(value), document) for one in sides]


def day(text: str) -> date:
    """A day like 2026-01-01. Raises SetupError."""
    from data.setup.answers import day_of

    return day_of("standard", "day", text)


def number(text: str) -> float:
    """A number. Raises HomeError."""
    try:
        return float(text.replace(",", ""))
    except ValueError as error:
        raise HomeError(f"'{text}' is no number") from error
