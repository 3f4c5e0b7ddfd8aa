"""Categories B, G and H: income against the lines, the edge, rigid spending (policy §3.3)."""

from __future__ import annotations

import ibis

from features import claims_household, disability, income, indicators_population, rolls, roster
from features import schooling as schools
from features.engine import derived

BUILT_ON = (*(claims_household, disability, income, indicators_population, rolls, roster, schools),)


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="人均收入与低保标准比",
    en="Income per head against the standard",
)
def income_to_standard(h):
    """B01: i over S (最低生活保障审核确认办法 民发〔2021〕57号)."""
    return h.income_per_head_month / h.S


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="人均收入与当地平均比",
    en="Income per head against the local mean",
)
def income_to_average(h):
    """B02: 12 i over D, last year's disposable income per head."""
    return h.income_per_head_month * 12 / h.D


@derived(
    level="household",
    unit="倍",
    category="B",
    zh="收入降幅（低收入户）",
    en="Income against last year, if low",
)
def income_fall_if_low(h):
    """B03: income of 12 months over that of the 12 before while i < 2S, otherwise 1."""
    low = h.income_to_standard < 2
    return low.ifelse(h.income_month / h.income_month_before, 1.0)


@derived(level="household", unit="倍", category="B", zh="收入变化", en="Income against last year")
def income_change(h):
    """Known income over that of the year before."""
    return h.income_month / h.income_month_before


@derived(level="household", category="B", zh="防返贫监测线状态", en="Monitoring line")
def monitoring_line_status(h):
    """B04: 'monitored' (rural, on the roll), 'below_line' (rural, 12 i < M), 'none'."""
    rural = h.urban_rural == "rural"
    below = h.income_per_head_month * 12 < h.M
    unknown = h.on_monitored.isnull() & h.income_per_head_month.isnull()
    return ibis.cases(
        (~rural, "none"),
        (h.on_monitored.fill_null(False), "monitored"),
        (below.fill_null(False), "below_line"),
        (unknown | below.isnull(), None),
        else_="none",
    )


@derived(
    level="household",
    unit="倍",
    category="B",
    zh="申报工资与低保标准比",
    en="Declared wages against the standard",
)
def declared_wage_to_standard(h):
    """B05: insured wages a head and month over S; 0 without any."""
    return h.household_wages_12m / h.n_members / 12 / h.S


@derived(level="household", category="G", zh="低保边缘区间", en="Edge band")
def edge_band(h):
    """G01: 'first' (S to 1.5S), 'second' (1.5S to kS where k > 1.5), otherwise 'none'."""
    ratio = h.income_to_standard
    return ibis.cases(
        (ratio.isnull(), None),
        ((ratio >= 1) & (ratio < 1.5), "first"),
        ((ratio >= 1.5) & (h.k > 1.5) & (ratio < h.k), "second"),
        else_="none",
    )


@derived(
    level="person",
    category="G",
    household=("edge_band", "on_edge", "on_dibao", "on_tekun"),
    zh="低边家庭单人保对象",
    en="Single-person Dibao candidate",
)
def single_dibao_candidate(p):
    """G02: in an edge household, severely disabled or gravely ill, not on Dibao.

    Basis: 民发〔2021〕57号 §8.
    """
    in_edge = p.on_edge.fill_null(False) | p.edge_band.isin(["first", "second"])
    needy = p.severely_disabled | p.listed_disease_12m
    return in_edge & needy & ~p.on_dibao.fill_null(False) & ~p.on_tekun.fill_null(False)


@derived(
    level="household", category="G", zh="近24个月退保或未获确认", en="Left or refused, 24 months"
)
def left_or_refused_24m(h):
    """G03: Dibao or destitute support ended, or an application refused, within 24 months."""
    return (h.ended_dibao_tekun_24m & ~h.on_dibao_tekun) | h.refused_24m


@derived(
    level="household",
    unit="元/年",
    category="H",
    monotone=0,
    zh="年刚性支出",
    en="Rigid expenditure a year",
)
def rigid_expenditure_year(h):
    """Own medical, education and rehabilitation costs of 12 months (民发〔2024〕57号 §5)."""
    return h.medical_self_paid_12m + h.education_cost_year + h.rehab_cost_year


@derived(
    level="household",
    unit="倍",
    category="H",
    zh="刚性支出占收入比",
    en="Rigid expenditure over income",
)
def rigid_ratio(h):
    """H01: rho, rigid expenditure over income; living costs are not inside."""
    return h.rigid_expenditure_year / h.income_year_floored


@derived(
    level="household",
    unit="倍",
    category="H",
    monotone=0,
    zh="扣减后人均收入与标准比",
    en="Income less rigid expenditure over the standard",
)
def income_after_rigid_to_standard(h):
    """H02: income less rigid expenditure, a head and month, over S; may be negative."""
    left = h.income_month - h.rigid_expenditure_year / 12
    return left / h.income_heads / h.S


@derived(
    level="household",
    category="H",
    for_model=False,
    zh="适用扣减后收入",
    en="Income after rigid expenditure applies",
)
def rigid_after_applicable(h):
    """H02 counts only where i is at least S; below, B01 already speaks."""
    return h.income_to_standard >= 1


@derived(
    level="household",
    unit="倍",
    category="H",
    zh="康复支出占收入比",
    en="Rehabilitation over income",
)
def rehab_burden(h):
    """H03: rehabilitation costs over income."""
    return h.rehab_cost_year / h.income_year_floored


@derived(level="household", category="H", zh="重复临时救助", en="Repeated emergency aid")
def repeat_emergency_aid(h):
    """H05: two or more emergency grants within 12 months."""
    return h.emergency_grants_12m >= 2
