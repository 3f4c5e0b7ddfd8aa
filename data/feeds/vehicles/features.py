"""Vehicles and vessels in a member's name (公安交管、交通、农机 车船, quarterly).

Of each owner's plate only the newest state counts: what was transferred, scrapped or cancelled is
gone. A sold vehicle often stays in its old owner's name; the visit must ask who uses it.
"""

from __future__ import annotations

from features.engine import days_before, derived, source

vehicles = source(
    "vehicles", entity="household", each=("person", "asset"), rows=lambda v: v.state == "normal"
)
# Two-wheelers, tricycles and farm machines are means of living in every local rule (policy §1.3).
COUNTED = ("car", "van", "truck", "boat")
EARNS = ("trade", "farm")


def _counted(v):
    return v.kind.isin(COUNTED)


@vehicles.feature(missing=0, unit="辆", category="B", zh="汽车和船舶数", en="Cars and boats")
def n_vehicles(v):
    """Cars, vans, trucks and boats in use in the members' names."""
    return v.asset.nunique(where=_counted(v))


@vehicles.feature(
    missing=0, unit="辆", category="B", zh="营运或农用车船数", en="Vehicles used to earn"
)
def n_earning_vehicles(v):
    """Cars, vans, trucks and boats registered for hire or farm work."""
    return v.asset.nunique(where=_counted(v) & v.use.isin(EARNS))


@vehicles.feature(
    missing=0, unit="辆", category="B", zh="摩托车和三轮车数", en="Motorcycles and tricycles"
)
def n_light_vehicles(v):
    """Motorcycles and tricycles in the members' names."""
    return v.asset.nunique(where=v.kind.isin(["motorcycle", "tricycle"]))


@vehicles.feature(missing=0, unit="台", category="B", zh="拖拉机数", en="Tractors")
def n_tractors(v):
    """Tractors in the members' names."""
    return v.asset.nunique(where=v.kind == "tractor")


@vehicles.feature(
    missing=None, unit="元", category="B", zh="最高车船登记价值", en="Value of the dearest vehicle"
)
def dearest_vehicle(v):
    """Registered value of the dearest car or boat; empty without a price."""
    return v.value.max(where=_counted(v))


@vehicles.feature(
    missing=0, unit="辆", category="B", for_model=False, zh="无价格车船数", en="Vehicles unpriced"
)
def n_unpriced_vehicles(v):
    """Cars and boats whose registration gives no price."""
    return v.asset.nunique(where=_counted(v) & v.value.isnull())


@vehicles.feature(
    missing=None,
    unit="天",
    category="B",
    zh="最新车船登记天数",
    en="Days since the newest vehicle was registered",
)
def days_since_vehicle(v):
    """Days since the newest car or boat was first registered."""
    return days_before(v, v.registered_on.max(where=_counted(v)))


@derived(level="household", category="B", zh="近12个月购车", en="Vehicle bought, 12 months")
def vehicle_bought_12m(h):
    """A car or boat first registered within 12 months."""
    return (h.days_since_vehicle <= 365).fill_null(False)


@derived(
    level="household",
    unit="倍",
    category="B",
    zh="车船价值与低保标准比",
    en="Value of the dearest vehicle in months of the standard",
)
def vehicle_to_standard(h):
    """Registered value of the dearest car or boat over S."""
    return h.dearest_vehicle / h.S
