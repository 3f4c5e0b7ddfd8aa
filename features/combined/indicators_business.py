"""B09: own business, as far as home visits tell it (policy §3.3 B09)."""

from __future__ import annotations

import ibis

from data.feeds.home_visit_members import features as visit_people
from data.feeds.home_visit_members import features_household as visit_members
from features.engine import derived, members

ORDER = 330

BUILT_ON = (visit_members, visit_people)


@members.feature(unit="人", category="B", zh="走访：雇主人数", en="Members who employ others")
def n_met_employers(p):
    """Members met within 24 months whose main job is that of an employer."""
    return p.met_employer.cast("int64").sum()


@derived(level="household", category="B", zh="自营业务", en="Own business")
def own_business(h):
    """'employer' (staff), 'self_employed' (urban, without staff), otherwise 'none'.

    Rural own account is mostly farming, which is no business: 'none'. Null where nobody was met;
    registration, capital and shares wait for the market-entity feed.
    """
    return ibis.cases(
        (h.n_met_employers.isnull(), None),
        (h.n_met_employers > 0, "employer"),
        ((h.n_met_own_business > 0) & (h.urban_rural == "urban"), "self_employed"),
        else_="none",
    )
