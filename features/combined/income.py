"""Income of the household: known, or a range, and never a zero for want of a record.

i (yuan a head and month) = insured wages + pensions + unemployment benefit of 12 months, plus what
the newest home visit within 24 months found beyond them (informal wages, farm and other business,
property, transfers). Assistance money is not income (policy §1.3), and visits record none. A visit
within 12 months that reports the household's income counts when it is higher than what is recorded.
What supporters outside count for (赡养费, policy §1.3) is added as far as it is more than a visit
found of their payments; where one of the amounts is not known, i is not, and lies in a range.

i is known when a visit within 24 months told it and no job or member was lost since, or when every
member's income is on file, some of it is more than nothing, and nobody is away
(features/combined/income_told.py, decision 0018). Where it is
not, i is null and the range income_low to income_high stands: a rule may speak only where the whole
range says the same.
"""

from __future__ import annotations

import ibis

from data.feeds.supporters import features as supporters
from features.combined import income_found, income_told, income_visited
from features.combined.income_found import all_found, recorded_and_visited, told_of_transfers
from features.engine import at_least, derived

ORDER = 240

BUILT_ON = (income_found, income_told, income_visited, supporters)
# A household without any income is shown at a hundredth of the standard in ratios.
INCOME_FLOOR = 0.01


def _added(h, support):
    """What support counts beyond what is in the income already.

    Where a visit told the income, what is really paid was among the transfers it found, or in the
    total. An income that is only a range has no such part that is certain.
    """
    there = told_of_transfers(h) + all_found(h) - recorded_and_visited(h)
    beyond = at_least(support - there, 0.0)
    return h.own_income_known.ifelse(beyond, support).fill_null(0.0)


@derived(
    level="household",
    unit="元/月",
    category="B",
    for_model=False,
    zh="赡养费计入收入至少",
    en="Support added to income a month, at least",
)
def support_added_low(h):
    """The least that supporters outside add to what is recorded and visited; 0 without any."""
    return _added(h, h.support_least_month)


@derived(
    level="household",
    unit="元/月",
    category="B",
    for_model=False,
    zh="赡养费计入收入至多",
    en="Support added to income a month, at most",
)
def support_added_high(h):
    """The most they may add."""
    return _added(h, h.support_most_month)


@derived(level="household", category="B", for_model=False, zh="收入可知", en="Income can be known")
def income_known(h):
    """It is known without support, and what supporters outside add to it is known as well."""
    return h.own_income_known & (h.support_added_high <= h.support_added_low)


@derived(
    level="household",
    unit="元/月",
    category="B",
    monotone=-1,
    zh="家庭已知月收入",
    en="Known household income a month",
)
def income_month(h):
    """Recorded and visited income and the support added to it; null while it cannot be known."""
    return h.income_known.ifelse(h.income_before_support + h.support_added_low, None)


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
    """Known income, or what is on file of it, and the least that supporters count for."""
    return h.income_before_support_low + h.support_added_low


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

    To each the most that supporters outside may count for is added.
    """
    return h.income_before_support_high + h.support_added_high


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
