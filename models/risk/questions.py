"""Two questions, each trained, measured on later months, logged and registered by itself.

*Find* existing: does a visit now find an unmet need? *Foresee* coming: not in need now, will be
within the horizon. One MLflow experiment and one registered model per question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.home import Home
from core.progress import Progress, Step, Steps, quiet, unbroken
from features.engine.feature import Feature
from models.risk import gate, registry, report, tracking
from models.risk.bench import flags, runs
from models.risk.bench.budget import Budget
from models.risk.bench.config import TrainingConfig
from models.risk.bench.planning import cards_of, plan_of, steps_of
from models.risk.card.keeping import keep_card
from models.risk.dataset import catalogue, listed
from models.risk.errors import RiskError
from models.risk.explain import importance
from models.risk.fitted import FittedRisk
from models.risk.learn import Learned, learn, relearn
from models.risk.portable import keeping
from models.risk.portable.feeds import silent_feeds
from models.risk.rival import in_use, with_its_way
from models.risk.rows import (
    PROFILED_MONTHS,
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

# What populations of a configuration are called among the rows.
WATCHED = {"watched": "at_risk"}
WATCH = {"at_risk", "secured", "unwatched"}


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
    known_by: date | None = None,
    months: Iterable[date] | None = None,
    progress: Progress = quiet,
    *,
    questions: Sequence[Question] = QUESTIONS,
    slots: Mapping[str, int] | None = None,
    closed_by: date | None = None,
    household_of: HouseholdOf | None = None,
    refit: bool = False,
    config: TrainingConfig | None = None,
) -> dict[Question, QuestionResult]:
    """Train with what was known by `known_by`, test on later months, register as challengers.

    `config` says all that can be chosen; `known_by`, `questions` and `refit` are short for one.
    `months`: see `rows.plan_months`; missing profiles are built, rule scores of test months too.
    `slots` are the lane's visits a month by question. `closed_by` hides everything learned after
    it (a replay that retrains in the middle of a year). With `refit` the version registered has
    learned once more, in the same way, from what was known by `closed_by`: the test speaks for the
    way of learning. Nothing is registered before every question has been learned and measured.
    Raises RiskError when history is short or what is asked cannot be, and Cancelled.
    """
    from models.risk.monthly import own_pseudonyms

    if config is None:
        config = TrainingConfig(known_by=known_by, questions=tuple(questions), refit=refit)
    plan = plan_of(home, config, closed_by=closed_by)
    if months is not None:
        plan = plan_months(home, plan.known_by, months, closed_by=closed_by)
    cards = cards_of(config, catalogue())
    household_of = household_of or own_pseudonyms(home)
    asked = Asked(home, plan, config, cards, slots, household_of)
    again = len(profiled_months(home, plan.closed_by)) + len(plan.test)
    each = steps_of(plan, config, min(again, PROFILED_MONTHS))
    total = each * len(config.questions) + 1
    steps = Steps(progress, total, Budget(config.minutes))
    _prepare(home, plan, progress)
    with runs.opened(home, config.questions, config) as opened:
        ready = {}
        for number, question in enumerate(config.questions):
            steps.reach(each * number)
            ready[question] = _train(asked, question, steps.of(question))
        steps.reach(total - 1)
        steps("register")
        with unbroken():
            found = {q: _registered(asked, one, opened[q]) for q, one in ready.items()}
            report.write_report(home, _joined(home, {q: one.report for q, one in found.items()}))
    progress("done", total, total)
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
        raise RiskError(
            "只有本次训练的版本可以重新计算：请重新训练",
            "only a version trained in this run can be measured again: train it anew",
        )
    question = result.question
    plan = replace(plan_months(home, result.plan.known_by), teach=result.plan.teach)
    _prepare(home, plan, progress)
    household_of = household_of or own_pseudonyms(home)
    rival = in_use(home, question, plan)
    found = measure_later(home, question, plan, result.learned, slots, household_of, rival=rival)
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
        if not home.has_profile(month):
            tell(f"profile {month:%Y-%m}", number, len(months))
            write_profile(home, month)
        scored = home.monthly("scores", month) / "scores.parquet"
        if month in plan.test and not scored.exists():
            score_month(home, month)


@dataclass(frozen=True)
class Asked:
    """What the training of every question needs to know."""

    home: Home
    plan: Plan
    config: TrainingConfig
    cards: Mapping[str, Feature]
    slots: Mapping[str, int] | None
    household_of: HouseholdOf | None

    def rows(self, question: Question, plan: Plan, step: Step) -> Rows:
        """Labelled rows of the households that are to teach."""
        kinds = {WATCHED.get(name, name) for name in self.config.populations}
        watch = None if kinds == WATCH else kinds
        return question_rows(self.home, question, plan, list(self.cards), step, watch=watch)


@dataclass(frozen=True)
class Ready:
    """A question that was learned and measured; nothing of it is registered yet."""

    question: Question
    learned: Learned
    grown: Learned
    content: dict[str, Any]
    fingerprint: dict[str, Any]
    rows: list[dict[str, Any]]
    metrics: dict[str, float]


def _train(asked: Asked, question: Question, step: Step) -> Ready:
    home, plan, cards, config = asked.home, asked.plan, asked.cards, asked.config
    rows = asked.rows(question, plan, step)
    learned = learn(rows, question, plan, cards, config, step)
    rival = with_its_way(home, question, plan, rows, cards, config, step)
    found = measure_later(
        home,
        question,
        plan,
        learned,
        asked.slots,
        asked.household_of,
        config.candidates,
        step,
        rival,
    )
    grown = learned
    if config.refit:
        rows, grown = _refitted(asked, question, learned, step)
    learned_by = date.fromisoformat(str(grown.fitted.report["known_by"])[:10])
    quiet_feeds = silent_feeds(home, grown.fitted.features, learned_by)
    step("leaks")
    closes = plan.horizon if question == "coming" else 1
    leaks = flags.leaks_of(rows.labelled, grown.fitted.features, closes, cards)
    silent = {f"{gate.SILENT}.{feed}": 1.0 for feed in quiet_feeds}
    found = found.told_also(leaks, **{gate.SILENT: float(len(quiet_feeds))}, **silent)
    step("importance")
    weights = importance(grown.fitted, rows.labelled, cards=cards)
    content = {
        **_about(question, plan, grown, config),
        **found.content,
        "silent_feeds": quiet_feeds,
        "synthetic": is_synthetic(home),
        "importance": weights,
    }
    columns = ["household", "as_of", *grown.fitted.features, "label"]
    counted = {"taught": len(rows.labelled)}
    print_of = tracking.fingerprint_of(home, rows.labelled, columns, counted)
    table = list(found.measured["rows"])
    return Ready(question, learned, grown, content, print_of, table, found.metrics)


def _refitted(
    asked: Asked, question: Question, learned: Learned, step: Step
) -> tuple[Rows, Learned]:
    """The tested model, grown anew on what was known by the day the test was closed."""
    home, plan = asked.home, asked.plan
    months = profiled_months(home, plan.closed_by)
    newer = plan_months(home, plan.closed_by, months, closed_by=plan.closed_by)
    newer = replace(newer, horizon=plan.horizon)
    rows = asked.rows(question, newer, step)
    fitted = relearn(rows, question, newer, learned, asked.cards, asked.config, step)
    return rows, replace(learned, fitted=fitted)


def _registered(asked: Asked, ready: Ready, run_id: str) -> QuestionResult:
    """Log, register as challenger, and finish the question's section of the report."""
    kept = _keep(asked, ready, run_id)
    home, question = asked.home, ready.question
    content = report.plain(
        {
            **ready.content,
            "version": kept.version,
            "run_id": kept.run_id,
            "champion": registry.champion_card(home, question),
        }
    )
    keeping.keep(home, kept.run_id, content)
    keep_card(home, kept.version, question)
    fitted = ready.grown.fitted
    return QuestionResult(
        question, kept.version, kept.run_id, fitted, asked.plan, content, ready.learned
    )


