"""Whom a new version is compared with on the months that test: the version in use.

The champion itself, where its training had ended before those months. Mostly it has learned from
them since, and would be praised for what it was told; then its way stands in: the same features,
weights, directions and parameters, taught what the new version was taught.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.home import Home
from core.progress import Step, unseen
from features.engine.feature import Feature
from models.risk import registry
from models.risk.bench.config import TrainingConfig
from models.risk.errors import RiskError
from models.risk.fitted import FittedRisk
from models.risk.learn import grow_again
from models.risk.rows import Plan, Question, Rows


@dataclass(frozen=True)
class Rival:
    """The version in use as a scorer; `anew`: its way of learning stands in for it."""

    version: str
    scorer: FittedRisk
    anew: bool = False


def in_use(home: Home, question: Question, plan: Plan) -> Rival | None:
    """The champion, if its training ended before the tested months began.

    One that foresees another horizon answers another question and is left out.
    """
    found = _champion(home, question, plan)
    return found if found and not _has_seen(found.scorer, question, plan) else None


def with_its_way(
    home: Home,
    question: Question,
    plan: Plan,
    rows: Rows,
    cards: Mapping[str, Feature],
    asked: TrainingConfig,
    step: Step = unseen,
) -> Rival | None:
    """The champion, or its way taught `rows`; None where there is neither.

    A champion with features that the county no longer has, or that kept nothing of how it was
    chosen, has no way to teach.
    """
    found = _champion(home, question, plan)
    if found is None or not _has_seen(found.scorer, question, plan):
        return found
    report = found.scorer.report
    known = set(found.scorer.features) <= set(rows.labelled.columns)
    if not plan.tested(question) or not known or "chosen" not in report:
        return None
    step("fit champion")
    try:
        taught = grow_again(
            rows, question, plan, found.scorer.features, report["chosen"], cards, asked
        )
    except RiskError:  # too few cases for it: then nobody is compared
        return None
    return Rival(found.version, taught, anew=True)


def _champion(home: Home, question: Question, plan: Plan) -> Rival | None:
    try:
        fitted, version = registry.load(home, question=question)
    except RiskError:
        return None
    if question == "coming" and fitted.report.get("horizon") not in (None, plan.horizon):
        return None
    return Rival(version, fitted)


def _has_seen(fitted: FittedRisk, question: Question, plan: Plan) -> bool:
    """Whether it learned from months that test, or nobody knows until when it learned."""
    known_by, tested = fitted.report.get("known_by"), plan.tested(question)
    return known_by is None or not tested or date.fromisoformat(known_by) > tested[0]
