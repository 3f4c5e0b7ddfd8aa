"""What a family truly lacks, by kind of need: the sealed truth that visitors may find.

The kinds are those that departments can meet (`models/scorecard/needs.yaml`). Each is told from
the state of the family by what policy promises and life knows; nothing here looks at a file, a
feature or an indicator. A need that is met by something in place is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.world import codes as c
from simulator.world.levels import level
from simulator.world.state import State

NEEDS = (
    "basic_living", "emergency_aid", "child_protection", "elderly_care", "disability_subsidy",
    "disability_services", "medical_aid", "medical_insurance", "illness_care", "student_aid",
    "dropout_control", "employment", "rural_monitoring", "rural_housing", "urban_housing",
    "disaster_relief",
)  # fmt: skip
AT = {name: position for position, name in enumerate(NEEDS)}
# Whoever stands in the door sees these, and help may not wait for an income test.
ACUTE = np.isin(NEEDS, ("emergency_aid", "child_protection", "dropout_control", "disaster_relief"))
LATELY = 3  # months for which a blow is fresh
AGAIN = 12  # months after which medical aid on past bills can be asked for again


@dataclass
class Family:
    """What the kinds below share: the state and each household's means, by household."""

    state: State
    line: np.ndarray  # S, yuan a head and month
    n: np.ndarray
    per_head: np.ndarray  # usual income a head, without assistance
    low: np.ndarray  # unmet, on a roll, or usual income below 1.5 S
    broke: np.ndarray  # savings below a month at S
    fresh_grant: np.ndarray  # emergency money within the last three months

    @classmethod
    def of(cls, state: State) -> Family:
        """The families of a state."""
        h = state.h
        line, n = level("S", state.month, h.urban), np.maximum(h.n, 1)
        per_head = h.smooth / n
        low = h.unmet | (h.roll > 0) | (per_head < 1.5 * line)
        recent = state.month - h.grant_at <= LATELY
        return cls(state, line, n, per_head, low, h.savings < line * n, recent)

    def any_member(self, mask: np.ndarray) -> np.ndarray:
        """Whether a member of `mask` lives in the household now."""
        return self.state.count(mask & self.state.present()) > 0


def true_needs(state: State) -> np.ndarray:
    """Boolean household x NEEDS at the end of the state's month.

    A family in unmet need always lacks at least basic living or emergency money.
    """
    f = Family.of(state)
    kinds = {
        "basic_living": _basic_living(f), "emergency_aid": _emergency(f),
        "child_protection": _child_protection(f), "elderly_care": _elderly_care(f),
        "disability_subsidy": _disability_subsidy(f),
        "disability_services": _disability_services(f), "medical_aid": _medical_aid(f),
        "medical_insurance": _medical_insurance(f), "illness_care": _illness_care(f),
        "student_aid": _student_aid(f), "dropout_control": _dropout(f),
        "employment": _employment(f), "rural_monitoring": _rural_monitoring(f),
        "rural_housing": _rural_housing(f), "urban_housing": _urban_housing(f),
        "disaster_relief": _disaster_relief(f),
    }  # fmt: skip
    kinds["emergency_aid"] |= state.h.unmet & ~kinds["basic_living"]
    lacks = np.stack([kinds[name] for name in NEEDS], axis=1)
    return lacks & (state.h.n > 0)[:, None]


def _basic_living(f: Family) -> np.ndarray:
    """In unmet need, and one of the classes fits: poor with its aid, or income below the local
    mean with most of it spent on what cannot be put off (刚性支出困难)."""
    h = f.state.h
    d = level("D", f.state.month, h.urban)
    poor = f.per_head + (h.amount / f.n) < 1.5 * f.line
    crushed = (f.per_head * 12 < d) & (h.rigid > 0.6 * h.smooth)
    return h.unmet & (poor | crushed)


def _emergency(f: Family) -> np.ndarray:
    """A sudden blow that the family cannot carry, and no emergency money since.

    The main earner died, went to prison or left within three months and what is left does not
    reach S; or a bill of this month is above six months at S; each without savings. Or the family
    has fallen into unmet need within three months.
    """
    h, month = f.state.h, f.state.month
    lost = (month - h.earner_lost < LATELY) & (h.income < f.line * f.n)
    bill = h.medical > 6 * f.line * f.n
    blow = (lost | bill) & (h.savings < 3 * f.line * f.n)
    fallen = h.unmet & (month - h.unmet_since < LATELY)
    return (blow | fallen) & ~f.fresh_grant


def _child_protection(f: Family) -> np.ndarray:
    """A minor whom no parent can raise, without the allowance for it.

    Orphans; minors without any adult at home; and those whose parents at home are all gravely
    disabled, severely ill or in prison (事实无人抚养). A divorced parent lives on elsewhere, and
    children left with grandparents have parents who work away: these are not counted.
    """
    state, p, age = f.state, f.state.p, f.state.age()
    minor = (age < 18) & ~p.allowance
    here = state.present()
    alone = (f.any_member(minor)) & ~f.any_member(age >= 18)
    parent = p.alive & p.here & np.isin(p.relation, (c.HEAD, c.SPOUSE)) & (age >= 18)
    unable = p.prison | (p.health == c.SEVERE) | ((p.dis_grade > 0) & (p.dis_grade <= 2))
    parents, failing = state.count(parent), state.count(parent & unable)
    divorced = state.count(parent & (p.marital == c.DIVORCED)) > 0
    unraised = (parents > 0) & (failing == parents) & ~divorced
    child = state.count(minor & here & (p.relation == c.CHILD)) > 0
    orphan = state.count(minor & here & p.orphan) > 0
    return orphan | alone | (unraised & child)


