"""The first day: households and their members, drawn to published shares.

Shares of household kinds are ours, set so that the mean size (2.8), one-person households
(21 %), three generations (17 %) and the ages of the 2020 census of a comparable county come out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import month_day
from simulator.world.geography import TOWNSHIPS, villages
from simulator.world.levels import REGION
from simulator.world.names import draw, sequence
from simulator.world.state import (
    HOUSEHOLD,
    NEVER,
    PERSON,
    Columns,
    blank,
    ordinals,
    person_keys,
)


class Member(NamedTuple):
    """One possible member: sex 'm', 'f', 'x' (either) or 'o' (opposite the head)."""

    relation: int
    sex: str
    gap: float  # years younger than the head (negative: older)
    spread: float
    low: int
    high: int
    chance: float = 1.0


class Kind(NamedTuple):
    """A kind of household: share urban and rural, head's age, other members."""

    urban: float
    rural: float
    age: tuple[float, float, int, int]
    women: float
    members: tuple[Member, ...]


# Household columns that hold a month.
MONTHS = ("roll_since", "left_at", "refused_at", "unmet_since", "apply_at", "review_at", "grant_at",
          "last_visit", "earner_lost", "applied_at", "found_at", "aided_at")  # fmt: skip
_SPOUSE = Member(c.SPOUSE, "o", 1, 3, 21, 95)
_CHILD = Member(c.CHILD, "x", 27, 4, 0, 24)
_SECOND = Member(c.CHILD, "x", 31, 4, 0, 22)
_GRANDSON = Member(c.GRANDCHILD, "x", 54, 4, 0, 18)

KINDS: dict[str, Kind] = {
    "lone elder": Kind(0.070, 0.115, (75, 7, 65, 97), 0.6, ()),
    "lone adult": Kind(0.145, 0.086, (45, 13, 20, 64), 0.35, ()),
    "elder couple": Kind(0.075, 0.090, (70, 6, 62, 92), 0.05, (_SPOUSE,)),
    "couple": Kind(0.125, 0.105, (50, 10, 24, 64), 0.1, (_SPOUSE,)),
    "one child": Kind(0.190, 0.100, (38, 8, 23, 60), 0.1, (_SPOUSE, _CHILD)),
    "two children": Kind(0.125, 0.115, (37, 7, 25, 56), 0.08, (_SPOUSE, _CHILD, _SECOND)),
    "three children": Kind(
        0.012, 0.024, (37, 6, 27, 52), 0.05,
        (_SPOUSE, _CHILD, _SECOND, Member(c.CHILD, "x", 34, 3, 0, 18)),
    ),
    "single parent": Kind(0.035, 0.028, (40, 8, 23, 58), 0.55, (_CHILD, _SECOND._replace(chance=0.3))),  # noqa: E501
    "grown child": Kind(
        0.080, 0.075, (55, 6, 43, 70), 0.1,
        (_SPOUSE._replace(chance=0.88), Member(c.CHILD, "x", 27, 3, 18, 40)),
    ),
    "three generations": Kind(
        0.140, 0.225, (39, 7, 26, 56), 0.06,
        (_SPOUSE, _CHILD, _SECOND._replace(chance=0.45), Member(c.PARENT, "m", -26, 3, 46, 96, 0.6),
         Member(c.PARENT, "f", -24, 3, 44, 98, 0.8)),
    ),
    "skipped generation": Kind(
        0.008, 0.036, (63, 6, 48, 82), 0.35,
        (_SPOUSE._replace(chance=0.65), _GRANDSON, _GRANDSON._replace(gap=57, chance=0.4)),
    ),
    "elder parent": Kind(0.030, 0.034, (50, 8, 28, 68), 0.25, (Member(c.PARENT, "x", -25, 4, 52, 99),)),  # noqa: E501
    "siblings": Kind(0.015, 0.013, (48, 12, 20, 75), 0.3, (Member(c.SIBLING, "x", 2, 5, 18, 80),)),
}  # fmt: skip


def _places(rng: np.random.Generator, count: int) -> Columns:
    """Households with a township and a village; about 46 % urban."""
    h = blank(HOUSEHOLD, count)
    h.key = np.arange(count)
    weights = np.array([t.weight for t in TOWNSHIPS])
    h.town = rng.choice(len(TOWNSHIPS), count, p=weights / weights.sum())
    urban_share = np.array([t.urban for t in TOWNSHIPS])
    h.urban = rng.random(count) < urban_share[h.town] + 0.01
    every = villages()
    for t in range(len(TOWNSHIPS)):
        for urban in (False, True):
            here = np.flatnonzero((h.town == t) & (h.urban == urban))
            choice = [i for i, v in enumerate(every) if v.township == t and v.urban == urban]
            choice = choice or [i for i, v in enumerate(every) if v.township == t]
            h.village[here] = rng.choice(choice, len(here))
    for name in MONTHS:
        h[name] = np.full(count, NEVER, dtype=h[name].dtype)
    h.frailty = np.exp(rng.normal(-0.18, 0.6, count))
    h.luck = rng.normal(0, 0.5, count)
    return h


