"""Workbooks of the precision page and of the rows that go back to their department."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

import services
from dashboard.app_pages.precision import trust
from dashboard.app_pages.supervision import figures as supervision
from dashboard.i18n import Say
from dashboard.show import cover
from services import Context
from services.workbook import Column, Kind, Sheet, workbook

# Of a refused row: what ingest wrote beside the cells as they were delivered.
_ASIDE = ("row_no", "sheet", "reason_code", "reason_field", "reason_zh", "reason_en")
_ASIDE_TOO = ("place", "at_fault")


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
        sheet = Sheet(say("Rows to be corrected"), _returned_columns(rows, batch, say))
        about = _delivery(here, feed, batch)
        more = [
            (say("Feed"), say.label(services.names.feed(feed))),
            (say("Owner"), say.label(services.names.owner(feed))),
            (say("File"), str(about["file"])),
            (say("Period"), f"{about['period'][:4]}-{about['period'][4:6]}"),
            (say("Reported on"), say.day(about["delivered_on"])),
            (say("Taken by"), f"{here.principal.name} ({here.principal.account})"),
            (say("What for"), purpose),
            (say("How it comes back"), _how(say)),
        ]
        readers = say(
            "The department that reported the file, to correct it, and the data steward. The "
            "rows hold names and ID numbers: pass them on by a protected way only, and delete "
            "them when the correction is in."
        )
        title = say("Rows to be corrected")
        return workbook(cover.cover(here, title, readers, sheet.rows, say, more=more), [sheet])

    return services.deliveries.quarantine_list(here, feed, batch, made, purpose)


def _how(say: Say) -> str:
    """What the department does with the file."""
    return say(
        "Correct the marked cells in this file and send it back under its own name: it is taken as "
        "a correction and closes the rows it puts right. Leave the first columns as they are; "
        "they tell which rows these are. For a row that should not have been reported, write “是” "
        "in the column “{void}”.",
        void=say.label(services.deliveries.column_words("void")),
    )


def _delivery(here: Context, feed: str, batch: str) -> dict[str, Any]:
    frame = services.deliveries.quarantined(here)
    found = frame[(frame["feed"] == feed) & (frame["batch"] == batch)]
    return dict(found.iloc[0])


def _returned_columns(rows: pd.DataFrame, batch: str, say: Say) -> list[Column]:
    """Our own columns, by which the file is understood when it comes back, then those delivered."""
    column = services.deliveries.column_words
    reasons = rows[say.pick("reason_zh", "reason_en")].tolist()
    fields = rows.get("reason_field", pd.Series([None] * len(rows))).tolist()
    ours: list[tuple[str, list[Any], Kind]] = [
        ("batch", [batch] * len(rows), Kind.TEXT),
        ("sheet", rows.get("sheet", pd.Series(dtype=object)).tolist(), Kind.TEXT),
        ("row_no", rows["row_no"].tolist(), Kind.TEXT),
        ("reason", reasons, Kind.LONG),
        ("field", fields, Kind.TEXT),
        ("void", [None] * len(rows), Kind.TEXT),
    ]
    columns = [Column(say.label(column(n)), v, k) for n, v, k in ours if v or not len(rows)]
    for name in rows.columns:
        if name in (*_ASIDE, *_ASIDE_TOO):
            continue
        title = say("The whole row as reported") if name == "row_text" else str(name)
        kind = Kind.LONG if name == "row_text" else Kind.TEXT
        values = rows[name].tolist()
        columns.append(Column(title, values, kind, notes=_notes(name, values, rows, reasons, say)))
    return columns


def _notes(
    name: str, values: list[Any], rows: pd.DataFrame, reasons: list[str], say: Say
) -> dict[int, str]:
    """What to say about cells of a column: why it is at fault, and what nobody sees in it."""
    told = {}
    for n, (value, fault) in enumerate(zip(values, rows["at_fault"], strict=True)):
        seen = services.deliveries.visible(value) if isinstance(value, str) else ""
        at_fault = fault == name
        hidden = seen != value and (at_fault or "‹U+" in seen) and bool(seen)
        parts = [reasons[n]] if at_fault else []
        parts += [say("As it really stands: {cell}", cell=seen)] if hidden else []
        if parts:
            told[n] = "\n".join(parts)
    return told
