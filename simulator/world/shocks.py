"""Accidents, fires, floods by township, houses that become unsafe, prison."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Now, month_day
from simulator.world.demography import note_lost_earners
from simulator.world.geography import TOWNSHIPS


def move(now: Now) -> None:
    """One month of bad luck."""
    _fire_and_flood(now)
    _accidents(now)
    _unsafe(now)
    _prison(now)
    _buy_homes(now)


def _fire_and_flood(now: Now) -> None:
    """Single fires all year; in June to August a flood may hit one township."""
    h = now.state.h
    luck, county = now.luck("disaster"), now.rng("flood")
    size = len(h.town)
    h.damage = np.where(luck.random(h.key) < 0.06, 0, h.damage)  # repaired in time
    chance = np.full(size, 0.00012)
    near_water = h.hazard | (luck.random(h.key) < 0.06)
    if now.calendar_month in (6, 7, 8) and county.random() < 0.22:
        low = (h.town == int(county.integers(len(TOWNSHIPS)))) & near_water
        chance = np.where(low, 0.35, chance)
    hit = np.flatnonzero((h.n > 0) & (luck.random(h.key) < chance))
    keys = h.key[hit]
    worse = (h.danger[hit] >= 3) | (h.dwelling[hit] == 2)
    h.damage[hit] = np.where(
        luck.random(keys) < np.where(worse, 0.6, 0.25), luck.integers(keys, 2, 4), 1
    )
    loss = np.where(
        h.damage[hit] >= 2, luck.lognormal(keys, 9.6, 0.6), luck.lognormal(keys, 7.6, 0.6)
    )
    h.debt[hit] += loss
    on = now.dates(luck, keys)
    now.log.add("damage", household=hit, on=on)
    flooded = chance[hit] > 0.01
    now.log.add("disaster", household=hit, on=on, loss=loss, flood=flooded, grade=h.damage[hit])


def _accidents(now: Now) -> None:
    """Injury with liability or lost goods: a sudden debt, sometimes a disability."""
    state, p = now.state, now.state.p
    luck = now.luck("accident")
    rate = 0.00009 * state.h.frailty[p.hh] * np.where(p.trade == c.BUILDING, 2.5, 1)
    hurt = np.flatnonzero(state.present() & (state.age() > 14) & (luck.random(p.key) < rate))
    keys = p.key[hurt]
    owed = luck.lognormal(keys, 9.2, 0.7).astype("f4")
    np.add.at(state.h.debt, p.hh[hurt], owed)
    lasting = hurt[(luck.random(keys) < 0.3) & (p.dis_grade[hurt] == 0)]
    p.dis_cat[lasting] = c.LIMBS
    p.dis_grade[lasting] = luck.integers(p.key[lasting], 1, 5)
    now.log.add("accident", person=hurt, on=now.dates(luck, keys), loss=owed)


def _unsafe(now: Now) -> None:
    """Old rural houses decay; the worst on a roll are rebuilt by the county in time."""
    h = now.state.h
    luck = now.luck("unsafe")
    decay = (h.kind == c.OWN_RURAL) & (h.danger >= 1) & (h.danger < 4)
    down = np.flatnonzero(decay & (luck.random(h.key) < 0.0009 * np.sqrt(h.frailty)))
    h.danger[down] += 1
    rebuilt = np.flatnonzero((h.danger >= 3) & (h.roll > 0) & (luck.random(h.key) < 0.02))
    h.danger[rebuilt], h.acquired_how[rebuilt] = 1, 4
    h.acquired[rebuilt] = month_day(now.month).astype("i8")
    changed = np.r_[down, rebuilt]
    now.log.add("house", household=changed, on=now.dates(luck, h.key[changed]))


def _prison(now: Now) -> None:
    """A few adults go to prison and come back after about two years."""
    state, p = now.state, now.state.p
    luck = now.luck("prison")
    age = state.age()
    free = p.prison & (luck.random(p.key) < 0.04)
    p.prison &= ~free
    p.jobless[free] = 1
    taken = state.present() & (p.sex == 1) & (age > 18) & (age < 60)
    taken &= luck.random(p.key) < 0.00004
    note_lost_earners(now, np.flatnonzero(taken))
    p.prison |= taken
    p.work[taken], p.wage[taken], p.benefit[taken] = c.IDLE, 0, 0
    rows, back = np.flatnonzero(taken), np.flatnonzero(free)
    days, freed = now.dates(luck, p.key[rows]), now.dates(luck, p.key[back])
    now.log.add("freed", person=back, since=p.held[back].astype("datetime64[D]"), on=freed)
    p.held[rows] = days.astype("i8")
    now.log.add("taken", person=rows, on=days)


def _buy_homes(now: Now) -> None:
    """Well-off households buy or build; this shows in the housing register."""
    h = now.state.h
    luck = now.luck("homes")
    rich = (h.savings > 150_000) & (h.n > 0)
    buys = np.flatnonzero(rich & (luck.random(h.key) < 0.004))
    h.kind[buys] = np.where(h.urban[buys], c.OWN_URBAN, h.kind[buys])
    h.acquired_how[buys] = np.where(h.urban[buys], 1, 0)
    h.acquired[buys] = month_day(now.month).astype("i8")
    h.area[buys] = np.clip(h.area[buys] * 1.3, 60, 400)
    h.rent[buys] = 0
    h.savings[buys] *= 0.3
    now.log.add("house", household=buys, on=now.dates(luck, h.key[buys]))
