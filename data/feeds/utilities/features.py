"""Water, power, gas and telecommunications, for the household that uses them (half-yearly).

A bill belongs to the family of the household number or the user it is registered for, never to
that of who paid it: children pay for their parents. Of a shared meter each family bears its part.
"""

from __future__ import annotations

import ibis

from features.engine import at_least, at_most, days_before, derived, peers, source

bills = source("utilities", entity="household", role="user")
# Families as large as this and larger are compared with one another.
LARGE = 6
# A median of fewer families says nothing.
FEWEST_PEERS = 20
# Bills must reach back so far that every family's sum is of a whole year.
WHOLE_YEAR, MONTH = 355, 30
# Months without use from which a home counts as not lived in (our own design).
EMPTY_MONTHS = 6


def _part(b):
    """The family's own part of a bill."""
    return b.amount / b.sharers.fill_null(1)


def _used(b):
    """Months of a bill in which something was used."""
    months = b.months.fill_null(1)
    idle = b.idle_months.fill_null((b.use == 0).fill_null(False).ifelse(months, 0))
    return at_least(months - idle, 0)


@bills.feature(
    months=12,
    missing=None,
    unit="元",
    category="B",
    zh="近12个月水电气讯支出",
    en="Bills, 12 months",
)
def utility_spend_12m(b):
    """Water, power, gas and telecommunications billed within 12 months, shared meters in part."""
    return _part(b).sum()


@bills.feature(
    months=12, missing=None, unit="元", category="B", zh="近12个月电费", en="Power bills, 12 months"
)
def power_spend_12m(b):
    """Power billed within 12 months."""
    return _part(b).sum(where=b.kind == "power")


@bills.feature(
    months=12,
    missing=None,
    unit="元",
    category="B",
    zh="近12个月通信费",
    en="Telecom bills, 12 months",
)
def telecom_spend_12m(b):
    """Telecommunications billed within 12 months."""
    return _part(b).sum(where=b.kind == "telecom")


@bills.feature(
    missing=None,
    unit="天",
    category="B",
    for_model=False,
    zh="账单覆盖天数",
    en="Days back to the oldest bill",
)
def days_billed(b):
    """Days since the period of the oldest bill began, which says whether a whole year was billed.

    A bill is dated at the start of the last month that it covers.
    """
    return (days_before(b, b.happened_on) + (b.months.fill_null(1) - 1) * MONTH).max()


@bills.feature(
    months=12,
    missing=None,
    unit="月",
    category="F",
    for_model=False,
    zh="近12个月用电月数",
    en="Months with power used, 12 months",
)
def power_months_used_12m(b):
    """Months of the bills of 12 months in which power was used."""
    return _used(b).sum(where=b.kind == "power")


@bills.feature(
    months=12,
    missing=None,
    unit="月",
    category="F",
    for_model=False,
    zh="近12个月用水月数",
    en="Months with water used, 12 months",
)
def water_months_used_12m(b):
    """Months of the bills of 12 months in which water was used."""
    return _used(b).sum(where=b.kind == "water")


@bills.feature(
    months=12,
    missing=None,
    unit="笔",
    category="B",
    zh="近12个月他人代缴笔数",
    en="Bills paid by somebody else, 12 months",
)
def bills_paid_by_others_12m(b):
    """Bills within 12 months whose payer is known and is not the user."""
    return (b.person_payer != b.person_user).fill_null(False).sum()


@peers.feature(
    by=lambda h: (h.county_code, at_most(h.n_members, LARGE)),
    unit="元",
    category="B",
    zh="同规模家庭水电气讯支出中位数",
    en="Median of bills of families as large",
)
def usual_utility_spend_12m(h):
    """Median of bills of 12 months among families of the same size in the county.

    Families of six and more are one size. Only those billed for a whole year count; of fewer than
    20 no median is told.
    """
    told = h.utility_spend_12m.notnull() & (h.days_billed >= WHOLE_YEAR)
    return (told.sum() >= FEWEST_PEERS).ifelse(h.utility_spend_12m.median(where=told), None)


@derived(
    level="household",
    unit="倍",
    category="B",
    zh="水电气讯支出与同规模家庭之比",
    en="Bills against families as large",
)
def utility_to_peers(h):
    """Bills of 12 months over the median of families as large; empty without a whole year."""
    whole = h.days_billed >= WHOLE_YEAR
    return whole.fill_null(False).ifelse(
        h.utility_spend_12m / h.usual_utility_spend_12m.nullif(0.0), None
    )


@derived(
    level="household",
    unit="月",
    category="F",
    zh="近12个月无水电用量月数",
    en="Months without use, 12 months",
)
def months_without_use_12m(h):
    """Months of the last 12 in which neither power nor water was used, of a family billed for a
    whole year; the meter that ran longer counts."""
    power, water = h.power_months_used_12m, h.water_months_used_12m
    used = ibis.greatest(power.fill_null(0), water.fill_null(0))
    known = ibis.coalesce(power, water).notnull() & (h.days_billed >= WHOLE_YEAR)
    return known.fill_null(False).ifelse(12 - at_most(used, 12), None)


@derived(level="household", category="F", zh="住房有人居住", en="The home is lived in")
def home_occupied(h):
    """Water or power was used in at least seven of the last 12 months."""
    return h.months_without_use_12m < EMPTY_MONTHS


@derived(level="household", category="B", zh="生活消费水平", en="Utilities and telecom spending")
def utility_spending(h):
    """B11: 'low' (up to 0.3 of the median, the home lived in), 'high' (twice the median), 'empty'
    (as low, but the home is not lived in) or 'normal'."""
    low = h.utility_to_peers <= 0.3
    return ibis.cases(
        (h.utility_to_peers.isnull(), None),
        (h.utility_to_peers >= 2, "high"),
        (low & h.home_occupied.isnull(), None),
        (low & h.home_occupied, "low"),
        (low, "empty"),
        else_="normal",
    )
