"""Insured work, joblessness, pensions, resident medical cover (人社 社保就业失业).

The feed mixes records of several kinds; each kind is a source of its own here.
"""

from __future__ import annotations

from features.engine import days_before, derived, latest, source


def _kind(*kinds):
    return lambda e: e.record_type.isin(kinds)


contributions = source("employment", rows=_kind("contribution"))
benefits = source("employment", rows=_kind("benefit"))
pensions = source("employment", rows=_kind("pension"))
cover = source("employment", rows=_kind("resident_medical"))
registrations = source("employment", rows=_kind("unemployed", "employed", "stopped", "benefit"))


@contributions.feature(
    months=(3, 6, 12, 24),
    missing=0.0,
    unit="元",
    category="B",
    zh="近{months}个月缴费工资",
    en="Insured wages, {months} months",
)
def wages(e):
    """Wage bases of employee contributions (one record a month), summed."""
    return e.amount.sum()


@contributions.feature(
    months=12,
    ago=12,
    missing=0.0,
    unit="元",
    category="B",
    zh="此前12个月缴费工资",
    en="Insured wages, the 12 months before",
)
def wages_before_12m(e):
    """Wage bases of the 12 months before the last 12."""
    return e.amount.sum()


@contributions.feature(
    months=(6, 12, 24),
    missing=0,
    unit="月",
    category="E",
    zh="近{months}个月缴费月数",
    en="Months insured, {months} months",
)
def contribution_months(e):
    """Months with an employee contribution."""
    return e.count()


# One bit a calendar month: in a window of 12 months each month comes once.
MONTH_BITS = tuple((month, 1 << (month - 1)) for month in range(1, 13))
ALL_MONTHS = (1 << 12) - 1


def _declare_full_year(ago):
    def full_year(e):
        return e.happened_on.month().cases(*MONTH_BITS, else_=0).bit_or() == ALL_MONTHS

    full_year.__name__ = f"full_year_{ago}m"
    full_year.__doc__ = f"Insured in each of the 12 months up to {ago} months before the month end."
    contributions.feature(
        months=12,
        ago=ago,
        missing=False,
        category="E",
        for_model=False,
        zh=f"截至{ago}个月前连续缴费12个月" if ago else "连续缴费12个月",
        en=f"Insured 12 months without a break, up to {ago} months before"
        if ago
        else "Insured 12 months without a break",
    )(full_year)


# The last months may not have been delivered yet.
for _ago in (0, 1, 2, 3):
    _declare_full_year(_ago)


@contributions.feature(
    months=3,
    ago=6,
    missing=False,
    category="E",
    for_model=False,
    zh="六个月前有缴费工资",
    en="Insured six months before",
)
def insured_6m_before(e):
    """A contribution in the three months up to six months before."""
    return e.amount.sum() > 0


@contributions.feature(
    months=24,
    missing=None,
    unit="天",
    category="E",
    zh="距最近缴费天数",
    en="Days since the last contribution",
)
def days_since_contribution(e):
    """Days since the newest employee contribution within two years."""
    return days_before(e, e.happened_on.max())


@contributions.feature(
    months=3, missing=False, category="A", zh="机关事业单位在职", en="On a public payroll"
)
def public_payroll(e):
    """A contribution from a public body within 3 months."""
    return (e.employer_kind == "public").any()


@contributions.feature(
    months=3, missing=False, category="E", zh="公益性岗位", en="On a public-welfare post"
)
def public_post(e):
    """A contribution from a public-welfare post within 3 months."""
    return (e.employer_kind == "public_post").any()


@contributions.feature(
    months=3, missing=False, category="E", zh="灵活就业缴费", en="Insured as a flexible worker"
)
def flexible_worker(e):
    """A contribution as a flexible worker within 3 months."""
    return (e.employer_kind == "flexible").any()


@pensions.feature(missing=0.0, unit="元/月", category="B", zh="养老金", en="Pension a month")
def pension_month(e):
    """Newest pension amount; 0 once it ended."""
    running = e.ended_on.isnull() | (e.ended_on >= e.as_of)
    return latest(e, running.ifelse(e.amount.fill_null(0.0), 0.0))