def _elderly_care(f: Family) -> np.ndarray:
    """An elder who cannot look after themself, with nobody under 75 at home who could help."""
    p, age = f.state.p, f.state.age()
    helpless = (p.health == c.SEVERE) | ((p.dis_grade > 0) & (p.dis_grade <= 2))
    helper = (age >= 16) & (age < 75) & ~helpless
    dependent = f.any_member((age >= 70) & helpless)
    return dependent & ~f.any_member(helper) & ~f.state.h.cared & (f.state.h.roll != c.TEKUN)


def _disability_subsidy(f: Family) -> np.ndarray:
    """A gravely disabled member (grade 1 or 2) without the nursing subsidy, which has no income
    test."""
    p = f.state.p
    return f.any_member((p.dis_grade > 0) & (p.dis_grade <= 2) & ~p.nursing)


def _disability_services(f: Family) -> np.ndarray:
    """Rehabilitation that a low-income family pays itself takes a sixth of its income."""
    h = f.state.h
    return f.low & (h.rehab > h.smooth / 6) & ~h.rehab_aid


def _medical_aid(f: Family) -> np.ndarray:
    """A year's own medical cost above a quarter of D a head or half the income, which ate the
    savings and left debts; aid on past bills is paid once a year."""
    state, h, p = f.state, f.state.h, f.state.p
    paid = state.per_household(p.oop12, state.present())
    d = level("D", state.month, h.urban)
    heavy = (paid > 0.25 * d) | (paid > 6 * h.smooth)
    spent = (h.savings < 3 * f.line * f.n) & (h.debt > 3 * f.line * f.n)
    return heavy & spent & (state.month - h.aided_at >= AGAIN)


def _medical_insurance(f: Family) -> np.ndarray:
    """A member of a low-income family without any medical insurance."""
    p = f.state.p
    employee = np.isin(p.work, (c.FORMAL, c.PUBLIC)) | (p.pension_kind == c.EMPLOYEE_PENSION)
    return f.low & f.any_member(~p.insured & ~employee)


def _illness_care(f: Family) -> np.ndarray:
    """A severely ill member of a family without savings and in debt, who puts treatment off."""
    h, p = f.state.h, f.state.p
    return f.any_member(p.health == c.SEVERE) & f.broke & (h.debt > 0) & ~h.doctor


def _student_aid(f: Family) -> np.ndarray:
    """A pupil of a low-income family who boards or is past compulsory school, without any aid."""
    p = f.state.p
    costly = (p.stage >= c.SENIOR_STAGE) | ((p.stage >= c.PRIMARY_STAGE) & p.boarding)
    return f.low & f.any_member(costly & (p.status == c.ENROLLED) & (p.aid == c.NO_AID))


def _dropout(f: Family) -> np.ndarray:
    """A child of compulsory school age who has left school, whatever the family earns."""
    p, age = f.state.p, f.state.age()
    left = (p.status == c.DROPPED) & (p.stage > 0) & (p.stage <= c.JUNIOR_STAGE)
    return f.any_member(left & (age >= 6) & (age < 17))


def _employment(f: Family) -> np.ndarray:
    """A low-income family in which nobody has paid work although someone can and looks for it."""
    p, age = f.state.p, f.state.age()
    fit = (p.health < c.SEVERE) & ((p.dis_grade == 0) | (p.dis_grade >= 3)) & (p.stage == 0)
    seeks = fit & (age >= 18) & (age < 60) & (p.work == c.IDLE) & (p.jobless > 2)
    paid = (p.work > c.FARM) & (p.wage > 0)
    return f.low & f.any_member(seeks) & ~f.any_member(paid)


def _rural_monitoring(f: Family) -> np.ndarray:
    """A rural family on no roll in unmet need, or left with less than S while its income is
    within a quarter of the monitoring line M."""
    h = f.state.h
    m = level("M", f.state.month, h.urban)
    slipping = (h.left_over < f.line) & (f.per_head * 12 < 1.25 * m)
    return ~h.urban & (h.roll == 0) & (h.unmet | slipping)


def _rural_housing(f: Family) -> np.ndarray:
    """A low-income rural family in its own home of grade C or D."""
    h = f.state.h
    return f.low & (h.kind == c.OWN_RURAL) & (h.danger >= 3)


def _disaster_relief(f: Family) -> np.ndarray:
    """A home that fire or flood damaged and nobody has repaired: badly, or in a low-income
    family at all."""
    return (f.state.h.damage >= 2) | (f.low & (f.state.h.damage == 1))


def _urban_housing(f: Family) -> np.ndarray:
    """A low-income town family without a home, or whose rent takes a third of its income."""
    h = f.state.h
    renting = (h.kind == c.MARKET_RENT) & ~h.rent_subsidy & (h.rent > h.smooth / 3)
    return f.low & h.urban & (renting | (h.kind == c.NO_HOME))
