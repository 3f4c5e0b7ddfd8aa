"""What the newest home visit (乡镇 入户调查) found, and what was known of it three months before.

Income here is what the household told at the door, over its adult equivalents and the standard S
of that day, so that visits of different years compare. The dwelling, hardship and the shape of the
income come from the newest visit within 24 months that told them; `_before` is the same question
asked three months earlier.
"""

from __future__ import annotations

import ibis

from features.engine import derived, latest, source, spine_feature
from features.survey import heads_at_visit

visits = source("home_visits", entity="household", standards=True)

MEMORY = 24
BEFORE = 3
# What a household does when money does not last; the visit form asks for each.
HARDSHIP = ("savings_spent", "borrowed_family", "borrowed_bank", "sold_belongings", "instalments")

# Where a household lives says much about where it is going; asked for by name, because a county's
# model had better not learn which township is which.
TOWNSHIP = spine_feature(
    "township_code", level="household", category="X", zh="乡镇", en="Township", for_model=False
)


def _told(name, column, zh, en, category, kind="float64", unit="", monotone=0, before=False):
    """Declare the newest value of an expression `column(v)`; with `before`, also as of earlier."""

    def newest(v):
        return latest(v, column(v).cast(kind))

    for ago in (0, BEFORE) if before else (0,):
        newest.__name__ = f"{name}_before" if ago else name
        newest.__doc__ = f"{en}, newest home visit{' known three months before' if ago else ''}."
        visits.feature(
            months=MEMORY,
            ago=ago,
            missing=None,
            unit=unit,
            category=category,
            monotone=0 if ago else monotone,
            zh=f"{zh}（三个月前所知）" if ago else zh,
            en=f"{en}, three months before" if ago else en,
        )(newest)


def _flag(name, column, zh, en, category, before=False):
    """Declare a yes/no of the newest visit; unknown stays unknown."""
    _told(name, column, zh, en, category, kind="boolean", before=before)


def _over_standard(v, money):
    return money / heads_at_visit(v) / (v.S > 0).ifelse(v.S, None)


_told(
    *("visit_income_ratio", lambda v: _over_standard(v, v.income_month)),
    *("走访收入与标准之比", "Visited income over the standard", "B"),
    monotone=-1,
    before=True,
)
_told(
    *("visit_wage_ratio", lambda v: _over_standard(v, v.wage_income)),
    *("走访工资与标准之比", "Visited wages over the standard", "B"),
    before=True,
)
_told(
    *("visit_business_ratio", lambda v: _over_standard(v, v.business_income)),
    *("走访经营收入与标准之比", "Visited business income over the standard", "B"),
    before=True,
)
_told(
    *("visit_transfer_ratio", lambda v: _over_standard(v, v.transfer_income)),
    *("走访转移收入与标准之比", "Visited transfers over the standard", "B"),
    before=True,
)
_told(
    *("visit_property_ratio", lambda v: _over_standard(v, v.property_income)),
    *("走访财产收入与标准之比", "Visited property income over the standard", "B"),
)
_told(
    *("visit_aid_ratio", lambda v: _over_standard(v, v.aid_income)),
    *("走访救助金与标准之比", "Visited assistance money over the standard", "H"),
    before=True,
)
_told(
    *("visit_units", heads_at_visit, "走访等值人数", "Adult equivalents at the visit", "A"),
    unit="人",
    before=True,
)
_told(
    *("visit_members", lambda v: v.members, "走访时人数", "Members at the visit", "A"),
    kind="int64",
    unit="人",
    before=True,
)
_told(
    *("visit_rooms", lambda v: v.rooms, "走访房间数", "Rooms at the visit", "F"),
    kind="int64",
    unit="间",
)
_told(
    *("visit_bedrooms", lambda v: v.bedrooms, "走访卧室数", "Bedrooms at the visit", "F"),
    kind="int64",
    unit="间",
)


def _level(column, steps):
    """A scale from good (0) to bad, by the kept value."""
    return column.cases(*((value, level) for level, value in enumerate(steps)), else_=None)


_told(
    *("floor_level", lambda v: _level(v.floor, ("finished", "cement", "earth"))),
    *("地面简陋程度", "Poverty of the floor", "F", "int64", "级"),
)
_told(
    *("roof_level", lambda v: _level(v.roof, ("slab", "tile", "sheet", "thatch"))),
    *("屋顶简陋程度", "Poverty of the roof", "F", "int64", "级"),
)
_told(
    *("water_level", lambda v: _level(v.water, ("indoor", "yard", "outside"))),
    *("取水不便程度", "Distance to water", "F", "int64", "级"),
)
_told(
    *("toilet_level", lambda v: _level(v.toilet, ("flush", "latrine", "none"))),
    *("厕所简陋程度", "Poverty of the toilet", "F", "int64", "级"),
)
_told(
    *("drain_level", lambda v: _level(v.drain, ("sewer", "septic", "pit", "hole"))),
    *("排水简陋程度", "Poverty of the drain", "F", "int64", "级"),
)
_told(
    *("fuel_level", lambda v: _level(v.fuel, ("piped", "bottled", "wood"))),
    *("燃料简陋程度", "Poverty of the fuel", "F", "int64", "级"),
    before=True,
)

