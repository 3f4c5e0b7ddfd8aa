"""Titles to homes and shops in a member's name (自然资源、住建 不动产, quarterly).

A flat stands in the sales file and later in the register under two numbers, and the sales file
never hears that it was sold again: of an owner's titles of one use and floor area only the newest
counts, and homes of the same area count once. Joint owners of one household hold one home together.
Many rural homes were never registered, so no title does not mean no home; `housing` tells those.
"""

from __future__ import annotations

from features.engine import days_before, source

titles = source(
    "real_estate",
    entity="household",
    each=("person", "use", "area"),
    rows=lambda t: t.state == "current",
)
# Places are counted by their numbers: a family may well hold two of one size.
places = source(
    "real_estate", entity="household", each=("person", "asset"), rows=lambda t: t.state == "current"
)
HOMES = ("home", "rural_home")


def _home(t):
    return t.use.isin(HOMES)


@titles.feature(missing=0, unit="处", category="B", zh="登记住房数", en="Homes registered")
def n_titled_homes(t):
    """Homes with a title or a sales contract; of the same area once."""
    return t.area.round().nunique(where=_home(t))


@titles.feature(
    missing=0.0, unit="平方米", category="B", zh="登记住房面积", en="Floor area of titles"
)
def titled_area(t):
    """Mean area of the titles to homes times the homes."""
    return t.area.mean(where=_home(t)) * t.area.round().nunique(where=_home(t))


@titles.feature(missing=0, unit="处", category="B", zh="城镇住房数", en="Town flats registered")
def n_town_homes(t):
    """Titles to homes in town, of the same area once."""
    return t.area.round().nunique(where=t.use == "home")


@places.feature(missing=0, unit="处", category="B", zh="商铺写字楼数", en="Shops and offices")
def n_shops(t):
    """Titles to shops, offices or plants."""
    return t.asset.nunique(where=t.use == "shop")


@places.feature(missing=0, unit="个", category="B", zh="车位数", en="Parking places")
def n_parking_places(t):
    """Titles to parking places."""
    return t.asset.nunique(where=t.use == "parking")


@titles.feature(
    missing=None, unit="元", category="B", zh="不动产登记价值", en="Value of the dearest title"
)
def dearest_title(t):
    """Highest registered value of one title; empty without a price."""
    return t.value.max()


@titles.feature(missing=False, category="B", zh="与户外人共有", en="Shares a title in parts")
def owns_in_shares(t):
    """A title held in shares, of which the household may own a part only."""
    return (t.shared == "shares").any()


@titles.feature(
    missing=None,
    unit="天",
    category="F",
    zh="城镇住房登记天数",
    en="Days since a town flat was registered",
)
def days_since_town_home(t):
    """Days since the newest title to a home in town."""
    return days_before(t, t.happened_on.max(where=t.use == "home"))
