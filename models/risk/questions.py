"""Two questions, each trained, measured on later months, logged and registered by itself.

*Find* existing: does a visit now find an unmet need? *Foresee* coming: not in need now, will be
within the horizon. One MLflow experiment and one registered model per question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from core.home import Home
from core.progress import Progress, quiet
from models.risk import gate, registry, report, tracking
from models.risk.card.keeping import keep_card
from models.risk.dataset import FeatureCard, catalogue, listed
from models.risk.errors import RiskError
from models.risk.explain import importance
from models.risk.fitted import FittedRisk
from models.risk.learn import Learned, learn, relearn
from models.risk.portable import keeping
from models.risk.portable.feeds import silent_feeds
from models.risk.rows import (
    QUESTIONS,
    Plan,
    Question,
    Rows,
    plan_months,
    profiled_months,
    question_rows,
)
from models.risk.run import is_synthetic
from models.risk.tested import measure_later
from models.risk.truth import HouseholdOf


@dataclass(frozen=True)
class QuestionResult:
    """What training one question gave; `report` is its section of the model report."""

    question: Question
    version: str
    run_id: str
    fitted: FittedRisk
    plan: Plan
    report: dict[str, Any]
    learned: Learned | None = None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The evaluation table by what later visits found."""
        return self.report["rows"]


def train_questions(
    home: Home,
    known_by: date,
    months: Iterable[date] | None = None,
    progress: Progress = quiet,
    *,
    questions: Sequence[Question] = QUESTIONS,
    slots: Mapping[str, int] | None = None,
    closed_by: date | None = None,
    household_of: HouseholdOf | None = None,
    refit: bool = False,
) -> dict[Question, QuestionResult]:
    """Train with what was known by `known_by`, test on later months, register as challengers.

    `months`: see `rows.plan_months`; missing profiles are built, rule scores of test months too.
    `slots` are the lane's visits a month by question. `closed_by` hides everything learned after
    it (a replay that retrains in the middle of a year). With `refit` the version registered has
    learned once more, in the same way, from what was known by `closed_by`: the test speaks for the
    way of learning. Raises RiskError when history is short.
    """
    from models.risk.monthly import own_pseudonyms

    plan = plan_months(home, known_by, months, closed_by=closed_by)
    _prepare(home, plan, progress)
    cards, found = catalogue(), {}
    household_of = household_of or own_pseudonyms(home)
    for number, question in enumerate(questions):
        progress(f"learn {question}", number, len(questions))
        found[question] = _train(home, question, plan, cards, slots, household_of, refit=refit)
    content: dict[str, Any] = {name: one.report for name, one in found.items()}
    report.write_report(home, _joined(home, content))
    progress("done", len(questions), len(questions))
    return found


def measure_again(
    home: Home,
    result: QuestionResult,
    progress: Progress = quiet,
    *,
    slots: Mapping[str, int] | None = None,
    household_of: HouseholdOf | None = None,
) -> QuestionResult:
    """A version already trained, measured on all months that are later by now.

    Nothing is learned and nothing is registered: the report and the scored months of its question
    are written anew. Raises RiskError when the version's candidates are no longer at hand.
    """
    from models.risk.monthly import own_pseudonyms

    if result.learned is None:
        raise RiskError("only a version trained in this run can be measured again: train it anew")
    question = result.question
    plan = replace(plan_months(home, result.plan.known_by), teach=result.plan.teach)
    _prepare(home, plan, progress)
    household_of = household_of or own_pseudonyms(home)
    found = measure_later(home, question, plan, result.learned, slots, household_of)
    content = report.plain({**result.report, **found.content})
    report.write_report(home, _joined(home, {question: content}))
    return replace(result, plan=plan, report=content)


def _joined(home: Home, content: Mapping[str, Any]) -> dict[str, Any]:
    """One report: a section per question; the first question's keys also at the top."""
    before = (report.read_report(home) or {}).get("questions") or {}
    sections = {name: {**before, **content}[name] for name in QUESTIONS if name in
                {**before, **content}}  # fmt: skip
    return {**next(iter(sections.values())), "questions": sections}


