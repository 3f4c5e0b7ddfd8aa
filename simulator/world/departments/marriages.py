"""婚姻登记: weddings and divorces of the year before the first delivery and since.

Marriages registered in another province, and divorces by a court, are missing in part.
"""

from __future__ import annotations

import numpy as np

from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, quarter_of
from simulator.world.departments.faults import missing
from simulator.world.settings import SETTINGS

KINDS = {"wedding": ("结婚", "married_elsewhere"), "divorce": ("离婚", "court_divorce")}


def observe(desk: Desk) -> list[Frame]:
    """What was registered this month, told with the quarter."""
    if desk.month < desk.state.first - 11:
        return []
    frames = []
    for event in KINDS:
        happened = desk.now.log.get(event)
        if happened is not None:
            frames.append(_rows(desk, event, happened))
    return frames


def _rows(desk: Desk, event: str, happened: Frame) -> Frame:
    word, kind = KINDS[event]
    p, one, other = desk.state.p, happened["person"], happened["partner"]
    first_is_man = p.sex[one] == 1
    husband, wife = np.where(first_is_man, one, other), np.where(first_is_man, other, one)
    rate = SETTINGS[desk.state.setting].rate(kind)
    lacking = desk.now.luck(kind).random(p.key[one]) < rate
    frame = {"_person": husband} | desk.in_role("husband", husband) | desk.in_role("wife", wife)
    frame |= {
        "event": np.full(len(one), word),
        "registered_on": happened["on"],
        "due": quarter_of(desk, np.full(len(one), desk.month)),
    }
    was = happened["on"].astype("U10")
    for trouble_kind in ("married_elsewhere", "court_divorce"):
        frame |= missing(trouble_kind, lacking & (trouble_kind == kind), was)
    return frame
