"""The tables of the Model page as one workbook: scorers, checks, shadow, promotions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

import services
from core.access import links
from dashboard.app_pages.model import figures, gate, shadow, steps
from dashboard.i18n import Say
from dashboard.show import cover
from services import Context, NothingYet
from services.risk_model import Registry
from services.workbook import Column, Kind, Sheet, workbook

ENDS = ("", "_low", "_high")


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The tables of a question ('' for a model of one label), of all populations.

    Raises LinkRefused for a question that the county does not ask, NothingYet before any training.
    """
    question = str(asked["question"])
    parts = services.risk_model.sections(services.risk_model.report(here))
    if question not in parts:
        raise links.LinkRefused("unknown figures")
    content = figures.with_figures(here, question, parts[question])
    registry = services.risk_model.registry(here, question)
    sheets = [sheet for sheet in _sheets(here, question, content, registry, say) if sheet.rows]
    if not sheets:
        raise NothingYet("model")
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    rows = say(", ").join(f"{sheet.name} {sheet.rows}" for sheet in sheets)
    more = [(say("What the figures mean"), _meaning(question, content, parts[question], say))]
    return workbook(cover.cover(here, say("Risk model"), readers, rows, say, more=more), sheets)


def _sheets(
    here: Context, question: str, content: dict[str, Any], registry: Registry, say: Say
) -> list[Sheet]:
    by_truth = say("Against the sealed truth of the synthetic county")
    checks = gate.rows(content.get("gate") or {}, say)
    return [
        Sheet(say("Candidates"), _scorers(content.get("rows") or [], say)),
        Sheet(by_truth, _scorers(content.get("truth_rows") or [], say)),
        Sheet(say("May it be promoted?"), _checks(checks, say)),
        Sheet(
            say("Calibration: predicted and observed"),
            _calibration(services.risk_model.calibration(content), say),
        ),
        Sheet(say("Influence by factor"), _influence(services.risk_model.importance(content), say)),
        Sheet(
            say("Challenger in shadow"), _shadow(services.risk_model.shadow(here, question), say)
        ),
        Sheet(say("Promotions"), _promotions(registry.history, say)),
        Sheet(say("Proposals that were not approved"), _declined(here, question, say)),
    ]


def _meaning(question: str, content: dict[str, Any], latest: dict[str, Any], say: Say) -> str:
    told = [figures.folds_note(content, say)]
    if question:
        told.insert(0, say(figures.QUESTIONS[question]))
        told.append(figures.measured_on(content, latest, say))
    return "\n".join(told)


def _scorers(rows: list[dict[str, Any]], say: Say) -> list[Column]:
    """Every scorer in every population."""
    return [
        Column(
            say("Population"),
            [say(figures.POPULATIONS.get(r["population"], r["population"])) for r in rows],
        ),
        Column(say("Scorer"), [figures.scorer(str(r["scorer"]), say) for r in rows]),
        Column(say("Test rows"), _of(rows, "n_test"), Kind.COUNT),
        Column(say("In need"), _of(rows, "prevalence"), Kind.SHARE),
        Column(say("Visits k"), _of(rows, "k"), Kind.COUNT),
        Column(say("of them visited"), _of(rows, "n_seen"), Kind.COUNT),
        Column(say("Precision at k"), _of(rows, "precision_at_k"), Kind.SHARE),
        Column(say("Low"), _of(rows, "precision_low"), Kind.SHARE),
        Column(say("High"), _of(rows, "precision_high"), Kind.SHARE),
        Column(say("ties lost"), _of(rows, "tie_low"), Kind.SHARE),
        Column(say("ties won"), _of(rows, "tie_high"), Kind.SHARE),
        Column(say("random visits only"), _of(rows, "precision_random"), Kind.SHARE),
        Column(say("random visits"), _of(rows, "n_random"), Kind.COUNT),
        Column(say("Recall at k"), _of(rows, "recall_at_k"), Kind.SHARE),
        Column(say("Average precision"), _of(rows, "ap"), Kind.FINE),
        Column(say("AUC"), _of(rows, "auc"), Kind.FINE),
        Column(say("Brier"), _of(rows, "brier"), Kind.FINE),
        Column(say("Calibration error"), _of(rows, "ece"), Kind.FINE),
    ]


