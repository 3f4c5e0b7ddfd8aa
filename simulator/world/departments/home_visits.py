"""入户调查: what village workers write down at the door, with their errors and gaps."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame, delivery_day, month_text
from simulator.world.departments import home_visit_members
from simulator.world.departments.desk import Desk, due, yes_no
from simulator.world.names import padded

DRAIN = np.array(["下水道", "化粪池", "渗井", "土坑"])
BEFORE_HELP = True  # the form shows the family as it was met
MISS_NEED, FALSE_NEED = 0.07, 0.04  # a true need overlooked, a need seen where there is none


def _money(rng: np.random.Generator, value: np.ndarray, noise: float) -> np.ndarray:
    """Amounts as people say them: rounded, a bit wrong."""
    return np.round(np.maximum(value, 0) * np.exp(rng.normal(0, noise, len(value))), -1)


def _units(desk: Desk, rows: np.ndarray) -> np.ndarray:
    """Adult equivalents: first adult 1, further adults 0.7, children 0.5."""
    state = desk.state
    age, present = state.age(), state.present()
    adults = state.count(present & (age >= 14))[rows]
    children = state.count(present & (age < 14))[rows]
    return np.round(np.maximum(1.0, 0.3 + 0.7 * adults + 0.5 * children), 1)


def observe(desk: Desk) -> dict[str, list[Frame]]:
    """Visits of the month and their members, as two feeds that share the visit number."""
    visits = desk.now.log.get("visit")
    if visits is None or desk.month < desk.state.first - 11:
        return {}
    rng = desk.rng("home_visits")
    rows, reason = visits["household"], visits["reason"]
    quality = desk.quality(rows)
    lags = (rng.random(len(rows)) > 0.25 + 0.7 * quality).astype("i8")
    lags += lags * (rng.random(len(rows)) < 0.3)
    # The file is closed the day before its delivery; later visits come with the next one.
    closed = np.datetime64(delivery_day(desk.month)) - 1
    lags = np.maximum(lags, (visits["on"] > closed).astype("i8"))
    serial = padded(np.arange(len(rows)), 6)
    number = np.char.add(f"RH{month_text(desk.month).replace('-', '')}", serial)
    frame = desk.people(desk.heads(rows)) | {
        "visit_no": number,
        "household_no": desk.numbers(rows),
        "visit_reason": c.VISIT_REASON[reason],
        "visited_on": visits["on"],
        "due": due(desk, lags),
    }
    frame |= _economy(desk, rng, visits) | _coping(desk, rng, rows) | _home(desk, rng, rows)
    members = home_visit_members.rows(desk, rows, number, visits["on"], frame["due"])
    return {"home_visits": [frame], "home_visit_members": [members]}


def _economy(desk: Desk, rng: np.random.Generator, visits: Frame) -> Frame:
    """Income by source and spending; applicants say less, some say nothing.

    A visit for an alert has already found what it found; others see the need with error here.
    """
    h, rows, reason = desk.state.h, visits["household"], visits["reason"]
    size = len(rows)
    # People speak of an ordinary month: between this month's and the usual income.
    usual = 0.4 + 0.6 * h.smooth[rows] / np.maximum(h.income[rows], 1)
    usual = np.clip(usual, 0.3, 3) * np.where(reason == c.APPLICATION, 0.9, 1)
    silent = rng.random(size) < np.where(reason == c.APPLICATION, 0.01, 0.05)
    parts = {
        "wage_income": _money(rng, h.wages[rows] * usual, 0.1),
        "business_income": _money(rng, h.business[rows] * usual, 0.2),
        "property_income": _money(rng, h.property[rows], 0.15),
        "transfer_income": _money(rng, h.transfer[rows], 0.08),
    }
    total = sum(parts.values())
    parts = {name: np.where(silent, np.nan, value) for name, value in parts.items()}
    blank = rng.random(size) < 0.7
    need = np.where(h.unmet[rows], rng.random(size) >= MISS_NEED, rng.random(size) < FALSE_NEED)
    told = visits["found"] != c.UNTOLD
    need = np.where(told, visits["found"] == 1, need)
    unsaid = (rng.random(size) < 0.3 * (1 - desk.quality(rows))) & ~told
    return parts | {
        "income_month": np.where(silent, np.nan, total),
        "income_estimated": yes_no(silent | (rng.random(size) < 0.08)),
        "aid_income": _money(rng, h.amount[rows] + h.cash[rows], 0.02),
        "rigid_month": _money(rng, h.rigid[rows], 0.15),
        "medical_month": _money(rng, h.medical[rows], 0.2),
        "education_month": _money(rng, h.education[rows], 0.15),
        "consumption_units": np.where(blank, np.nan, _units(desk, rows)),
        "members": np.maximum(h.n[rows], 1),
        "unmet_need": np.where(unsaid, "", yes_no(need)),
    }


def _coping(desk: Desk, rng: np.random.Generator, rows: np.ndarray) -> Frame:
    """What the family did to get by; admitted less often than done."""
    state, h, p = desk.state, desk.state.h, desk.state.p
    size = len(rows)
    admits = rng.random(size) < 0.85
    age = state.age()
    working_child = state.count(state.present() & (age < 16) & (age >= 10) & (p.work > 0))[rows] > 0
    told = {
        "savings_spent": h.drew[rows], "borrowed_family": h.borrowed[rows],
        "borrowed_bank": h.bank[rows], "sold_belongings": h.sold[rows],
        "family_help": h.tie[rows] > 150,
        "domestic_help": h.income[rows] > 25_000,
        "goods_aid": (h.roll[rows] > 0) & (rng.random(size) < 0.3),
        "cash_aid": (h.amount[rows] + h.cash[rows]) > 0,
        "instalments": h.borrowed[rows] & (rng.random(size) < 0.3),
        "child_work": working_child,
        "begging": h.unmet[rows] & (rng.random(size) < 0.01),
    }  # fmt: skip
    unsaid = rng.random(size) < 0.2 * (1 - desk.quality(rows))
    return {name: np.where(unsaid, "", yes_no(did & admits)) for name, did in told.items()}


def _home(desk: Desk, rng: np.random.Generator, rows: np.ndarray) -> Frame:
    """The dwelling as seen from inside."""
    h = desk.state.h
    own = np.isin(h.kind[rows], (c.OWN_RURAL, c.OWN_URBAN))
    rents = np.isin(h.kind[rows], (c.PUBLIC_RENTAL, c.MARKET_RENT))
    hidden = (h.dwelling[rows] == 1) & (rng.random(len(rows)) < 0.5)
    return {
        "tenure": np.where(own, "自有", np.where(rents, "租住", "借住")),
        "dwelling": c.DWELLING[h.dwelling[rows]],
        "floor": c.FLOOR[h.floor[rows]],
        "roof": c.ROOF[np.where(hidden, 4, h.roof[rows])],
        "water": c.WATER[h.water[rows]],
        "toilet": c.TOILET[h.toilet[rows]],
        "fuel": c.FUEL[h.fuel[rows]],
        "drain": DRAIN[np.where(h.urban[rows], 0, 1 + h.toilet[rows])],
        "toilet_shared": yes_no((h.toilet[rows] == 2) | (h.kind[rows] == c.BORROWED)),
        "rooms": h.rooms[rows],
        "bedrooms": np.maximum(h.rooms[rows] - 1, 1),
        "hazard_site": yes_no(h.hazard[rows]),
    }
