"""Titles to homes, shops and parking places; one row a title and owner.

Of town households 96.0 % own a home and 41.5 % two or more (People's Bank survey of 2019, all of
urban China); a county has fewer second homes: the shares here are assumed.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.assets import tables
from simulator.world.clock import Now, month_day
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS
from simulator.world.state import Columns

HOME, RURAL_HOME, SHOP, PARKING = range(4)
USE = np.array(["住宅", "农村宅基地住宅", "商业", "车位"])
SOLE, JOINT, SHARES = range(3)
SHARED = np.array(["单独所有", "共同共有", "按份共有"])
CURRENT, FORMER = range(2)
STATE = np.array(["现势", "历史"])
YUAN_PER_M2 = np.array([4300, 800, 8200, 2600.0])
BUILD_MONTHS = (4, 20)  # from a contract on file to the title
LASTING = "homes for good"
SPEC = {
    "number": "i4",
    "use": "i1",
    "area": "f4",
    "value": "f4",
    "shared": "i1",
    "share": "f4",
    "registered": "i4",
    "state": "i1",
    # From the file of sales contracts; the month its title will come (0: it has come).
    "filed": "?",
    "title_at": "i4",
    # Stands in both files for one home; was never registered; its owner has died.
    "twice": "?",
    "missing": "?",
    "dead": "?",
}


def found(now: Now) -> None:
    """All titles in the month of the first delivery."""
    state = now.state
    state.things["title"] = tables.table(SPEC, 0)
    h, luck, rank = state.h, now.luck("titles"), tables.standing(state)
    lives = h.n > 0
    own = lives & np.isin(h.kind, (c.OWN_RURAL, c.OWN_URBAN))
    rows = np.flatnonzero(own)
    use = np.where(h.kind[rows] == c.OWN_URBAN, HOME, RURAL_HOME)
    old = np.minimum(h.acquired[rows], tables.before(now, np.full(len(rows), 40)).astype("i8"))
    owner = _left_by_the_dead(now, rows, _owners(now, rows))
    _add(now, rows, owner, use, h.area[rows], old, "own home")
    kinds = (
        (HOME, np.where(h.urban, 0.17, 0.15), 0.12),
        (SHOP, np.where(h.urban, 0.035, 0.012), 0.05),
        (PARKING, np.where(h.urban, 0.14, 0.02), 0.1),
    )
    for use_code, share, low in kinds:
        more = np.flatnonzero(lives & (luck.random(h.key) < tables.leaning(share, rank, low)))
        keys = h.key[more]
        size = np.select(
            [use_code == HOME, use_code == SHOP],
            [luck.normal(keys, 98, 18), luck.normal(keys, 52, 20)],
            13,
        )
        since = tables.before(now, luck.uniform(keys, 60, 6200)).astype("i8")
        use, owner = np.full(len(more), use_code), _owners(now, more)
        _add(now, more, owner, use, np.clip(size, 9, 300), since, f"more {use_code}")
    _twice(now)


def _twice(now: Now) -> None:
    """Flats of the last fifteen years whose sales contract was never taken off its file."""
    things, luck = now.state.things["title"], now.luck("filed and registered")
    recent = tables.before(now, np.array([5475])).astype("i8")
    rate = SETTINGS[now.state.setting].rate("filed_and_registered")
    keys = now.state.p.key[things.owner]
    flats = (things.use == HOME) & (things.registered > recent) & (things.shared == SOLE)
    rows = np.flatnonzero(flats & (luck.random(keys) < rate))
    old = Columns({name: column[rows] for name, column in things.items()})
    old.filed, old.twice = np.ones(len(rows), bool), np.ones(len(rows), bool)
    born = now.state.p.born[old.owner].astype("i8")
    before = things.registered[rows] - luck.integers(keys[rows], 120, 600)
    old.registered = np.maximum(before, born + 40)
    old.on = old.registered
    old.number = _numbers(now, len(rows))
    now.state.things["title"] = tables.append(things, old)


def _numbers(now: Now, size: int) -> np.ndarray:
    """The next certificate numbers; owners of one title share theirs."""
    things = now.state.things["title"]
    first = int(things.number.max()) + 1 if len(things.number) else 1
    return first + np.arange(size)


def _owners(now: Now, rows: np.ndarray) -> np.ndarray:
    """Who of each household owns what it has: the main earner, else the oldest."""
    main = tables.main_adult(now.state)[rows]
    return np.where(main < 0, _eldest(now)[rows], main)


def _add(
    now: Now,
    rows: np.ndarray,
    owner: np.ndarray,
    use: np.ndarray,
    area: np.ndarray,
    since: np.ndarray,
    subject: str,
) -> np.ndarray:
    """Titles of households `rows`, a row an owner; returns their places in the table.

    A head may own together with the spouse.
    """
    state, partner = now.state, tables.spouse(now.state)[rows]
    luck, keys = now.luck(f"title {subject}"), state.h.key[rows]
    pair = (partner >= 0) & (state.p.relation[owner] == c.HEAD) & (use != PARKING)
    pair &= luck.random(keys) < np.where(use == RURAL_HOME, 0.15, 0.5)
    in_shares = pair & (luck.random(keys) < 0.12)
    shared = np.where(in_shares, SHARES, np.where(pair, JOINT, SOLE))
    first_share = np.where(in_shares, luck.choice(keys, (50, 60, 70, 99)), 100)
    value = area * YUAN_PER_M2[use] * luck.lognormal(keys, 0, 0.22)
    number = _numbers(now, len(rows))
    both = np.flatnonzero(pair)
    at = np.r_[np.arange(len(rows)), both]
    new = tables.table(SPEC, len(at))
    new.number, new.use, new.area, new.value = number[at], use[at], np.round(area[at], 1), value[at]
    new.value = np.round(new.value, -2)
    new.owner = np.r_[owner, partner[both]]
    new.shared = shared[at]
    second = np.where(in_shares[both], 100 - first_share[both], 100)
    new.share = np.where(shared[at] == JOINT, 0, np.r_[first_share, second])
    # Nobody owns before being born: a joint title is as old as its younger owner can have it.
    born = state.p.born[owner].astype("i8")
    born = np.where(pair, np.maximum(born, state.p.born[partner]), born)
    new.registered = np.maximum(since, born + 40)[at]
    new.changed, new.on = np.full(len(at), now.month), new.registered
    _flaws(now, new, subject)
    things = state.things["title"]
    state.things["title"] = tables.append(things, new)
    return len(things.number) + np.arange(len(at))


def _left_by_the_dead(now: Now, rows: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Homes whose owner died within the year before, and nobody went to the office since."""
    state, p = now.state, now.state.p
    late = np.full(len(state.h.n), -1, "i8")
    dead = np.flatnonzero(~p.alive & p.here & (state.age() >= 50))
    late[p.hh[dead]] = dead
    stays = SETTINGS[state.setting].rate("dead_owner") ** 6
    still = (late[rows] >= 0) & (now.luck("left by the dead").random(state.h.key[rows]) < stays)
    return np.where(still, late[rows], owner)


