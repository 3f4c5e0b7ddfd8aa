"""What changed lately: pay, jobs, medical costs and members, lately against before, and visits.

Money is a head and month over the standard S, so that families and years compare; a difference
stays defined where there was nothing before, where a ratio would not.
"""

from __future__ import annotations

from data.feeds.employment import features_household as employment_household
from data.feeds.home_visits import features as visits
from data.feeds.home_visits import features_process as in_process
from data.feeds.medical_claims import features_household as claims_household
from data.feeds.population_register import features as register
from features.engine import days_before, derived, members, source

ORDER = 210

BUILT_ON = (claims_household, employment_household, in_process, register, visits)
all_visits = source("home_visits", entity="household", standards=True)


def _per_head(h, money_a_month):
    return money_a_month / h.n_members / (h.S > 0).ifelse(h.S, None)


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="近3个月工资增减（与标准比）",
    en="Insured pay of 3 months less that of the 9 before, over S",
)
def pay_change_3m(h):
    """Insured pay a head and month of 3 months, less that of the 9 months before, over S."""
    before = (h.household_wages_12m - h.household_wages_3m) / 9
    return _per_head(h, h.household_wages_3m / 3 - before)


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="近6个月工资增减（与标准比）",
    en="Insured pay of 6 months less that of the 6 before, over S",
)
def pay_change_6m(h):
    """Insured pay a head and month of 6 months, less that of the 6 months before, over S."""
    before = h.household_wages_12m - h.household_wages_6m
    return _per_head(h, (h.household_wages_6m - before) / 6)


@derived(
    level="household",
    unit="倍",
    category="C",
    monotone=+1,
    zh="近3个月自付医疗增减（与标准比）",
    en="Medical costs of 3 months less those of the 9 before, over S",
)
def medical_change_3m(h):
    """Own medical costs a head and month of 3 months, less those of the 9 before, over S."""
    before = (h.medical_self_paid_12m - h.medical_self_paid_3m) / 9
    return _per_head(h, h.medical_self_paid_3m / 3 - before)


@derived(
    level="household",
    unit="倍",
    category="C",
    monotone=+1,
    zh="近6个月自付医疗增减（与标准比）",
    en="Medical costs of 6 months less those of the 6 before, over S",
)
def medical_change_6m(h):
    """Own medical costs a head and month of 6 months, less those of the 6 before, over S."""
    before = h.medical_self_paid_12m - h.medical_self_paid_6m
    return _per_head(h, (h.medical_self_paid_6m - before) / 6)


@members.feature(unit="人", category="E", zh="近6个月就业人数增减", en="Jobs gained, 6 months")
def jobs_gained_6m(p):
    """Members with insured pay now less members with insured pay six months before."""
    return (p.wages_3m > 0).sum() - p.insured_6m_before.sum()


@members.feature(unit="元/月", category="B", zh="养老金增减", en="Pensions against a year before")
def pension_change(p):
    """Pensions a month now, less those of a year before, of present members."""
    return (p.pension_month - p.pension_month_before).sum()


@derived(
    level="household", unit="人", category="A", zh="走访后人数增减", en="Members since the visit"
)
def members_since_visit(h):
    """Members on the register now, less those living together at the newest visit of 24 months."""
    return h.n_members - h.visit_members


@all_visits.feature(
    missing=None, unit="天", category="X", zh="距最近走访天数", en="Days since the last visit"
)
def days_since_visit(v):
    """Days since the newest home visit for whatever reason; empty when there was none."""
    return days_before(v, v.happened_on.max())


@derived(
    level="household",
    category="X",
    needs=("home_visits",),
    zh="从未走访",
    en="Never visited",
)
def never_visited(h):
    """No home visit is on file."""
    return h.days_since_visit.isnull()
