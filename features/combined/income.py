"""Income of the household: known, or a range, and never a zero for want of a record.

i (yuan a head and month) = insured wages + pensions + unemployment benefit of 12 months, plus what
the newest home visit within 24 months found beyond them (informal wages, farm and other business,
property, transfers). Assistance money is not income (policy §1.3), and visits record none. A visit
within 12 months that reports the household's income counts when it is higher than what is recorded.

i is known when a visit within 24 months told it and no job or member was lost since, or when every
member's income is on file, some of it is more than nothing, and nobody is away
(features/combined/income_told.py, decision 0018). Where it is
not, i is null and the range income_low to income_high stands: a rule may speak only where the whole
range says the same.
"""

from __future__ import annotations

import ibis

from data.feeds.assistance_rolls import features as rolls
from data.feeds.deaths import features as deaths
from data.feeds.disability_certificates import features as disability
from data.feeds.employment import features_household as employment_household
from data.feeds.population_register import features as register
from data.feeds.school_rolls import features as schooling
from features.combined import income_told, income_visited
from features.engine import at_least, derived
from features.survey import surveyed

ORDER = 240

BUILT_ON = (
    *(deaths, disability, employment_household, income_told, income_visited),
    *(register, rolls, schooling),
)
# A household without any income is shown at a hundredth of the standard in ratios.
INCOME_FLOOR = 0.01


def _beyond(value, recorded):
    """What a visit found beyond the records; nothing where it did not ask."""
    return at_least(value - recorded, 0.0).fill_null(0.0)


@derived(
    level="household",
    category="B",
    missing=False,
    for_model=False,
    zh="成员收入均有据",
    en="Every member's income is on file",
)
def all_on_file(h):
    """Every member's income is on file, some of it more than nothing, and nobody is away."""
    every = (h.n_income_not_on_file == 0) & ~h.relative_away.fill_null(False)
    return every & (h.recorded_income_month > 0)


@derived(
    level="household",
    unit="元/月",
    category="B",
    needs=("home_visits",),
    missing=0.0,
    zh="走访发现的其他收入",
    en="Income found by visits beyond the records",
)
def unrecorded_income_month(h):
    """Informal wages, business, property, other transfers of the newest visit within 24 months.

    A visit that gives only the total counts by what it exceeds the records. Records of a whole
    year overrule the wages told by a visit before it.
    """
    overruled = h.all_on_file & (h.days_since_income_visit > 365)
    wages = h.household_wages_12m.fill_null(0.0) / 12
    transfers = (
        h.household_pension_month.fill_null(0.0) + h.household_benefit_12m.fill_null(0.0) / 12
    )
    by_kind = (
        overruled.fill_null(False).ifelse(0.0, _beyond(h.visited_wages_24m, wages))
        + h.visited_business_24m.fill_null(0.0)
        + _beyond(h.visited_transfers_24m, transfers)
    )
    told = ibis.coalesce(h.visited_wages_24m, h.visited_business_24m, h.visited_transfers_24m)
    total = _beyond(h.visited_income_24m, wages + transfers)
    by_total = overruled.fill_null(False).ifelse(0.0, total)
    return told.notnull().ifelse(by_kind, by_total)


@derived(
    level="household",
    category="B",
    for_model=False,
    zh="走访问到收入",
    en="A visit told the income",
)
def visit_told_income(h):
    """A visit within 24 months told the income, or a part of it."""
    return ibis.coalesce(
        h.visited_income_24m, h.visited_wages_24m, h.visited_business_24m, h.visited_transfers_24m
    ).notnull()


@derived(
    level="household",
    category="B",
    missing=False,
    zh="走访后失去工作或成员",
    en="A job or a member was lost after the visit",
)
def visit_overtaken(h):
    """Since the visit that told the income, a member died, or lost a job with nothing after it.

    What the visit told is then no more than an upper bound.
    """
    visited = h.days_since_income_visit
    job = (h.days_since_household_job_lost < visited).fill_null(False)
    return job | (h.days_since_death < visited).fill_null(False)


@derived(level="household", category="B", for_model=False, zh="收入可知", en="Income can be known")
def income_known(h):
    """A visit within 24 months told it and still stands, or every member's income is on file."""
    told = h.visit_told_income & ~h.visit_overtaken
    return told | h.all_on_file


@derived(
    level="household",
    unit="人",
    category="B",
    for_model=False,
    zh="计算人数",
    en="Heads that share the income",
)
def income_heads(h):
    """Members; in a household survey the adult equivalents of the newest visit."""
    heads = h.n_members.cast("float64")
    equivalents = ibis.coalesce(h.consumption_units_24m, heads)
    return surveyed(h).ifelse(equivalents, heads)


def _all_found(h):
    """Recorded and visited income, or the total of a visit within 12 months if that is higher."""
    total = h.recorded_income_month.fill_null(0.0) + h.unrecorded_income_month.fill_null(0.0)
    return at_least(total, h.visited_income_12m.fill_null(0.0))


