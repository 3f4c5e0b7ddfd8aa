"""不动产: titles and sales contracts, a row an owner; the register once, then changes."""

from __future__ import annotations

import numpy as np

from simulator.world.assets import homes
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, changed, quarter
from simulator.world.departments.faults import damage_id, missing, trouble
from simulator.world.levels import REGION
from simulator.world.luck import Luck
from simulator.world.names import padded
from simulator.world.settings import SETTINGS


def observe(desk: Desk) -> list[Frame]:
    """Every title that is in force in the month of the first delivery; then each change."""
    things = desk.state.things.get("title")
    if things is None:
        return []
    rows = np.arange(len(things.use)) if desk.stock else changed(desk, things)
    owner, filed = things.owner[rows], things.filed[rows]
    # A contract taken off, or a title given up, is told on its own day.
    former = things.state[rows] == homes.FORMER
    on = np.where(former, things.on[rows], things.registered[rows])
    prefix = np.where(filed, "HT", "BDC")
    number = np.char.add(np.char.add(prefix, REGION), padded(things.number[rows], 8))
    frame = desk.people(owner) | {
        "certificate_no": number,
        "source": np.where(filed, "备案", "登记"),
        "state": homes.STATE[things.state[rows]],
        "use": homes.USE[things.use[rows]],
        "area": np.round(things.area[rows].astype("f8"), 1),
        "value": things.value[rows].astype("f8"),
        "shared": homes.SHARED[things.shared[rows]],
        "share": np.where(things.shared[rows] == homes.JOINT, np.nan, things.share[rows]),
        "registered_on": on.astype("datetime64[D]"),
        "due": quarter(desk, len(rows)),
    }
    frame |= _old_numbers(desk, frame, owner)
    frame |= trouble("filed_and_registered", "source", things.twice[rows], "登记")
    frame |= trouble("dead_owner", "name", ~desk.state.p.alive[owner] & ~former, "已故")
    frame |= missing("rural_home_missing", things.missing[rows], number)
    return [frame]


def _old_numbers(desk: Desk, frame: Frame, owner: np.ndarray) -> Frame:
    """Numbers of the first kind, never brought up to date: 15 digits."""
    luck, p = Luck(desk.state.seed, 0, "old numbers on titles"), desk.state.p
    rate = SETTINGS[desk.state.setting].rate("old_number")
    old = (luck.random(p.key[owner]) < rate) & (p.born[owner] < 5479)  # before 1985
    ids = frame["id_number"].astype("U20")
    was = ids.copy()
    hit = np.flatnonzero(old)
    ids[hit] = [damage_id("fifteen_digits", number) for number in ids[hit]]
    frame["id_number"] = ids
    return trouble("old_number", "id_number", old, was)
