"""The report by groups as a workbook: every figure with its interval and n, no households."""

from __future__ import annotations

from typing import Any

import pandas as pd

import services
from core.access import links
from core.words import Text
from dashboard.app_pages.fairness import figures
from dashboard.i18n import Say
from dashboard.show import cover
from services import Context, NothingYet
from services.workbook import Column, Kind, Sheet, workbook


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The workbook of a question. Raises LinkRefused for another, NothingYet without a report."""
    question = str(asked["question"])
    if question not in services.fairness.QUESTIONS:
        raise links.LinkRefused("unknown figures")
    report = services.fairness.kept(here, question)
    if report is None:
        raise NothingYet("profile", here.as_of)
    return book(here, report, say)


def book(here: Context, report: dict[str, Any], say: Say) -> bytes:
    """All figures by ruler, and what equal recall would cost."""
    towns = services.fairness.names(here)
    sheets = [
        Sheet(_tab(ruler, say), _figures(report, towns, ruler, say)) for ruler in report["rulers"]
    ]
    for ruler in ("cutoff", "cutoff_truth"):
        rows = services.fairness.equal(report, towns, ruler)
        if len(rows):
            title = f"{say('Equal recall')} {len(sheets)}"
            sheets.append(Sheet(title, _costs(rows, say)))
    told = [figures.basis(report, ruler, say) for ruler in report["rulers"]]
    told += [say(meaning) for meaning in figures.MEANINGS.values()]
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    counted = say(", ").join(f"{sheet.name} {sheet.rows}" for sheet in sheets)
    more = [(say("What the columns mean"), "\n".join(told))]
    front = cover.cover(here, say("Fairness by group"), readers, counted, say, more=more)
    return workbook(front, sheets)


def _tab(ruler: str, say: Say) -> str:
    """A short name of a ruler: tabs hold 31 characters."""
    name = say("Alerts") if ruler.startswith("alerts") else say("Cut-off")
    return f"{name} ({say('simulated truth')})" if ruler.endswith("_truth") else name


def _figures(report: dict[str, Any], towns: dict[str, Text], ruler: str, say: Say) -> list[Column]:
    parts = [
        figures.labelled(report, towns, ruler, measure, say)
        for measure in figures.MEANINGS
        if any(o["ruler"] == ruler and o["measure"] == measure for o in report["figures"])
    ]
    rows = pd.concat(parts, ignore_index=True)
    measures = services.fairness.MEASURES
    return [
        Column(say("Measure"), [say.label(measures[code]) for code in rows["measure"]]),
        Column(say("Group"), rows["label"].tolist()),
        *(Column(title, _known(rows[name]), Kind.SHARE) for title, name in (
            (say("Value"), "value"), (say("Low"), "low"), (say("High"), "high"),
            (say("All others"), "rest"))),
        Column("n", rows["n"].tolist(), Kind.COUNT),
        Column(say("Found in need"), _known(rows["hits"]), Kind.COUNT),
        *(Column(title, _known(rows[name]), Kind.SHARE) for title, name in (
            (say("Difference"), "difference"), (say("Difference, low"), "difference_low"),
            (say("Difference, high"), "difference_high"), (say("Adjusted p"), "adjusted"))),
        Column(say("Remark"), [_remark(row, say) for row in rows.to_dict("records")]),
    ]  # fmt: skip


def _remark(row: dict[str, Any], say: Say) -> str:
    return say("small") if row["small"] else say("served worse") if row["worse"] else ""


def _known(values: pd.Series) -> list[Any]:
    """Values for cells: what is not known is empty."""
    return [None if pd.isna(one) else float(one) for one in values]


def _costs(rows: pd.DataFrame, say: Say) -> list[Column]:
    labels = [say.pick(zh, en) for zh, en in zip(rows["label_zh"], rows["label_en"], strict=True)]
    shares = ((say("Recall now"), "recall"), (say("All others"), "aim"))
    more = ((say("Visits a month more"), "more"), (say("Low"), "more_low"),
            (say("High"), "more_high"))  # fmt: skip
    after = ((say("Precision before"), "before"), (say("Precision after"), "after"),
             (say("Precision after, low"), "after_low"),
             (say("Precision after, high"), "after_high"))  # fmt: skip
    return [
        Column(say("Group"), labels),
        *(Column(title, _known(rows[name]), Kind.SHARE) for title, name in shares),
        Column("n", rows["n"].tolist(), Kind.COUNT),
        *(Column(title, _known(rows[name]), Kind.DECIMAL) for title, name in more),
        *(Column(title, _known(rows[name]), Kind.SHARE) for title, name in after),
        Column("n", rows["after_n"].tolist(), Kind.COUNT),
        Column(say("Precision of those added"), _known(rows["added"]), Kind.SHARE),
        Column("n", rows["added_n"].tolist(), Kind.COUNT),
    ]
