"""How often the alerts were right, and how sure we can be."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import steady as steady_reads
from services.reads import trust as reads
from services.reads.steady import Rate, Steady
from services.reads.trust import DENOMINATOR, YEAR, Coming, Overall, reference
from services.use_case import reading

__all__ = [
    "DENOMINATOR",
    "YEAR",
    "Coming",
    "Overall",
    "Rate",
    "Steady",
    "audit",
    "coming",
    "grouped",
    "overall",
    "reference",
    "steady",
    "warm_up",
    "why_false",
]

overall = reading(Action.SEE_FIGURES, reads.overall)
audit = reading(Action.SEE_FIGURES, reads.audit)
warm_up = reading(Action.SEE_FIGURES, reads.warm_up)
grouped = reading(Action.SEE_FIGURES, reads.grouped)
coming = reading(Action.SEE_FIGURES, reads.coming)
why_false = reading(Action.SEE_FIGURES, reads.why_false)
steady = reading(Action.SEE_FIGURES, steady_reads.steady)
