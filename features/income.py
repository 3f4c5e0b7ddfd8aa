"""Known income of the household, and when it must stay unknown.

i (yuan a head and month) = insured wages + pensions + unemployment benefit of 12 months, plus what
the newest home visit within 24 months found beyond them (informal wages, farm and other business,
property, transfers). Assistance money is not income (policy §1.3), and visits record none. A visit
within 12 months that reports the household's income counts when it is higher than what is recorded.
Where an able adult has neither a record nor a visit, nobody knows: i is null, never zero.
"""

from __future__ import annotations

import ibis

from features import disability, employment_household, income_visited, register, rolls, schooling
from features.engine import at_least, derived, members

BUILT_ON = (disability, employment_household, income_visited, register, rolls, schooling)
# A household without any income is shown at a hundredth of the standard in ratios.
INCOME_FLOOR = 0.01


@derived(
    level="person", category="E", needs=("population_register",), zh="有劳动能力", en="Able to work"
)
def able_worker(p):
    """18 to 59, not in school, not severely disabled; unknown schooling or disability as none."""
    return p.working_age & ~p.enrolled.fill_null(False) & ~p.severely_disabled.fill_null(False)


@derived(
    level="person",
    unit="元/月",
    category="B",
    zh="个人有记录月收入",
    en="Recorded own income a month",
)
def own_income_month(p):
    """Insured wages and benefit of 12 months, and the pension, a month."""
    return p.wages_12m / 12 + p.benefit_12m / 12 + p.pension_month


@derived(
    level="person",
    unit="元/月",
    category="B",
    zh="此前12个月有记录月收入",
    en="Recorded own income a month, the year before",
)
def own_income_month_before(p):
    """The same sum for the 12 months before the last 12."""
    return p.wages_before_12m / 12 + p.benefit_before_12m / 12 + p.pension_month_before


@members.feature(
    unit="人",
    category="A",
    needs=("population_register",),
    zh="有劳动能力人数",
    en="Members able to work",
)
def n_able_workers(p):
    """Members able to work."""
    return p.able_worker.sum()


@members.feature(
    unit="人",
    category="B",
    needs=("population_register",),
    zh="无收入记录的劳动力",
    en="Able members without any income record",
)
def n_able_without_record(p):
    """Able members with no wage, pension or benefit on record in 12 months."""
    return (p.able_worker & ~(p.own_income_month > 0).fill_null(False)).sum()


@members.feature(
    unit="元/月",
    category="B",
    for_model=False,
    zh="家庭有记录月收入",
    en="Recorded household income a month",
)
def recorded_income_month(p):
    """Recorded income of all members."""
    return p.own_income_month.sum()


@members.feature(
    unit="元/月",
    category="B",
    for_model=False,
    zh="家庭此前有记录月收入",
    en="Recorded household income a month, the year before",
)
def recorded_income_month_before(p):
    """Recorded income of all members in the 12 months before the last 12."""
    return p.own_income_month_before.sum()


def _beyond(value, recorded):
    """What a visit found beyond the records; nothing where it did not ask."""
    return at_least(value - recorded, 0.0).fill_null(0.0)


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

    A visit that gives only the total counts by what it exceeds the records.
    """
    wages = h.household_wages_12m.fill_null(0.0) / 12
    transfers = (
        h.household_pension_month.fill_null(0.0) + h.household_benefit_12m.fill_null(0.0) / 12
    )
    by_kind = (
        _beyond(h.visited_wages_24m, wages)
        + h.visited_business_24m.fill_null(0.0)
        + _beyond(h.visited_transfers_24m, transfers)
    )
    told = ibis.coalesce(h.visited_wages_24m, h.visited_business_24m, h.visited_transfers_24m)
    return told.notnull().ifelse(by_kind, _beyond(h.visited_income_24m, wages + transfers))


@derived(level="household", category="B", for_model=False, zh="收入可知", en="Income can be known")
def income_known(h):
    """Every able member has a record, or a visit within 24 months told the income."""
    told = ibis.coalesce(
        h.visited_income_24m, h.visited_wages_24m, h.visited_business_24m, h.visited_transfers_24m
    ).notnull()
    recorded = h.recorded_income_month.notnull() & (h.n_able_without_record == 0)
    return told | recorded


@derived(
    level="household",
    unit="人",
    category="B",
    for_model=False,
    zh="计算人数",
    en="Heads that share the income",
)
def income_heads(h):
    """Members; in a household survey (no rolls) the adult equivalents of the newest visit."""
    heads = h.n_members.cast("float64")
    surveyed = ibis.coalesce(h.consumption_units_24m, heads)
    return h.ever_on_roll.isnull().ifelse(surveyed, heads)


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
    total = h.recorded_income_month.fill_null(0.0) + h.unrecorded_income_month.fill_null(0.0)
    best = at_least(total, h.visited_income_12m.fill_null(0.0))
    return h.income_known.ifelse(best, None)


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
    for_model=False,
    zh="此前12个月家庭月收入",
    en="Household income a month, the year before",
)
def income_month_before(h):
    """The same sum a year earlier; what visits found is taken as unchanged unless visited then."""
    recorded = h.recorded_income_month_before.fill_null(0.0)
    usual = recorded + h.unrecorded_income_month.fill_null(0.0)
    then = h.visited_income_before_12m
    before = then.isnull().ifelse(usual, at_least(then, recorded))
    return (h.income_known & (before > 0)).ifelse(before, None)


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
