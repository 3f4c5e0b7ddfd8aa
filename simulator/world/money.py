"""Income of every household in a month: wages, farm, property, remittances, pensions."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Now
from simulator.world.levels import level
from simulator.world.luck import Luck
from simulator.world.state import State

# Share of usual pay by calendar month for jobs by the day: building sites rest in winter and
# at New Year.
SEASON = np.array([
    [0.8, 0.7, 0.9, 1.0, 1.1, 1.2, 1.1, 1.0, 1.1, 1.2, 1.0, 0.9],
    [0.35, 0.2, 0.9, 1.15, 1.2, 1.2, 1.15, 1.1, 1.2, 1.2, 1.05, 0.7],
    [0.9, 0.6, 1.0, 1.05, 1.05, 1.05, 1.0, 1.0, 1.05, 1.1, 1.1, 1.05],
    [1.15, 0.9, 0.95, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 1.0, 1.0],
    [1.0] * 12,
])  # fmt: skip
FARM_SEASON = np.array([0.3, 0.3, 0.3, 0.3, 0.5, 2.6, 0.5, 0.3, 0.8, 4.0, 1.2, 0.9])
YIELD_PER_MU = 85.0  # yuan a month, averaged over the year
GROWTH = 0.04  # yearly growth of nominal pay
NURSING = 110.0  # a month for the gravely disabled (grades 1 and 2)
ALLOWANCE = 1351.0  # a month for a child whom no parent can raise, national mean of 2023


def growth(state: State, month: int) -> float:
    """Pay level relative to the first delivery month."""
    return float(np.exp(np.log1p(GROWTH) * (month - state.first) / 12))


def draw_trades(state: State, luck: Luck, rows: np.ndarray) -> None:
    """Trade of the working persons in `rows`; building takes most informal men."""
    p = state.p
    keys = p.key[rows]
    trades = (c.BUILDING, c.FACTORY, c.SERVICES)
    man = p.sex[rows] == 1
    informal = np.where(
        man,
        luck.choice(keys, trades, p=[0.68, 0.12, 0.20]),
        luck.choice(keys, trades, p=[0.13, 0.31, 0.56]),
    )
    formal = luck.choice(keys, trades, p=[0.22, 0.36, 0.42])
    work = p.work[rows]
    p.trade[rows] = np.select(
        [work == c.FARM, work == c.PUBLIC, work == c.FORMAL, work == c.PUBLIC_POST],
        [c.FARMING, c.STATE_JOBS, formal, c.STATE_JOBS],
        informal,
    )


def draw_wages(state: State, luck: Luck, rows: np.ndarray, scale: float) -> None:
    """Usual monthly pay of a job, in yuan; `scale` is the pay level of the year."""
    p = state.p
    work = p.work[rows]
    base = np.select(
        [work == c.FORMAL, work == c.PUBLIC, work == c.FLEXIBLE, work == c.PUBLIC_POST,
         work == c.FARM],
        [4100, 5400, 3500, 1000, 620],
        3050,
    )  # fmt: skip
    learned = np.exp(0.1 * (p.educ[rows] - 2.0))
    gender = np.where(p.sex[rows] == 1, 1.06, 0.88)
    noise = luck.lognormal(p.key[rows], 0, 0.16)
    pay = base * learned * gender * noise * p.skill[rows] * scale
    age = state.age()[rows]
    pay = np.where((age >= 60) & (work != c.FARM), pay * 0.6, pay)
    p.wage[rows] = np.where(work == c.IDLE, 0, np.where(work == c.PUBLIC_POST, 1000 * scale, pay))


def _pay(now: Now, luck: Luck) -> np.ndarray:
    """What each person is paid this month by a job."""
    state, p = now.state, now.state.p
    town = state.h.town[p.hh]
    informal = np.isin(p.work, (c.INFORMAL, c.FLEXIBLE))
    season = SEASON[p.trade, now.calendar_month - 1]
    local = np.where(p.away, 0, state.econ[p.trade, town])
    lasting = state.h.luck[p.hh] * 0.12
    shaky = season * np.exp(local * 1.5 + lasting + luck.normal(p.key, -0.03, 0.25))
    steady = np.exp(local * 0.35)
    pay = np.where(informal, p.wage * shaky * np.where(p.away, 1.15, 1), p.wage * steady)
    pay = np.where(p.health == c.SEVERE, pay * 0.4, pay)
    return np.where(state.present() & (p.work != c.FARM), pay, 0)


def earn(now: Now) -> None:
    """Fill the household's income columns for this month (assistance money excluded)."""
    state, h, p = now.state, now.state.h, now.state.p
    luck = now.luck("money")
    h.wages = state.per_household(_pay(now, luck))
    scale = growth(state, now.month)
    weather = np.exp(state.econ[c.FARMING, h.town] * 1.6 + h.luck * 0.1)
    farmers = state.per_household(p.wage, state.present() & (p.work == c.FARM))
    hands = np.minimum(state.count(state.present() & (p.work == c.FARM)), 2) / 2
    crops = h.land * YIELD_PER_MU * (0.25 + 0.75 * hands) * FARM_SEASON[now.calendar_month - 1]
    h.business = (crops + farmers) * weather * scale
    benefit = state.per_household(
        np.full(len(p.hh), 0.85 * float(level("W", now.month, np.array(True)))), p.benefit > 0
    )
    pensions = state.per_household(p.pension, state.present())
    care = state.per_household(
        np.where(p.nursing, NURSING, 0) + 60.0, p.certified & state.present()
    )
    orphans = ALLOWANCE * state.count(p.allowance & (state.age() < 18) & state.present())
    tie = h.tie * luck.lognormal(h.key, -0.02, 0.2) * scale
    h.transfer = pensions + benefit + care + orphans + tie
    h.income = np.where(h.n > 0, h.wages + h.business + h.transfer + h.property, 0)