def _prepare(home: Home, plan: Plan, tell: Progress) -> None:
    """Profiles of every month and rule scores of the tested ones, where they are missing."""
    from features.profile import write_profile
    from models.scorecard import score_month

    months = (*plan.teach, *plan.test)
    for number, month in enumerate(months):
        if not (home.monthly("profile", month) / "household.parquet").exists():
            tell(f"profile {month:%Y-%m}", number, len(months))
            write_profile(home, month)
        scored = home.monthly("scores", month) / "scores.parquet"
        if month in plan.test and not scored.exists():
            score_month(home, month)


def _train(
    home: Home,
    question: Question,
    plan: Plan,
    cards: Mapping[str, FeatureCard],
    slots: Mapping[str, int] | None,
    household_of: HouseholdOf | None,
    *,
    refit: bool = False,
) -> QuestionResult:
    rows = question_rows(home, question, plan, list(cards))
    learned = learn(rows, question, plan, cards)
    found = measure_later(home, question, plan, learned, slots, household_of)
    grown = learned
    if refit:
        rows, grown = _refitted(home, question, plan, cards, learned)
    learned_by = date.fromisoformat(str(grown.fitted.report["known_by"])[:10])
    quiet_feeds = silent_feeds(home, grown.fitted.features, learned_by)
    found = found.told_also(feeds_silent=len(quiet_feeds))
    kept = _keep(home, question, plan, cards, rows.labelled, grown, found.measured, found.checked)
    content = report.plain(
        {
            **_about(question, plan, grown, refit),
            **found.content,
            "silent_feeds": quiet_feeds,
            "synthetic": is_synthetic(home),
            "importance": importance(grown.fitted, rows.labelled, cards=cards),
            "version": kept.version,
            "run_id": kept.run_id,
            "champion": registry.champion_card(home, question),
        }
    )
    keeping.keep(home, kept.run_id, content)
    keep_card(home, kept.version, question)
    return QuestionResult(question, kept.version, kept.run_id, grown.fitted, plan, content, learned)


def _refitted(
    home: Home, question: Question, plan: Plan, cards: Mapping[str, FeatureCard], learned: Learned
) -> tuple[Rows, Learned]:
    """The tested model, grown anew on what was known by the day the test was closed."""
    months = profiled_months(home, plan.closed_by)
    newer = plan_months(home, plan.closed_by, months, closed_by=plan.closed_by)
    rows = question_rows(home, question, newer, list(cards))
    return rows, replace(learned, fitted=relearn(rows, question, newer, learned, cards))


def _about(question: Question, plan: Plan, learned: Learned, refit: bool) -> dict[str, Any]:
    """What the page says about a training: what was known, what was chosen."""
    return {
        "question": question,
        "as_of_trained": plan.known_by,
        "refit_known_by": learned.fitted.report["known_by"] if refit else None,
        "horizon": plan.horizon,
        "training": dict(learned.fitted.report),
        "choices": dict(learned.choices),
        "n_features": len(learned.fitted.features),
        "capacity_share": None,
        "table": None,
    }


def _keep(
    home: Home,
    question: Question,
    plan: Plan,
    cards: Mapping[str, FeatureCard],
    frame: pd.DataFrame,
    learned: Learned,
    measured: Mapping[str, Any],
    checked: Mapping[str, Any],
) -> tracking.Registered:
    fitted = learned.fitted
    columns = ["household", "as_of", *fitted.features, "label"]
    split = {
        "question": question, "horizon": plan.horizon, "known_by": plan.known_by.isoformat(),
        "teach": [m.isoformat() for m in plan.taught(question)],
        "test": [m.isoformat() for m in plan.tested(question)],
        "model_known_by": fitted.report["known_by"],
    }  # fmt: skip
    kept = tracking.log_and_register(
        home,
        fitted,
        rows=measured["rows"],
        split=split,
        fingerprint=tracking.fingerprint_of(home, frame, columns, {"taught": len(frame)}),
        features=listed(cards, fitted.features),
        tags={"question": question},
        metrics=gate.figures(checked),
        question=question,
    )
    registry.challenge(home, kept.version, question)
    return kept
