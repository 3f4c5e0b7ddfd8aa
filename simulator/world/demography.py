"""Births, deaths, marriages that bring someone in, divorce, moving away."""

from __future__ import annotations

import numpy as np

from simulator.world import changes, names
from simulator.world import codes as c
from simulator.world.clock import Now, month_day
from simulator.world.levels import REGION
from simulator.world.luck import Luck
from simulator.world.state import PERSON, Columns, State, blank, ordinals, person_keys

# First ordinal of those who come into a household in one month, by how they come.
BORN, MARRIED_IN = 0, 128


def move(now: Now) -> None:
    """One month of births, deaths and moves; refreshes household sizes."""
    state = now.state
    _deaths(now)
    _births(now)
    _arrivals(now)
    changes.merge(now)
    changes.elders_apart(now)
    _departures(now)
    state.h.n = np.minimum(state.count(state.present()), 120)


def _deaths(now: Now) -> None:
    state, p = now.state, now.state.p
    luck = now.luck("death")
    age = state.age()
    yearly = np.exp(-9.9 + 0.088 * age) + 0.0004
    yearly = yearly * np.select([p.health == c.SEVERE, p.health == c.CHRONIC], [5.0, 1.2], 0.7)
    dead = p.alive & p.here & (luck.random(p.key) < yearly / 12)
    accident = dead & (luck.random(p.key) < np.where(age < 55, 0.3, 0.05))
    rows = np.flatnonzero(dead)
    earner = p.wage[rows] > 0
    on = now.dates(luck, p.key[rows])
    now.log.add("death", person=rows, accident=accident[rows], earner=earner, on=on)
    note_lost_earners(now, rows)
    p.alive[rows] = False
    p.work[rows], p.wage[rows], p.stage[rows] = c.IDLE, 0, 0
    p.listed_jobless[rows], p.benefit[rows] = False, 0
    _orphan(state, rows)
    widowed = np.bincount(p.hh[rows[p.marital[rows] == c.MARRIED]], minlength=len(state.h.n)) > 0
    couple = np.isin(p.relation, (c.HEAD, c.SPOUSE)) & p.alive & widowed[p.hh]
    p.marital[couple] = np.where(p.marital[couple] == c.MARRIED, c.WIDOWED, p.marital[couple])
    _new_heads(now, np.unique(p.hh[rows[p.relation[rows] == c.HEAD]]))


def note_lost_earners(now: Now, rows: np.ndarray) -> None:
    """Remember which households lose their main earner with the persons `rows`."""
    state, p = now.state, now.state.p
    best = np.zeros(len(state.h.n), p.wage.dtype)
    np.maximum.at(best, p.hh, np.where(state.present(), p.wage, 0))
    main = rows[(p.wage[rows] > 0) & (p.wage[rows] >= best[p.hh[rows]])]
    state.h.earner_lost[p.hh[main]] = now.month


def _orphan(state: State, dead: np.ndarray) -> None:
    """Minors become orphans when the last of the generation that raises them has died.

    A parent divorced from the dead lives elsewhere and can take the child, so those are none.
    """
    p, age = state.p, state.age()
    minor = p.alive & p.here & (age < 18)
    for parents, child in (((c.HEAD, c.SPOUSE), c.CHILD), ((c.CHILD,), c.GRANDCHILD)):
        raising = np.isin(p.relation, parents) & (age >= 18)
        lost = dead[raising[dead] & (p.marital[dead] != c.DIVORCED)]
        gone = np.zeros(len(state.h.n), bool)
        gone[p.hh[lost]] = True
        gone &= state.count(raising & p.alive & p.here) == 0
        p.orphan |= minor & (p.relation == child) & gone[p.hh]


def _new_heads(now: Now, households: np.ndarray) -> None:
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
    now.log.add("new_head", person=first, was=p.relation[first].copy())
    p.relation[first] = c.HEAD
    now.log.add("register_change", person=first, on=now.dates(now.luck("new head"), p.key[first]))


def _newcomers(now: Now, luck: Luck, hh: np.ndarray, born: np.ndarray, first: int) -> Columns:
    """New persons of households `hh`; `first` keeps births and arrivals of a month apart."""
    rows = blank(PERSON, len(hh))
    rows.hh, rows.registered, rows.born = hh, hh, born
    rows.key = person_keys(now.state.h.key[hh], now.month, first + ordinals(hh))
    rows.alive, rows.here = np.ones(len(hh), bool), np.ones(len(hh), bool)
    rows.sex = (luck.random(rows.key) < 0.51).astype("i1")
    rows.skill = luck.lognormal(rows.key, 0, 0.33)
    rows.insured = luck.random(rows.key) < 0.85
    rows.disease = np.full(len(hh), c.OTHER_ILLNESS)
    return rows


def _name(now: Now, rows: Columns, region: int) -> Columns:
    rows.region = np.full(len(rows.hh), region)
    rows.seq = names.sequence(rows)
    names.draw(now.state.seed, rows, now.state.h.key)
    return rows


