"""Category F: the home (policy §3.3 F01-F05), and B08 with it."""

from __future__ import annotations

import ibis

from data.feeds.housing import features as housing
from data.feeds.real_estate import features as real_estate
from features.combined import income
from features.combined.income import share_of_income
from features.engine import derived

ORDER = 320

BUILT_ON = (housing, income, real_estate)
RENT_BURDEN = 0.30
ARREARS_MONTHS = 3
SPACIOUS = 3
YEAR_DAYS = 365


@derived(level="household", category="F", zh="农村危房无房", en="Unsafe or no rural home")
def unsafe_housing(h):
    """F01: rural 'D', 'none' (no home), 'C', or 'safe'; empty without a record or a grade."""
    return ibis.cases(
        (h.urban_rural != "rural", "safe"),
        (h.home_kind == "none", "none"),
        (h.danger_grade == "D", "D"),
        (h.danger_grade == "C", "C"),
        (h.danger_grade.isin(["A", "B"]), "safe"),
        else_=None,
    )


@derived(level="household", category="F", zh="灾损住房", en="Disaster-damaged home")
def disaster_housing(h):
    """F02: 'severe' (severely damaged or collapsed) or 'slight' within 12 months, or 'none'."""
    return ibis.cases(
        (h.disaster_damage_12m.isnull(), None),
        (h.disaster_damage_12m.isin(["severe", "collapsed"]), "severe"),
        (h.disaster_damage_12m == "slight", "slight"),
        else_="none",
    )


@derived(level="household", category="F", zh="城镇住房困难", en="Urban housing shortage")
def urban_housing_shortage(h):
    """F03: urban, below the floor line per head, no own home and no public rental."""
    sheltered = h.owns_home | (h.home_kind == "public_rental")
    small = (h.floor_area_per_head < h.floor_line) | (h.home_kind == "none")
    return (h.urban_rural == "urban") & small & ~sheltered


@derived(
    level="household",
    unit="倍",
    category="F",
    monotone=+1,
    zh="租金占收入比",
    en="Rent over income",
)
def rent_share(h):
    """Rent of a year over income."""
    return share_of_income(h, h.monthly_rent * 12, RENT_BURDEN)


@derived(level="household", category="F", zh="租金负担", en="Rent burden")
def rent_burden(h):
    """F04: 'rent' (30 % of income without subsidy), 'arrears' (public rental, 3 months), 'none'."""
    heavy = (h.rent_share >= RENT_BURDEN) & ~h.rent_subsidy
    owing = (h.home_kind == "public_rental") & (h.rent_arrears_months >= ARREARS_MONTHS)
    unknown = h.home_kind.isnull() | (
        (h.monthly_rent > 0) & h.rent_share.isnull() & ~h.rent_subsidy
    )
    return ibis.cases(
        (heavy.fill_null(False), "rent"),
        (owing.fill_null(False), "arrears"),
        (unknown.fill_null(True), None),
        else_="none",
    )


@derived(level="household", category="F", zh="近12个月购建高标准住房", en="Bought or built a home")
def new_high_standard_home(h):
    """F05: an own home bought or built, or a town flat registered, within 12 months.

    Not one that replaces an unsafe or destroyed home, by resettlement, the 危改 scheme, or a record
    of the damage within 36 months.
    """
    registered = (h.days_since_town_home <= YEAR_DAYS).fill_null(False)
    bought = ibis.cases(
        (registered, True),
        (h.n_titled_homes.isnull(), h.bought_or_built_12m),
        else_=h.bought_or_built_12m.fill_null(False),
    )
    return bought & ~h.rehoused_36m


@derived(level="household", unit="处", category="B", zh="自有住房数（各来源）", en="Homes held")
def homes_held(h):
    """Own homes by the housing register or by titles, whichever tells of more.

    Rural homes often have no title, and flats of the family elsewhere stand in titles only.
    """
    return ibis.cases(
        (h.homes_owned.isnull(), h.n_titled_homes),
        (h.n_titled_homes.isnull(), h.homes_owned),
        (h.n_titled_homes > h.homes_owned, h.n_titled_homes),
        else_=h.homes_owned,
    )


@derived(level="household", category="B", zh="不动产", en="Real estate")
def several_homes(h):
    """B08: 'shop', 'second_home' with two own homes and much space a head, otherwise 'none'.

    The local mean of space a head is in no feed; three times the minimum line stands for it, as in
    Chongqing's rules (policy §1.3).
    """
    registered = h.own_floor_area / h.n_members > SPACIOUS * h.floor_line
    titled = h.titled_area / h.n_members > SPACIOUS * h.floor_line
    wide = registered.fill_null(False) | titled.fill_null(False)
    return ibis.cases(
        ((h.n_shops > 0).fill_null(False), "shop"),
        (h.homes_held.isnull(), None),
        ((h.homes_held >= 2) & wide, "second_home"),
        else_="none",
    )
