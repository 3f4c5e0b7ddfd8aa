"""车船: the register once, then what was bought, sold and scrapped, every quarter."""

from __future__ import annotations

import numpy as np

from simulator.world.assets import vehicles as v
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, changed, quarter
from simulator.world.departments.faults import trouble
from simulator.world.names import padded

LETTERS = np.array(list("ABCDEFGHJK"))


def observe(desk: Desk) -> list[Frame]:
    """Every vehicle in the month of the first delivery; then each change of state."""
    things = desk.state.things.get("vehicle")
    if things is None:
        return []
    rows = np.arange(len(things.kind)) if desk.stock else changed(desk, things)
    kind = np.where(things.as_car[rows], v.CAR, things.kind[rows])
    value = things.value[rows].astype("f8")
    frame = desk.people(things.owner[rows]) | {
        "plate": _plates(things.kind[rows], rows),
        "kind": v.KIND[kind],
        "use": v.USE[things.use[rows]],
        "registered_on": things.registered[rows].astype("datetime64[D]"),
        "value": np.where(things.no_price[rows], np.nan, value),
        "state": v.STATE[things.state[rows]],
        "changed_on": things.on[rows].astype("datetime64[D]"),
        "due": quarter(desk, len(rows)),
    }
    kept = things.sold[rows] & (things.state[rows] == v.NORMAL)
    frame |= trouble("sold_not_transferred", "state", kept, v.STATE[v.TRANSFERRED])
    frame |= trouble("no_price", "value", things.no_price[rows], value.astype("U12"))
    frame |= trouble("tricycle_as_car", "kind", things.as_car[rows], v.KIND[v.TRICYCLE])
    return [frame]


def _plates(kind: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Plates of a province that is none, so nobody drives with them."""
    prefix = np.where(kind == v.BOAT, "望渔", "虚")
    letter = LETTERS[(rows // 100_000) % len(LETTERS)]
    return np.char.add(np.char.add(prefix, letter), padded(rows % 100_000, 5))
