"""Income of the household by the registers and by visits, before any support from outside.

Recorded and visited income as features/combined/income.py tells it; that file adds what supporters
outside the household count for, whose own income is this one.
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

ORDER = 235

BUILT_ON = (
    *(deaths, disability, employment_household, income_told, income_visited),
    *(register, rolls, schooling),
)


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


@derived(
    level="household",
    category="B",
    for_model=False,
    zh="自身收入可知",
    en="Income without support can be known",
)
def own_income_known(h):
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


def recorded_and_visited(h):
    """Recorded income and what a visit found beyond it, a month."""
    return h.recorded_income_month.fill_null(0.0) + h.unrecorded_income_month.fill_null(0.0)


def all_found(h):
    """Recorded and visited income, or the total of a visit within 12 months if that is higher."""
    return at_least(recorded_and_visited(h), h.visited_income_12m.fill_null(0.0))


@derived(
    level="household",
    unit="元/月",
    category="B",
    for_model=False,
    zh="未计户外赡养费的家庭月收入",
    en="Household income a month without support from outside",
)
def income_before_support(h):
    """Recorded and visited income a month; null while it cannot be known."""
    return h.own_income_known.ifelse(all_found(h), None)


@derived(
    level="household",
    unit="元/月",
    category="B",
    for_model=False,
    zh="未计户外赡养费的家庭月收入下限",
    en="Household income a month without support from outside, at least",
)
def income_before_support_low(h):
    """Known income, or what is on file of it."""
    return ibis.coalesce(h.income_before_support, h.recorded_income_low, 0.0)


@derived(
    level="household",
    unit="元/月",
    category="B",
    for_model=False,
    zh="未计户外赡养费的家庭月收入上限",
    en="Household income a month without support from outside, at most",
)
def income_before_support_high(h):
    """Known income; what an overtaken visit had found; or what such members earn at most.

    A relative who is away may send one average income, and somebody sends it where nobody in the
    household has any income on file.
    """
    away = h.relative_away.fill_null(False) | ~(h.recorded_income_month > 0).fill_null(False)
    sent = away.ifelse(h.D / 12, 0.0)
    usual = h.recorded_income_high + sent
    before = (h.visit_told_income & h.visit_overtaken).ifelse(all_found(h), None)
    return ibis.coalesce(h.income_before_support, before, usual)


def told_of_transfers(h):
    """What a visit found of transfers beyond the records, a month, with what is paid as support.

    A visit that tells only the total may have met it there.
    """
    pension = h.household_pension_month.fill_null(0.0)
    recorded = pension + h.household_benefit_12m.fill_null(0.0) / 12
    found = _beyond(h.visited_transfers_24m, recorded)
    by_kind = ibis.coalesce(
        h.visited_wages_24m, h.visited_business_24m, h.visited_transfers_24m
    ).notnull()
    return by_kind.ifelse(found, h.unrecorded_income_month.fill_null(0.0))
