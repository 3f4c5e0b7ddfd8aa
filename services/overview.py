"""What the Overview shows: the month's figures, the map, the funnel, needs, sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd

from core.access.roles import Action
from services.cases import blind, blind_band, may_sight
from services.context import Context
from services.reads import overview as reads
from services.reads.overview import MEASURES, YEAR, Headline, year_start
from services.use_case import acting, reading

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

townships = reading(Action.SEE_FIGURES, reads.townships)
steps = reading(Action.SEE_FIGURES, reads.steps)
needs = reading(Action.SEE_FIGURES, reads.needs)


@acting(Action.SEE_FIGURES)
def headline(context: Context) -> Headline:
    """The month's figures, as `reads.headline`; bands as a list for visits calls them for who may
    not know which visits were drawn: of a village, a count of one tells a family."""
    found: Headline = reads.headline(context.home, context.as_of, context.scope)
    if may_sight(context):
        return found
    bands: Counter[str] = Counter()
    for band, n in found.bands.items():
        bands[blind_band(band)] += n
    return replace(found, bands=dict(bands))


@acting(Action.SEE_FIGURES)
def by_source(context: Context) -> pd.DataFrame:
    """New alerts of twelve months by month and source, likewise."""
    found: pd.DataFrame = reads.by_source(context.home, context.as_of, context.scope)
    if may_sight(context):
        return found
    told = found.assign(source=found["source"].map(blind))
    return told.groupby(["month", "source"], as_index=False)["n"].sum()
