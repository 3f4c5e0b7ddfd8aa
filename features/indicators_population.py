"""Category A: who lives in the household (policy §3.3 A01-A10).

A02 is in indicators_children.py; A03 severely_disabled and A04 other_disabled in disability.py.
"""

from __future__ import annotations

import ibis

from features import deaths, disability, diseases, income, register, roster
from features.engine import derived, members

BUILT_ON = (deaths, disability, diseases, income, register, roster)
SUPPORTER_AGE = (18, 69)
CHILDREN_ELSEWHERE_AGE = 50


def _no(value):
    return value.fill_null(False)


def _severe(p):
    return _no(p.severely_disabled)


@derived(
    level="person",
    category="A",
    needs=("population_register",),
    zh="有能力的赡养人",
    en="Able supporter",
)
def able_supporter(p):
    """18 to 69 and not severely disabled (特困人员认定办法: 70 and older cannot be asked)."""
    return p.age.between(*SUPPORTER_AGE) & ~_severe(p) & ~_no(p.enrolled)


@members.feature(
    category="A",
    unit="人",
    needs=("population_register",),
    zh="有能力的赡养人数",
    en="Able supporters in the household",
)
def n_able_supporters(p):
    """Members who could be asked to support the others."""
    return p.able_supporter.sum()


@derived(
    level="person",
    category="A",
    household=("n_able_supporters", "on_tekun", "income_per_head_month"),
    zh="疑似特困人员",
    en="Suspected destitute person",
)
def suspected_destitute(p):
    """A01: no labour capacity, own income below S, and no able statutory supporter known.

    No labour: 60 or older, younger than 16, or disabled as 民发〔2021〕43号 lists. Supporters: able
    members of the household; people once married and 50 or older may have children elsewhere, so
    without proof they do not count as unsupported. Not for those already on destitute support.
    """
    no_labour = (p.age >= 60) | (p.age < 16) | _no(p.no_labour_by_disability)
    alone = (p.n_able_supporters - p.able_supporter.cast("int64")) <= 0
    children_elsewhere = _no(p.marital != "single") & (p.age >= CHILDREN_ELSEWHERE_AGE)
    poor = (p.own_income_month < p.S) & ~_no(p.income_per_head_month >= p.S)
    return no_labour & alone & ~children_elsewhere & poor & ~_no(p.on_tekun)


@derived(level="person", category="A", zh="高龄老人", en="Very old")
def very_old(p):
    """A06: 80 or older; care dependency is not in any feed (policy §3.3 A06)."""
    return p.age >= 80


@members.feature(
    category="A", unit="人", missing=0, zh="无收入的残疾成年人", en="Disabled adults without income"
)
def n_disabled_adults_without_income(p):
    """Disabled members aged 18 to 59 without any recorded income."""
    return (p.disabled & p.working_age & (p.own_income_month <= 0)).sum()


@derived(
    level="household", category="A", zh="一户多残或老养残", en="Several disabled, or an aged carer"
)
def several_disabled_or_aged_carer(h):
    """A05: two or more disabled members, or a disabled adult without income beside an elder."""
    aged_carer = (h.n_disabled_adults_without_income >= 1) & (h.n_elders >= 1)
    return (h.n_disabled >= 2) | aged_carer


@members.feature(
    category="A",
    unit="人",
    needs=("population_register",),
    zh="可照料的成年人",
    en="Adults who can care",
)
def n_carers(p):
    """Members of 18 or more who are not in school."""
    return ((p.age >= 18) & ~_no(p.enrolled)).sum()


@derived(level="household", category="A", zh="抚养负担类型", en="Child-rearing burden")
def child_rearing_burden(h):
    """A07: 'single_parent' (one adult with a minor), 'many_minors' (three or more), 'none'."""
    return ibis.cases(
        ((h.n_carers == 1) & (h.n_minors >= 1), "single_parent"),
        (h.n_minors >= 3, "many_minors"),
        else_="none",
    )


@members.feature(
    category="B",
    unit="元",
    include_departed=True,
    for_model=False,
    zh="去世成员此前工资",
    en="Wages of members who died, 24 months",
)
def wages_of_the_dead_24m(p):
    """Highest insured wages of 24 months among members who died within 12 months."""
    return p.died_12m.ifelse(p.wages_24m, 0.0).max()


@members.feature(
    category="B",
    unit="元",
    for_model=False,
    zh="在世成员最高工资",
    en="Highest wages of living members, 24 months",
)
def wages_of_the_living_24m(p):
    """Highest insured wages of 24 months among present members."""
    return p.wages_24m.max()


@members.feature(
    category="A",
    unit="人",
    include_departed=True,
    missing=0,
    needs=("population_register",),
    zh="近12个月去世的劳动年龄成员",
    en="Members of working age who died, 12 months",
)
def working_age_deaths_12m(p):
    """Members who died within 12 months and would now be 18 to 60."""
    return (p.died_12m & p.age.between(18, 60)).sum()


@derived(level="household", category="A", zh="主要劳动力缺失", en="Lost its main earner")
def lost_main_earner_12m(h):
    """A08: the top earner of 24 months died within 12 months.

    Where no wages are on record, the death of the only member of working age counts.
    """
    earned = (h.wages_of_the_dead_24m > 0) & (h.wages_of_the_dead_24m >= h.wages_of_the_living_24m)
    only_one = (h.working_age_deaths_12m > 0) & (h.n_able_workers == 0)
    return earned | only_one


@derived(level="household", category="A", zh="劳动力与抚养负担", en="Labour supply and dependency")
def labour_supply(h):
    """A09: 'no_worker', 'high_dependency' (two thirds depend), 'all_able', or 'normal'."""
    return ibis.cases(
        (h.n_able_workers == 0, "no_worker"),
        ((h.n_members - h.n_able_workers) * 3 >= h.n_members * 2, "high_dependency"),
        (h.n_able_workers == h.n_members, "all_able"),
        else_="normal",
    )


@derived(
    level="household", category="A", unit="%", zh="劳动力比例", en="Share of members able to work"
)
def able_share(h):
    """Members able to work over all members."""
    return h.n_able_workers / h.n_members


@members.feature(category="A", zh="有财政供养成员", en="A member on a public payroll")
def any_public_payroll(p):
    """A member's newest contribution is from a public body."""
    return p.public_payroll.any()


@members.feature(
    category="B", unit="元/月", for_model=False, zh="最高养老金", en="Highest pension of a member"
)
def highest_pension(p):
    """The highest pension of one member, a month."""
    return p.pension_month.max()


@derived(
    level="household",
    category="A",
    zh="财政供养或较高养老金",
    en="Public payroll or sizeable pension",
)
def public_payroll_or_pension(h):
    """A10: a member on a public payroll, or a pension of at least 2S."""
    return h.any_public_payroll | (h.highest_pension >= 2 * h.S)
