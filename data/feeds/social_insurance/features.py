"""Insurance accounts at the social-insurance office: all every January, then changes.

`employment` tells months of contributions as they are paid; this feed tells the state of every
account, residents' pensions, what is saved in it, and cover in other provinces.
"""

from __future__ import annotations

from features.engine import days_before, members, source

accounts = source("social_insurance", each=("asset", "insurance"))
WORKERS = ("employee_pension", "public_pension")
PENSIONS = (*WORKERS, "resident_pension")
# Every account is told once a year, and in between when its state changes; contributions are
# written down up to four months late.
TOLD_DAYS, LATE_DAYS = 460, 123


def _paying(a):
    paid = a.happened_on.epoch_days() - a.paid_to.epoch_days() <= LATE_DAYS
    return (a.state == "paying") & paid & (days_before(a, a.happened_on) <= TOLD_DAYS)


@accounts.feature(missing=False, category="E", zh="职工养老在缴", en="Pays into a worker's pension")
def pays_workers_pension(a):
    """A worker's pension insurance that is being paid, up to four months late."""
    return (_paying(a) & a.insurance.isin(WORKERS)).any()


@accounts.feature(
    missing=False, category="E", zh="居民养老在缴", en="Pays into the residents' pension"
)
def pays_residents_pension(a):
    """A residents' pension insurance that is being paid (once a year)."""
    return ((a.state == "paying") & (a.insurance == "resident_pension")).any()


@accounts.feature(
    missing=False,
    category="A",
    zh="机关事业单位养老保险",
    en="Insured by a public body",
)
def insured_by_public_body(a):
    """Pays into, or draws from, the pension scheme of public bodies."""
    return (a.state.isin(["paying", "drawing"]) & (a.insurance == "public_pension")).any()


@accounts.feature(
    missing=0.0, unit="元/月", category="B", zh="领取养老金额", en="Pension drawn a month"
)
def pension_drawn(a):
    """Pensions the person draws, of all schemes together."""
    return a.pension.sum(where=(a.state == "drawing") & a.insurance.isin(PENSIONS))


@accounts.feature(
    missing=0.0, unit="元", category="B", zh="养老账户余额", en="Saved in pension accounts"
)
def pension_saved(a):
    """What the person's own pension accounts hold."""
    return a.balance.sum(where=a.insurance.isin(PENSIONS) & (a.state != "closed"))


@accounts.feature(
    missing=None,
    unit="天",
    category="E",
    zh="停保暂停天数",
    en="Days since a worker's cover stopped",
)
def days_since_suspended(a):
    """Days since the newest worker's pension account was suspended because work ended."""
    stopped = (a.state == "suspended") & a.insurance.isin(WORKERS)
    left = stopped & (a.stop_reason == "left_work").fill_null(False)
    return days_before(a, a.happened_on.max(where=left))


@accounts.feature(missing=False, category="E", zh="失业保险在缴", en="Insured against unemployment")
def insured_against_unemployment(a):
    """Unemployment insurance that is being paid."""
    return (_paying(a) & (a.insurance == "unemployment")).any()


@accounts.feature(missing=False, category="E", zh="外省参保", en="Insured in another province")
def insured_elsewhere(a):
    """An account in another province that is being paid or drawn from."""
    return ((a.insured_at == "elsewhere") & a.state.isin(["paying", "drawing"])).any()


@members.feature(
    unit="人", category="E", missing=0, zh="职工养老在缴人数", en="Members with workers' cover"
)
def n_workers_insured(p):
    """Members whose worker's pension insurance is being paid."""
    return p.pays_workers_pension.sum()


@members.feature(
    unit="人", category="E", missing=0, zh="居民养老在缴人数", en="Members with residents' cover"
)
def n_residents_insured(p):
    """Members who pay into the residents' pension."""
    return p.pays_residents_pension.sum()


@members.feature(
    unit="人", category="E", missing=0, zh="外省参保人数", en="Members insured elsewhere"
)
def n_insured_elsewhere(p):
    """Members insured in another province."""
    return p.insured_elsewhere.sum()


@members.feature(unit="元/月", category="B", zh="家庭领取养老金额", en="Pensions drawn, household")
def household_pension_drawn(p):
    """Pensions of all members, a month."""
    return p.pension_drawn.sum()


@members.feature(
    unit="元/月", category="B", for_model=False, zh="最高领取养老金", en="Highest pension drawn"
)
def highest_pension_drawn(p):
    """The highest pension that one member draws, a month."""
    return p.pension_drawn.max()


@members.feature(
    unit="元",
    category="B",
    monotone=-1,
    zh="家庭养老账户余额",
    en="Saved in pension accounts, household",
)
def household_pension_saved(p):
    """What all members' pension accounts hold."""
    return p.pension_saved.sum()


@members.feature(
    category="A", for_model=False, zh="有机关事业单位参保人", en="A member insured by a public body"
)
def any_public_body(p):
    """A member pays into, or draws from, the pension scheme of public bodies."""
    return p.insured_by_public_body.any()


@members.feature(
    unit="天", category="E", zh="家庭最近停保天数", en="Days since a member's cover stopped"
)
def days_since_household_suspended(p):
    """Days since the newest stop of a member's cover because work ended."""
    return p.days_since_suspended.min()