@derived(
    level="household",
    unit="元/月",
    category="B",
    monotone=-1,
    zh="家庭已知月收入",
    en="Known household income a month",
)
def income_month(h):
    """Recorded and visited income a month; null while it cannot be known."""
    return h.income_known.ifelse(_all_found(h), None)


@derived(
    level="household",
    unit="元/月",
    category="B",
    monotone=-1,
    zh="人均已知月收入",
    en="Known income per head a month",
)
def income_per_head_month(h):
    """i: known household income over the heads that share it."""
    return h.income_month / (h.income_heads > 0).ifelse(h.income_heads, None)


@derived(
    level="household",
    unit="元/月",
    category="B",
    monotone=-1,
    zh="家庭月收入下限",
    en="Household income a month, at least",
)
def income_low_month(h):
    """Known income, or what is on file of it."""
    return ibis.coalesce(h.income_month, h.recorded_income_low, 0.0)


@derived(
    level="household",
    unit="元/月",
    category="B",
    monotone=-1,
    zh="家庭月收入上限",
    en="Household income a month, at most",
)
def income_high_month(h):
    """Known income; what an overtaken visit had found; or what such members earn at most.

    A relative who is away may send one average income, and somebody sends it where nobody in the
    household has any income on file.
    """
    away = h.relative_away.fill_null(False) | ~(h.recorded_income_month > 0).fill_null(False)
    sent = away.ifelse(h.D / 12, 0.0)
    usual = h.recorded_income_high + sent
    before = (h.visit_told_income & h.visit_overtaken).ifelse(_all_found(h), None)
    return ibis.coalesce(h.income_month, before, usual)


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="人均收入下限与标准比",
    en="Income per head against the standard, at least",
)
def income_low_to_standard(h):
    """Lower end of i over S."""
    return h.income_low_month / h.income_heads / h.S


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="人均收入上限与标准比",
    en="Income per head against the standard, at most",
)
def income_high_to_standard(h):
    """Upper end of i over S."""
    return h.income_high_month / h.income_heads / h.S


@derived(
    level="household", unit="倍", category="B", zh="收入区间宽度", en="Width of the income range"
)
def income_range_width(h):
    """Upper less lower end of i, over S; 0 where income is known."""
    return h.income_high_to_standard - h.income_low_to_standard


@derived(
    level="household",
    category="B",
    for_model=False,
    zh="上年收入可知",
    en="Income of the year before can be known",
)
def income_known_before(h):
    """A visit of that year told it, or every member's income was on file."""
    on_file = (h.n_income_not_on_file_before == 0).fill_null(False)
    on_file = on_file & ~h.relative_away.fill_null(False)
    recorded = (h.recorded_income_month_before > 0).fill_null(False)
    return h.visited_income_before_12m.notnull() | (on_file & recorded)


@derived(
    level="household",
    unit="元/月",
    category="B",
    for_model=False,
    zh="此前12个月家庭月收入下限",
    en="Household income a month the year before, at least",
)
def income_low_month_before(h):
    """What was on file, or told by a visit of that year, in the 12 months before the last 12."""
    recorded = h.recorded_income_month_before.fill_null(0.0)
    least = at_least(h.visited_income_before_12m, recorded)
    return ibis.coalesce(least, recorded)


@derived(
    level="household",
    unit="元/月",
    category="B",
    for_model=False,
    zh="此前12个月家庭月收入",
    en="Household income a month, the year before",
)
def income_month_before(h):
    """Income of the 12 months before the last 12; null where that cannot be known."""
    known = h.income_known_before & (h.income_low_month_before > 0)
    return known.ifelse(h.income_low_month_before, None)


@derived(
    level="household",
    unit="元/年",
    category="B",
    for_model=False,
    zh="家庭年收入（比值用）",
    en="Household income a year, for ratios",
)
def income_year_floored(h):
    """I: known income of a year, at least a hundredth of S a head, so that ratios stay finite."""
    return at_least(h.income_month * 12, h.S * h.income_heads * 12 * INCOME_FLOOR)


def settled(low, high, bar):
    """A value between two bounds, as far as it is certain on which side of `bar` it lies.

    Gives the bound nearer to the bar, and null where the bar lies between. A known value has equal
    bounds and comes back as it is.
    """
    return ibis.cases((high < bar, high), (low >= bar, low), else_=None)


def share_of_income(h, cost, bar):
    """`cost` of a year over income, as far as it is certain on which side of `bar` it lies.

    Exact where income is known. Costs of nothing are a share of nothing, whatever the income.
    """
    floor = h.S * h.income_heads * 12 * INCOME_FLOOR
    least = cost / at_least(h.income_high_month * 12, floor)
    most = cost / at_least(h.income_low_month * 12, floor)
    exact = cost / h.income_year_floored
    return ibis.coalesce(exact, settled(least, most, bar))