def _flaws(now: Now, new: Columns, subject: str) -> None:
    """Rural homes that nobody ever registered: all their owners, or none."""
    rate, rural = SETTINGS[now.state.setting].rate("rural_home_missing"), new.use == RURAL_HOME
    whose = now.state.h.key[now.state.p.hh[new.owner]]
    new.missing = rural & (now.luck(f"never registered {subject}").random(whose) < rate)


def _eldest(now: Now) -> np.ndarray:
    """Per household the oldest person alive in it."""
    p = now.state.p
    rows = np.flatnonzero(p.alive & p.here)
    order = rows[np.argsort(-p.born[rows], kind="stable")]
    found_ = np.zeros(len(now.state.h.n), "i8")
    found_[p.hh[order]] = order
    return found_


def move(now: Now) -> None:
    """Contracts become titles, homes are bought and sold, heirs take over."""
    _become_titles(now)
    _buy(now)
    _sell(now)
    _inherit(now)


def _become_titles(now: Now) -> None:
    """A contract on file becomes a title; now and then nobody takes the contract off."""
    things = now.state.things["title"]
    due = np.flatnonzero(things.filed & (things.title_at == now.month))
    keys, luck = now.state.p.key[things.owner[due]], now.luck("contract to title")
    stays = luck.random(keys) < SETTINGS[now.state.setting].rate("filed_and_registered")
    days = tables.this_month(now, "contract to title", keys)
    new = Columns({name: column[due] for name, column in things.items()})
    new.filed, new.title_at = np.zeros(len(due), bool), np.zeros(len(due), "i4")
    # Owners of one contract are owners of one title.
    old, place = np.unique(new.number, return_inverse=True)
    new.number = _numbers(now, len(old))[place]
    new.registered = days.astype("i8")
    tables.mark(new, np.arange(len(due)), now, days)
    things.title_at[due] = 0
    things.twice[due[stays]] = True
    things.state[due[~stays]] = FORMER
    tables.mark(things, due, now, days)
    now.state.things["title"] = tables.append(things, new)


