"""A trial to take along: a workbook with every table, and one page to print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import services
from core.words import Text
from dashboard.app_pages.household.printing import sheet as paper
from dashboard.app_pages.laboratory import figures
from dashboard.app_pages.rules import shelf
from dashboard.i18n import Say, mark
from dashboard.show import cover, html, words
from services import Context
from services.laboratory import Effect, Moved, Trial
from services.names import Kind as Named
from services.workbook import Column, Kind, Sheet, workbook

READERS = mark("Names no person; households by their masked keys. For the bureau's analysts.")


def _tried(here: Context, asked: dict[str, Any]) -> Trial:
    number = asked["version"]
    edits = services.laboratory.of_plain(asked["edits"])
    found: Trial = services.laboratory.trial(here, int(number) if number else None, edits)
    return found


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The workbook of a trial that a link asks for, by the rules of the page."""
    tried = _tried(here, asked)
    sheets = [
        _figures(tried, say),
        _changes(tried, say),
        _effects(say("Groups"), tried.compared.groups, services.laboratory.GROUPS, say),
        _effects(say("Townships"), tried.compared.townships, _places(here, tried, say), say),
    ]
    if services.laboratory.may_open(here):
        sheets.append(_moved(here, say("Entering"), tried.compared.entering, say))
        sheets.append(_moved(here, say("Leaving"), tried.compared.leaving, say))
    told = [figures.sentence(tried, say), say(figures.NOTE)]
    told += [say("The gate: {reason}", reason=say.label(one)) for one in tried.refused]
    rows = say(", ").join(f"{one.name} {one.rows}" for one in sheets)
    title = say("Trial of rules on past months")
    return workbook(cover.cover(here, title, say(READERS), rows, say, told), sheets)


def page_asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The same on one page of paper, without households."""
    tried = _tried(here, asked)
    parts = [html.answer(figures.sentence(tried, say))]
    parts += [
        html.warning(say("The gate: {reason}", reason=say.label(one))) for one in tried.refused
    ]
    parts.append(figures.table(tried, say))
    if tried.changes:
        parts += [f"<h2>{html.text(say('What it changes'))}</h2>"]
        parts.append(shelf.differences(tried.changes, say))
    parts.append(f"<p>{html.text(say(figures.NOTE))}</p>")
    return paper(say("Trial of rules on past months"), "".join(parts), here, say).encode("utf-8")


def _figures(tried: Trial, say: Say) -> Sheet:
    names, now, then = zip(*figures.rows(tried, say), strict=True)
    columns = [
        Column(say("Figure"), names),
        Column(say("Today's rules"), now),
        Column(say("These rules"), then),
    ]
    return Sheet(say("Figures"), columns)


def _changes(tried: Trial, say: Say) -> Sheet:
    columns = [
        Column(say("What"), [say.label(one.what) for one in tried.changes], Kind.LONG),
        Column(say("Before"), [say.label(one.before) for one in tried.changes]),
        Column(say("After"), [say.label(one.after) for one in tried.changes]),
    ]
    return Sheet(say("What it changes"), columns)


def _places(here: Context, tried: Trial, say: Say) -> dict[str, Text]:
    codes = [one.name for one in tried.compared.townships]
    return {c: Text(*[words.place(here, c, say) or c] * 2) for c in codes}


def _effects(title: str, rows: Sequence[Effect], names: dict[str, Text], say: Say) -> Sheet:
    columns = [
        Column(title, [say.label(names[one.name]) for one in rows]),
        Column(say("Households"), [one.households for one in rows], Kind.COUNT),
        Column(say("Alerted today"), [one.current for one in rows], Kind.COUNT),
        Column(say("Alerted then"), [one.draft for one in rows], Kind.COUNT),
        Column(say("Entering"), [one.entering for one in rows], Kind.COUNT),
        Column(say("Leaving"), [one.leaving for one in rows], Kind.COUNT),
    ]
    return Sheet(title, columns)


def _moved(here: Context, title: str, rows: Sequence[Moved], say: Say) -> Sheet:
    days = services.laboratory.months(here)
    source = [services.names.word(Named.SOURCE, one.source) for one in rows]
    columns = [
        Column(say("Household"), [one.household[:8] for one in rows]),
        Column(say("Village"), [words.place(here, one.village, say) for one in rows]),
        Column(say("First alert"), [days[one.month] for one in rows], Kind.MONTH),
        Column(say("Source"), [say.label(one) for one in source]),
        Column(say("Score today"), [one.before for one in rows], Kind.DECIMAL),
        Column(say("Score then"), [one.after for one in rows], Kind.DECIMAL),
        Column(say("Chance of a find"), [one.chance for one in rows], Kind.PERCENT),
    ]
    return Sheet(title, columns)
