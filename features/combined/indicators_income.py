"""Categories B, G and H: income against the lines, the edge, rigid spending (policy §3.3)."""

from __future__ import annotations

import ibis

from data.feeds.assistance_rolls import features as rolls
from data.feeds.disability_certificates import features as disability
from data.feeds.home_visits import features_process as in_process
from data.feeds.medical_claims import features_household as claims_household
from data.feeds.rural_watch import features as rural_watch
from data.feeds.school_rolls import features as schools
from data.feeds.tax import features as tax
from features.combined import income, indicators_population, roster
from features.combined.income import settled, share_of_income
from features.engine import at_least, derived

ORDER = 280

BUILT_ON = (
    *(claims_household, disability, in_process, income),
    *(indicators_population, rolls, roster, rural_watch, schools, tax),
)
EDGE = 1.5
# Lowest steps of the indicators: an unknown income speaks only when it is certain to pass them.
NEAR_AVERAGE = 0.8
MARKED_FALL = 0.7
THETA_MARGIN = 0.1
HEAVY_REHAB = 0.1


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="人均收入与低保标准比",
    en="Income per head against the standard",
)
def income_to_standard(h):
    """B01: i over S (最低生活保障审核确认办法 民发〔2021〕57号).

    Where i is not known: the upper bound if even that is below S, the lower if that reaches S.
    """
    return settled(h.income_low_to_standard, h.income_high_to_standard, 1.0)


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="人均收入与当地平均比",
    en="Income per head against the local mean",
)
def income_to_average(h):
    """B02: 12 i over D, last year's disposable income per head.

    Where i is not known: the bound that is certain to lie below 0.8, or to reach it.
    """
    heads_year = h.income_heads / 12
    least = h.income_low_month / heads_year / h.D
    most = h.income_high_month / heads_year / h.D
    return settled(least, most, NEAR_AVERAGE)


@derived(
    level="household",
    unit="倍",
    category="B",
    zh="收入降幅（低收入户）",
    en="Income against last year, if low",
)
def income_fall_if_low(h):
    """B03: income of 12 months over that of the 12 before while i < 2S, otherwise 1.

    Unknown income, now or before, is no "no fall": the ratio is null, unless the most there can
    be now is still a marked fall from the least there was.
    """
    # The year before knows no support from outside: like is compared with like.
    exact = h.income_before_support / h.income_month_before
    least_before = (h.income_low_month_before > 0).ifelse(h.income_low_month_before, None)
    at_most = h.income_before_support_high / least_before
    certain = (at_most <= MARKED_FALL).ifelse(at_most, None)
    return ibis.cases(
        (h.income_low_to_standard >= 2, 1.0),
        (h.income_high_to_standard < 2, ibis.coalesce(exact, certain)),
        else_=None,
    )


@derived(level="household", unit="倍", category="B", zh="收入变化", en="Income against last year")
def income_change(h):
    """Known income over that of the year before, both without support from outside."""
    return h.income_before_support / h.income_month_before


@derived(
    level="household",
    unit="倍",
    category="B",
    monotone=-1,
    zh="申报工资与低保标准比",
    en="Declared wages against the standard",
)
def declared_wage_to_standard(h):
    """B05: pay declared to the tax office, a head and month over S; 0 without any.

    Little is declared below the threshold: where insured wages are higher, they count.
    """
    taxed, insured = h.household_declared_pay_12m, h.household_wages_12m
    pay = ibis.cases((taxed.isnull(), insured), (insured > taxed, insured), else_=taxed)
    return pay / h.n_members / 12 / h.S


@derived(level="household", category="G", zh="低保边缘区间", en="Edge band")
def edge_band(h):
    """G01: 'first' (S to 1.5S), 'second' (1.5S to kS where k > 1.5), otherwise 'none'.

    Null where the range of i reaches into more than one of them.
    """
    low, high = h.income_low_to_standard, h.income_high_to_standard
    top = at_least(h.k.fill_null(EDGE), EDGE)
    return ibis.cases(
        ((low >= 1) & (high < EDGE), "first"),
        ((low >= EDGE) & (high < top), "second"),
        ((high < 1) | (low >= top), "none"),
        else_=None,
    )


