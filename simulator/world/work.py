"""Jobs lost and found, going away for work, retiring."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world import money
from simulator.world.clock import Now
from simulator.world.settings import SETTINGS

LOSS = np.array([0, 0.0004, 0.0027, 0.0017, 0.0002, 0.0020, 0.001])  # a month, by kind of work


def able(now: Now) -> np.ndarray:
    """Persons who could work: 16 and over, not studying, not gravely ill or disabled."""
    p, age = now.state.p, now.state.age()
    fit = (p.health < c.SEVERE) & ((p.dis_grade == 0) | (p.dis_grade >= 3))
    return now.state.present() & (age >= 16) & (p.stage == 0) & fit


def move(now: Now) -> None:
    """One month of the labour market."""
    p = now.state.p
    p.benefit = np.maximum(p.benefit - 1, 0)
    working = now.state.present() & (p.work != c.IDLE)
    p.tenure = np.where(working, np.minimum(p.tenure + 1, 600), 0)
    p.jobless = np.where(p.jobless > 0, np.minimum(p.jobless + 1, 200), 0)
    _lose(now, working)
    _find(now)
    _start_pensions(now)
    _travel(now)


def _lose(now: Now, working: np.ndarray) -> None:
    """Loss spreads within a trade and township through the local economy."""
    state, p = now.state, now.state.p
    luck = now.luck("job loss")
    local = state.econ[p.trade, state.h.town[p.hh]]
    rate = LOSS[p.work] * np.exp(-6 * local) * state.h.frailty[p.hh] ** 0.7
    rate = rate * SETTINGS[state.setting].job_loss * np.where(p.skill < 0.8, 1.5, 1)
    ill = (p.health == c.SEVERE) | ((p.dis_grade > 0) & (p.dis_grade <= 2))
    rate = np.where(ill, np.maximum(rate, 0.12), rate)
    lost = working & (luck.random(p.key) < rate)
    rows = np.flatnonzero(lost)
    keys = p.key[rows]
    on = now.dates(luck, keys)
    now.log.add("lost_job", person=rows, work=p.work[rows], wage=p.wage[rows], on=on)
    formal = np.isin(p.work[rows], (c.FORMAL, c.PUBLIC)) & (p.tenure[rows] >= 12)
    entitled = formal & (luck.random(keys) < 0.75) & ~ill[rows]
    p.benefit[rows] = np.where(entitled, np.clip(p.tenure[rows] // 12 * 2, 3, 18), 0)
    listed = entitled | (luck.random(keys) < np.where(formal, 0.4, 0.12))
    p.listed_jobless[rows] = listed
    p.hard[rows] = listed & (state.age()[rows] > 45) & (luck.random(keys) < 0.5)
    now.log.add(
        "registered_jobless",
        person=rows[listed],
        entitled=entitled[listed],
        on=now.dates(luck, keys[listed]),
    )
    p.work[rows], p.wage[rows], p.tenure[rows] = c.IDLE, 0, 0
    p.jobless[rows] = 1
    p.away[rows] = False


def _find(now: Now) -> None:
    """Those without a job find one, faster when young, skilled, and in good times."""
    state, p = now.state, now.state.p
    luck = now.luck("job found")
    age = state.age()
    town = state.h.town[p.hh]
    mean_econ = state.econ[c.BUILDING : c.SERVICES + 1].mean(axis=0)[town]
    seeking = able(now) & (p.work == c.IDLE) & (age < 66)
    rate = np.where(p.jobless > 0, 0.19, 0.02) * np.exp(3 * mean_econ) * p.skill
    rate = rate * np.where(age > 50, 0.5, 1) / np.sqrt(state.h.frailty[p.hh])
    rate = np.where(p.benefit > 1, rate * 0.6, rate)
    rows = np.flatnonzero(seeking & (luck.random(p.key) < rate))
    keys = p.key[rows]
    urban = state.h.urban[p.hh[rows]]
    formal = luck.random(keys) < np.clip(
        np.where(urban, 0.42, 0.16) + 0.13 * (p.educ[rows] - 2), 0.03, 0.9
    )
    farm = ~urban & (luck.random(keys) < np.where(age[rows] > 52, 0.6, 0.08))
    p.work[rows] = np.where(farm, c.FARM, np.where(formal, c.FORMAL, c.INFORMAL))
    money.draw_trades(state, luck, rows)
    money.draw_wages(state, luck, rows, money.growth(state, now.month))
    p.tenure[rows], p.jobless[rows], p.benefit[rows] = 1, 0, 0
    was_listed = p.listed_jobless[rows] & (formal | (luck.random(keys) < 0.5))
    p.listed_jobless[rows] &= ~was_listed
    seen = formal | was_listed
    now.log.add("found_job", person=rows[seen], on=now.dates(luck, keys[seen]))


def _start_pensions(now: Now) -> None:
    """At 60 (women employees 55): employees' or residents' pension; formal work ends."""
    state, p = now.state, now.state.p
    luck, age = now.luck("pension"), state.age()
    formal = np.isin(p.work, (c.FORMAL, c.PUBLIC, c.FLEXIBLE)) | (p.benefit > 0)
    due = state.present() & (p.pension_kind == c.NO_PENSION)
    employee = due & formal & (age >= np.where(p.sex == 1, 60, 55))
    resident = due & ~employee & (age >= 60)
    old = np.flatnonzero(employee)
    p.pension[old] = luck.lognormal(p.key[old], 7.82, 0.3)
    p.pension_kind[old] = c.EMPLOYEE_PENSION
    p.work[old], p.wage[old] = c.IDLE, 0
    rows = np.flatnonzero(resident)
    p.pension[rows] = luck.uniform(p.key[rows], 150, 250)
    p.pension_kind[rows] = c.RESIDENT_PENSION
    both = np.r_[old, rows]
    now.log.add("pension", person=both, amount=p.pension[both], on=now.dates(luck, p.key[both]))
    if now.calendar_month == 1:
        raised = np.flatnonzero(state.present() & (p.pension_kind > 0))
        p.pension[raised] *= 1.03


def _travel(now: Now) -> None:
    """After New Year day labourers leave for other cities; around New Year some stay home."""
    p, luck = now.state.p, now.luck("travel")
    informal = (p.work == c.INFORMAL) & now.state.present()
    if now.calendar_month in (2, 3):
        young = informal & (now.state.age() < 50) & ~now.state.h.urban[p.hh]
        p.away |= young & (luck.random(p.key) < 0.04)
    if now.calendar_month == 1:
        p.away &= ~(luck.random(p.key) < 0.18)