def _buy(now: Now) -> None:
    """The households that bought or built this month (see `shocks`), and second flats."""
    h = now.state.h
    luck = now.luck("titles bought")
    told = now.log.get("house")
    bought = np.zeros(len(h.n), bool)
    if told is not None:
        rows = np.unique(told["household"])
        fresh = h.acquired[rows] == month_day(now.month).astype("i8")
        bought[rows[fresh & np.isin(h.acquired_how[rows], (0, 1))]] = True
    more = (h.n > 0) & ~bought & (h.savings > 120_000) & (luck.random(h.key) < 0.0012)
    rows = np.flatnonzero(bought & h.urban | more)
    keys = h.key[rows]
    days = tables.this_month(now, "titles bought", keys)
    area = np.where(bought[rows], h.area[rows], np.clip(luck.normal(keys, 98, 18), 40, 200))
    use, owner = np.full(len(rows), HOME), _owners(now, rows)
    at = _add(now, rows, owner, use, area, days.astype("i8"), "bought")
    things = now.state.things["title"]
    things.filed[at] = True
    whose = now.state.h.key[now.state.p.hh[things.owner[at]]]
    things.title_at[at] = now.month + now.luck("building").integers(whose, *BUILD_MONTHS)


def _sell(now: Now) -> None:
    """Families that sell what they have sell a second home or a shop first."""
    state, things = now.state, now.state.things["title"]
    luck, hh = now.luck("titles sold"), state.p.hh[things.owner]
    order = np.lexsort((things.number, hh))
    first = np.ones(len(order), bool)
    first[1:] = hh[order][1:] != hh[order][:-1]
    spare = np.ones(len(order), bool)
    spare[order[first]] = False  # the first title of a family is where it lives
    spare &= (
        (things.state == CURRENT) & ~things.twice & ~things.missing & (things.use != RURAL_HOME)
    )
    dice = _of_title(luck, things)
    sells = spare & (dice < np.where(state.h.sold[hh], 0.2, 0.0009)) & (things.shared == SOLE)
    rows = np.flatnonzero(sells)
    things.state[rows] = FORMER
    keys = things.number[rows].astype("u8")
    tables.mark(things, rows, now, tables.this_month(now, "titles sold", keys))


def _of_title(luck: Luck, things: Columns) -> np.ndarray:
    return luck.random(things.number.astype("u8"))


def _inherit(now: Now) -> None:
    """What the dead own stays in their names until somebody goes to the office."""
    state, things = now.state, now.state.things["title"]
    dead = (things.state == CURRENT) & ~state.p.alive[things.owner] & ~things.missing
    things.dead = dead
    stays = SETTINGS[state.setting].rate("dead_owner")
    heir = tables.main_adult(state)[state.p.hh[things.owner]]
    goes = dead & (heir >= 0) & (_of_title(now.luck("heirs"), things) > stays)
    goes &= things.shared == SOLE
    rows = np.flatnonzero(goes)
    keys = things.number[rows].astype("u8")
    days = tables.this_month(now, "heirs", keys)
    new = Columns({name: column[rows] for name, column in things.items()})
    new.owner, new.dead = heir[rows], np.zeros(len(rows), bool)
    new.number, new.registered = _numbers(now, len(rows)), days.astype("i8")
    tables.mark(new, np.arange(len(rows)), now, days)
    things.state[rows], things.dead[rows] = FORMER, False
    tables.mark(things, rows, now, days)
    state.things["title"] = tables.append(things, new)
