"""Lists that follow lives: listed diseases of the insured, and watched rural families."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.assets import tables
from simulator.world.clock import Now, month_day
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS
from simulator.world.state import NEVER, Columns

PRESSURE, DIABETES, HEART, CANCER, DIALYSIS, MENTAL, LUNG, OTHER = range(8)
DISEASE = np.array(
    [
        *("高血压", "糖尿病", "心脑血管病", "恶性肿瘤门诊治疗"),
        *("终末期肾病透析", "严重精神障碍", "慢性肺病", "其他病种"),
    ]
)
# What a grave illness of the world (see codes.DISEASE) is on the list.
GRAVE = np.array([CANCER, HEART, DIALYSIS, MENTAL, OTHER, OTHER, OTHER])
CHRONIC = (PRESSURE, DIABETES, HEART, LUNG)
CHRONIC_SHARES = (0.45, 0.25, 0.15, 0.15)
RECOGNISED, RENEWED, ENDED = range(3)
EVENT = np.array(["新增认定", "续期", "取消"])
MONTHS = (24, 12)  # a chronic and a grave listing hold (assumed)
FIRST, LATER = (0.4, 0.75), (0.03, 0.12)  # of the ill: listed at first, and then each month
LISTING = {
    "disease": "i1",
    "grave": "?",
    "event": "i1",
    "until": "i4",
    # The local list has another name for it.
    "as_other": "?",
}
# Of rural families on another roll: with them the list holds some 1.2 % of rural people, as the
# country's did in 2023 (6.2 million, Ministry of Agriculture; the share itself is assumed).
ONCE_POOR = 0.15
WATCH = {"hh": "i4", "kind": "i1", "since": "i4", "over": "?"}


def found(now: Now) -> None:
    """Both lists in the month of the first delivery."""
    state, p = now.state, now.state.p
    luck, ill = now.luck("listed diseases"), _ill(now)
    chance = np.where(p.health == c.SEVERE, FIRST[1], FIRST[0])
    rows = np.flatnonzero(ill & (luck.random(p.key) < chance))
    past = luck.integers(p.key[rows], 0, np.where(p.health[rows] == c.SEVERE, MONTHS[1], MONTHS[0]))
    state.things["listing"] = _listed(now, rows, past)
    state.things["watch"] = tables.table(WATCH, 0)
    homes = np.flatnonzero(_followed(now))
    _watched(now, homes, np.maximum(state.h.roll_since[homes], now.month - 60))


def move(now: Now) -> None:
    """New patients, listings that end or go on, families that come and go."""
    _patients(now)
    _expire(now)
    _families(now)


def _ill(now: Now) -> np.ndarray:
    p = now.state.p
    return now.state.present() & p.insured & (p.health > c.GOOD)


def _listed(now: Now, rows: np.ndarray, past: np.ndarray) -> Columns:
    """Listings of the persons `rows`, recognised so many months ago."""
    p, luck = now.state.p, now.luck("which disease")
    keys, new = p.key[rows], tables.table(LISTING, len(rows))
    new.owner, new.grave = rows, p.health[rows] == c.SEVERE
    chronic = luck.choice(keys, CHRONIC, CHRONIC_SHARES)
    new.disease = np.where(new.grave, GRAVE[p.disease[rows]], chronic)
    rate = SETTINGS[now.state.setting].rate("listed_as_other")
    new.as_other = (luck.random(keys) < rate) & (new.disease != OTHER)
    days = month_day(now.month - past, luck.integers(keys, 1, 27))
    born = p.born[rows].astype("datetime64[D]") + np.timedelta64(1, "D")
    tables.mark(new, np.arange(len(rows)), now, np.maximum(days, born))
    new.until = _until(now.month - past, new.grave)
    return new


def _until(month: np.ndarray | int, grave: np.ndarray) -> np.ndarray:
    """The last month in which a listing of `month` holds."""
    return month + np.where(grave, MONTHS[1], MONTHS[0])


def _patients(now: Now) -> None:
    state, p, things = now.state, now.state.p, now.state.things["listing"]
    has = np.zeros(len(p.hh), bool)
    has[things.owner[things.event != ENDED]] = True
    chance = np.where(p.health == c.SEVERE, LATER[1], LATER[0])
    dice = now.luck("new patients").random(p.key)
    rows = np.flatnonzero(_ill(now) & ~has & (dice < chance))
    state.things["listing"] = tables.append(things, _listed(now, rows, np.zeros(len(rows), "i8")))


def _expire(now: Now) -> None:
    """Nearly all are renewed; the dead are taken off months later, if anybody tells."""
    p, things = now.state.p, now.state.things["listing"]
    luck, keys = now.luck("listings expire"), p.key[things.owner]
    gone = ~(p.alive & p.here)[things.owner]
    open_ = things.event != ENDED
    due = open_ & ~gone & (things.until == now.month)
    renewed = due & (luck.random(keys) < 0.9)
    ended = (due & ~renewed) | (open_ & gone & (luck.random(keys) < 0.15))
    things.event[renewed], things.event[ended] = RENEWED, ENDED
    things.until[renewed] = _until(now.month, things.grave[renewed])
    rows = np.flatnonzero(renewed | ended)
    tables.mark(things, rows, now, tables.this_month(now, "listings expire", keys[rows]))


def _watched(now: Now, homes: np.ndarray, since: np.ndarray) -> None:
    """Families that come on the watch list, since the month given."""
    h, new = now.state.h, tables.table(WATCH, len(homes))
    keys = h.key[homes]
    usual = now.luck("kind watched").integers(keys, 1, 3)
    new.hh, new.since = homes, since
    new.kind = np.where(h.monitored_kind[homes] > 0, h.monitored_kind[homes], usual)
    tables.mark(new, np.arange(len(homes)), now, tables.this_month(now, "watched", keys))
    new.owner = np.full(len(homes), NEVER)  # a family's, not a person's
    now.state.things["watch"] = tables.append(now.state.things["watch"], new)


def _followed(now: Now) -> np.ndarray:
    """Families the watch list ought to hold: those monitored, and some of the rural families on
    another roll, who were poor by the old register."""
    h = now.state.h
    also = ~h.urban & np.isin(h.roll, (c.DIBAO, c.EDGE, c.RIGID))
    also &= Luck(now.state.seed, 0, "poor by the old register").random(h.key) < ONCE_POOR
    return (h.n > 0) & ((h.roll == c.MONITORED) | also)


def _families(now: Now) -> None:
    h, things = now.state.h, now.state.things["watch"]
    on = np.zeros(len(h.n), bool)
    on[things.hh[~things.over]] = True
    followed = _followed(now)
    ended = np.flatnonzero(~things.over & ~followed[things.hh])
    things.over[ended] = True
    keys = h.key[things.hh[ended]]
    tables.mark(things, ended, now, tables.this_month(now, "watched no more", keys))
    homes = np.flatnonzero(followed & ~on)
    _watched(now, homes, np.full(len(homes), now.month))
