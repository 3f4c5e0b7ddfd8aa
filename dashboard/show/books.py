"""Workbooks of the precision page and of the rows that go back to their department."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

import services
from dashboard.app_pages.precision import trust
from dashboard.app_pages.supervision import figures as supervision
from dashboard.i18n import Say, mark
from dashboard.show import cover
from services import Context
from services.workbook import Column, Kind, Sheet, workbook

RETURNED_WORDS = {
    "row_no": mark("Row in the file"),
    "sheet": mark("Sheet in the workbook"),
    "reason_code": mark("Reason code"),
    "reason_field": mark("Column at fault"),
    "reason_zh": mark("What is wrong"),
    "reason_en": mark("What is wrong"),
    "row_text": mark("The whole row as reported"),
}


def precision(here: Context, denominator: str, question: str, say: Say) -> bytes:
    """Every table of the precision page, a tab each."""
    month = trust.monthly(here, denominator, question)
    days = [date.fromisoformat(f"{one}-01") for one in month["month"]]
    sheets = [
        Sheet(say("By month"), [Column(say("Month"), days, Kind.MONTH), *_figures(month, say)])
    ]
    for by, title in trust.groups(question).items():
        frame = trust.grouped(here, by, denominator, question, say)
        group = Column(say("Group"), frame["label"].tolist())
        sheets.append(Sheet(say(title), [group, *_figures(frame, say)]))
    if question == "existing":
        sheets += [_measures(here, say), _steps(here, say)]
    told = [
        say("What the visit was to find") + say.pick("：", ": ") + say(trust.QUESTIONS[question]),
        say("Denominator") + say.pick("：", ": ") + say(trust.DENOMINATORS[denominator]),
        say(trust.MEANINGS[denominator]),
    ]
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    rows = say(", ").join(f"{sheet.name} {sheet.rows}" for sheet in sheets)
    return workbook(cover.cover(here, say("Precision"), readers, rows, say, told), sheets)


def _measures(here: Context, say: Say) -> Sheet:
    """One set of alerts under every measure."""
    found = services.trust.side_by_side(here)
    words = {one.code: one for one in services.trust.MEASURES}
    told = [words[code] for code in found["measure"]]
    columns = [
        Column(say("Measure"), [say.label(one) for one in told]),
        Column(say("Counted"), found["hits"].tolist(), Kind.COUNT),
        Column(say("Denominator n"), found["n"].tolist(), Kind.COUNT),
        Column(say("Value"), found["share"].tolist(), Kind.SHARE),
        Column(say("Low"), found["low"].tolist(), Kind.SHARE),
        Column(say("High"), found["high"].tolist(), Kind.SHARE),
        Column(say("What it says"), [say.pick(o.says_zh, o.says_en) for o in told], Kind.LONG),
    ]
    return Sheet(say("One set of alerts, every measure"), columns)


def _steps(here: Context, say: Say) -> Sheet:
    """Working days to each step, twelve months."""
    found = services.trust.step_days(here)
    columns = [
        Column(say("Step"), [say(supervision.STEPS[step]) for step in found["step"]]),
        Column("n", found["n"].tolist(), Kind.COUNT),
        Column(say("mean"), found["mean"].tolist(), Kind.DECIMAL),
        Column(say("median"), found["median"].tolist(), Kind.DECIMAL),
        Column(say("past due"), found["late"].tolist(), Kind.COUNT),
    ]
    return Sheet(say("Time to each step"), columns)


def _figures(frame: pd.DataFrame, say: Say) -> list[Column]:
    return [
        Column(say("Alerts"), frame["n_alerts"].tolist(), Kind.COUNT, say("Alerts raised.")),
        Column(
            say("Denominator n"),
            frame["n"].tolist(),
            Kind.COUNT,
            say("Alerts of the denominator: precision is a share of these."),
        ),
        Column(
            say("Confirmed"),
            frame["confirmed_of_n"].tolist(),
            Kind.COUNT,
            say("Alerts of the denominator with at least one unmet need confirmed."),
        ),
        Column(
            say("Precision"),
            frame["precision"].tolist(),
            Kind.SHARE,
            say("Confirmed ÷ denominator n; empty where n is 0."),
        ),
        Column(
            say("Low"),
            frame["low"].tolist(),
            Kind.SHARE,
            say("Lower end of the 95% interval (Wilson)."),
        ),
        Column(
            say("High"),
            frame["high"].tolist(),
            Kind.SHARE,
            say("Upper end of the 95% interval (Wilson)."),
        ),
        Column(
            say("Not verified"),
            frame["unverified_share"].tolist(),
            Kind.SHARE,
            say("Share of the alerts raised that no visit has settled."),
        ),
        Column(
            say("Few cases"),
            [say.yes_no(one) for one in frame["small"]],
            meaning=say("Fewer than 10 cases: read as a hint only."),
        ),
    ]


def returned(here: Context, feed: str, batch: str, purpose: str, say: Say) -> bytes:
    """The refused rows of a delivery for its department, all cells text; recorded first.

    Raises NothingYet when the rows are gone, PurposeRefused for a purpose that names a person.
    """

    def made(rows: pd.DataFrame) -> bytes:
        """The file of these rows."""
        sheet = Sheet(say("Rows to be corrected"), _returned_columns(rows, say))
        about = _delivery(here, feed, batch)
        more = [
            (say("Feed"), say.label(services.names.feed(feed))),
            (say("Owner"), say.label(services.names.owner(feed))),
            (say("File"), str(about["file"])),
            (say("Period"), f"{about['period'][:4]}-{about['period'][4:6]}"),
            (say("Reported on"), say.day(about["delivered_on"])),
            (say("Taken by"), f"{here.principal.name} ({here.principal.account})"),
            (say("What for"), purpose),
        ]
        readers = say(
            "The department that reported the file, to correct it, and the data steward. The "
            "rows hold names and ID numbers: pass them on by a protected way only, and delete "
            "them when the correction is in."
        )
        title = say("Rows to be corrected")
        return workbook(cover.cover(here, title, readers, sheet.rows, say, more=more), [sheet])

    return services.deliveries.quarantine_list(here, feed, batch, made, purpose)


def _delivery(here: Context, feed: str, batch: str) -> dict[str, Any]:
    frame = services.deliveries.quarantined(here)
    found = frame[(frame["feed"] == feed) & (frame["batch"] == batch)]
    return dict(found.iloc[0])


def _returned_columns(rows: pd.DataFrame, say: Say) -> list[Column]:
    other = {"zh": "reason_en", "en": "reason_zh"}[say.language]
    columns = []
    for name in rows.columns:
        if name == other:
            continue
        title = say(RETURNED_WORDS[name]) if name in RETURNED_WORDS else str(name)
        kind = Kind.LONG if name == "row_text" or name.startswith("reason_") else Kind.TEXT
        columns.append(Column(title, rows[name].tolist(), kind))
    return columns
