"""The supervision page as a workbook: every table on a tab; no households but masked numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd

import services
from dashboard.app_pages.supervision import figures, referrals
from dashboard.i18n import Say
from dashboard.show import cover, words
from services import Context
from services.names import Kind as Word
from services.supervision import Supervision
from services.workbook import Column, Kind, Sheet, workbook


def book(here: Context, say: Say) -> bytes:
    """Load by place, days per step and place, departments, bands, persons, the oldest, reports.

    Raises NothingYet when no alert was ever raised.
    """
    found = services.supervision.figures(here)
    sheets = [
        Sheet(say("Load by place"), _load(figures.place_rows(here, found, say), say, _PLACE)),
        Sheet(say("Working days per step"), _days(figures.step_rows(found, say), say)),
        Sheet(say("Visit by place"), _days(_by_place(here, found, say), say)),
        Sheet(say("Needs by department"), _departments(figures.department_rows(found, say), say)),
        Sheet(say("By band"), _load(figures.band_rows(found, say), say)),
        Sheet(say("By person"), _load(found.persons.assign(label=found.persons["group"]), say)),
        Sheet(say("Overdue for longest"), _oldest(here, say)),
        Sheet(say("Reported upwards"), _reported(found, say)),
        referrals.sheet(here, say),
    ]
    readers = say("For the bureau: numbers of alerts and places, no names.")
    rows = say(", ").join(f"{sheet.name} {sheet.rows}" for sheet in sheets)
    told = [(say("What it says"), figures.sentence(found, say))]
    return workbook(cover.cover(here, say("Supervision"), readers, rows, say, more=told), sheets)


_PLACE = ("owed", "new", "sent", "visited", "capacity")


def _load(rows: pd.DataFrame, say: Say, more: tuple[str, ...] = ()) -> list[Column]:
    names = {
        "open": say("Open cases"),
        "late": say("Past due"),
        "near": say("Due soon"),
        "owed": say("Visit owed"),
        "new": say("New this month"),
        "sent": say("Sent this month"),
        "visited": say("Visits this month"),
        "capacity": say("Places a month"),
    }
    chosen = ["open", "late", "near", *more]
    return [
        Column(say("Group"), rows["label"].tolist()),
        *(Column(names[name], _counts(rows[name]), Kind.COUNT) for name in chosen),
    ]


def _counts(values: pd.Series) -> list[Any]:
    return [None if pd.isna(value) else int(value) for value in values]


def _by_place(here: Context, found: Supervision, say: Say) -> pd.DataFrame:
    rows = found.by_place
    return rows.assign(label=[figures.place(here, code, say) for code in rows["group"]])


def _days(rows: pd.DataFrame, say: Say) -> list[Column]:
    columns = [
        Column(say("Group"), rows["label"].tolist()),
        Column(say("strictest limit"), _counts(rows["limit_least"]), Kind.COUNT),
        Column(say("mildest limit"), _counts(rows["limit_most"]), Kind.COUNT),
    ]
    for when, name in (("now", say("this month")), ("before", say("last month"))):
        columns += [
            Column(f"n, {name}", _counts(rows[f"n_{when}"]), Kind.COUNT),
            Column(f"{say('mean')}, {name}", _known(rows[f"mean_{when}"]), Kind.DECIMAL),
            Column(f"{say('median')}, {name}", _known(rows[f"median_{when}"]), Kind.DECIMAL),
            Column(f"{say('past due')}, {name}", _counts(rows[f"late_{when}"]), Kind.COUNT),
        ]
    return columns


def _known(values: pd.Series) -> list[Any]:
    return [None if pd.isna(value) else float(value) for value in values]


def _departments(rows: pd.DataFrame, say: Say) -> list[Column]:
    names = {
        "open": say("Waiting"),
        "late": say("Past due"),
        "near": say("Due soon"),
        "met_now": say("Met this month"),
        "met_before": say("Last month"),
    }
    return [
        Column(say("Department"), rows["label"].tolist()),
        *(Column(title, _counts(rows[name]), Kind.COUNT) for name, title in names.items()),
    ]


def _oldest(here: Context, say: Say) -> list[Column]:
    rows = services.supervision.oldest(here)
    return [
        Column(say("Alert"), rows["number"].tolist()),
        Column(say("Township"), [words.place(here, c, say) for c in rows["township_code"]]),
        Column(say("Village"), [words.place(here, c, say) for c in rows["village_code"]]),
        Column(say("Band"), words.labels(Word.BAND, rows["band"], say)),
        Column(say("State"), words.labels(Word.STATE, rows["state"], say)),
        Column(say("Raised on"), rows["raised_on"].tolist(), Kind.DAY),
        Column(say("Due"), rows["due_on"].tolist(), Kind.DAY),
        Column(say("Days late"), _counts(rows["days_late"]), Kind.COUNT),
    ]


def _reported(found: Supervision, say: Say) -> list[Column]:
    kinds = figures.KINDS
    return [
        Column(say("Reported"), [say(name) for name in kinds.values()]),
        Column(say("alerts this month"), [found.reported[k] for k in kinds], Kind.COUNT),
        Column(say("Last month"), [found.reported_before[k] for k in kinds], Kind.COUNT),
    ]