def _about(
    question: Question, plan: Plan, learned: Learned, config: TrainingConfig
) -> dict[str, Any]:
    """What the page says about a training: what was known, what was chosen."""
    return {
        "question": question,
        "as_of_trained": plan.known_by,
        "refit_known_by": learned.fitted.report["known_by"] if config.refit else None,
        "horizon": plan.horizon,
        "training": dict(learned.fitted.report),
        "choices": dict(learned.choices),
        "config": config.plain(),
        "n_features": len(learned.fitted.features),
        "capacity_share": None,
        "table": None,
    }


def _keep(asked: Asked, ready: Ready, run_id: str) -> tracking.Registered:
    question, plan, fitted = ready.question, asked.plan, ready.grown.fitted
    split = {
        "question": question, "horizon": plan.horizon, "known_by": plan.known_by.isoformat(),
        "teach": [m.isoformat() for m in plan.taught(question)],
        "test": [m.isoformat() for m in plan.tested(question)],
        "model_known_by": fitted.report["known_by"],
    }  # fmt: skip
    kept = tracking.log_and_register(
        asked.home,
        fitted,
        rows=ready.rows,
        split=split,
        fingerprint=ready.fingerprint,
        features=listed(asked.cards, fitted.features),
        metrics=ready.metrics,
        question=question,
        run_id=run_id,
    )
    registry.challenge(asked.home, kept.version, question)
    return kept
