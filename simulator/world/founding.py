"""The first day, second half: work, health, school, dwelling, savings of the founders."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world import money, schooling
from simulator.world.clock import Log, Now
from simulator.world.geography import TOWNSHIPS
from simulator.world.levels import level
from simulator.world.luck import Luck
from simulator.world.people import found
from simulator.world.state import NEVER, State


def new_world(seed: int, households: int, month: int, first: int, setting: str) -> State:
    """A county on the first day of `month`; `first` is the month of its first delivery."""
    h, p = found(seed, households, month)
    state = State(h, p, np.zeros((c.TRADES, len(TOWNSHIPS)), "f4"), month - 1, seed, first, setting)
    rng = np.random.default_rng([seed, 2])
    _health(state, rng)
    schooling.enrol_founders(state)
    _work(state, rng)
    _pensions(state, rng)
    _homes(state, rng)
    _wealth(state, rng)
    _rolls(state, rng)
    return state


def _health(state: State, rng: np.random.Generator) -> None:
    """Chronic and severe illness and disability by age and frailty."""
    p, age = state.p, state.age()
    frail = state.h.frailty[p.hh]
    dice = rng.random(len(age))
    severe = (0.003 + 0.00045 * np.clip(age - 35, 0, 55)) * frail
    chronic = (0.02 + 0.0075 * np.clip(age - 30, 0, 50)) * np.sqrt(frail)
    p.health = np.where(
        dice < severe, c.SEVERE, np.where(dice < severe + chronic, c.CHRONIC, c.GOOD)
    )
    p.disease = np.where(
        p.health == c.SEVERE, rng.choice([0, 1, 1, 2, 3, 6], len(age)), c.OTHER_ILLNESS
    )
    p.treat = np.where(
        p.health == c.SEVERE, rng.lognormal(5.6, 0.7, len(age)),
        np.where(p.health == c.CHRONIC, rng.lognormal(4.0, 0.7, len(age)), 0),
    )  # fmt: skip
    disabled = rng.random(len(age)) < (0.011 + 0.0007 * np.clip(age - 20, 0, 60)) * np.sqrt(frail)
    kinds = rng.choice(np.arange(1, 8), len(age), p=[0.12, 0.14, 0.02, 0.46, 0.1, 0.11, 0.05])
    p.dis_cat = np.where(disabled, kinds, 0)
    grades = rng.choice([1, 2, 3, 4], len(age), p=[0.16, 0.26, 0.3, 0.28])
    p.dis_grade = np.where(disabled, grades, 0)
    p.certified = disabled & (rng.random(len(age)) < 0.85)
    p.insured = rng.random(len(age)) < np.where(age < 1, 0.85, 0.95)
    granted = Luck(state.seed, 0, "founders' subsidies").random(p.key) < 0.95
    p.nursing = p.certified & (p.dis_grade <= 2) & granted


def _work(state: State, rng: np.random.Generator) -> None:
    """A job for most people of working age; farming for many elders in villages."""
    p, age = state.p, state.age()
    size = len(age)
    urban = state.h.urban[p.hh]
    p.skill = np.exp(rng.normal(0, 0.29, size) - 0.06 * (state.h.frailty[p.hh] - 1))
    able = (age >= 16) & (p.stage == 0) & (p.health < c.SEVERE)
    able &= (p.dis_grade == 0) | (p.dis_grade >= 3)
    chance = np.where(age < 60, np.where(p.sex == 1, 0.955, 0.82), np.where(urban, 0.14, 0.62))
    chance = np.where(age >= 72, chance * 0.35, chance) * np.where(p.dis_cat > 0, 0.5, 1)
    working = able & (rng.random(size) < chance)
    learned = np.clip(p.educ - 2, -1, 2)
    formal = np.clip(np.where(urban, 0.45, 0.17) + 0.17 * learned, 0.02, 0.92) * (age < 58)
    farm = np.where(urban, 0.02, np.where(age > 50, 0.45, 0.16))
    farm = np.where(age >= 60, np.where(urban, 0.3, 0.93), farm)
    dice = rng.random(size)
    public = (p.educ >= c.SENIOR) & (dice > 0.8) & (age < 60)
    work = np.where(
        dice < farm, c.FARM, np.where(dice < farm + (1 - farm) * formal, c.FORMAL, c.INFORMAL)
    )
    work = np.where(public, c.PUBLIC, work)
    flexible = (work == c.INFORMAL) & urban & (rng.random(size) < 0.18) & (age < 60)
    p.work = np.where(working, np.where(flexible, c.FLEXIBLE, work), c.IDLE)
    luck = Luck(state.seed, 0, "founders' work")
    money.draw_trades(state, luck, np.flatnonzero(working))
    money.draw_wages(state, luck, np.flatnonzero(working), 1.0)
    p.tenure = np.where(working, rng.integers(2, 160, size), 0)
    lost = able & ~working & (age < 58) & (rng.random(size) < 0.1)
    p.jobless = np.where(lost, rng.integers(1, 14, size), 0)
    p.listed_jobless = lost & (rng.random(size) < 0.35)
    p.hard = p.listed_jobless & (age > 45) & (rng.random(size) < 0.6)
    p.away = (p.work == c.INFORMAL) & ~urban & (age < 55) & (rng.random(size) < 0.22)


def _pensions(state: State, rng: np.random.Generator) -> None:
    """Old-age pensions: about 200 yuan for residents, ten times that for former employees."""
    p, age = state.p, state.age()
    size = len(age)
    urban = state.h.urban[p.hh]
    old = age >= 60
    employee = old & (p.work != c.FARM)
    employee &= rng.random(size) < np.where(urban, 0.6, 0.07) + 0.08 * (p.educ >= c.SENIOR)
    resident = old & ~employee & (rng.random(size) < 0.96)
    p.pension_kind = np.where(
        employee, c.EMPLOYEE_PENSION, np.where(resident, c.RESIDENT_PENSION, 0)
    )
    p.pension = np.where(
        employee, rng.lognormal(7.82, 0.3, size),
        np.where(resident, rng.uniform(150, 250, size), 0),
    )  # fmt: skip


def _homes(state: State, rng: np.random.Generator) -> None:
    """Dwelling, its grade and what it is made of: poorer and rural homes are worse."""
    h = state.h
    size = len(h.town)
    workers = np.maximum(state.count(state.p.work > 0), 1)
    skill = state.per_household(np.log(np.maximum(state.p.skill, 0.1)), state.p.work > 0) / workers
    poor = rng.normal(0, 0.95, size) + 0.35 * np.log(h.frailty) - 0.9 * skill
    dice = rng.random(size)
    town = np.where(
        dice < 0.78,
        c.OWN_URBAN,
        np.where(dice < 0.83, c.PUBLIC_RENTAL, np.where(dice < 0.95, c.MARKET_RENT, c.BORROWED)),
    )
    h.kind = np.where(
        h.urban,
        town,
        np.where(dice < 0.97, c.OWN_RURAL, np.where(dice < 0.99, c.BORROWED, c.MARKET_RENT)),
    )
    h.danger = np.where(
        h.urban, 0, np.select([poor > 2.6, poor > 2.0, poor > 0.6, poor > -0.3], [4, 3, 2, 1], 0)
    )
    h.area = np.clip(rng.normal(np.where(h.urban, 92, 118), 30) - 12 * poor, 18, 320)
    h.rooms = np.clip(np.round(h.area / 26), 1, 9)
    h.acquired = rng.integers(3000, 17500, size)
    h.acquired_how = np.where(
        h.kind == c.OWN_URBAN,
        np.where(rng.random(size) < 0.8, 1, 3),
        np.where(rng.random(size) < 0.85, 0, 2),
    )
    h.rent = np.select(
        [h.kind == c.PUBLIC_RENTAL, h.kind == c.MARKET_RENT],
        [rng.uniform(80, 260, size), rng.uniform(450, 1300, size)],
        0,
    )
    h.rent_subsidy = (h.rent > 300) & (poor > 0.8) & (rng.random(size) < 0.5)
    _fabric(state, rng, poor)


def _fabric(state: State, rng: np.random.Generator, poor: np.ndarray) -> None:
    """What the dwelling is made of, as a visitor sees it; `poor` is the household's hidden lack."""
    h, size = state.h, len(poor)
    h.dwelling = np.where(poor > 2.5, 2, np.where(h.urban & (rng.random(size) < 0.85), 1, 0))
    worse = poor + np.where(h.urban, -0.7, 0.35)
    h.floor = np.digitize(worse + rng.normal(0, 0.4, size), [0.2, 2.4])
    h.roof = np.where(h.urban, 0, np.digitize(worse + rng.normal(0, 0.5, size), [0.0, 1.9, 3.0]))
    h.water = np.digitize(worse + rng.normal(0, 0.4, size), [1.1, 2.5])
    h.toilet = np.digitize(worse + rng.normal(0, 0.4, size), [0.5, 2.9])
    h.fuel = np.where(
        h.urban,
        np.digitize(worse, [-0.4]),
        np.digitize(worse + rng.normal(0, 0.5, size), [-1.2, 0.6]),
    )
    h.hazard = rng.random(size) < 0.015 + 0.02 * (poor > 1.5)


