"""服刑强戒: terms that run in the month of the first delivery, then who was taken or released.

One term in six is served in another province and never told (assumed).
"""

from __future__ import annotations

import numpy as np

from simulator.world.clock import Frame
from simulator.world.departments.desk import NO_DATE, Desk, quarter
from simulator.world.luck import Luck

ELSEWHERE = 1 / 6
SHARES = {"服刑": 0.7, "羁押": 0.1, "强制隔离戒毒": 0.2}


def observe(desk: Desk) -> list[Frame]:
    """The stock once, then every term that began or ended this month; told quarterly."""
    if desk.month < desk.state.first:
        return []
    p = desk.state.p
    if desk.stock:
        held = np.flatnonzero(p.prison & p.alive)
        return _terms(desk, held, p.held[held].astype("datetime64[D]"), None)
    frames = []
    taken, freed = desk.now.log.get("taken"), desk.now.log.get("freed")
    if taken is not None:
        frames += _terms(desk, taken["person"], taken["on"], None)
    if freed is not None:
        frames += _terms(desk, freed["person"], freed["since"], freed["on"])
    return frames


def _terms(
    desk: Desk, persons: np.ndarray, since: np.ndarray, released: np.ndarray | None
) -> list[Frame]:
    """Rows of terms told here; `released` is None for those that run."""
    lasting = Luck(desk.state.seed, 0, "terms")
    told = lasting.random(desk.state.p.key[persons]) >= ELSEWHERE
    persons, since = persons[told], since[told]
    keys = desk.state.p.key[persons]
    kind = np.array(list(SHARES))[
        np.searchsorted(np.cumsum(list(SHARES.values()))[:-1], lasting.random(keys), "right")
    ]
    until = since + (lasting.integers(keys, 300, 1500)).astype("timedelta64[D]")
    runs = released is None
    day = since if released is None else released[told]
    return [
        desk.people(persons)
        | {
            "kind": kind,
            "state": np.full(len(persons), "在押在所" if runs else "已释放"),
            "since": since,
            "until": until if runs else np.full(len(persons), NO_DATE),
            "changed_on": day,
            "due": quarter(desk, len(persons)),
        }
    ]
