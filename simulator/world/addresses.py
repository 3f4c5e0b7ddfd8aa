"""Where the invented households live: township, village or neighbourhood, group or building.

The numbers are drawn by luck of their own, keyed by the household, so that nothing else of a world
depends on them: a seed gives the same county with and without addresses.
"""

from __future__ import annotations

import numpy as np

from simulator.world.geography import TOWNSHIPS, villages
from simulator.world.luck import Luck
from simulator.world.state import Columns

TOWNS = np.array([t.name_zh for t in TOWNSHIPS])
VILLAGES = np.array([v.name_zh for v in villages()])
GROUPS = np.array(list("一二三四五六七八九"))


def addresses(seed: int, households: Columns, rows: np.ndarray) -> np.ndarray:
    """Address of each household of `rows` (a row may come often); the same for a whole life.

    In the country: 云岭镇柳湾村三组12号; in town: 青禾街道石桥社区5栋2单元301室.
    """
    distinct, place = np.unique(rows, return_inverse=True)
    where = np.char.add(TOWNS[households.town[distinct]], VILLAGES[households.village[distinct]])
    keys, luck = households.key[distinct], Luck(seed, 0, "addresses")
    group, house = GROUPS[luck.integers(keys, 0, len(GROUPS))], luck.integers(keys, 1, 90)
    rural = _joined(group, "组", house, "号")
    building, entrance = luck.integers(keys, 1, 31), luck.integers(keys, 1, 5)
    flat = luck.integers(keys, 1, 7) * 100 + luck.integers(keys, 1, 5)
    urban = _joined(building, "栋", entrance, "单元", flat, "室")
    return np.char.add(where, np.where(households.urban[distinct], urban, rural))[place]


def _joined(*parts: np.ndarray | str) -> np.ndarray:
    """Texts and numbers side by side."""
    text = np.array("")
    for part in parts:
        text = np.char.add(text, part if isinstance(part, str) else part.astype("U4"))
    return text