@pensions.feature(
    months=24,
    ago=12,
    missing=0.0,
    unit="元/月",
    category="B",
    zh="一年前养老金",
    en="Pension a month, a year before",
)
def pension_month_before(e):
    """Newest pension amount a year before, of records at most two years older."""
    return latest(e, e.amount.fill_null(0.0))


@benefits.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="B",
    zh="近12个月失业金",
    en="Unemployment benefit, 12 months",
)
def benefit_12m(e):
    """Unemployment benefit (one record a month), summed."""
    return e.amount.sum()


@benefits.feature(
    months=12,
    ago=12,
    missing=0.0,
    unit="元",
    category="B",
    zh="此前12个月失业金",
    en="Unemployment benefit, the 12 months before",
)
def benefit_before_12m(e):
    """Unemployment benefit of the 12 months before the last 12."""
    return e.amount.sum()


@benefits.feature(
    months=24, missing=None, unit="天", category="E", zh="失业金剩余天数", en="Days of benefit left"
)
def benefit_days_left(e):
    """Days until the benefit ends; empty when none runs."""
    left = e.ended_on.epoch_days() - e.as_of.epoch_days()
    return left.max(where=left >= 0)


@registrations.feature(
    months=36,
    missing=None,
    unit="天",
    category="E",
    zh="登记失业天数",
    en="Days since registered unemployed",
)
def days_since_unemployed(e):
    """Days since the newest registration as unemployed."""
    return days_before(e, e.happened_on.max(where=e.record_type == "unemployed"))


@registrations.feature(
    months=36,
    missing=None,
    unit="天",
    category="E",
    zh="距就业登记天数",
    en="Days since registered employed",
)
def days_since_employed(e):
    """Days since the newest registration as employed."""
    return days_before(e, e.happened_on.max(where=e.record_type == "employed"))


@registrations.feature(
    months=24,
    missing=None,
    unit="天",
    category="E",
    zh="停保天数",
    en="Days since insurance stopped",
)
def days_since_stop(e):
    """Days since the newest stop of employee insurance."""
    return days_before(e, e.happened_on.max(where=e.record_type == "stopped"))


@registrations.feature(
    months=12,
    missing=0,
    unit="次",
    category="E",
    zh="近12个月停保次数",
    en="Stops of insurance, 12 months",
)
def stops_12m(e):
    """Stops of employee insurance in 12 months."""
    return (e.record_type == "stopped").sum()


@registrations.feature(
    months=12, missing=False, category="E", zh="就业困难人员", en="Hard-to-employ person"
)
def hard_to_employ(e):
    """E04: recognised as hard to employ in a record of 12 months (policy §3.3 E04)."""
    return e.hard_to_employ.any()


@cover.feature(
    months=24, missing=False, category="C", zh="居民医保有效", en="Resident medical cover runs"
)
def resident_medical(e):
    """Resident medical insurance of this insurance year; last year's counts until 31 March."""
    last_day = e.ended_on.epoch_days().fill_null(e.happened_on.epoch_days() + 365)
    return (last_day >= e.as_of.epoch_days() - 90).any()


NEVER = 100_000


def _since(p, *names):
    """Days since the newest of several events; a large number when there was none."""
    days = p[names[0]].fill_null(NEVER)
    for name in names[1:]:
        other = p[name].fill_null(NEVER)
        days = (other < days).ifelse(other, days)
    return days


@derived(
    level="person", category="E", needs=("employment",), zh="登记失业", en="Registered unemployed"
)
def registered_unemployed(p):
    """Registered as unemployed, and neither employed nor insured through work since."""
    days = p.days_since_unemployed.fill_null(NEVER)
    return days < _since(p, "days_since_contribution", "days_since_employed")


@derived(
    level="person",
    category="E",
    needs=("employment",),
    zh="职工社保已停",
    en="Employee insurance stopped",
)
def insurance_ended(p):
    """Employee insurance stopped, and neither insured nor registered employed since."""
    days = p.days_since_stop.fill_null(NEVER)
    return days < _since(p, "days_since_contribution", "days_since_employed")
