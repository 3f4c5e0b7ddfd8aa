"""Cars, motorcycles, tricycles, tractors, trucks, boats: bought, sold, scrapped.

Cars per hundred households: 55.9 in towns and 40.0 in the country in 2023 (National Bureau of
Statistics); the town figure is taken a little lower for a county seat. Other kinds are assumed.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.assets import tables
from simulator.world.clock import Now, month_day
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS
from simulator.world.state import Columns, State

CAR, VAN, TRUCK, MOTORCYCLE, TRICYCLE, TRACTOR, BOAT = range(7)
KIND = np.array(["小型汽车", "微型客货车", "货车", "摩托车", "三轮车", "拖拉机", "船舶"])
PRIVATE, TRADE, FARM_WORK = range(3)
USE = np.array(["非营运", "营运", "农用"])
NORMAL, TRANSFERRED, SCRAPPED, CANCELLED = range(4)
STATE = np.array(["正常", "转移", "报废", "注销"])
# Median price when new, in yuan, and its spread (of the logarithm); years in use at most.
PRICE = np.array([82_000, 46_000, 78_000, 6_500, 9_800, 24_000, 21_000.0])
SPREAD = np.array([0.45, 0.25, 0.35, 0.3, 0.3, 0.5, 0.5])
YEARS = np.array([14, 12, 12, 11, 10, 14, 18])
SPEC = {
    "kind": "i1",
    "use": "i1",
    "registered": "i4",
    "value": "f4",
    "state": "i1",
    # Truly sold, though the register does not know.
    "sold": "?",
    "no_price": "?",
    "as_car": "?",
}


def shares(state: State) -> np.ndarray:
    """Chance of owning each kind at first, households x kinds."""
    h, p = state.h, state.p
    rank = tables.standing(state)
    workers = state.count(tables.grown(state, 18, 66)) > 0
    farms = state.count((p.work == c.FARM) & state.present()) > 0
    lone_elders = np.where(workers, 1.0, 0.18)
    trader = state.count(np.isin(p.work, (c.INFORMAL, c.FLEXIBLE)) & state.present()) > 0
    every = np.zeros((len(h.n), len(KIND)))
    # Households without anybody of working age drive little, so the others drive more.
    every[:, CAR] = tables.leaning(np.where(h.urban, 0.55, 0.45), rank, 0.3) * lone_elders
    every[:, VAN] = np.where(trader, 0.035, 0.01)
    every[:, TRUCK] = np.where(trader, 0.022, 0.003) * (0.5 + rank)
    every[:, MOTORCYCLE] = np.where(h.urban, 0.1, 0.34) * np.where(workers, 1, 0.35)
    every[:, TRICYCLE] = np.where(farms & ~h.urban, 0.17, 0.02)
    every[:, TRACTOR] = np.where(farms & (h.land > 6), 0.12, 0)
    every[:, BOAT] = np.where(farms, 0.004, 0)
    return every


def found(now: Now) -> None:
    """What stands on the register in the month of the first delivery."""
    state = now.state
    luck, driver = now.luck("vehicles"), tables.main_adult(state)
    rate = SETTINGS[state.setting].rate("sold_not_transferred")
    made = []
    for kind, chance in enumerate(shares(state).T):
        dice = luck.random(state.h.key)
        here = (driver >= 0) & (state.h.n > 0)
        # One household in seven sold one of these in some year, and who bought it never came.
        gone = here & (dice > 1 - 0.15 * rate * chance)
        rows = np.flatnonzero(here & (dice < chance) | gone)
        made.append(_drawn(now, np.full(len(rows), kind), driver[rows], f"stock {kind}"))
        made[-1].sold = gone[rows]
    second = np.flatnonzero(
        (driver >= 0)
        & (luck.random(state.h.key) < tables.leaning(0.035, tables.standing(state), 0.0))
    )
    made.append(_drawn(now, np.full(len(second), CAR), driver[second], "second car"))
    things = made[0]
    for more in made[1:]:
        things = tables.append(things, more)
    state.things["vehicle"] = things


def _drawn(now: Now, kind: np.ndarray, owner: np.ndarray, subject: str) -> Columns:
    """Vehicles of some age in the names of `owner`."""
    luck, keys = now.luck(f"vehicle {subject}"), now.state.p.key[owner]
    things = tables.table(SPEC, len(kind))
    things.kind, things.owner = kind, owner
    grown_up = np.maximum((now.state.age()[owner] - 17.5) * 365, 30)
    age = np.minimum(luck.random(keys) ** 1.3 * YEARS[kind] * 365, grown_up)
    things.registered = tables.before(now, age).astype("i8")
    things.changed, things.on = np.full(len(kind), now.month), things.registered
    _describe(now, things, luck, keys)
    return things


def _describe(now: Now, things: Columns, luck: Luck, keys: np.ndarray) -> None:
    """Use, price, and what the register has wrong about it."""
    setting, kind = SETTINGS[now.state.setting], things.kind
    things.value = np.round(luck.lognormal(keys, np.log(PRICE[kind]), SPREAD[kind]), -2)
    hire = (kind == TRUCK) & (luck.random(keys) < 0.7) | (kind == VAN) & (luck.random(keys) < 0.2)
    farm = (kind == TRACTOR) | (kind == TRICYCLE) & (luck.random(keys) < 0.6)
    things.use = np.where(hire, TRADE, np.where(farm, FARM_WORK, PRIVATE))
    things.no_price = luck.random(keys) < setting.rate("no_price")
    things.as_car = (kind == TRICYCLE) & (luck.random(keys) < setting.rate("tricycle_as_car"))


def move(now: Now) -> None:
    """Some buy, some must sell, old ones are scrapped."""
    _leave(now)
    _buy(now)


def _leave(now: Now) -> None:
    state, things = now.state, now.state.things["vehicle"]
    luck, hh = now.luck("vehicles leave"), state.p.hh[things.owner]
    keys = state.p.key[things.owner] + things.kind.astype("u8")
    running = (things.state == NORMAL) & ~things.sold
    pressed = state.h.sold[hh] & (things.kind <= TRUCK)
    sells = running & (luck.random(keys) < np.where(pressed, 0.35, 0.0018))
    quiet = sells & (luck.random(keys) < SETTINGS[state.setting].rate("sold_not_transferred"))
    things.sold |= quiet
    told = np.flatnonzero(sells & ~quiet)
    years = (month_day(now.month).astype("i8") - things.registered) / 365.25
    old = running & ~sells & (years > YEARS[things.kind]) & (luck.random(keys) < 0.03)
    ended = np.flatnonzero(old)
    things.state[told] = TRANSFERRED
    things.state[ended] = np.where(luck.random(keys[ended]) < 0.8, SCRAPPED, CANCELLED)
    both = np.r_[told, ended]
    tables.mark(things, both, now, tables.this_month(now, "vehicles leave", keys[both]))


def _buy(now: Now) -> None:
    """Who has savings and no car may buy one; motorcycles and tricycles are bought by anyone."""
    state, things = now.state, now.state.things["vehicle"]
    h, luck, driver = state.h, now.luck("vehicles bought"), tables.main_adult(state)
    has_car = np.zeros(len(h.n), bool)
    held = (things.kind == CAR) & (things.state == NORMAL) & ~things.sold
    has_car[state.p.hh[things.owner[held]]] = True
    workers = state.count(tables.grown(state, 18, 66)) > 0
    able = (driver >= 0) & workers & (h.n > 0)
    car = able & ~has_car & (luck.random(h.key) < 0.006 * np.clip(h.savings / 60_000, 0, 1.5))
    small = able & ~h.urban & (luck.random(h.key) < 0.0018)
    rows = np.r_[np.flatnonzero(car), np.flatnonzero(small & ~car)]
    kind = np.where(car[rows], CAR, np.where(luck.random(h.key[rows]) < 0.7, MOTORCYCLE, TRICYCLE))
    new = tables.table(SPEC, len(rows))
    new.kind, new.owner = kind, driver[rows]
    keys = state.p.key[new.owner]
    days = tables.this_month(now, "vehicles bought", keys)
    new.registered = days.astype("i8")
    _describe(now, new, now.luck("new vehicles"), keys)
    tables.mark(new, np.arange(len(rows)), now, days)
    state.things["vehicle"] = tables.append(things, new)