_flag("shares_toilet", lambda v: v.toilet_shared, "共用厕所", "Shares a toilet", "F")
_flag("on_hazard_site", lambda v: v.hazard_site, "住处危险", "On hazardous ground", "F")
_flag("lives_in_flat", lambda v: v.dwelling == "flat", "住单元房", "Lives in a flat", "F")
_flag("visit_owns", lambda v: v.tenure == "owned", "走访：自有住房", "Own home at the visit", "F")
_flag("visit_rents", lambda v: v.tenure == "rented", "走访：租房", "Rented home at the visit", "F")
_flag(
    *("visit_borrows", lambda v: v.tenure == "borrowed"),
    *("走访：借住", "Borrowed home at the visit", "F"),
)
_flag("visit_savings", lambda v: v.savings_spent, "动用积蓄", "Spent savings", "H", before=True)
_flag("visit_loan_family", lambda v: v.borrowed_family, "向亲友借款", "Borrowed from family", "H")
_flag("visit_loan_bank", lambda v: v.borrowed_bank, "向银行借款", "Borrowed from a bank", "H")
_flag("visit_sold", lambda v: v.sold_belongings, "变卖财物", "Sold belongings", "H")
_flag("visit_credit", lambda v: v.instalments, "赊购分期", "Bought on credit", "H")
_flag("visit_goods_aid", lambda v: v.goods_aid, "接受实物救助", "Aid in kind", "H", before=True)
_flag("visit_cash_aid", lambda v: v.cash_aid, "接受现金救助", "Aid in cash", "H", before=True)
_flag("visit_family_help", lambda v: v.family_help, "亲友接济", "Helped by family", "B")
_flag("has_domestic_help", lambda v: v.domestic_help, "雇有家政人员", "Has domestic help", "B")
_flag(
    *("income_is_estimate", lambda v: v.income_estimated),
    *("走访收入含估算", "Visited income is an estimate", "B"),
    before=True,
)


@visits.feature(
    months=12,
    missing=0,
    category="H",
    monotone=+1,
    zh="近12个月困难迹象",
    en="Signs of hardship",
)
def hardship_signs_12m(v):
    """Most signs of hardship told at one visit of 12 months: savings, loans, sales, credit."""
    signs = ibis.literal(0)
    for name in HARDSHIP:
        signs = signs + v[name].fill_null(False).cast("int64")
    return signs.max()


@visits.feature(
    months=24,
    missing=0,
    unit="次",
    category="X",
    for_model=False,
    zh="近24个月走访次数",
    en="Home visits, 24 months",
)
def visits_made_24m(v):
    """Home visits of 24 months."""
    return v.happened_on.count()


@visits.feature(
    months=(3, 6),
    missing=0,
    unit="次",
    category="X",
    for_model=False,
    zh="近{months}个月问到收入的走访次数",
    en="Home visits that were told the income, {months} months",
)
def visits_with_income(v):
    """Home visits at which the household told its income."""
    return v.income_month.count()


@derived(
    level="household",
    category="B",
    monotone=-1,
    zh="两次走访收入比均值",
    en="Mean visited income over the standard",
)
def visit_income_ratio_mean(h):
    """Mean of the newest ratio and the one known three months before."""
    return (h.visit_income_ratio + h.visit_income_ratio_before) / 2


@derived(
    level="household",
    category="B",
    monotone=-1,
    zh="两次走访收入比低值",
    en="Lower visited income over the standard",
)
def visit_income_ratio_low(h):
    """The lower of the newest ratio and the one known three months before."""
    lower = h.visit_income_ratio < h.visit_income_ratio_before
    return lower.ifelse(h.visit_income_ratio, h.visit_income_ratio_before)


@derived(
    level="household",
    category="B",
    zh="走访收入比变化",
    en="Change of visited income over the standard",
)
def visit_income_ratio_change(h):
    """The newest ratio less the one known three months before."""
    return h.visit_income_ratio - h.visit_income_ratio_before


@derived(
    level="household",
    category="B",
    monotone=-1,
    zh="走访人均收入与标准之比",
    en="Visited income per head over the standard",
)
def visit_income_per_head_ratio(h):
    """Visited income over members, not adult equivalents, and the standard."""
    members = (h.visit_members > 0).ifelse(h.visit_members, None)
    return h.visit_income_ratio * h.visit_units / members


@derived(level="household", unit="间/人", category="F", zh="走访人均房间", en="Rooms per head")
def visit_rooms_per_head(h):
    """Rooms over members at the visit."""
    return h.visit_rooms / (h.visit_members > 0).ifelse(h.visit_members, None)


@derived(level="household", unit="项", category="F", zh="住房缺陷数", en="Faults of the dwelling")
def dwelling_faults(h):
    """Poor floor, roof, water, toilet, drain, shared toilet, hazardous ground; unknown as none."""
    poor = (
        h.floor_level >= 1,
        h.roof_level >= 2,
        h.water_level >= 1,
        h.toilet_level >= 1,
        h.drain_level >= 2,
        h.shares_toilet,
        h.on_hazard_site,
    )
    faults = ibis.literal(0)
    for fault in poor:
        faults = faults + fault.fill_null(False).cast("int64")
    return h.visit_members.notnull().ifelse(faults, None)
