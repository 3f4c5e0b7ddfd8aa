"""What the Model page shows: the last report, the registry, versions; and the step back.

How a version comes into use: `services.promotions`.
"""

from __future__ import annotations

from core.access.roles import Action
from services import record
from services.context import Context
from services.reads import beginning as begins
from services.reads import risk_model as reads
from services.reads.risk_model import (
    Registry,
    RiskError,
    Version,
    calibration,
    fold_spans,
    importance,
    populations,
    sections,
    shadow_totals,
    table,
)
from services.use_case import acting, reading

__all__ = [
    "Registry",
    "RiskError",
    "Version",
    "beginning",
    "calibration",
    "card",
    "external",
    "external_page",
    "fold_spans",
    "importance",
    "may_promote",
    "measured",
    "populations",
    "registry",
    "report",
    "rollback",
    "rolling",
    "scored_by",
    "sections",
    "shadow",
    "shadow_totals",
    "table",
    "versions",
]

beginning = reading(Action.SEE_FIGURES, begins.beginning)
report = reading(Action.SEE_MODEL, reads.report)
registry = reading(Action.SEE_MODEL, reads.registry)
measured = reading(Action.SEE_MODEL, reads.measured)
versions = reading(Action.SEE_MODEL, reads.versions)
card = reading(Action.SEE_MODEL, reads.card)
shadow = reading(Action.SEE_MODEL, reads.shadow)
scored_by = reading(Action.SEE_MODEL, reads.scored_by)
rolling = reading(Action.SEE_MODEL, reads.rolling)
external = reading(Action.SEE_MODEL, reads.external)
external_page = reading(Action.SEE_MODEL, reads.external_page)


def may_promote(context: Context) -> bool:
    """Whether the principal may propose a model or roll one back."""
    return context.principal.may(Action.PROMOTE, context.scope)


@acting(Action.PROMOTE)
def rollback(context: Context, reason: str, *, question: str = "") -> None:
    """Return to the champion before. Raises RiskError when there is none."""
    reads.rollback(context.home, reason, context.principal.account, question)
    about = {"reason": reason, "question": question}
    record.write(context, "rollback", "model", detail=about)
