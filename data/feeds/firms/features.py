"""Firms that members run or own a part of (市场监管 市场主体, quarterly).

Only firms on the register and trading count: closed, revoked and irregular ones are no means.
Members of a cooperative mostly deliver to it and own next to nothing of it. Some people only lend
their names; the visit must ask.
"""

from __future__ import annotations

from features.engine import days_before, source

firms = source(
    "firms",
    entity="household",
    each=("person", "asset", "role"),
    rows=lambda f: f.state == "active",
)
dead = source(
    "firms",
    entity="household",
    each=("person", "asset", "role"),
    rows=lambda f: f.state != "active",
)


def _company(f):
    return (f.kind == "company") & f.role.isin(["legal_rep", "shareholder"])


@firms.feature(missing=0, unit="家", category="B", zh="个体工商户数", en="Sole trades")
def n_sole_trades(f):
    """Trades that a member operates as a sole trader."""
    return f.asset.nunique(where=f.kind == "sole")


@firms.feature(
    missing=0, unit="家", category="B", zh="任法定代表人的企业数", en="Companies represented"
)
def n_companies_led(f):
    """Companies whose legal representative is a member."""
    return f.asset.nunique(where=_company(f) & (f.role == "legal_rep"))


@firms.feature(missing=0, unit="家", category="B", zh="持股企业数", en="Companies with shares")
def n_companies_owned(f):
    """Companies a member has shares in."""
    return f.asset.nunique(where=_company(f) & (f.role == "shareholder"))


@firms.feature(missing=0, unit="家", category="B", zh="参加合作社数", en="Cooperatives joined")
def n_cooperatives(f):
    """Farmers' cooperatives that members belong to."""
    return f.asset.nunique(where=f.kind == "cooperative")


@firms.feature(
    missing=0.0, unit="元", category="B", zh="企业注册资本", en="Capital of the largest company"
)
def company_capital(f):
    """Capital of the largest company that a member leads or owns a part of."""
    return f.capital.max(where=_company(f))


@firms.feature(
    missing=0.0, unit="元", category="B", zh="认缴出资额", en="Capital subscribed by members"
)
def capital_subscribed(f):
    """What members have put, or promised to put, into companies."""
    return f.contributed.sum(where=_company(f))


@firms.feature(
    missing=None,
    unit="天",
    category="B",
    zh="最近设立天数",
    en="Days since the newest firm was founded",
)
def days_since_founding(f):
    """Days since the newest trade or company was founded."""
    return days_before(f, f.founded_on.max(where=f.kind != "cooperative"))


@dead.feature(
    missing=None, unit="天", category="B", zh="最近停业天数", en="Days since a firm stopped"
)
def days_since_closing(f):
    """Days since a member's trade or company was closed, revoked or listed as irregular."""
    return days_before(f, f.happened_on.max(where=f.kind != "cooperative"))
