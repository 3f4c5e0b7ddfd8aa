"""What banks, securities firms, insurers and payment firms answered (金融资产, on consent).

An answer counts for a year. Only who consented is asked: nobody asked is unknown, an institution
that holds nothing says so. A joint account comes with its whole amount for each of its holders and
counts once a household. What a policy insures is no saving, and stays out.
"""

from __future__ import annotations

from data.feeds.population_register import features as register
from features.engine import days_before, derived, members, source

BUILT_ON = (register,)

HELD = ("deposit", "wealth", "bond", "stock", "fund", "payment_balance")
ANSWER_MONTHS = 12
answers = source("financial_assets")
numbered = source(
    "financial_assets",
    entity="household",
    each=("asset",),
    rows=lambda a: a.asset.notnull() & a.kind.isin(HELD) & (a.role != "beneficiary"),
)
unnumbered = source(
    "financial_assets",
    entity="household",
    each=("person", "institution", "kind"),
    rows=lambda a: a.asset.isnull() & a.kind.isin(HELD) & (a.role != "beneficiary"),
)
RISKY = ("stock", "fund", "wealth", "bond")


@answers.feature(
    months=ANSWER_MONTHS,
    missing=False,
    category="B",
    for_model=False,
    zh="近12个月有金融资产答复",
    en="Financial assets answered for, 12 months",
)
def assets_answered(a):
    """An institution answered for the person within 12 months."""
    return a.institution.notnull().any()


@answers.feature(
    missing=None,
    unit="天",
    category="B",
    for_model=False,
    zh="金融资产核对距今天数",
    en="Days since assets were asked for",
)
def days_since_asset_answer(a):
    """Days since the newest answer's day."""
    return days_before(a, a.happened_on.max())


@numbered.feature(
    months=ANSWER_MONTHS,
    missing=0.0,
    unit="元",
    category="B",
    for_model=False,
    zh="有账号的金融资产",
    en="Assets in numbered accounts",
)
def numbered_assets(a):
    """Newest amounts of the household's accounts, each once."""
    return a.amount.sum()


@unnumbered.feature(
    months=ANSWER_MONTHS,
    missing=0.0,
    unit="元",
    category="B",
    for_model=False,
    zh="无账号的金融资产",
    en="Assets told without an account",
)
def unnumbered_assets(a):
    """Newest amounts told without an account number, by member, institution and kind."""
    return a.amount.sum()


@numbered.feature(
    months=ANSWER_MONTHS,
    missing=0.0,
    unit="元",
    category="B",
    for_model=False,
    zh="证券基金理财",
    en="Securities, funds and wealth products",
)
def invested_assets(a):
    """Newest amounts of securities, funds and wealth products."""
    return a.amount.sum(where=a.kind.isin(RISKY))


@members.feature(
    unit="人",
    category="B",
    missing=0,
    for_model=False,
    zh="金融资产已核对成年人数",
    en="Adults whose assets were answered for",
)
def n_adults_answered(p):
    """Members of 18 and over for whom an institution answered within 12 months."""
    return (p.assets_answered & (p.age >= 18)).sum()


@derived(
    level="household",
    category="B",
    for_model=False,
    zh="成年成员金融资产均已核对",
    en="Every adult's assets were answered for",
)
def assets_complete(h):
    """Every adult member was answered for within 12 months."""
    return h.n_adults_answered >= h.n_adults


@derived(
    level="household",
    unit="元",
    category="B",
    monotone=-1,
    zh="家庭金融资产",
    en="Financial assets of the household",
)
def financial_assets(h):
    """Amounts of all accounts answered for within a year; empty where nobody was answered for."""
    told = h.numbered_assets + h.unnumbered_assets
    return (h.n_adults_answered > 0).ifelse(told, None)


@derived(
    level="household",
    unit="月",
    category="B",
    for_model=False,
    zh="人均金融资产相当低保标准月数（至少）",
    en="Financial assets a head, in months of the standard, at least",
)
def financial_months_low(h):
    """Financial assets a head over S, of those answered for: there may be more."""
    return h.financial_assets / h.n_members / h.S
