"""Listed serious diseases (重特大疾病) and registered chronic ones (慢特病), from settlements."""

from __future__ import annotations

from data.feeds.medical_claims import features as claims
from features.engine import at_least, days_before, source

settlements = claims.claims
registered = source(
    "medical_claims",
    entity="person",
    rows=lambda c: (c.listed_disease | (c.visit_type == "chronic")) & (c.total_cost > 0),
)

DISEASES = ("cancer", "cardiovascular", "renal", "mental", "injury", "other")


@settlements.feature(
    months=12,
    missing=False,
    unit="",
    category="C",
    zh="近12个月患重特大疾病",
    en="Listed serious disease, 12 months",
)
def listed_disease_12m(c):
    """A settlement for a listed serious disease that was not reversed."""
    return claims.net_count(c, c.listed_disease) > 0


def _first(c, group):
    """Day number of the first settlement of a disease group; 0 when there is none."""
    return c.happened_on.min(where=c.disease_group == group).epoch_days().fill_null(0)


@registered.feature(
    months=None,
    missing=None,
    unit="天",
    category="C",
    zh="距新确诊重病或慢特病天数",
    en="Days since the newest listed disease",
)
def days_since_new_disease(c):
    """Days since the newest first settlement of a listed or registered chronic disease."""
    newest = _first(c, DISEASES[0])
    for group in DISEASES[1:]:
        newest = at_least(newest, _first(c, group))
    return c.as_of.max().epoch_days() - newest.nullif(0)


@registered.feature(
    months=None,
    missing=None,
    unit="天",
    category="C",
    zh="距首次获知重病天数",
    en="Days since a listed disease became known",
)
def days_since_disease_known(c):
    """Days since the first delivery that told of a listed or registered chronic disease."""
    return days_before(c, c.known_on.min())
