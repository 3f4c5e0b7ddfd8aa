"""The list of alerts as a workbook: as blind as the list itself."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pydantic import TypeAdapter

import services
from dashboard.app_pages.alerts import narrowing, orders
from dashboard.i18n import Say
from dashboard.show import address, cover, words
from services import Context
from services.names import Kind as Code
from services.workbook import Column, Kind, Sheet, workbook

_WHERE = TypeAdapter(services.cases.AlertFilter)


def filters(here: Context, seen: bool, say: Say) -> list[str]:
    """The chosen filters in words, one line each; empty when nothing is left out."""
    view = address.value("view")
    told = [] if view == "all" else [_line(say("Show"), [say(narrowing.VIEWS[view])], say)]
    options = services.cases.options(here)
    for name, label, _, called in narrowing.filter_fields(here, options, seen, say):
        if chosen := address.value(name):
            told.append(_line(label, [called(code) for code in chosen], say))
    if address.value("urgent"):
        told.append(say("Urgent only"))
    return told


def _line(label: str, values: list[str], say: Say) -> str:
    return label + say.pick("：", ": ") + say.pick("、", ", ").join(values)


def asked(where: Any, sort: str, seen: bool, told: list[str]) -> dict[str, Any]:
    """What a link to the workbook asks for."""
    return {
        "where": _WHERE.dump_python(where, mode="json", exclude_defaults=True),
        "sort": sort,
        "seen": seen,
        "told": told,
    }


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The workbook that a link asks for; not sighted for a reader who may not be."""
    where = _WHERE.validate_python(asked["where"])
    sighted = bool(asked["seen"]) and services.cases.may_sight(here)
    return book(here, where, str(asked["sort"]), sighted, list(asked["told"]), say)


def book(here: Context, where: Any, sort: str, seen: bool, told: list[str], say: Say) -> bytes:
    """The filtered list, households masked; `told` are its filters in words.

    Blind unless it is for the county team (`seen`).
    """
    found = services.cases.everything(here, where, sort, seen)
    sheet = Sheet(say("Alerts"), _columns(here, found.rows, seen, say))
    rows: int | str = sheet.rows
    if found.total > sheet.rows:
        rows = say(
            "the first {n} of {total}: narrow the list to get the others",
            n=say.number(sheet.rows),
            total=say.number(found.total),
        )
    front = cover.cover(
        here,
        say("List of alerts"),
        _readers(seen, say),
        rows,
        say,
        told,
        [(say("Order"), say(orders.WORDS[sort]))],
    )
    return workbook(front, [sheet])


def _readers(seen: bool, say: Say) -> str:
    if seen:
        return say(
            "The county monitoring team only. The list names the visits drawn at random, and "
            "whoever visits must not know it: pass on the list for visits instead."
        )
    return say(
        "Dispatchers and visitors. Some visits are drawn at random to measure what alerts miss, "
        "and whoever visits must not know which: every source but facts and reports is written "
        "'visit', and question, expected finding, score and risk are left out."
    )


def _columns(here: Context, rows: pd.DataFrame, seen: bool, say: Say) -> list[Column]:
    first = _who_and_where(here, rows, say)
    why = [
        Column(say("Strongest reasons"), rows[f"reasons_{say.language}"].tolist(), Kind.LONG),
        Column(
            say("Handling"),
            [say.label(services.names.handling(code)) for code in rows["handling"]],
        ),
    ]
    if seen:
        why += _scores(rows, say)
    blind = (lambda code: code) if seen else services.cases.blind
    why += [
        Column(
            say("Coverage"),
            rows["coverage"].tolist(),
            Kind.PERCENT,
            say("Share of the 55 indicators whose data is there and not out of date."),
        ),
        Column(say("Source"), [narrowing.source(blind(code), say) for code in rows["source"]]),
    ]
    return [*first, *why, *_progress(rows, say)]


def _who_and_where(here: Context, rows: pd.DataFrame, say: Say) -> list[Column]:
    households = zip(rows["who"], rows["household"], strict=True)
    return [
        Column(
            say("Alert number"),
            rows["number"].tolist(),
            meaning=say(
                "Month of raising, then the start of the household's number; it says nothing of "
                "the order or the source."
            ),
        ),
        Column(say("Month raised"), rows["raised_on"].tolist(), Kind.MONTH),
        Column(say("Raised on"), rows["raised_on"].tolist(), Kind.DAY),
        Column(say("Band"), words.labels(Code.BAND, rows["band"], say)),
        Column(say("Urgent"), [say.yes_no(urgent) for urgent in rows["urgent"]]),
        Column(
            say("Household"),
            [words.household(who, code, say) for who, code in households],
            meaning=say("Masked name of the head, and the start of the household's number."),
        ),
        Column(say("Township"), [words.place(here, code, say) for code in rows["township_code"]]),
        Column(say("Village"), [words.place(here, code, say) for code in rows["village_code"]]),
    ]


def _scores(rows: pd.DataFrame, say: Say) -> list[Column]:
    """What only the county team sees."""
    return [
        Column(
            say("Question"),
            words.labels(Code.QUESTION, rows["question"], say),
            meaning=say(
                "What the visit is asked to find: a need there now, or one that comes within six "
                "months. A dash: a fact or report, which asks both."
            ),
        ),
        Column(
            say("Expected"),
            rows["expected"].tolist(),
            Kind.PERCENT,
            say(
                "Probability, when raised, that the visit finds an unmet need; for a need soon: "
                "at the visit or within six months."
            ),
        ),
        Column(
            say("Score"),
            rows["rule_score"].tolist(),
            Kind.DECIMAL,
            say("Points of the scorecard in force when the alert was raised."),
        ),
        Column(
            say("Risk"),
            rows["risk"].tolist(),
            Kind.PERCENT,
            say("Probability of an unmet need within six months, by the risk model."),
        ),
    ]


def _progress(rows: pd.DataFrame, say: Say) -> list[Column]:
    """How far the alert has come."""
    return [
        Column(say("State"), words.labels(Code.STATE, rows["state"], say)),
        Column(
            say("Outcome"),
            _known(words.labels(Code.OUTCOME, rows["outcome"], say), say),
            meaning=say("What the visit found; empty until there is a result."),
        ),
        Column(say("Tries that met nobody"), rows["tries"].tolist(), Kind.COUNT),
        Column(
            say("Due"),
            rows["due_on"].tolist(),
            Kind.DAY,
            say("Day by which the next step is due, in working days."),
        ),
        Column(say("Overdue"), [say.yes_no(late) for late in rows["late"]]),
    ]


def _known(told: list[str], say: Say) -> list[str | None]:
    """Labels, those of unknown codes left empty."""
    unknown = say.percent(None)
    return [None if word == unknown else word for word in told]