def _births(now: Now) -> None:
    """Married women of child-bearing age; the child's relation follows the mother's."""
    state, p = now.state, now.state.p
    luck = now.luck("birth")
    age = state.age()
    mother = state.present() & (p.sex == 0) & (p.marital == c.MARRIED) & (age >= 20) & (age < 43)
    mother &= np.isin(p.relation, (c.HEAD, c.SPOUSE, c.CHILD))
    children = state.count(state.present() & (age < 18))[p.hh]
    rate = (
        0.021
        * np.exp(-((age - 28) ** 2) / 60)
        * np.array([1, 0.55, 0.12, 0.02])[np.minimum(children, 3)]
    )
    mothers = np.flatnonzero(mother & (luck.random(p.key) < rate))
    days = now.dates(luck, p.key[mothers])
    rows = _newcomers(now, luck, p.hh[mothers], days.astype("i8"), BORN)
    rows.relation = np.where(p.relation[mothers] == c.CHILD, c.GRANDCHILD, c.CHILD)
    new = state.add_persons(_name(now, rows, int(REGION)))
    now.log.add("birth", person=new, mother=mothers, on=days)


def _arrivals(now: Now) -> None:
    """A spouse from elsewhere marries a single head or grown child."""
    state, p = now.state, now.state.p
    luck = now.luck("wedding")
    age = state.age()
    single = state.present() & (p.marital == c.SINGLE) & (age >= 22) & (age < 45)
    heads = single & (p.relation == c.HEAD)
    _marry(now, luck, np.flatnonzero(heads & (luck.random(p.key) < 0.007)))


def _marry(now: Now, luck: Luck, weds: np.ndarray, since: np.ndarray | None = None) -> None:
    """Heads `weds` marry somebody from elsewhere; those who found their household now, on the
    days `since` or later."""
    state, p, age = now.state, now.state.p, now.state.age()
    p.marital[weds] = c.MARRIED
    years = np.clip(age[weds] + luck.normal(p.key[weds], 0, 3), 21, 55)
    today = month_day(now.month).astype("i8")
    rows = _newcomers(now, luck, p.hh[weds], today - (years * 365.2425).astype("i8"), MARRIED_IN)
    rows.sex = 1 - p.sex[weds]
    rows.relation = np.full(len(weds), c.SPOUSE)
    rows.marital = np.full(len(weds), c.MARRIED)
    rows.educ = p.educ[weds]
    rows.jobless = np.ones(len(weds), "i2")
    # Their identity numbers carry another (also unassigned) address code, new every month.
    months = now.month - state.first
    region = 990500 + months % 400 if since is None else 990900 + months % 99
    new = state.add_persons(_name(now, rows, region))
    days, told = now.dates(luck, p.key[new]), now.dates(luck, p.key[weds])
    if since is not None:
        days, told = np.maximum(days, since), np.maximum(told, since)
    now.log.add("arrival", person=new, on=days)
    now.log.add("wedding", person=weds, partner=new, on=days)
    now.log.add("register_change", person=weds, on=told)


def _departures(now: Now) -> None:
    """Divorce (the spouse leaves) and young adults who settle elsewhere: outside the county, or in
    a household of their own."""
    state, p = now.state, now.state.p
    luck = now.luck("departure")
    age = state.age()
    grown = state.present() & (p.relation == c.CHILD) & (age >= 23) & (p.stage == 0)
    leaves = grown & (luck.random(p.key) < np.where(p.away, 0.009, 0.004))
    spouse = state.present() & (p.relation == c.SPOUSE) & (age < 60)
    strain = (state.h.gap > 0)[p.hh]
    divorced = spouse & (luck.random(p.key) < np.where(strain, 0.0012, 0.00035))
    partner = np.zeros(len(state.h.n), bool)
    partner[p.hh[divorced]] = True
    heads = np.flatnonzero(partner[p.hh] & (p.relation == c.HEAD) & p.alive)
    p.marital[heads] = c.DIVORCED
    gone = np.flatnonzero(leaves | divorced)
    note_lost_earners(now, np.flatnonzero(divorced))
    days = now.dates(luck, p.key[gone])
    _note_divorces(now, gone, days, divorced, heads)
    now.log.add("register_change", person=heads, on=now.dates(luck, p.key[heads]))
    stays = changes.stay_near(now, gone)
    _leave(now, gone[~stays], days[~stays])
    weds, since = changes.split(now, gone[stays], days[stays])
    if len(weds):
        _marry(now, now.luck("wedding of founders"), weds, since)


def _leave(now: Now, gone: np.ndarray, days: np.ndarray) -> None:
    """Persons `gone` live outside the county from now on."""
    p = now.state.p
    p.here[gone] = False
    p.work[gone], p.wage[gone], p.benefit[gone], p.listed_jobless[gone] = c.IDLE, 0, 0, False
    now.log.add("departure", person=gone, on=days)


def _note_divorces(
    now: Now, gone: np.ndarray, days: np.ndarray, divorced: np.ndarray, heads: np.ndarray
) -> None:
    """Tell of the couples among those who left: the spouse with the head who stays."""
    p = now.state.p
    head_of = np.full(len(now.state.h.n), -1)
    head_of[p.hh[heads]] = heads
    couple = divorced[gone] & (head_of[p.hh[gone]] >= 0)
    spouses = gone[couple]
    now.log.add("divorce", person=spouses, partner=head_of[p.hh[spouses]], on=days[couple])
