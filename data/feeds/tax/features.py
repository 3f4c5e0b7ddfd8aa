"""Income and turnover declared to the tax office (税务 纳税, quarterly by payer and kind).

Little is declared below the threshold, so no declaration does not mean no pay. A firm may use the
number of somebody who never worked there; the visit must ask.
"""

from __future__ import annotations

from features.engine import members, source, total

paid = source("tax", rows=lambda t: t.role == "payee")
own = source("tax", rows=lambda t: t.role.isin(["owner", "legal_rep"]))
WORK = ("wages", "bonus", "labour")


@paid.feature(
    months=(3, 12),
    missing=0.0,
    unit="元",
    category="B",
    zh="近{months}个月申报劳动所得",
    en="Declared pay, {months} months",
)
def declared_pay(t):
    """Wages, yearly bonus and fees for work that payers declared."""
    return t.income.sum(where=t.item.isin(WORK))


@paid.feature(
    months=12,
    ago=12,
    missing=0.0,
    unit="元",
    category="B",
    for_model=False,
    zh="此前12个月申报劳动所得",
    en="Declared pay, the 12 months before",
)
def declared_pay_before_12m(t):
    """Declared pay of the 12 months before the last 12."""
    return t.income.sum(where=t.item.isin(WORK))


@paid.feature(
    months=12,
    missing=0,
    unit="家",
    category="E",
    zh="近12个月扣缴单位数",
    en="Payers, 12 months",
)
def n_payers_12m(t):
    """Employers and others that declared pay for the person."""
    return t.asset.nunique(where=t.item.isin(WORK))


@paid.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="B",
    zh="近12个月财产性所得",
    en="Rent, interest and dividends declared, 12 months",
)
def declared_property_12m(t):
    """Rent, interest and dividends that payers declared."""
    return t.income.sum(where=t.item.isin(["rent", "dividends"]))


@own.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="B",
    zh="近12个月申报营业额",
    en="Turnover declared, 12 months",
)
def declared_turnover_12m(t):
    """Turnover of the trade or company that the person runs or represents."""
    return t.turnover.sum()


@paid.feature(
    months=12, missing=0.0, unit="元", category="B", zh="近12个月缴纳个税", en="Tax paid, 12 months"
)
def tax_paid_12m(t):
    """Income tax paid for the person."""
    return t.tax_paid.sum()


for _name, _household, _zh, _en in (
    (
        "declared_pay_12m",
        "household_declared_pay_12m",
        "近12个月家庭申报劳动所得",
        "Declared pay of the household, 12 months",
    ),
    (
        "declared_pay_3m",
        "household_declared_pay_3m",
        "近3个月家庭申报劳动所得",
        "Declared pay of the household, 3 months",
    ),
    (
        "declared_property_12m",
        "household_declared_property_12m",
        "近12个月家庭财产性所得",
        "Rent, interest and dividends of the household, 12 months",
    ),
    (
        "declared_turnover_12m",
        "household_turnover_12m",
        "近12个月家庭申报营业额",
        "Turnover declared by the household, 12 months",
    ),
):
    total(_name, _household, zh=_zh, en=_en)


@members.feature(
    unit="人", category="E", missing=0, zh="有申报收入人数", en="Members with pay declared"
)
def n_members_declared(p):
    """Members for whom pay was declared within 3 months."""
    return (p.declared_pay_3m > 0).sum()
