"""Housing-fund accounts (住房公积金, monthly changes, all accounts every July)."""

from __future__ import annotations

from features.engine import days_before, derived, members, source

accounts = source("housing_fund", each=("asset",))
# Every account is told once a year, and in between when its state changes; contributions are
# written down up to three months late.
TOLD_DAYS, LATE_DAYS = 460, 92


@accounts.feature(missing=0.0, unit="元", category="B", zh="公积金余额", en="Housing-fund balance")
def fund_balance(a):
    """Balance of the person's accounts that are not closed."""
    return a.balance.sum(where=a.state != "closed")


@accounts.feature(
    missing=0.0,
    unit="元/月",
    category="B",
    for_model=False,
    zh="公积金缴存基数",
    en="Base of housing-fund contributions",
)
def fund_base(a):
    """The highest base of an account that is paid into; 0 without one."""
    paid = a.happened_on.epoch_days() - a.paid_to.epoch_days() <= LATE_DAYS
    told = days_before(a, a.happened_on) <= TOLD_DAYS
    return a.base.max(where=(a.state == "open") & paid & told)


@accounts.feature(
    missing=None, unit="天", category="E", zh="公积金封存天数", en="Days since the fund was sealed"
)
def days_since_sealed(a):
    """Days since the newest account was sealed: its owner left the job."""
    return days_before(a, a.happened_on.max(where=a.state == "sealed"))


@members.feature(unit="人", category="B", missing=0, zh="缴存公积金人数", en="Fund contributors")
def n_fund_payers(p):
    """Members whose housing fund is paid at present."""
    return (p.fund_base > 0).sum()


@members.feature(
    unit="元/月",
    category="B",
    for_model=False,
    zh="家庭最高公积金基数",
    en="Highest base of a member's housing fund",
)
def highest_fund_base(p):
    """The highest base of one member."""
    return p.fund_base.max()


@members.feature(
    unit="元", category="B", monotone=-1, zh="家庭公积金余额", en="Housing-fund balance, household"
)
def household_fund_balance(p):
    """Balance of all members' accounts."""
    return p.fund_balance.sum()


@members.feature(
    unit="天",
    category="E",
    zh="家庭最近公积金封存天数",
    en="Days since a member's fund was sealed",
)
def days_since_household_sealed(p):
    """Days since the newest account of a member was sealed."""
    return p.days_since_sealed.min()


@derived(
    level="household",
    unit="倍",
    category="B",
    zh="公积金基数与低保标准比",
    en="Housing-fund base against the standard",
)
def fund_base_to_standard(h):
    """B10: the highest base of one member over S; 0 where none is paid (policy §3.3 B10)."""
    return h.highest_fund_base / h.S
