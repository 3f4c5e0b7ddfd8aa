"""防返贫监测对象: the watched families' members by the household register, every quarter."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import Desk, quarter
from simulator.world.departments.faults import missing, trouble
from simulator.world.luck import Luck
from simulator.world.names import padded
from simulator.world.settings import SETTINGS
from simulator.world.state import Columns

KIND = np.array(["", "脱贫不稳定户", "边缘易致贫户", "突发严重困难户"])
RISK = np.array(["因病", "因残", "因学", "因灾", "缺劳力", "务工收入骤减", "其他风险"])


def observe(desk: Desk) -> list[Frame]:
    """Who comes and who goes; every quarter, and at first, all who are watched."""
    things = desk.state.things.get("watch")
    if things is None:
        return []
    told = things.changed == desk.month
    if desk.stock or desk.now.calendar_month % 3 == 0:
        told |= ~things.over
    rows = np.flatnonzero(told)
    family, person = _members(desk, things, rows)
    if not len(family):
        return []
    hh, p = things.hh[family], desk.state.p
    over, new = things.over[family], things.since[family] == desk.month
    checked = desk.now.dates(desk.now.luck("watch checked"), desk.state.h.key[hh])
    fresh = things.changed[family] == desk.month
    on = np.where(fresh, things.on[family].astype("datetime64[D]"), checked)
    since = month_day(things.since[family].astype("i8"))
    frame = desk.people(person) | {
        "family_no": np.char.add("JC", padded(family, 8)),
        "watched_kind": KIND[things.kind[family]],
        "risk": RISK[_risk(desk)[hh]],
        "event": np.where(over, "风险消除", np.where(new, "纳入", "在监测")),
        "income_head": _income(desk)[hh],
        "listed_on": since,
        "event_on": on,
        "due": quarter(desk, len(family)),
    }
    elsewhere, left_out = p.hh[person] != hh, p.registered[person] != hh
    frame |= trouble("listed_by_register", "family_no", elsewhere, "已不共同生活")
    return [frame | missing("member_left_out", left_out, desk.papers.ids[person])]


def _members(desk: Desk, things: Columns, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(family, person) pairs: those registered with it, and those who live with it unlisted.

    Those who live elsewhere are mostly still listed; now and then somebody has put it right.
    """
    p, state = desk.state.p, desk.state
    family = np.full(len(state.h.n), -1, "i8")
    family[things.hh[rows]] = rows
    alive = p.alive & p.here
    wrong = Luck(state.seed, 0, "listed by register").random(p.key) < SETTINGS[state.setting].rate(
        "listed_by_register"
    )
    moved = p.registered != p.hh
    listed = np.flatnonzero(alive & (family[p.registered] >= 0) & (~moved | wrong))
    lives = np.flatnonzero(alive & moved & (family[p.hh] >= 0))
    whose = np.r_[family[p.registered[listed]], family[p.hh[lives]]]
    return whose, np.r_[listed, lives]


def _risk(desk: Desk) -> np.ndarray:
    """What an official would name as each household's main risk."""
    state, p, h = desk.state, desk.state.p, desk.state.h
    here = state.present()
    ill = state.count(here & (p.health == c.SEVERE)) > 0
    disabled = state.count(here & (p.dis_grade > 0) & (p.dis_grade <= 2)) > 0
    studies = state.count(here & (p.stage >= c.SENIOR_STAGE)) > 0
    workers = state.count(here & (p.work != c.IDLE) & (state.age() < 66)) > 0
    jobless = state.count(here & (p.jobless > 0)) > 0
    return np.select(
        [ill, disabled, h.damage >= 2, studies, ~workers, jobless], [0, 1, 3, 2, 4, 5], 6
    )


def _income(desk: Desk) -> np.ndarray:
    """Income a head and year as the village reckons it, to ten yuan."""
    h = desk.state.h
    seen = h.smooth / np.maximum(h.n, 1) * 12
    return np.round(seen * desk.now.luck("village reckons").lognormal(h.key, -0.02, 0.12), -1)
