"""The figures of the Model page as workbooks: candidates over the folds, no households in them."""

from __future__ import annotations

from typing import Any

import services
from core.access import links
from dashboard.app_pages.model import external as own_table
from dashboard.app_pages.model import rolling
from dashboard.app_pages.model.figures import scorer
from dashboard.i18n import Say
from dashboard.show import cover
from services import Context, NothingYet
from services.workbook import Column, Kind, Sheet, workbook

ENDS = ("", "_low", "_high")


def folds_asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The kept rolling test of a question. Raises LinkRefused for another, NothingYet for none."""
    question = str(asked["question"])
    if question not in services.fairness.QUESTIONS:
        raise links.LinkRefused("unknown figures")
    content = services.risk_model.rolling(here, question)
    if not content:
        raise NothingYet("model")
    told = [rolling.answer(content, say), rolling.note(content, say), rolling.lead_note(say)]
    return _book(here, say("Folds"), content, told, say)


def external_asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The last table of one's own. Raises NothingYet before the first."""
    content = services.risk_model.external(here)
    if not content:
        raise NothingYet("model")
    report = content["folds_report"]
    told = [rolling.answer(report, say), own_table.note(content, say)]
    return _book(here, say("A table of one's own"), report, told, say)


def _book(here: Context, title: str, content: dict[str, Any], told: list[str], say: Say) -> bytes:
    sheets = [
        Sheet(say("Candidates"), _ranks(content["rows"], say)),
        Sheet(say("At capacity"), _capacities(content["capacity"], say)),
        Sheet(say("Choices"), _choices(content["regret"], say)),
        Sheet(say("Leaks"), _leaks(content["leaks"]["flags"], say)),
    ]
    sheets = [sheet for sheet in sheets if sheet.rows]
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    rows = say(", ").join(f"{sheet.name} {sheet.rows}" for sheet in sheets)
    more = [(say("What the figures mean"), "\n".join(told))]
    return workbook(cover.cover(here, title, readers, rows, say, more=more), sheets)


def _ranks(rows: list[dict[str, Any]], say: Say) -> list[Column]:
    """Every candidate in every population, all folds together."""
    return [
        Column(say("Scorer"), [scorer(r["candidate"], say) for r in rows]),
        Column(say("Population"), [own_table.population(r["population"], say) for r in rows]),
        Column("n", _of(rows, "n"), Kind.COUNT),
        Column(say("In need"), _of(rows, "n_cases"), Kind.COUNT),
        *_spans(rows, "ap", say("Average precision"), Kind.FINE, say),
        *_spans(rows, "auc", say("AUC"), Kind.FINE, say),
        *_spans(rows, "brier", say("Brier"), Kind.FINE, say),
        *_spans(rows, "slope", say("Calibration slope"), Kind.FINE, say),
        Column(say("Calibration error"), _of(rows, "ece"), Kind.FINE),
    ]


def _capacities(rows: list[dict[str, Any]], say: Say) -> list[Column]:
    """Every candidate at every capacity, the folds together (no number) and one by one."""
    return [
        Column(say("Scorer"), [scorer(r["candidate"], say) for r in rows]),
        Column(say("Fold"), _of(rows, "fold"), Kind.COUNT, say("Empty: all folds together.")),
        Column(say("Capacity"), [_capacity(r["capacity"], say) for r in rows]),
        Column(say("Visits k"), _of(rows, "k"), Kind.COUNT),
        Column(say("of them visited"), _of(rows, "n_seen"), Kind.COUNT),
        *_spans(rows, "precision", say("Precision at k"), Kind.SHARE, say),
        *_spans(rows, "recall", say("Recall at k"), Kind.SHARE, say),
        Column(say("ties lost"), _of(rows, "tie_low"), Kind.SHARE),
        Column(say("ties won"), _of(rows, "tie_high"), Kind.SHARE),
        Column(say("Lead, months"), [rolling.lead_months(r) for r in rows], Kind.DECIMAL),
        Column(say("Right picks with a lead"), _of(rows, "n_lead"), Kind.COUNT),
    ]


def _choices(rows: list[dict[str, Any]], say: Say) -> list[Column]:
    return [
        Column(say("Fold"), _of(rows, "fold"), Kind.COUNT),
        Column(say("Measure"), [say(rolling.MEASURES[r["measure"]]) for r in rows]),
        Column(say("Best in the folds before"), [scorer(r["chosen"], say) for r in rows]),
        Column(say("It reached"), _of(rows, "chosen_value"), Kind.FINE),
        Column(say("Best in this fold"), [scorer(r["best"], say) for r in rows]),
        Column(say("The best reached"), _of(rows, "best_value"), Kind.FINE),
        Column(say("Regret"), _of(rows, "regret"), Kind.FINE),
    ]


def _leaks(rows: list[dict[str, Any]], say: Say) -> list[Column]:
    return [
        Column(say("Feature"), [say.pick(r["label_zh"], r["label_en"]) for r in rows]),
        Column(say("What speaks against it"), [rolling.leak(r, say) for r in rows], Kind.LONG),
        Column(say("AUC"), _of(rows, "auc"), Kind.FINE),
        Column(say("AUC compared with"), _of(rows, "compared"), Kind.FINE),
    ]


def _spans(rows: list[dict[str, Any]], name: str, title: str, kind: Kind, say: Say) -> list[Column]:
    """A figure and the ends of its 95 % interval."""
    titles = (title, f"{title}, {say('Low')}", f"{title}, {say('High')}")
    return [Column(told, _of(rows, f"{name}{end}"), kind)
            for told, end in zip(titles, ENDS, strict=True)]  # fmt: skip


def _of(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return [row.get(name) for row in rows]


def _capacity(name: str, say: Say) -> str:
    return say("this county's visits") if name == "real" else say.percent(float(name), 1)
