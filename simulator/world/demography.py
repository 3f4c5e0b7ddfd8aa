"""Births, deaths, marriages that bring someone in, divorce, moving away."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world import names
from simulator.world.clock import Now, month_day
from simulator.world.levels import REGION
from simulator.world.state import PERSON, Columns, blank


def move(now: Now) -> None:
    """One month of births, deaths and moves; refreshes household sizes."""
    state = now.state
    rng = now.rng("demography")
    _deaths(now, rng)
    _births(now, rng)
    _arrivals(now, rng)
    _departures(now, rng)
    state.h.n = np.minimum(state.count(state.present()), 120)


def _deaths(now: Now, rng: np.random.Generator) -> None:
    state, p = now.state, now.state.p
    age = state.age()
    yearly = np.exp(-9.9 + 0.088 * age) + 0.0004
    yearly = yearly * np.select([p.health == c.SEVERE, p.health == c.CHRONIC], [5.0, 1.2], 0.7)
    dead = p.alive & p.here & (rng.random(len(age)) < yearly / 12)
    accident = dead & (rng.random(len(age)) < np.where(age < 55, 0.3, 0.05))
    rows = np.flatnonzero(dead)
    earner = p.wage[rows] > 0
    now.log.add(
        "death", person=rows, accident=accident[rows], earner=earner, on=now.days(rng, len(rows))
    )
    p.alive[rows] = False
    p.work[rows], p.wage[rows], p.stage[rows] = c.IDLE, 0, 0
    p.listed_jobless[rows], p.benefit[rows] = False, 0
    widowed = np.bincount(p.hh[rows[p.marital[rows] == c.MARRIED]], minlength=len(state.h.n)) > 0
    couple = np.isin(p.relation, (c.HEAD, c.SPOUSE)) & p.alive & widowed[p.hh]
    p.marital[couple] = np.where(p.marital[couple] == c.MARRIED, c.WIDOWED, p.marital[couple])
    _new_heads(now, rng, np.unique(p.hh[rows[p.relation[rows] == c.HEAD]]))


def _new_heads(now: Now, rng: np.random.Generator, households: np.ndarray) -> None:
    """The oldest grown member of a household without a head becomes its head."""
    state, p = now.state, now.state.p
    lost = np.zeros(len(state.h.n), bool)
    lost[households] = True
    members = np.flatnonzero(lost[p.hh] & p.alive & p.here)
    if not len(members):
        return
    age = state.age()[members]
    rank = np.where(p.relation[members] == c.SPOUSE, 200, 0) + np.where(age < 90, age, 0)
    order = np.lexsort((-rank, p.hh[members]))
    first = members[order][np.r_[True, np.diff(p.hh[members][order]) > 0]]
    p.relation[first] = c.HEAD
    now.log.add("register_change", person=first, on=now.days(rng, len(first)))


def _newcomers(now: Now, rng: np.random.Generator, hh: np.ndarray, born: np.ndarray) -> Columns:
    rows = blank(PERSON, len(hh))
    rows.hh, rows.registered, rows.born = hh, hh, born
    rows.alive, rows.here = np.ones(len(hh), bool), np.ones(len(hh), bool)
    rows.sex = (rng.random(len(hh)) < 0.51).astype("i1")
    rows.skill = np.exp(rng.normal(0, 0.33, len(hh)))
    rows.insured = rng.random(len(hh)) < 0.85
    rows.disease = np.full(len(hh), c.OTHER_ILLNESS)
    return rows


def _name(now: Now, rng: np.random.Generator, rows: Columns, region: int) -> Columns:
    rows.region = np.full(len(rows.hh), region)
    rows.seq = names.sequence(rows)
    if len(rows.hh):
        names.draw(rng, rows)
    return rows


def _births(now: Now, rng: np.random.Generator) -> None:
    """Married women of child-bearing age; the child's relation follows the mother's."""
    state, p = now.state, now.state.p
    age = state.age()
    mother = state.present() & (p.sex == 0) & (p.marital == c.MARRIED) & (age >= 20) & (age < 43)
    mother &= np.isin(p.relation, (c.HEAD, c.SPOUSE, c.CHILD))
    children = state.count(state.present() & (age < 18))[p.hh]
    rate = (
        0.021
        * np.exp(-((age - 28) ** 2) / 60)
        * np.array([1, 0.55, 0.12, 0.02])[np.minimum(children, 3)]
    )
    mothers = np.flatnonzero(mother & (rng.random(len(age)) < rate))
    days = now.days(rng, len(mothers))
    rows = _newcomers(now, rng, p.hh[mothers], days.astype("i8"))
    rows.relation = np.where(p.relation[mothers] == c.CHILD, c.GRANDCHILD, c.CHILD)
    new = state.add_persons(_name(now, rng, rows, int(REGION)))
    now.log.add("birth", person=new, mother=mothers, on=days)


def _arrivals(now: Now, rng: np.random.Generator) -> None:
    """A spouse from elsewhere marries a single head or grown child."""
    state, p = now.state, now.state.p
    age = state.age()
    single = state.present() & (p.marital == c.SINGLE) & (age >= 22) & (age < 45)
    heads = single & (p.relation == c.HEAD)
    weds = np.flatnonzero(heads & (rng.random(len(age)) < 0.007))
    p.marital[weds] = c.MARRIED
    years = np.clip(age[weds] + rng.normal(0, 3, len(weds)), 21, 55)
    today = month_day(now.month).astype("i8")
    rows = _newcomers(now, rng, p.hh[weds], today - (years * 365.2425).astype("i8"))
    rows.sex = 1 - p.sex[weds]
    rows.relation = np.full(len(weds), c.SPOUSE)
    rows.marital = np.full(len(weds), c.MARRIED)
    rows.educ = p.educ[weds]
    rows.jobless = np.ones(len(weds), "i2")
    # Their identity numbers carry another (also unassigned) address code, new every month.
    region = 990500 + (now.month - state.first) % 400
    new = state.add_persons(_name(now, rng, rows, region))
    now.log.add("arrival", person=new, on=now.days(rng, len(new)))
    now.log.add("register_change", person=weds, on=now.days(rng, len(weds)))


def _departures(now: Now, rng: np.random.Generator) -> None:
    """Divorce (the spouse leaves) and young adults who settle elsewhere."""
    state, p = now.state, now.state.p
    age = state.age()
    grown = state.present() & (p.relation == c.CHILD) & (age >= 23) & (p.stage == 0)
    leaves = grown & (rng.random(len(age)) < np.where(p.away, 0.009, 0.004))
    spouse = state.present() & (p.relation == c.SPOUSE) & (age < 60)
    strain = (state.h.gap > 0)[p.hh]
    divorced = spouse & (rng.random(len(age)) < np.where(strain, 0.0012, 0.00035))
    partner = np.zeros(len(state.h.n), bool)
    partner[p.hh[divorced]] = True
    heads = np.flatnonzero(partner[p.hh] & (p.relation == c.HEAD) & p.alive)
    p.marital[heads] = c.DIVORCED
    gone = np.flatnonzero(leaves | divorced)
    p.here[gone] = False
    p.work[gone], p.wage[gone], p.benefit[gone], p.listed_jobless[gone] = c.IDLE, 0, 0, False
    now.log.add("departure", person=gone, on=now.days(rng, len(gone)))
    now.log.add("register_change", person=heads, on=now.days(rng, len(heads)))
