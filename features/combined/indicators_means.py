"""Means that speak against need: B06, B07, B10, G04 (policy §1.3, §3.3).

Nothing in the files is proof of wealth: each indicator takes points off only where the files say
the same in every reading, and says "unknown" where a part was never asked for.
"""

from __future__ import annotations

import ibis

from data.feeds.financial_assets import features as financial_assets
from data.feeds.firms import features as firms
from data.feeds.real_estate import features as real_estate
from data.feeds.vehicles import features as vehicles
from features.combined import indicators_housing
from features.engine import derived

ORDER = 340

BUILT_ON = (financial_assets, firms, indicators_housing, real_estate, vehicles)
# The highest tier of B06: what is known already passes it, whatever else there may be.
SURE_MONTHS = 48.0
MODEST, COSTLY = 40.0, 100.0


@derived(
    level="household",
    unit="月",
    category="B",
    monotone=-1,
    zh="人均金融资产相当低保标准月数",
    en="Financial assets a head, in months of the standard",
)
def financial_months(h):
    """B06: financial assets a head over S, where every adult was answered for.

    Where not, only what already passes 48 months counts: there may be more, never less.
    """
    sure = h.assets_complete | (h.financial_months_low > SURE_MONTHS)
    return sure.fill_null(False).ifelse(h.financial_months_low, None)


@derived(level="household", category="B", zh="车船情况", en="Vehicles and vessels")
def vehicle_class(h):
    """B07: 'none', 'livelihood', 'modest', 'middling' or 'costly'; empty where no price is known.

    'livelihood': the only one, registered for hire or farm work. 'modest': worth up to 40 S;
    'middling': up to 100 S; 'costly': more, or bought within 12 months, or two and more. The value
    is that of registration. Vehicles for a disabled member are told on site, in no feed.
    """
    only = h.n_vehicles == 1
    return ibis.cases(
        (h.n_vehicles.isnull(), None),
        (h.n_vehicles == 0, "none"),
        (h.n_vehicles >= 2, "costly"),
        (only & (h.n_earning_vehicles == 1), "livelihood"),
        (h.vehicle_bought_12m, "costly"),
        (h.vehicle_to_standard > COSTLY, "costly"),
        (h.vehicle_to_standard > MODEST, "middling"),
        (h.vehicle_to_standard <= MODEST, "modest"),
        else_=None,
    )


def _over(value, limit):
    """Whether a known value lies above a known limit; null where one of them is unknown."""
    return value > limit


@derived(
    level="household", category="G", for_model=False, zh="车船超限额", en="Vehicle above the limit"
)
def vehicle_over_limit(h):
    """Two cars or boats, or one that is no livelihood and is worth more than the local limit."""
    return ibis.cases(
        (h.n_vehicles >= 2, True),
        (h.vehicle_class.isin(["none", "livelihood"]), False),
        else_=_over(h.vehicle_to_standard, h.car_limit),
    )


@derived(
    level="household", category="G", for_model=False, zh="不动产超限额", en="Homes above the limit"
)
def homes_over_limit(h):
    """A shop or office, or two homes with more space a head than the local limit allows."""
    area = ibis.greatest(h.titled_area.fill_null(0.0), h.own_floor_area.fill_null(0.0))
    wide = _over(area / h.n_members, h.home_limit * h.floor_line)
    return ibis.cases(
        (h.n_shops > 0, True),
        (h.homes_held.isnull(), None),
        (h.homes_held < 2, False),
        else_=wide,
    )


@derived(
    level="household", category="G", for_model=False, zh="出资超限额", en="Capital above the limit"
)
def firms_over_limit(h):
    """Members' capital in companies that trade is above the local limit."""
    return _over(h.capital_subscribed, h.firm_limit)


@derived(
    level="household",
    category="G",
    for_model=False,
    zh="金融资产超限额",
    en="Financial assets above the limit",
)
def savings_over_limit(h):
    """Financial assets a head above the local limit; empty where not every adult was asked."""
    over = _over(h.financial_months_low, h.fin_limit)
    return (h.assets_complete | over).fill_null(False).ifelse(over, None)


@derived(level="household", category="G", zh="财产超低边限额", en="Assets above an edge limit")
def assets_over_limit(h):
    """G04: any limit of an edge family is exceeded; empty where none is and one is unknown."""
    parts = [h.savings_over_limit, h.vehicle_over_limit, h.homes_over_limit, h.firms_over_limit]
    some, none = ibis.literal(False), ibis.literal(True)
    for part in parts:
        some = some | part.fill_null(False)
        none = none & (~part).fill_null(False)
    return ibis.cases((some, True), (none, False), else_=None)