@derived(level="household", category="B", zh="防返贫监测线状态", en="Monitoring line")
def monitoring_line_status(h):
    """B04: 'monitored' (rural; roll or watch list), 'below_line' (rural, 12 i < M), or 'none'.

    A shortage that B01 or G01 already counts is not counted again (decision 0018): below the line
    tells something only where income is certain to reach S and lies in no edge band.
    """
    rural = h.urban_rural == "rural"
    line = h.M / 12 / h.S
    above_edge = (h.income_to_standard >= 1) & (h.edge_band == "none")
    below = h.income_high_to_standard < line
    counted = h.income_high_to_standard < 1
    certain = (h.income_low_to_standard >= line) | counted | (h.edge_band != "none")
    return ibis.cases(
        (~rural, "none"),
        ((h.on_monitored.fill_null(False) | h.on_rural_watch.fill_null(False)), "monitored"),
        ((below & above_edge).fill_null(False), "below_line"),
        (certain.fill_null(False), "none"),
        else_=None,
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
    monotone=+1,
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
    monotone=+1,
    zh="刚性支出占收入比",
    en="Rigid expenditure over income",
)
def rigid_ratio(h):
    """rho: rigid expenditure over income (民发〔2024〕57号 §5).

    `ratio_base` says whether the place counts living costs in, as a share of S a head (0: not, as
    where no notice says so; 1: at S, as Gansu's draft does).
    """
    living = h.ratio_base.fill_null(0.0) * h.S * h.income_heads * 12
    lowest = h.theta - THETA_MARGIN
    return share_of_income(h, h.rigid_expenditure_year + living, lowest)


@derived(
    level="household",
    unit="倍",
    category="H",
    monotone=+1,
    zh="刚性支出占收入比超过当地线",
    en="Rigid expenditure over income, above the local line",
)
def rigid_over_theta(h):
    """H01: rho less theta, the ratio that the city sets (社会救助法 §22)."""
    return (h.rigid_ratio - h.theta).round(6)


@derived(
    level="household",
    unit="倍",
    category="H",
    monotone=-1,
    zh="扣减后人均收入与标准比",
    en="Income less rigid expenditure over the standard",
)
def income_after_rigid_to_standard(h):
    """H02: income less rigid expenditure, a head and month, over S; may be negative.

    Where income is not known: the upper bound if even that leaves less than S, the lower if that
    leaves 2S.
    """
    spent = h.rigid_expenditure_year / 12 / h.income_heads / h.S
    low, high = h.income_low_to_standard - spent, h.income_high_to_standard - spent
    return ibis.cases((h.income_known, low), (high < 1, high), (low >= 2, low), else_=None)


@derived(
    level="household",
    category="H",
    for_model=False,
    zh="适用扣减后收入",
    en="Income after rigid expenditure applies",
)
def rigid_after_applicable(h):
    """H02 counts only what the spending took, not the low income that B01 or G01 counts.

    Not below S (B01 speaks), and not where income was between S and 1.5S before and still is after
    (G01 speaks).
    """
    before, after = h.income_to_standard, h.income_after_rigid_to_standard
    same_step = h.edge_band.isin(["first"]) & (after >= 1) & (after < EDGE)
    return (before >= 1) & ~same_step.fill_null(False)


@derived(
    level="household",
    unit="倍",
    category="H",
    monotone=+1,
    zh="康复支出占收入比",
    en="Rehabilitation over income",
)
def rehab_burden(h):
    """H03: rehabilitation costs over income."""
    return share_of_income(h, h.rehab_cost_year, HEAVY_REHAB)


@derived(level="household", category="H", for_model=False, zh="救助后仍困难", en="Still in need")
def still_in_need(h):
    """The newest visit of six months found need, or income, less rigid costs or not, is below S.

    Not, where that visit found none, or where income is certain to leave 2S.
    """
    short = (h.income_to_standard < 1) | (h.income_after_rigid_to_standard < 1)
    enough = ~h.newest_finding_6m | (h.income_after_rigid_to_standard >= 2)
    return ibis.cases(
        ((h.newest_finding_6m | short).fill_null(False), True),
        (enough.fill_null(False), False),
        else_=None,
    )


@derived(level="household", category="H", zh="重复临时救助", en="Repeated emergency aid")
def repeat_emergency_aid(h):
    """H05: two or more emergency grants within 12 months, and still in need."""
    return (h.emergency_grants_12m >= 2) & h.still_in_need
