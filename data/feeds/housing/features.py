"""Where the household lives (住建 住房, quarterly)."""

from __future__ import annotations

from features.engine import days_before, derived, latest, latest_is, source

homes = source("housing", entity="household")

OWN = ("own_rural", "own_urban")


def _no(value):
    return value.fill_null(False)


def _lived_in(h):
    """Records that describe a dwelling or the lack of one."""
    return h.kind.notnull()


@homes.feature(missing=None, category="F", zh="住房类型", en="Kind of home")
def home_kind(h):
    """Kind of the newest housing record."""
    return latest(h, h.kind)


@homes.feature(missing=None, category="F", zh="危房等级", en="Danger grade of the home")
def danger_grade(h):
    """Danger grade of the newest record that gives one (A to D, unrated)."""
    return latest(h, h.danger_grade, where=_lived_in(h))


@homes.feature(missing=None, unit="平方米", category="F", zh="住房面积", en="Floor area")
def floor_area(h):
    """Floor area of the newest record with an area."""
    return latest(h, h.floor_area)


@homes.feature(missing=None, unit="间", category="F", zh="房间数", en="Rooms")
def home_rooms(h):
    """Rooms of the newest record that counts them."""
    return latest(h, h.rooms)


@homes.feature(missing=0, unit="处", category="F", zh="自有住房数", en="Homes owned")
def homes_owned(h):
    """Different dwellings ever registered as the household's own."""
    return h.dwelling.nunique(where=h.kind.isin(OWN))


@homes.feature(
    missing=0.0, unit="平方米", category="F", zh="自有住房总面积", en="Floor area of own homes"
)
def own_floor_area(h):
    """Mean floor area on own records times the dwellings owned."""
    own = h.kind.isin(OWN)
    return h.floor_area.mean(where=own) * h.dwelling.nunique(where=own)


@homes.feature(missing=0.0, unit="元/月", category="F", zh="月租金", en="Rent a month")
def monthly_rent(h):
    """Rent of the newest record; 0 when the newest home is not rented."""
    rented = h.kind.isin(["market_rent", "public_rental"])
    return latest(h, rented.ifelse(h.monthly_rent.fill_null(0.0), 0.0))


@homes.feature(missing=False, category="F", zh="租赁补贴", en="Rent subsidy")
def rent_subsidy(h):
    """The newest record shows a rent subsidy."""
    return latest_is(h, h.rent_subsidy)


@homes.feature(
    missing=0, unit="月", category="F", monotone=+1, zh="欠租月数", en="Months of rent owed"
)
def rent_arrears_months(h):
    """Months of rent owed by the newest record."""
    return latest(h, h.rent_arrears_months.fill_null(0))


@homes.feature(
    months=12, missing="none", category="F", zh="近12个月灾损", en="Disaster damage, 12 months"
)
def disaster_damage_12m(h):
    """Newest damage grade recorded within 12 months."""
    return latest(h, h.disaster_damage)


@homes.feature(
    missing=False, category="F", zh="近12个月购建住房", en="Bought or built a home, 12 months"
)
def bought_or_built_12m(h):
    """Own home bought or built within 12 months, not resettled nor rebuilt as unsafe."""
    age = h.as_of.epoch_days() - h.acquired_on.epoch_days()
    return (h.kind.isin(OWN) & h.acquired_how.isin(["bought", "built"]) & age.between(0, 365)).any()


@homes.feature(
    months=36,
    missing=False,
    category="F",
    for_model=False,
    zh="近36个月安置、危改或灾毁",
    en="Resettled, repaired or destroyed, 36 months",
)
def rehoused_36m(h):
    """Resettled, rebuilt under the 危改 scheme, graded unsafe, or badly damaged by a disaster."""
    public = h.acquired_how.isin(["resettled", "renovation"]) & (
        h.as_of.epoch_days() - h.acquired_on.epoch_days() <= 1100
    )
    unsafe = h.danger_grade.isin(["C", "D"])
    damaged = h.disaster_damage.isin(["severe", "collapsed"])
    return (_no(public) | _no(unsafe) | _no(damaged)).any()


@homes.feature(
    missing=None, unit="天", category="F", zh="购建住房天数", en="Days since the home was acquired"
)
def days_since_home(h):
    """Days since the newest own home was acquired."""
    return days_before(h, h.acquired_on.max(where=h.kind.isin(OWN)))


@derived(
    level="household", unit="平方米/人", category="F", zh="人均住房面积", en="Floor area per head"
)
def floor_area_per_head(h):
    """Floor area over members."""
    return h.floor_area / h.n_members


@derived(level="household", unit="人/间", category="F", zh="每间人数", en="Members per room")
def members_per_room(h):
    """Members over rooms."""
    return h.n_members / (h.home_rooms > 0).ifelse(h.home_rooms, None)


@derived(level="household", category="F", zh="自有住房", en="Lives in an own home")
def owns_home(h):
    """The newest housing record is an own home."""
    return h.home_kind.isin(OWN)


@derived(level="household", category="F", zh="租房或借住", en="Rents or borrows its home")
def rents_home(h):
    """The newest record is a rented or borrowed home."""
    return h.home_kind.isin(["market_rent", "public_rental", "borrowed"])


@derived(
    level="household",
    unit="级",
    category="F",
    monotone=+1,
    zh="危险程度",
    en="Danger level of the home",
)
def danger_level(h):
    """1 (grade A) to 4 (grade D); empty when unrated."""
    return h.danger_grade.cases(("A", 1), ("B", 2), ("C", 3), ("D", 4), else_=None)


@derived(
    level="household",
    unit="级",
    category="F",
    monotone=+1,
    zh="灾损程度",
    en="Disaster damage level",
)
def disaster_level(h):
    """0 none, 1 slight, 2 severe, 3 collapsed, within 12 months."""
    return h.disaster_damage_12m.cases(("slight", 1), ("severe", 2), ("collapsed", 3), else_=0)
