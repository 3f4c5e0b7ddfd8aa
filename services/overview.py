"""What the Overview shows: the month's figures, the map, the funnel, needs, sources."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import overview as reads
from services.reads.overview import MEASURES, YEAR, Headline, year_start
from services.use_case import reading

__all__ = [
    "MEASURES",
    "YEAR",
    "Headline",
    "by_source",
    "headline",
    "needs",
    "steps",
    "townships",
    "year_start",
]

headline = reading(Action.SEE_FIGURES, reads.headline)
townships = reading(Action.SEE_FIGURES, reads.townships)
steps = reading(Action.SEE_FIGURES, reads.steps)
by_source = reading(Action.SEE_FIGURES, reads.by_source)
needs = reading(Action.SEE_FIGURES, reads.needs)
