"""职业介绍: jobs offered to the registered unemployed, and what came of it.

A few turn down most of what is offered; others refuse now and then, for the care of somebody, for
their health or the way there. All shares are assumed; none is a published figure.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame, month_text
from simulator.world.departments.desk import Desk, quarter_of
from simulator.world.departments.faults import trouble
from simulator.world.luck import Luck
from simulator.world.names import padded
from simulator.world.settings import SETTINGS

OFFERED = 0.25  # of the registered, a month
THROUGH_OFFER = 0.5  # of the registered who found work
UNWILLING, TURNS_DOWN, ELSE_TURNS_DOWN = 0.05, 0.7, 0.12
POSTS = np.array(["企业岗位", "公益性岗位", "就业帮扶车间", "灵活就业岗位"])
ANSWERS = ACCEPTED, REFUSED, DECLINED, OPEN = "录用", "拒绝", "单位未录用", "未反馈"
EXCUSES = np.array(["照料家人", "身体原因", "路途远"])
PLAIN = np.array(["工资低", "路途远", "其他"])


def observe(desk: Desk) -> list[Frame]:
    """Offers of the month, told with the quarter."""
    if desk.month < desk.state.first - 11:
        return []
    p, luck = desk.state.p, desk.now.luck("offers of jobs")
    jobless = np.flatnonzero(p.listed_jobless & desk.state.present() & (p.work == c.IDLE))
    offered = jobless[luck.random(p.key[jobless]) < OFFERED]
    found = desk.now.log.get("found_job")
    taken = np.empty(0, "i8") if found is None else found["person"]
    taken = taken[p.alive[taken] & (luck.random(p.key[taken]) < THROUGH_OFFER)]
    return [_offers(desk, luck, np.r_[offered, taken], len(offered))]


def _offers(desk: Desk, luck: Luck, persons: np.ndarray, refused_before: int) -> Frame:
    """Rows of offers; those from `refused_before` on were accepted."""
    size, p, keys = len(persons), desk.state.p, desk.state.p.key[persons]
    accepted = np.arange(size) >= refused_before
    unwilling = Luck(desk.state.seed, 0, "unwilling").random(keys) < UNWILLING
    refuses = ~accepted & (luck.random(keys) < np.where(unwilling, TURNS_DOWN, ELSE_TURNS_DOWN))
    answer = np.where(luck.random(keys) < 0.55, DECLINED, OPEN)
    answer = np.where(accepted, ACCEPTED, np.where(refuses, REFUSED, answer))
    rate = SETTINGS[desk.state.setting].rate("refused_unasked")
    unasked = (answer == OPEN) & (luck.random(keys) < rate)
    reason = np.where(
        unwilling, PLAIN[luck.integers(keys, 0, 3)], EXCUSES[luck.integers(keys, 0, 3)]
    )
    weak = (p.health[persons] == c.SEVERE) | (p.dis_grade[persons] > 0)
    suits = luck.random(keys) < np.where(weak, 0.5, 0.9)
    number = f"JS{month_text(desk.month).replace('-', '')}"
    frame = desk.people(persons) | {
        "offer_no": np.char.add(number, padded(np.arange(size), 5)),
        "post": POSTS[luck.integers(keys, 0, 4)],
        "suitable": np.where(suits | accepted, "是", "否"),
        "answer": np.where(unasked, REFUSED, answer),
        "reason": np.where(refuses, reason, ""),
        "introduced_on": desk.now.dates(luck, keys),
        "due": quarter_of(desk, np.full(size, desk.month)),
    }
    return frame | trouble("refused_unasked", "answer", unasked, OPEN)