def _checks(rows: list[list[str]], say: Say) -> list[Column]:
    titles = (say("Check"), say("Value"), say("What it means"))
    kinds = (Kind.TEXT, Kind.TEXT, Kind.LONG)
    return [
        Column(title, [row[place] for row in rows], kind)
        for place, (title, kind) in enumerate(zip(titles, kinds, strict=True))
    ]


def _calibration(frame: pd.DataFrame, say: Say) -> list[Column]:
    rows = frame.to_dict("records")
    return [
        Column(say("Scorer"), [figures.scorer(str(r["scorer"]), say) for r in rows]),
        Column(say("promised"), _of(rows, "mean_risk"), Kind.SHARE),
        Column(say("found"), _of(rows, "observed"), Kind.SHARE),
        Column("n", _of(rows, "n"), Kind.COUNT),
    ]


def _influence(frame: pd.DataFrame, say: Say) -> list[Column]:
    rows = frame.to_dict("records")
    return [
        Column(say("Feature"), [say.pick(r["label_zh"], r["label_en"]) for r in rows]),
        Column(
            say("Mean influence"),
            _of(rows, "mean_abs_shap"),
            Kind.FINE,
            say("Mean size of what the feature adds, SHAP in log-odds."),
        ),
    ]


def _shadow(rows: list[dict[str, Any]], say: Say) -> list[Column]:
    """A row a month; shares of families visited since, with their interval."""
    parts = [
        column
        for part, words in shadow.PARTS.items()
        for column in (
            Column(f"{say(words)}, {say('visited')}", _of(rows, f"{part}_seen"), Kind.COUNT),
            Column(f"{say(words)}, {say('found')}", _of(rows, f"{part}_found"), Kind.SHARE),
            Column(f"{say(words)}, {say('Low')}", _of(rows, f"{part}_low"), Kind.SHARE),
            Column(f"{say(words)}, {say('High')}", _of(rows, f"{part}_high"), Kind.SHARE),
        )
    ]
    return [
        Column(say("Month"), [date.fromisoformat(str(r["month"])[:10]) for r in rows], Kind.MONTH),
        Column(say("Champion"), [f"v{r['champion_version']}" for r in rows]),
        Column(say("Challenger"), [f"v{r['challenger_version']}" for r in rows]),
        Column(say("Visits k"), _of(rows, "slots"), Kind.COUNT),
        Column(say("Shared"), _of(rows, "shared"), Kind.COUNT),
        *parts,
        Column(f"{say('Mean risk')}, {say('Champion')}", _of(rows, "champion_mean"), Kind.SHARE),
        Column(
            f"{say('Mean risk')}, {say('Challenger')}", _of(rows, "challenger_mean"), Kind.SHARE
        ),
        Column(say("Rank correlation"), _of(rows, "rank_correlation"), Kind.FINE),
        Column(say("Largest gap of the distributions"), _of(rows, "distance"), Kind.SHARE),
    ]


def _promotions(history: pd.DataFrame, say: Say) -> list[Column]:
    rows = [[row[0].date(), *row[1:]] for row in figures.history_rows(history, say)]
    kinds = [Kind.DAY, *[Kind.TEXT] * 5, Kind.LONG]
    return [
        Column(title, [row[place] for row in rows], kind)
        for place, (title, kind) in enumerate(zip(figures.history_titles(say), kinds, strict=True))
    ]


def _declined(here: Context, question: str, say: Say) -> list[Column]:
    found = steps.not_approved(here, question)
    return [
        Column(say("When"), [one.decided_at and one.decided_at.date() for one in found], Kind.DAY),
        Column(say("Version"), [f"v{one.version}" for one in found]),
        Column(say("Decision"), [say(steps.STATES[one.state]) for one in found]),
        Column(say("Proposed by"), [one.proposed_by for one in found]),
        Column(say("Why"), [one.reason for one in found], Kind.LONG),
        Column(say("Decided by"), [one.decided_by for one in found]),
        Column(say("What they said"), [one.note for one in found], Kind.LONG),
    ]


def _of(rows: list[dict[str, Any]], name: str) -> list[Any]:
    """A column of rows; what is not known is empty."""
    return [None if pd.isna(row.get(name)) else row.get(name) for row in rows]
