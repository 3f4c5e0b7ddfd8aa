"""Category E: work and joblessness (policy §3.3 E01-E06).

E04's hard_to_employ is in the feed of employment.
"""

from __future__ import annotations

import ibis

from data.feeds.custody import features as custody
from data.feeds.employment import features as employment
from features.combined import income
from features.engine import derived, members

ORDER = 310

BUILT_ON = (custody, employment, income)
THREE_MONTHS = 90


@derived(level="person", category="E", zh="登记失业无收入", en="Unemployed without income")
def unemployed_without_income(p):
    """E01: 'unemployed' (3 months, no wage, no benefit), 'benefit_ending' (30 days), or 'none'."""
    jobless = p.registered_unemployed & (p.days_since_unemployed >= THREE_MONTHS)
    bare = jobless & (p.wages_3m <= 0) & p.benefit_days_left.isnull()
    stage = ibis.cases(
        (bare.fill_null(False), "unemployed"),
        ((p.benefit_days_left <= 30).fill_null(False), "benefit_ending"),
        else_="none",
    )
    return p.registered_unemployed.isnull().ifelse(None, stage)


@derived(
    level="person", category="E", zh="登记失业三个月以上", en="Unemployed three months or more"
)
def unemployed_3m(p):
    """Able to work, registered unemployed for three months and without insured wages since."""
    long = p.registered_unemployed & (p.days_since_unemployed >= THREE_MONTHS)
    return p.able_worker & long & (p.wages_3m <= 0)


@members.feature(
    unit="人", category="E", zh="长期登记失业人数", en="Members unemployed three months or more"
)
def n_unemployed_3m(p):
    """Able members registered unemployed for three months or more."""
    return p.unemployed_3m.sum()


@derived(level="household", category="E", zh="零就业家庭", en="Zero-employment household")
def zero_employment(h):
    """E02: every member able to work has been unemployed for three months."""
    return (h.n_able_workers >= 1) & (h.n_unemployed_3m >= h.n_able_workers)


@derived(
    level="person",
    category="E",
    needs=("employment",),
    zh="职工社保断缴",
    en="Employee insurance stopped",
)
def insurance_stopped(p):
    """E03: stopped at least three months ago, of working age, no employer or pension since."""
    stopped = p.insurance_ended & (p.days_since_stop >= THREE_MONTHS)
    return stopped & p.working_age & (p.pension_month <= 0)


@derived(level="person", category="E", zh="稳定就业", en="Stable job")
def stable_job(p):
    """E06: 'stable' with employee contributions in 12 months without a break, still running.

    The last months may not have been delivered yet: the 12 months end up to three months ago, and
    the insurance was not stopped since. Refused jobs are in no feed.
    """
    unbroken = p.full_year_0m | p.full_year_1m | p.full_year_2m | p.full_year_3m
    steady = unbroken & ~p.insurance_ended
    stage = steady.fill_null(False).ifelse("stable", "none")
    return p.contribution_months_12m.isnull().ifelse(None, stage)


@members.feature(
    unit="人", category="E", missing=0, zh="稳定就业人数", en="Members with a stable job"
)
def n_stable_jobs(p):
    """Members with a stable job (E06)."""
    return (p.stable_job == "stable").sum()


@derived(level="person", category="E", zh="就业困难重点人员", en="Needs help to find work")
def needs_job_help(p):
    """E04: recognised as hard to employ, or released from custody within 12 months."""
    released = p.released_12m.fill_null(False)
    return ibis.cases((released, True), else_=p.hard_to_employ)