def _wealth(state: State, rng: np.random.Generator) -> None:
    """Land, relatives outside, property, savings, knowing how to apply."""
    h, p, age = state.h, state.p, state.age()
    size = len(h.town)
    elders = state.count(age >= 65)
    h.land = np.where(h.urban, 0, np.clip(rng.lognormal(1.35, 0.6, size), 0, 25))
    has_tie = rng.random(size) < np.where(elders > 0, 0.86, 0.3)
    h.tie = np.where(has_tie, rng.lognormal(6.1, 0.6, size) * np.where(elders > 0, 1.15, 0.8), 0)
    h.property = np.where(
        rng.random(size) < np.where(h.urban, 0.3, 0.16), rng.lognormal(5.2, 1.0, size), 0
    )
    schooling_mean = state.per_household(p.educ.astype(float), age >= 18)
    adults = np.maximum(state.count(age >= 18), 1)
    remote = 1 - np.array([t.quality for t in TOWNSHIPS])[h.town]
    h.aware = np.clip(
        0.25 + 0.12 * schooling_mean / adults - 0.35 * remote + rng.normal(0, 0.15, size), 0.03, 0.9
    )
    h.n = state.count(state.present())
    h.smooth = _usual_income(state)
    per_head = h.smooth / np.maximum(h.n, 1)
    line = level("S", state.month, h.urban)
    h.habit = np.maximum(per_head * 0.7, 0.75 * line)
    h.savings = h.smooth * rng.lognormal(1.5, 0.9, size) * np.clip(per_head / (2 * line), 0.05, 2)
    h.review_at = np.full(size, state.month + 6)