def _member_ages(
    rng: np.random.Generator, member: Member, head_age: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ages, and who exists: chance, and no member outside the ages that make sense."""
    age = head_age - rng.normal(member.gap, member.spread, len(head_age))
    exists = rng.random(len(head_age)) < member.chance
    age = np.where(age < member.low, member.low + rng.random(len(age)) * 3, age)
    return np.minimum(age, member.high + rng.random(len(age))), exists


def _household_members(
    rng: np.random.Generator, kind: Kind, rows: np.ndarray
) -> list[tuple[np.ndarray, ...]]:
    """(household, relation, sex, age) blocks for households `rows` of one kind."""
    size = len(rows)
    mean, spread, low, high = kind.age
    head_age = np.clip(rng.normal(mean, spread, size), low, high) + rng.random(size)
    head_sex = (rng.random(size) >= kind.women).astype("i1")
    blocks = [(rows, np.full(size, c.HEAD), head_sex, head_age)]
    for member in kind.members:
        age, exists = _member_ages(rng, member, head_age)
        sex = {
            "m": np.ones(size, "i1"), "f": np.zeros(size, "i1"), "o": 1 - head_sex,
            "x": (rng.random(size) < 0.515).astype("i1"),
        }[member.sex]  # fmt: skip
        blocks.append(
            (rows[exists], np.full(exists.sum(), member.relation), sex[exists], age[exists])
        )
    return blocks


def _marital(rng: np.random.Generator, p: Columns, age: np.ndarray) -> np.ndarray:
    """Marital status from who lives in the household."""
    has_spouse = np.bincount(p.hh[p.relation == c.SPOUSE], minlength=p.hh.max() + 1) > 0
    parents = np.bincount(p.hh[p.relation == c.PARENT], minlength=p.hh.max() + 1)
    dice = rng.random(len(age))
    alone = np.where(
        age >= 65, np.where(dice < 0.72, c.WIDOWED, np.where(dice < 0.85, c.SINGLE, c.DIVORCED)),
        np.where(dice < 0.45, c.SINGLE, np.where(dice < 0.8, c.DIVORCED, c.WIDOWED)),
    )  # fmt: skip
    marital = np.where(age < 22, c.SINGLE, alone)
    couple = np.isin(p.relation, (c.HEAD, c.SPOUSE)) & has_spouse[p.hh]
    couple |= (p.relation == c.PARENT) & (parents[p.hh] >= 2)
    marital[couple] = c.MARRIED
    marital[(p.relation == c.CHILD) & (age < 32)] = c.SINGLE
    return marital


def _schooling(rng: np.random.Generator, age: np.ndarray, urban: np.ndarray) -> np.ndarray:
    """Attained schooling of adults by age and side; children get theirs from their stage."""
    push = (
        rng.normal(0, 1, len(age)) + np.where(urban, 0.45, -0.3) - np.clip(age - 35, -8, 50) * 0.032
    )
    return np.digitize(push, [-2.35, -0.95, 0.72, 1.38])


def found(seed: int, count: int, month: int) -> tuple[Columns, Columns]:
    """Households and persons alive at the start of `month`; work, health and school come later."""
    rng = np.random.default_rng([seed, 1])
    h = _places(rng, count)
    names = list(KINDS)
    shares = np.array([[KINDS[n].rural, KINDS[n].urban] for n in names])
    shares = np.cumsum(shares / shares.sum(axis=0), axis=0)
    dice = rng.random(count)
    kind = (dice[:, None] > shares[:, h.urban.astype(int)].T).sum(axis=1)
    blocks = [
        block
        for i, name in enumerate(names)
        for block in _household_members(rng, KINDS[name], np.flatnonzero(kind == i))
    ]
    hh, relation, sex, age = (np.concatenate([b[k] for b in blocks]) for k in range(4))
    order = np.lexsort((relation, hh))
    p = blank(PERSON, len(hh))
    p.hh, p.relation, p.sex = hh[order], relation[order], sex[order]
    age = age[order]
    p.registered = p.hh.copy()
    today = month_day(month).astype("i8")
    p.born = today - (age * 365.2425).astype("i4") - 1
    p.alive, p.here = np.ones(len(hh), bool), np.ones(len(hh), bool)
    p.marital = _marital(rng, p, np.floor(age))
    p.educ = _schooling(rng, age, h.urban[p.hh])
    p.region = np.full(len(hh), int(REGION))
    p.key = person_keys(h.key[p.hh], 0, ordinals(p.hh))
    p.seq = sequence(p)
    draw(seed, p, h.key)
    _register_elsewhere(rng, h, p, age)
    return h, p


def _register_elsewhere(rng: np.random.Generator, h: Columns, p: Columns, age: np.ndarray) -> None:
    """About one adult in thirty lives with one household and is registered with another."""
    moved = np.flatnonzero((rng.random(len(age)) < 0.045) & (age >= 20) & (p.relation > c.HEAD))
    for t in range(len(TOWNSHIPS)):
        here = moved[h.town[p.hh[moved]] == t]
        homes = np.flatnonzero(h.town == t)
        if len(homes):
            p.registered[here] = rng.choice(homes, len(here))
