"""How often the alerts were right, and how sure we can be."""

from __future__ import annotations

import pandas as pd

from core.access.roles import Action
from services.cases import blind, blind_band, may_sight
from services.context import Context
from services.names import Kind
from services.reads import measures as measure_reads
from services.reads import steady as steady_reads
from services.reads import trust as reads
from services.reads.measures import BREAKDOWNS, MEASURES
from services.reads.steady import Rate, Steady
from services.reads.trust import DENOMINATOR, YEAR, Coming, Overall, reference
from services.use_case import acting, reading

__all__ = [
    "BREAKDOWNS",
    "DENOMINATOR",
    "MEASURES",
    "YEAR",
    "Coming",
    "Overall",
    "Rate",
    "Steady",
    "audit",
    "by_month",
    "coming",
    "grouped",
    "overall",
    "reference",
    "side_by_side",
    "steady",
    "step_days",
    "warm_up",
    "why_false",
]

overall = reading(Action.SEE_FIGURES, reads.overall)
audit = reading(Action.SEE_ORIGINS, reads.audit)
warm_up = reading(Action.SEE_FIGURES, reads.warm_up)
coming = reading(Action.SEE_FIGURES, reads.coming)
why_false = reading(Action.SEE_FIGURES, reads.why_false)
side_by_side = reading(Action.SEE_FIGURES, measure_reads.side_by_side)
step_days = reading(Action.SEE_FIGURES, measure_reads.step_days)
by_month = reading(Action.SEE_FIGURES, measure_reads.by_month)
steady = reading(Action.SEE_FIGURES, steady_reads.steady)

# Groupings that tell visits drawn at random, and what a list for visits calls their groups.
_TELLING = {"source": (Kind.SOURCE, blind), "band": (Kind.BAND, blind_band)}


@acting(Action.SEE_FIGURES)
def grouped(
    context: Context, by: str | None, denominator: str, question: str | None = None
) -> pd.DataFrame:
    """Precision by one grouping, as `reads.grouped`; groups that would tell visits drawn at random
    are one for who may not know them: of a village, a count of one tells a family."""
    place = (context.home, context.as_of, context.scope)
    found: pd.DataFrame = reads.grouped(*place, by, denominator, question)
    if by not in _TELLING or may_sight(context):
        return found
    told: pd.DataFrame = reads.together(found, *_TELLING[by])
    return told
