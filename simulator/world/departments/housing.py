"""住房: the register of dwellings once, then changes every quarter."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.books import household_numbers
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, yes_no


def _quarter(desk: Desk) -> int:
    """Month of the next quarterly delivery; the stock comes with the first delivery."""
    return desk.month if desk.stock else desk.month + (-desk.now.calendar_month) % 3


def _rows(desk: Desk, rows: np.ndarray, on: np.ndarray) -> Frame:
    h = desk.state.h
    renting = np.isin(h.kind[rows], (c.PUBLIC_RENTAL, c.MARKET_RENT))
    arrears = np.where(renting & (h.gap[rows] > 0), np.clip(h.run[rows] // 2, 0, 24), 0)
    return desk.people(desk.heads(rows)) | {
        "dwelling_no": np.char.add("FW", household_numbers(rows)),
        "household_no": desk.numbers(rows),
        "kind": c.HOUSING[h.kind[rows]],
        "danger_grade": c.DANGER[h.danger[rows]],
        "floor_area": np.round(h.area[rows].astype(float), 1),
        "rooms": h.rooms[rows],
        "acquired_on": h.acquired[rows].astype("datetime64[D]"),
        "acquired_how": np.where(
            renting | (h.kind[rows] == c.BORROWED), "", c.ACQUIRED[h.acquired_how[rows]]
        ),
        "monthly_rent": np.where(renting, np.round(h.rent[rows].astype(float)), np.nan),
        "rent_subsidy": np.where(renting, yes_no(h.rent_subsidy[rows]), ""),
        "rent_arrears_months": np.where(renting, arrears, np.nan),
        "disaster_damage": c.DAMAGE[h.damage[rows]],
        "recorded_on": on,
        "due": np.full(len(rows), _quarter(desk)),
    }


def observe(desk: Desk) -> list[Frame]:
    """All known dwellings at first (few market rentals are); then what changed."""
    h, rng = desk.state.h, desk.rng("housing")
    if desk.month < desk.state.first:
        return []
    if desk.stock:
        known = np.where(h.kind == c.MARKET_RENT, 0.4, np.where(h.kind == c.BORROWED, 0.5, 0.93))
        rows = np.flatnonzero((h.n > 0) & (rng.random(len(h.n)) < known))
        return [_rows(desk, rows, desk.now.days(rng, len(rows)))]
    frames = []
    for event in ("house", "damage"):
        happened = desk.now.log.get(event)
        if happened is not None:
            told = rng.random(len(happened["on"])) < 0.3 + 0.7 * desk.quality(happened["household"])
            frames.append(_rows(desk, happened["household"][told], happened["on"][told]))
    behind = np.flatnonzero(
        (h.kind == c.PUBLIC_RENTAL) & (h.gap > 0) & (rng.random(len(h.n)) < 0.15)
    )
    if len(behind):
        frames.append(_rows(desk, behind, desk.now.days(rng, len(behind))))
    return frames
