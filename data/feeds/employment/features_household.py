"""Work, joblessness and pensions of all present members of a household."""

from __future__ import annotations

from data.feeds.employment import features as employment
from features.engine import derived, members, total

BUILT_ON = (employment,)


# What was earned up to two years ago says as much of a fall as of an income: no direction there.
for _months, _direction in ((3, -1), (6, -1), (12, -1), (24, 0)):
    total(
        f"wages_{_months}m",
        f"household_wages_{_months}m",
        zh=f"近{_months}个月家庭缴费工资",
        en=f"Household insured wages, {_months} months",
        monotone=_direction,
    )
total(
    "wages_before_12m",
    "household_wages_before_12m",
    zh="此前12个月家庭缴费工资",
    en="Household insured wages, the 12 months before",
)
total(
    "contribution_months_12m",
    "household_contribution_months_12m",
    zh="近12个月家庭缴费月数",
    en="Months insured of all members, 12 months",
)
total(
    "contribution_months_24m",
    "household_contribution_months_24m",
    zh="近24个月家庭缴费月数",
    en="Months insured of all members, 24 months",
)
total(
    "pension_month",
    "household_pension_month",
    zh="家庭养老金",
    en="Pensions of the household a month",
    monotone=-1,
)
total(
    "benefit_12m",
    "household_benefit_12m",
    zh="近12个月家庭失业金",
    en="Household unemployment benefit, 12 months",
)
total(
    "stops_12m",
    "household_stops_12m",
    zh="近12个月家庭停保次数",
    en="Stops of insurance of all members, 12 months",
)


@members.feature(
    unit="人", category="E", zh="近3个月有缴费工资人数", en="Members with insured wages, 3 months"
)
def n_insured_workers(p):
    """Members with an employee contribution within 3 months."""
    return (p.wages_3m > 0).sum()


@members.feature(unit="人", category="E", zh="登记失业人数", en="Registered unemployed members")
def n_unemployed(p):
    """Members registered unemployed now."""
    return p.registered_unemployed.sum()


@members.feature(unit="人", category="E", zh="停保人数", en="Members whose insurance stopped")
def n_insurance_ended(p):
    """Members whose newest insurance record within two years is a stop."""
    return p.insurance_ended.sum()


@members.feature(unit="人", category="E", zh="就业困难人数", en="Hard-to-employ members")
def n_hard_to_employ(p):
    """Members recognised as hard to employ within 12 months."""
    return p.hard_to_employ.sum()


@members.feature(unit="人", category="B", zh="领取养老金人数", en="Pensioners")
def n_pensioners(p):
    """Members with a running pension."""
    return (p.pension_month > 0).sum()


@members.feature(
    unit="天", category="E", zh="距最近停保天数", en="Days since a member's insurance stopped"
)
def days_since_household_stop(p):
    """Days since the newest stop of employee insurance of a member."""
    return p.days_since_stop.min()


@members.feature(
    unit="天", category="E", zh="距最近登记失业天数", en="Days since a member registered unemployed"
)
def days_since_household_unemployed(p):
    """Days since the newest registration as unemployed of a member."""
    return p.days_since_unemployed.min()


@members.feature(
    unit="天", category="E", zh="失业金最短剩余天数", en="Days until the first benefit ends"
)
def household_benefit_days_left(p):
    """Days until the first running benefit of a member ends."""
    return p.benefit_days_left.min()


@members.feature(
    unit="元",
    category="B",
    zh="最高个人缴费工资",
    en="Highest insured wages of a member, 12 months",
)
def top_wages_12m(p):
    """Insured wages of the best-paid member."""
    return p.wages_12m.max()


@members.feature(unit="人", category="E", zh="公益性岗位人数", en="Members on public-welfare posts")
def n_public_posts(p):
    """Members on a public-welfare post within 3 months."""
    return p.public_post.sum()


@derived(
    level="household",
    unit="%",
    category="B",
    zh="缴费工资变化",
    en="Insured wages against a year before",
)
def wage_change(h):
    """Insured wages of 12 months over those of the 12 before; empty without earlier wages."""
    before = h.household_wages_before_12m
    return h.household_wages_12m / (before > 0).ifelse(before, None)


@derived(
    level="household",
    unit="%",
    category="B",
    monotone=-1,
    zh="近3个月工资走势",
    en="Recent wages against the year",
)
def wage_recent_trend(h):
    """Insured wages of 3 months, times four, over 12 months; empty without wages."""
    year = h.household_wages_12m
    return h.household_wages_3m * 4 / (year > 0).ifelse(year, None)


@derived(
    level="household",
    unit="元/月",
    category="B",
    monotone=-1,
    zh="人均缴费工资",
    en="Insured wages per head a month",
)
def wages_per_head(h):
    """Insured wages of 12 months a head and month."""
    return h.household_wages_12m / 12 / h.n_members
