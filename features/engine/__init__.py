"""Declarative features: write one reduction, the engine does the rest.

A feature is a function of a table that is already cut to what was known, and happened, within the
window. It returns ONE value per person (or household); the engine groups, joins to the population
and fills in "no record".

    from features.engine import derived, latest, members, source

    claims = source("medical_claims", entity="person")       # or entity="household"

    @claims.feature(months=(3, 12), missing=0.0, unit="元", category="C", monotone=+1,
                    zh="近{months}个月自付医疗费", en="Own medical costs, {months} months")
    def self_paid(c):
        \"\"\"Medical costs the person paid after all reimbursement.\"\"\"
        return c.self_paid.sum()                              # makes self_paid_3m, self_paid_12m

    @members.feature(category="C", zh="…", en="…")            # over the members of a household
    def largest_self_paid(p):
        \"\"\"The highest yearly costs of one member.\"\"\"
        return p.self_paid_12m.max()

    @peers.feature(by=lambda h: (h.county_code, h.n_members), category="C", zh="…", en="…")
    def usual_self_paid(h):                                   # over households of one kind
        \"\"\"The median of households as large in the same county.\"\"\"
        return h.largest_self_paid.median()

    @derived(level="household", category="C", zh="…", en="…") # a formula of one profile row
    def self_paid_per_head(h):
        \"\"\"…\"\"\"
        return h.largest_self_paid / h.n_members

Rules the engine keeps: rows count when known_on <= as_of and happened_on lies in
(as_of - months, as_of]; `missing` must be chosen and fills only while the feed is present and
fresh; an absent or silent feed leaves null; anything that gives many values, reads another table,
or misspells a column is refused at import with a FeatureError. The cut table has one extra column,
`as_of`. Conditions go into the reduction: c.cost.sum(where=c.visit_type == "inpatient"), never
.filter().
For the newest value: latest(t, t.grade), latest_is(t, t.event == "start"); for that of the record
with the highest cost: of_highest(t, t.day, t.cost). days_before(t, t.day) counts days to the month
end, day_before(p.as_of, p.days) turns a count back into a day, later(a, b) is the later of two.
With source(..., standards=True) every record also has S, D, M, W, k, theta, floor_line of its day:
v.income_month / v.consumption_units < v.S. A feed that names persons but no household may be read
with entity="household": its records then belong to the household each person lives in. Where a
record names people in roles (two spouses), source("marriages", role="wife") counts it for that
person only; without a role it counts for everyone it names, and `role` says as whom.
"""

from __future__ import annotations

from features.engine.cut import (
    at_least,
    at_most,
    cut,
    day_before,
    days_before,
    later,
    latest,
    latest_is,
    of_highest,
    order_key,
)
from features.engine.declare import derived, members, spine_feature, total
from features.engine.errors import FeatureError
from features.engine.feature import Feature, registry, scratch_registry
from features.engine.peers import peers
from features.engine.sources import Source, source

__all__ = [
    "Feature",
    "FeatureError",
    "Source",
    "at_least",
    "at_most",
    "cut",
    "day_before",
    "days_before",
    "derived",
    "later",
    "latest",
    "latest_is",
    "members",
    "of_highest",
    "order_key",
    "peers",
    "registry",
    "scratch_registry",
    "source",
    "spine_feature",
    "total",
]
