"""失联人员: some of those who left a family without a word, and those who were found again.

Who left is out of the family's life in any case; the police hear of few. All shares are assumed;
none is a published figure.
"""

from __future__ import annotations

import numpy as np

from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, later_day, quarter_of
from simulator.world.departments.faults import missing
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS

REPORTED, FOUND = 0.06, 0.5
KINDS = np.array(["失踪", "失联"])


def observe(desk: Desk) -> list[Frame]:
    """Reports about those who left this month, made within half a year, and how they ended."""
    left = desk.now.log.get("departure")
    if left is None or desk.month < desk.state.first - 11:
        return []
    p, luck = desk.state.p, desk.now.luck("lost contact")
    told = luck.random(p.key[left["person"]]) < REPORTED
    persons, since = left["person"][told], left["on"][told]
    keys = p.key[persons]
    reported = luck.integers(keys, 1, 7)
    kind = KINDS[luck.integers(keys, 0, 2)]
    first = _rows(desk, luck, persons, kind, "未找到", since, reported)
    first |= missing("found_not_cancelled", np.zeros(len(persons), bool), since.astype("U10"))
    back = luck.random(keys) < FOUND
    after = reported + luck.integers(keys, 2, 25)
    second = _rows(desk, luck, persons, kind, "已找到", since, after)
    silent = luck.random(keys) < SETTINGS[desk.state.setting].rate("found_not_cancelled")
    second |= missing("found_not_cancelled", silent, since.astype("U10"))
    return [first, {name: values[back] for name, values in second.items()}]


def _rows(
    desk: Desk,
    luck: Luck,
    persons: np.ndarray,
    kind: np.ndarray,
    state: str,
    since: np.ndarray,
    months: np.ndarray,
) -> Frame:
    """A state of each report, so many months from now."""
    return desk.people(persons) | {
        "kind": kind,
        "state": np.full(len(persons), state),
        "since": since,
        "changed_on": later_day(desk, luck, desk.state.p.key[persons], months),
        "due": quarter_of(desk, desk.month + months),
    }