def _usual_income(state: State) -> np.ndarray:
    """Mean monthly income over a year of the founders' present jobs."""
    year = [
        Now(state, month, state.seed, Log(on=False))
        for month in range(state.month - 11, state.month + 1)
    ]
    total = np.zeros(len(state.h.n))
    for now in year:
        money.earn(now)
        total += state.h.income
    return total / 12


def _rolls(state: State, rng: np.random.Generator) -> None:
    """Help that began before the first day: most of the poorest, some of the next."""
    h, p = state.h, state.p
    size = len(h.town)
    line, n = level("S", state.month, h.urban), np.maximum(h.n, 1)
    per_head = h.smooth / n
    dice = rng.random(size)
    idle = state.count(state.present() & (state.age() >= 18) & (state.age() < 60)) == 0
    destitute = idle & (h.wages + h.business < 0.25 * line * n) & (h.tie < 150)
    poor = (per_head < line) & (dice < 0.62)
    near = (per_head >= line) & (per_head < 1.5 * line)
    ill = state.count(state.present() & (p.health == c.SEVERE)) > 0
    roll = np.select(
        [poor & destitute, poor, near & (dice < 0.08), near & ~h.urban & (dice < 0.13),
         (near & (dice > 0.94)) | (ill & (per_head < 2 * line) & (dice > 0.7))],
        [c.TEKUN, c.DIBAO, c.EDGE, c.MONITORED, c.OTHER_ROLL], 0,
    )  # fmt: skip
    on = roll > 0
    gap = np.maximum(line - per_head, 0.12 * line) * n
    h.roll, h.ever = roll, on | ((per_head < 1.8 * line) & (rng.random(size) < 0.06))
    h.amount = np.round(np.select([roll == c.DIBAO, roll == c.TEKUN], [gap, 1.3 * line * n], 0))
    h.roll_since = np.where(on, state.month - rng.geometric(0.03, size), NEVER)
    h.monitored_kind = np.where(roll == c.MONITORED, rng.integers(1, 3, size), 0)
    h.review_at = state.month + rng.integers(1, 13, size)
    left = ~on & h.ever
    h.left_at = np.where(left, state.month - rng.integers(1, 24, size), NEVER)
