"""The threshold laboratory: rules tried on the past before they touch a family."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.laboratory.fitting import payoff
from alerts.laboratory.months import GROUPS
from alerts.rule_edits import of_plain, plain
from core.access.areas import COUNTY
from core.access.roles import Action
from services import rules
from services.context import Context
from services.reads import laboratory as reads
from services.reads import promises
from services.reads.laboratory import (
    Compared,
    Edits,
    Effect,
    Estimates,
    Fitted,
    Moved,
    Overlap,
    Placed,
    Point,
    Promise,
    Proposals,
    Report,
    Side,
    Trial,
)
from services.reads.promises import Outcome
from services.use_case import acting, reading

__all__ = [
    "GROUPS",
    "Compared",
    "Edits",
    "Effect",
    "Estimates",
    "Fitted",
    "Moved",
    "Outcome",
    "Overlap",
    "Placed",
    "Point",
    "Promise",
    "Proposals",
    "Report",
    "Side",
    "Trial",
    "curves",
    "keep",
    "may_open",
    "months",
    "of_plain",
    "outcomes",
    "overlaps",
    "payoff",
    "proposals",
    "told",
    "trial",
    "village_codes",
    "villages",
    "who",
]

trial = reading(Action.SEE_RULES, reads.trial)
curves = reading(Action.SEE_RULES, reads.curves)
proposals = reading(Action.SEE_RULES, reads.proposals)
overlaps = reading(Action.SEE_RULES, reads.overlaps)
# These name households.
villages = reading(Action.SEE_ORIGINS, reads.villages)


told = plain
months = reading(Action.SEE_RULES, reads.months)
outcomes = reading(Action.SEE_RULES, promises.outcomes)
village_codes = reading(Action.SEE_RULES, reads.village_codes)


def may_open(context: Context) -> bool:
    """Whether the principal may see which households enter or leave."""
    return context.principal.may(Action.SEE_ORIGINS, context.scope)


@acting(Action.SEE_ORIGINS)
def who(context: Context, households: Sequence[str]) -> dict[str, str]:
    """Masked heads of households that a trial names."""
    return reads.heads(context.home, context.as_of, households)


@acting(Action.TUNE_RULES)
def keep(context: Context, number: int, seen: int) -> Trial:
    """Try a draft as it is stored and keep the figures with it; then it can be approved."""
    found = reads.trial(context.home, context.as_of, COUNTY, number, ())
    rules.tried(context, number, reads.kept_figures(found), seen)
    return found
