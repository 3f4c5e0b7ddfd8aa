"""The risk model: probability that a household comes into unmet need within the horizon.

Public names are loaded when first used, so that a page which only reads results does not wait
for LightGBM and MLflow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.risk.errors import RiskError
    from models.risk.explain import explain_households
    from models.risk.external.training import train_from_file
    from models.risk.monthly import plan_split, train_month
    from models.risk.questions import QuestionResult, measure_again, train_questions
    from models.risk.registry import champion_card, champion_version, history, promote, rollback
    from models.risk.report import read_report
    from models.risk.rows import plan_months, taught_months
    from models.risk.run import TrainResult
    from models.risk.score import read_risk, score_month

_WHERE = {
    "QuestionResult": "questions",
    "RiskError": "errors",
    "TrainResult": "run",
    "champion_card": "registry",
    "champion_version": "registry",
    "explain_households": "explain",
    "history": "registry",
    "plan_months": "rows",
    "plan_split": "monthly",
    "promote": "registry",
    "read_report": "report",
    "read_risk": "score",
    "rollback": "registry",
    "score_month": "score",
    "taught_months": "rows",
    "train_from_file": "external.training",
    "train_month": "monthly",
    "measure_again": "questions",
    "train_questions": "questions",
}

__all__ = [
    "QuestionResult",
    "RiskError",
    "TrainResult",
    "champion_card",
    "champion_version",
    "explain_households",
    "history",
    "measure_again",
    "plan_months",
    "plan_split",
    "promote",
    "read_report",
    "read_risk",
    "rollback",
    "score_month",
    "taught_months",
    "train_from_file",
    "train_month",
    "train_questions",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'models.risk' has no attribute '{name}'")
    return getattr(import_module(f"models.risk.{_WHERE[name]}"), name)
