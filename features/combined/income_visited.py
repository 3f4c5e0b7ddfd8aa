"""What home visits (乡镇 入户调查) told about income; the raw material of income.py."""

from __future__ import annotations

from features.engine import days_before, latest, source
from features.survey import below_standard, heads_at_visit

ORDER = 220

visits = source("home_visits", entity="household", standards=True)


@visits.feature(
    months=24,
    missing=False,
    category="B",
    for_model=False,
    zh="近24个月走访过",
    en="Visited, 24 months",
)
def visited_24m(v):
    """A home visit within 24 months."""
    return v.happened_on.count() > 0


@visits.feature(
    months=12,
    missing=None,
    unit="元/月",
    category="B",
    for_model=False,
    zh="近12个月走访家庭收入",
    en="Visited household income, 12 months",
)
def visited_income_12m(v):
    """Household income a month at the newest visit of 12 months that reports it."""
    return latest(v, v.income_month)


@visits.feature(
    months=12,
    ago=12,
    missing=None,
    unit="元/月",
    category="B",
    for_model=False,
    zh="此前12个月走访家庭收入",
    en="Visited household income, the 12 months before",
)
def visited_income_before_12m(v):
    """Household income a month at the newest visit of the 12 months before the last 12."""
    return latest(v, v.income_month)


@visits.feature(
    months=24,
    missing=None,
    unit="元/月",
    category="B",
    for_model=False,
    zh="走访工资性收入",
    en="Visited wages, 24 months",
)
def visited_wages_24m(v):
    """Wages a month at the newest visit."""
    return latest(v, v.wage_income)


@visits.feature(
    months=24,
    missing=None,
    unit="元/月",
    category="B",
    for_model=False,
    zh="走访经营和财产收入",
    en="Visited business and property income, 24 months",
)
def visited_business_24m(v):
    """Business (incl. farm) and property income a month at the newest visit that reports any."""
    known = v.business_income.notnull() | v.property_income.notnull()
    total = v.business_income.fill_null(0.0) + v.property_income.fill_null(0.0)
    return latest(v, known.ifelse(total, None))


@visits.feature(
    months=24,
    missing=None,
    unit="元/月",
    category="B",
    for_model=False,
    zh="走访转移性收入",
    en="Visited transfers, 24 months",
)
def visited_transfers_24m(v):
    """Transfers a month at the newest visit (pensions, remittances, aid)."""
    return latest(v, v.transfer_income)


@visits.feature(
    months=24,
    missing=None,
    unit="元/月",
    category="B",
    for_model=False,
    zh="走访家庭收入",
    en="Visited household income, 24 months",
)
def visited_income_24m(v):
    """Household income a month at the newest visit of 24 months that reports it."""
    return latest(v, v.income_month)


@visits.feature(
    months=24,
    missing=None,
    unit="人",
    category="B",
    for_model=False,
    zh="等值人数",
    en="Consumption units",
)
def consumption_units_24m(v):
    """Adult equivalents at the newest visit that gives them."""
    return latest(v, v.consumption_units)


@visits.feature(
    months=24,
    missing=None,
    unit="天",
    category="B",
    for_model=False,
    zh="距问到收入的走访天数",
    en="Days since a visit told the income",
)
def days_since_income_visit(v):
    """Days since the newest visit of 24 months that told the income."""
    return days_before(v, v.happened_on.max(where=v.income_month.notnull()))


def _below_standard(v):
    """Income a head (or adult equivalent) under the standard of the day of the visit."""
    return below_standard(v.income_month, heads_at_visit(v), v.S)


@visits.feature(
    months=24,
    missing=None,
    category="B",
    for_model=False,
    zh="最近走访收入低于标准",
    en="Below the standard at the newest visit",
)
def visited_below_standard(v):
    """The newest visit that reports income found it below S of its day."""
    return latest(v, _below_standard(v))


@visits.feature(
    missing=None,
    category="B",
    for_model=False,
    zh="曾走访收入低于标准",
    en="Ever visited below the standard",
)
def ever_visited_below_standard(v):
    """Any visit found income below S of its day."""
    return _below_standard(v).any()
