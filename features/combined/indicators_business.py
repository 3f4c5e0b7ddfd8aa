"""B09: own business, by the register of firms and by home visits (policy §3.3 B09)."""

from __future__ import annotations

import ibis

from data.feeds.firms import features as firms
from data.feeds.home_visit_members import features as visit_people
from data.feeds.home_visit_members import features_household as visit_members
from features.engine import derived, members

ORDER = 330

BUILT_ON = (firms, visit_members, visit_people)
LARGE_CAPITAL = 100_000.0


@members.feature(unit="人", category="B", zh="走访：雇主人数", en="Members who employ others")
def n_met_employers(p):
    """Members met within 24 months whose main job is that of an employer."""
    return p.met_employer.cast("int64").sum()


@derived(
    level="household", category="B", for_model=False, zh="走访所见自营业务", en="Own business met"
)
def business_met(h):
    """'employer' (staff), 'self_employed' (urban, without staff), 'none' by the newest visit.

    Rural own account is mostly farming, which is no business: 'none'. Null where nobody was met.
    """
    return ibis.cases(
        (h.n_met_employers.isnull(), None),
        (h.n_met_employers > 0, "employer"),
        ((h.n_met_own_business > 0) & (h.urban_rural == "urban"), "self_employed"),
        else_="none",
    )


@derived(
    level="household", category="B", for_model=False, zh="登记的自营业务", en="Own business on file"
)
def business_registered(h):
    """'company', 'sole' or 'none' by the register of firms; null where there is none.

    'company': a member leads or owns a part of a trading company of 100,000 yuan and more.
    """
    return ibis.cases(
        (h.n_sole_trades.isnull(), None),
        (h.company_capital >= LARGE_CAPITAL, "company"),
        (h.n_sole_trades > 0, "sole"),
        else_="none",
    )


@derived(level="household", category="B", zh="自营业务", en="Own business")
def own_business(h):
    """B09: 'employer', 'company', 'self_employed', or 'none'; the weightier of visit and register.

    Null where nobody was met and no register came.
    """
    met, filed = h.business_met.fill_null("none"), h.business_registered.fill_null("none")
    return ibis.cases(
        (h.business_met.isnull() & h.business_registered.isnull(), None),
        (met == "employer", "employer"),
        (filed == "company", "company"),
        ((met == "self_employed") | (filed == "sole"), "self_employed"),
        else_="none",
    )
