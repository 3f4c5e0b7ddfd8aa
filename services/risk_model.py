"""What the Model page shows and does: the last report, the registry, promotion and rollback."""

from __future__ import annotations

from core.access.roles import Action
from services import record
from services.context import Context
from services.reads import risk_model as reads
from services.reads.risk_model import (
    Registry,
    RiskError,
    calibration,
    fold_spans,
    importance,
    populations,
    sections,
    table,
    verdict,
)
from services.use_case import acting, reading

__all__ = [
    "Registry",
    "RiskError",
    "calibration",
    "fold_spans",
    "importance",
    "may_promote",
    "measured",
    "populations",
    "promote",
    "registry",
    "report",
    "rollback",
    "rolling",
    "sections",
    "table",
    "verdict",
]

report = reading(Action.SEE_MODEL, reads.report)
registry = reading(Action.SEE_MODEL, reads.registry)
measured = reading(Action.SEE_MODEL, reads.measured)
rolling = reading(Action.SEE_MODEL, reads.rolling)


def may_promote(context: Context) -> bool:
    """Whether the principal may promote a model or roll one back."""
    return context.principal.may(Action.PROMOTE, context.scope)


@acting(Action.PROMOTE)
def promote(
    context: Context, version: str, reason: str, *, force: bool = False, question: str = ""
) -> None:
    """Make a version the champion. Raises RiskError with what speaks against it."""
    who = context.principal.account
    reads.promote(context.home, version, reason, who, force, question)
    about = {"reason": reason, "forced": force, "question": question}
    record.write(context, "promote", "model", version, detail=about)


@acting(Action.PROMOTE)
def rollback(context: Context, reason: str, *, question: str = "") -> None:
    """Return to the champion before. Raises RiskError when there is none."""
    reads.rollback(context.home, reason, context.principal.account, question)
    about = {"reason": reason, "question": question}
    record.write(context, "rollback", "model", detail=about)
