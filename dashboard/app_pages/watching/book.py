"""A month's watch as a workbook: figures only, no households."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

import services
from dashboard.app_pages.watching import figures
from dashboard.i18n import Say
from dashboard.show import cover
from services import Context, NothingYet
from services.workbook import Column, Kind, Sheet, workbook


def book(here: Context, say: Say) -> bytes:
    """Shifts by group, deliveries, promises beside findings, expected finds.

    Raises NothingYet when the month was not watched.
    """
    found = services.watching.watched(here)
    if found is None:
        raise NothingYet("model")
    sheets = [
        Sheet(say("What has moved"), _shifts(found, say)),
        Sheet(say("What departments delivered"), _deliveries(found, say)),
        Sheet(say("Promised and found"), _ripening(found, say)),
        Sheet(say("Expected finds"), _expected(found, say)),
    ]
    told = [figures.sentence(found, say), figures.about(found, say)]
    told += [notice[say.language] for notice in found["notices"]]
    told += [say(words) for words in figures.MEANINGS]
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    rows = say(", ").join(f"{sheet.name} {sheet.rows}" for sheet in sheets)
    more = [(say("What it says"), "\n".join(told))]
    return workbook(cover.cover(here, say("Model watch"), readers, rows, say, more=more), sheets)


def _shifts(found: dict[str, Any], say: Say) -> list[Column]:
    rows = pd.concat([figures.shift_rows(found, group, say) for group in figures.GROUPS])
    return [
        Column(say("Households"), [say(figures.GROUPS[one]) for one in rows["group"]]),
        Column(say("Feature"), rows["label"].tolist()),
        Column(say("Effect"), _known(rows["delta"]), Kind.DECIMAL),
        Column(say("Size"), [say(figures.SIZES[one]) for one in rows["size"]]),
        Column(say("unknown then"), rows["unknown_then"].tolist(), Kind.SHARE),
        Column(say("unknown now"), rows["unknown_now"].tolist(), Kind.SHARE),
        Column(say("Season"), [say("season") if one else "" for one in rows["season"]]),
        Column(say("n then"), rows["n_then"].tolist(), Kind.COUNT),
        Column(say("n now"), rows["n_now"].tolist(), Kind.COUNT),
    ]


def _deliveries(found: dict[str, Any], say: Say) -> list[Column]:
    rows = pd.DataFrame(found["volumes"])
    faults = found["verdict"]["feeds"]
    return [
        Column(say("Feed"), [say.label(services.names.feed(one)) for one in rows["feed"]]),
        Column(say("Period"), [f"{one[:4]}-{one[4:]}" for one in rows["period"]]),
        Column(say("Rows"), rows["rows"].tolist(), Kind.COUNT),
        Column(say("usually"), _known(rows["usual"]), Kind.COUNT),
        Column(say("Change"), _known(rows["change"]), Kind.SHARE),
        Column(say("Remark"), [_fault(faults.get(one), say) for one in rows["feed"]]),
    ]


def _fault(fault: str | None, say: Say) -> str:
    return say(figures.FAULTS[fault]) if fault else ""


def _ripening(found: dict[str, Any], say: Say) -> list[Column]:
    parts = [pd.DataFrame(rows).assign(question=q) for q, rows in found["ripening"].items()]
    rows = pd.concat(parts)
    return [
        Column(say("Question"), [say(figures.QUESTIONS[one]) for one in rows["question"]]),
        Column(say("Month"), _days(rows["as_of"]), Kind.MONTH),
        Column("n", rows["n"].tolist(), Kind.COUNT),
        Column(say("promised"), _known(rows["promised"]), Kind.SHARE),
        Column(say("found"), _known(rows["found"]), Kind.SHARE),
        Column(say("Low"), _known(rows["low"]), Kind.SHARE),
        Column(say("High"), _known(rows["high"]), Kind.SHARE),
    ]


def _expected(found: dict[str, Any], say: Say) -> list[Column]:
    rows = pd.DataFrame(found["expected"])
    return [
        Column(say("Month"), _days(rows["as_of"]), Kind.MONTH),
        Column(say("Picks"), rows["said_n"].tolist(), Kind.COUNT),
        Column(say("said"), _known(rows["said_share"]), Kind.SHARE),
        Column(f"{say('said')} {say('Low')}", _known(rows["said_low"]), Kind.SHARE),
        Column(f"{say('said')} {say('High')}", _known(rows["said_high"]), Kind.SHARE),
        Column(say("visited"), rows["came_n"].tolist(), Kind.COUNT),
        Column(say("found"), _known(rows["came_share"]), Kind.SHARE),
        Column(say("Low"), _known(rows["came_low"]), Kind.SHARE),
        Column(say("High"), _known(rows["came_high"]), Kind.SHARE),
    ]


def _days(texts: pd.Series) -> list[date]:
    return [date.fromisoformat(str(one)[:10]) for one in texts]


def _known(values: pd.Series) -> list[Any]:
    """Values for cells: what is not known is empty."""
    return [None if pd.isna(one) else float(one) for one in values]
