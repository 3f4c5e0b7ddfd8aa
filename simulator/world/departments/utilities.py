"""生活缴费: half-yearly bills of every family's power, water, piped gas and telecommunications.

How much a family uses follows from who is at home, from its usual income and from a habit of its
own. All amounts and shares are assumed; none is a published figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.world import codes as c
from simulator.world.books import household_numbers
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import Desk, due
from simulator.world.departments.faults import trouble
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS

HALF = 6
SEASON = np.array([1.0, 1.1])  # of power, by half-year: more is cooled than heated
MIDDLE = 1500.0  # usual income a head a month around which bills are as below
PIPED = 0  # fuel: see codes.FUEL
TOLD_SHARERS = 0.5
PAYER_TOLD = 0.8


@dataclass(frozen=True)
class Service:
    """A kind of bill: yuan a half-year for one person at home, how it grows with people and income,
    what is owed in an empty home, yuan a unit of use, and how many families have it."""

    label: str
    letter: str
    one: float
    people: float
    income: float
    standing: float
    unit: float
    town: float
    country: float


SERVICES = (
    Service("电费", "D", 300.0, 0.6, 0.35, 0.0, 0.56, 1.0, 1.0),
    Service("水费", "S", 84.0, 0.8, 0.15, 0.0, 2.8, 0.98, 0.6),
    Service("燃气费", "Q", 210.0, 0.5, 0.2, 0.0, 2.6, 1.0, 1.0),
    Service("通信费", "T", 280.0, 0.7, 0.25, 120.0, np.nan, 0.97, 0.93),
)
METERED = ("电费", "水费")  # the meters that families share


@dataclass(frozen=True)
class Sharing:
    """Who takes power and water from a neighbour's meter (`host`, -1: from its own), and whether
    the company knows that a host's meter is shared."""

    host: np.ndarray
    told: np.ndarray

    @property
    def hosts(self) -> np.ndarray:
        """Families whose meter serves another one too."""
        is_host = np.zeros(len(self.host), bool)
        is_host[self.host[self.host >= 0]] = True
        return is_host


def observe(desk: Desk) -> list[Frame]:
    """The bills of a half-year that ends with this month."""
    if desk.month < desk.state.first - 11 or desk.now.calendar_month % HALF:
        return []
    sharing = _sharing(desk)
    return [_bills(desk, service, sharing) for service in SERVICES]


def _sharing(desk: Desk) -> Sharing:
    """Families without a meter of their own, each with the family before it in its village."""
    h, luck = desk.state.h, Luck(desk.state.seed, 0, "shared meters")
    lives = h.n > 0
    likely = ~h.urban | np.isin(h.kind, (c.MARKET_RENT, c.BORROWED))
    rate = SETTINGS[desk.state.setting].rate("shared_meter")
    guest = lives & likely & (luck.random(h.key) < rate)
    host = np.full(len(h.n), -1)
    order = np.flatnonzero(lives)
    order = order[np.lexsort((h.key[order], h.village[order], h.town[order]))]
    before, after = order[:-1], order[1:]
    near = guest[after] & ~guest[before]
    near &= (h.village[before] == h.village[after]) & (h.town[before] == h.town[after])
    host[after[near]] = before[near]
    return Sharing(host, luck.random(h.key) < TOLD_SHARERS)


def _has(desk: Desk, service: Service, sharing: Sharing) -> np.ndarray:
    """Families with an account of their own."""
    h, luck = desk.state.h, Luck(desk.state.seed, 0, f"account {service.letter}")
    has = (h.n > 0) & (luck.random(h.key) < np.where(h.urban, service.town, service.country))
    if service.label == "燃气费":
        has &= h.fuel == PIPED
    return has & (sharing.host < 0) if service.label in METERED else has


def _spent(desk: Desk, service: Service) -> tuple[np.ndarray, np.ndarray]:
    """Yuan of the half-year by family, and whether anybody was at home."""
    state, h = desk.state, desk.state.h
    at_home = state.count(state.present() & ~state.p.away)
    means = np.clip(h.smooth / np.maximum(h.n, 1) / MIDDLE, 0.2, 6) ** service.income
    habit = Luck(state.seed, 0, f"habit {service.letter}").lognormal(h.key, 0, 0.35)
    noise = desk.now.luck(f"bill {service.letter}").lognormal(h.key, 0, 0.12)
    season = SEASON[desk.month % 12 // HALF] if service.label == "电费" else 1.0
    used = service.one * at_home**service.people * means * habit * noise * season
    return np.where(at_home > 0, used, 0.0) + service.standing, at_home > 0


def _bills(desk: Desk, service: Service, sharing: Sharing) -> Frame:
    h = desk.state.h
    rows = np.flatnonzero(_has(desk, service, sharing))
    spent, at_home = _spent(desk, service)
    own, shared = spent.copy(), np.zeros(len(h.n), bool)
    if service.label in METERED:
        guests = np.flatnonzero(sharing.host >= 0)
        np.add.at(spent, sharing.host[guests], own[guests])
        at_home[sharing.host[guests]] |= at_home[guests]
        shared = sharing.hosts
    untold = shared[rows] & ~sharing.told[rows]
    frame = _parties(desk, rows, service) | {
        "account_no": np.char.add(service.letter, household_numbers(rows)),
        "kind": np.full(len(rows), service.label),
        "household_no": np.where(service.label == "水费", desk.numbers(rows), ""),
        "dwelling_no": np.where(
            service.label == "水费", np.char.add("FW", household_numbers(rows)), ""
        ),
        "month": np.full(len(rows), month_day(desk.month)),
        "months": np.full(len(rows), HALF),
        "use": np.round((spent[rows] - service.standing) / service.unit, 0),
        "idle_months": np.where(at_home[rows], 0, HALF),
        "amount": np.round(spent[rows], 2),
        "sharers": np.where(shared[rows] & ~untold, 2.0, np.nan),
        "due": due(desk, np.zeros(len(rows), "i8")),
    }
    return frame | trouble("shared_meter", "sharers", untold, "2")


def _parties(desk: Desk, rows: np.ndarray, service: Service) -> Frame:
    """Whose account it is, and who pays."""
    state, p, keys = desk.state, desk.state.p, desk.state.h.key[rows]
    rate = SETTINGS[state.setting].rate
    luck = Luck(state.seed, 0, f"parties {service.letter}")
    head = desk.heads(rows)
    dead = _last(desk, ~p.alive & (p.relation == c.HEAD))[rows]
    stale = (dead >= 0) & (luck.random(keys) < rate("account_of_the_dead"))
    user = np.where(stale, dead, head)
    gone = _last(desk, p.alive & ~p.here)[rows]
    adults = np.flatnonzero(state.present() & (state.age() >= 25))
    other = np.where(gone >= 0, gone, adults[luck.integers(keys, 0, len(adults))])
    helped = (luck.random(keys) < rate("payer_not_user")) & (other != head)
    payer = np.where(helped, other, head)
    payer = np.where(luck.random(keys) < PAYER_TOLD, payer, -1)
    told = desk.in_role("user", user) | desk.in_role("payer", payer)
    told |= trouble("account_of_the_dead", "user_id", stale, desk.papers.ids[head])
    told |= trouble("payer_not_user", "payer_id", helped & (payer >= 0), desk.papers.ids[head])
    return {"_person": head} | told


def _last(desk: Desk, who: np.ndarray) -> np.ndarray:
    """Per household the row of the last of such persons; -1 where there is none."""
    found = np.full(len(desk.state.h.n), -1)
    rows = np.flatnonzero(who)
    found[desk.state.p.hh[rows]] = rows
    return found
