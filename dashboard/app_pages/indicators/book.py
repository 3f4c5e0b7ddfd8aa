"""The report cards as a workbook: figures only, no households."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

import services
from dashboard.app_pages.indicators import cards, opened
from dashboard.i18n import Say
from dashboard.show import cover, words
from services import Context
from services.indicators import Indicators
from services.workbook import Column, Kind, Sheet, workbook

GROUPS = ("visited", "random", "quiet", "blue", "yellow")


def book(here: Context, say: Say) -> bytes:
    """Cards, by month, by township, causes of false alarms, and what waits for a feed."""
    found = services.indicators.indicators(here)
    month = found.checkup.monthly
    days = [date.fromisoformat(f"{one}-01") for one in month["month"]]
    town = found.checkup.townships
    places = [words.place(here, one, say) for one in town["township"]]
    sheets = [
        Sheet(say("Report cards"), _cards(found, say)),
        Sheet(say("By month"), _group(found, month, Column(say("Month"), days, Kind.MONTH), say)),
        Sheet(say("By township"), _group(found, town, Column(say("Township"), places), say)),
        Sheet(say("Why its alerts were false"), _causes(here, found, say)),
    ]
    if found.waiting:
        sheets.append(Sheet(say("Waiting for a feed"), _waiting(found, say)))
    told = [cards.period(found, say), cards.advice_sentence(found, say)]
    told += [say(meaning) for meaning in cards.MEANINGS]
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    rows = say(", ").join(f"{sheet.name} {sheet.rows}" for sheet in sheets)
    front = cover.cover(here, say("Report cards"), readers, rows, say,
                        more=[(say("What the columns mean"), "\n".join(told))])  # fmt: skip
    return workbook(front, sheets)


def _cards(found: Indicators, say: Say) -> list[Column]:
    rows = cards.frame(found, say)
    columns = [
        Column(say("Indicator"), rows["name"].tolist()),
        Column(say("Remark"), rows["remark"].tolist()),
        Column(say("Points now"), rows["points"].tolist(), Kind.DECIMAL),
        Column(say("Data suggest"), _known(rows["advised"]), Kind.DECIMAL),
        Column(f"{say('Data suggest')} {say('Low')}", _known(rows["low"]), Kind.DECIMAL,
               say("Lower end of the 90% interval.")),
        Column(f"{say('Data suggest')} {say('High')}", _known(rows["high"]), Kind.DECIMAL,
               say("Upper end of the 90% interval.")),
        Column(f"{say('Data suggest')} n", _known(rows["n"]), Kind.COUNT,
               say("Households whose visits taught it.")),
        Column(say("Fired"), rows["fired"].tolist(), Kind.COUNT, say("Households by month.")),
        Column(say("Households"), rows["distinct"].tolist(), Kind.COUNT),
        Column(say("Repeat"), _known(rows["repeat"]), Kind.SHARE),
        Column(say("Known"), _known(rows["known"]), Kind.SHARE),
        Column(say("Most alike"), rows["twin"].tolist()),
        Column(say("Common firings"), _known(rows["twin_share"]), Kind.SHARE),
        Column(say("Adds"), rows["blue_distinct"].tolist(), Kind.COUNT),
    ]  # fmt: skip
    for key in GROUPS:
        own = rows.filter(like=f"{key}_").rename(columns=lambda n, k=key: n.removeprefix(f"{k}_"))
        columns += _shares(own, say, f"{say(opened.GROUPS[key])}: ")
    return columns


def _group(found: Indicators, rows: pd.DataFrame, first: Column, say: Say) -> list[Column]:
    named = [cards.called(found, code, say) for code in rows["indicator"]]
    return [
        Column(say("Indicator"), named),
        first,
        Column(say("Fired"), rows["fired"].tolist(), Kind.COUNT),
        Column(say("of households"), _known(rows["rate"]), Kind.SHARE),
        *_shares(rows, say),
    ]


def _shares(rows: pd.DataFrame, say: Say, before: str = "") -> list[Column]:
    return [
        Column(f"{before}{say('visited')}", rows["n"].tolist(), Kind.COUNT),
        Column(f"{before}{say('found')}", rows["found"].tolist(), Kind.COUNT),
        Column(f"{before}{say('share')}", _known(rows["share"]), Kind.SHARE),
        Column(f"{before}{say('Low')}", _known(rows["low"]), Kind.SHARE),
        Column(f"{before}{say('High')}", _known(rows["high"]), Kind.SHARE),
    ]


def _known(values: pd.Series) -> list[Any]:
    """Values for cells: what is not known is empty."""
    return [None if pd.isna(one) else float(one) for one in values]


def _causes(here: Context, found: Indicators, say: Say) -> list[Column]:
    rows = services.indicators.causes(here)
    return [
        Column(say("Indicator"), [cards.called(found, one, say) for one in rows["indicator"]]),
        Column(say("Cause"), [opened.cause(one, say) for one in rows["cause"]]),
        Column(say("False alarms"), rows["n"].tolist(), Kind.COUNT),
        Column(say("False alarms in all"), rows["false"].tolist(), Kind.COUNT),
        Column(say("Concluded alerts"), rows["concluded"].tolist(), Kind.COUNT),
    ]


def _waiting(found: Indicators, say: Say) -> list[Column]:
    return [
        Column(say("Indicator"), [f"{w.id} {say.label(w.label)}" for w in found.waiting]),
        Column(say("Waits for"), [say.label(w.waiting_for) for w in found.waiting]),
    ]
