"""What follows a need that a visit found: departments act, with delay, and not always.

Without early warning the same offices act on applications and rounds (`help`); here is what they
do when a visitor hands them a case. Amounts and limits are those of policy where one is published
(domain handbook §1.4 and §1.5), else marked (assumed). Orders stay on the household (`h.orders`,
one bit a kind) until they are carried out or turned down, so a saved state keeps them.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world import money
from simulator.world.clock import Now, month_day
from simulator.world.health import grant_nursing
from simulator.world.levels import level
from simulator.world.needs import AT
from simulator.world.schooling import aid_kind
from simulator.world.state import NEVER

# Chance that a kind still open is carried out in a month (assumed, after the working days that
# policy or practice gives), and that it is turned down.
MONTHLY = {
    "child_protection": 0.55, "elderly_care": 0.4, "disability_subsidy": 0.45,
    "disability_services": 0.3, "medical_aid": 0.55, "medical_insurance": 0.6,
    "illness_care": 0.6, "student_aid": 0.5, "dropout_control": 0.6, "employment": 0.22,
    "rural_housing": 0.12, "urban_housing": 0.3, "disaster_relief": 0.35,
}  # fmt: skip
TURNED_DOWN = 0.06
# Chance that a department acts in the days after the visit, before its monthly round (assumed:
# practice is uneven; what is urgent or only needs a telephone call goes first). A kind that is
# not named waits for the round.
AT_ONCE = {
    "child_protection": 0.6, "elderly_care": 0.4, "disability_subsidy": 0.45,
    "disability_services": 0.35, "medical_aid": 0.55, "medical_insurance": 0.65,
    "illness_care": 0.65, "student_aid": 0.5, "dropout_control": 0.7, "employment": 0.25,
    "urban_housing": 0.25, "disaster_relief": 0.8,
}  # fmt: skip
GRANTED = 0.88  # emergency money asked for by a visitor
BY_APPLICATION = ("basic_living", "rural_monitoring")
REBUILDING = np.array([0.0, 2000.0, 8000.0, 20000.0])  # by grade of damage (assumed)


def ask(now: Now, rows: np.ndarray, found: np.ndarray) -> None:
    """Visitors of households `rows` found the needs `found` (rows x NEEDS): help is set going.

    Emergency money comes within days; an application is decided within 20 working days, by the
    offices as they decide every other; the rest is ordered from its department.
    """
    h = now.state.h
    h.found_at[rows] = now.month
    asked = found[:, [AT[name] for name in MONTHLY]]
    bits = np.array([1 << AT[name] for name in MONTHLY])
    h.orders[rows] |= (asked @ bits).astype(h.orders.dtype)
    _quick_money(now, rows, found)
    _at_once(now, rows)
    applies = found[:, [AT[name] for name in BY_APPLICATION]].any(axis=1)
    _apply(now, rows[applies], found[applies])


def _at_once(now: Now, rows: np.ndarray) -> None:
    """What departments do in the days after the visit, by luck of their own."""
    h = now.state.h
    for name, chance in AT_ONCE.items():
        luck = now.luck(f"at once {name}")
        dice = luck.random(h.key[rows])
        due = rows[(h.orders[rows] >> AT[name] & 1 > 0) & (dice < chance)]
        refused = luck.random(h.key[due]) < TURNED_DOWN
        _ACTS[name](now, due[~refused])
        h.orders[due] &= ~(1 << AT[name])
        _tell(now, due, name, ~refused)


def _apply(now: Now, rows: np.ndarray, found: np.ndarray) -> None:
    """The visitor fills in the form: a first application, or a review of what is paid."""
    h = now.state.h
    luck = now.luck("application by a visitor")
    late = luck.random(h.key[rows]) < 0.25
    month = now.month + 1 + late
    h.apply_at[rows] = np.where(h.apply_at[rows] == NEVER, month, h.apply_at[rows])
    h.uplift[rows] = _uplift(now, rows)
    paid = np.isin(h.roll[rows], (c.DIBAO, c.TEKUN))
    h.review_at[rows[paid]] = month[paid]
    asked = found[:, [AT[name] for name in BY_APPLICATION]]
    bits = np.array([1 << AT[name] for name in BY_APPLICATION])
    h.orders[rows] |= (asked @ bits).astype(h.orders.dtype)


def _uplift(now: Now, rows: np.ndarray) -> np.ndarray:
    """分类施保, which few families know to ask for: on top of Dibao, a share of S for each member
    who cannot earn, the highest that fits (Jilin city, the lowest published table)."""
    state, p, age = now.state, now.state.p, now.state.age()
    grave = (p.dis_grade > 0) & (p.dis_grade <= 2)
    share = np.select([p.health == c.SEVERE, grave, (age < 18) | (age >= 70)], [0.3, 0.2, 0.1], 0)
    line = level("S", now.month, state.h.urban[rows])
    return line * state.per_household(share, state.present())[rows]


def _quick_money(now: Now, rows: np.ndarray, found: np.ndarray) -> None:
    """临时救助: small quick aid up to one S a head for a family in need; one to four S a head
    where a blow or the spending itself crushes it. Paid once in four months."""
    h = now.state.h
    luck = now.luck("emergency money")
    keys = h.key[rows]
    dice, small, large = (
        luck.random(keys), luck.uniform(keys, 0.5, 1), luck.uniform(keys, 1, 4),
    )  # fmt: skip
    crushed = found[:, AT["emergency_aid"]]
    wanted = crushed | found[:, AT["basic_living"]] | found[:, AT["disaster_relief"]]
    gets = wanted & (dice < GRANTED) & (now.month - h.grant_at[rows] >= 4)
    line = level("S", now.month, h.urban[rows]) * np.maximum(h.n[rows], 1)
    amount = np.round(line * np.where(crushed, large, small), -1)[gets]
    chosen = rows[gets]
    h.cash[chosen], h.grant_at[chosen] = amount / 3, now.month
    h.grants[chosen] += 1
    now.log.add(
        "roll", household=chosen, roll=np.full(len(chosen), c.EMERGENCY),
        event=np.full(len(chosen), c.GRANT), reason=np.zeros(len(chosen), "i8"),
        on=now.dates(luck, h.key[chosen]), amount=amount,
    )  # fmt: skip
    emergency = np.flatnonzero(found[:, AT["emergency_aid"]])
    _tell(now, rows[emergency], "emergency_aid", gets[emergency])


def move(now: Now) -> None:
    """One month of the departments' work on what visitors asked for."""
    h = now.state.h
    rows = np.flatnonzero(h.orders)
    if not len(rows):
        return
    luck = now.luck("relief")
    for name, chance in MONTHLY.items():
        dice = luck.random(h.key)[rows]
        due = rows[(h.orders[rows] >> AT[name] & 1 > 0) & (dice < chance)]
        refused = luck.random(h.key)[due] < TURNED_DOWN
        _ACTS[name](now, due[~refused])
        h.orders[due] &= ~(1 << AT[name])
        _tell(now, due, name, ~refused)
    for name in BY_APPLICATION:
        open_ = rows[h.orders[rows] >> AT[name] & 1 > 0]
        decided = open_[h.apply_at[open_] == NEVER]
        h.orders[decided] &= ~(1 << AT[name])
        _tell(now, decided, name, h.roll[decided] > 0)


def _tell(now: Now, rows: np.ndarray, name: str, met: np.ndarray) -> None:
    """Note for the worker on the case what became of it."""
    keys = now.state.h.key[rows]
    now.log.add(
        "relief", household=rows, need=np.full(len(rows), AT[name]), met=np.asarray(met),
        on=now.dates(now.luck(f"relief {name}"), keys),
    )  # fmt: skip


def _members(now: Now, rows: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Present persons of `mask` in households `rows`."""
    chosen = np.zeros(len(now.state.h.n), bool)
    chosen[rows] = True
    return np.flatnonzero(mask & now.state.present() & chosen[now.state.p.hh])


def _pay_down(now: Now, rows: np.ndarray, amount: np.ndarray) -> None:
    """Money given for a purpose: debts first, the rest is kept."""
    h = now.state.h
    off = np.minimum(amount, h.debt[rows])
    h.debt[rows] -= off
    h.savings[rows] += amount - off


def _child_protection(now: Now, rows: np.ndarray) -> None:
    """A guardian is found, and the allowance for orphans is paid."""
    p = now.state.p
    p.allowance[_members(now, rows, now.state.age() < 18)] = True


def _elderly_care(now: Now, rows: np.ndarray) -> None:
    """Somebody looks after them: home care, or a place in a home."""
    now.state.h.cared[rows] = True


def _disability_subsidy(now: Now, rows: np.ndarray) -> None:
    """The certificate, where there is none yet, and the nursing subsidy."""
    p = now.state.p
    grave = (p.dis_grade > 0) & (p.dis_grade <= 2)
    without = _members(now, rows, grave & ~p.certified)
    p.certified[without] = True
    luck = now.luck("helped to a certificate")
    now.log.add("certificate", person=without, on=now.dates(luck, p.key[without]))
    grant_nursing(now, luck, _members(now, rows, grave & ~p.nursing))


def _disability_services(now: Now, rows: np.ndarray) -> None:
    """Rehabilitation through the federation, which pays most of it."""
    now.state.h.rehab_aid[rows] = True


def _medical_aid(now: Now, rows: np.ndarray) -> None:
    """医疗救助 on a year's own cost: 60 % above a tenth of D for low-income families, half above
    a quarter of D for others made poor by illness."""
    state, h, p = now.state, now.state.h, now.state.p
    paid = state.per_household(p.oop12, state.present())[rows]
    d = level("D", now.month, h.urban[rows])
    line = level("S", now.month, h.urban[rows]) * np.maximum(h.n[rows], 1)
    low = (h.roll[rows] > 0) | (h.smooth[rows] < 1.5 * line)
    money_ = np.where(low, 0.6 * np.maximum(paid - 0.1 * d, 0), 0.5 * np.maximum(paid - d / 4, 0))
    _pay_down(now, rows, money_)
    h.aided_at[rows] = now.month


def _medical_insurance(now: Now, rows: np.ndarray) -> None:
    """The premium is paid for them, and they are in the residents' scheme."""
    p = now.state.p
    p.insured[_members(now, rows, ~p.insured)] = True


def _illness_care(now: Now, rows: np.ndarray) -> None:
    """A contracted doctor and treatment of the listed disease at a fixed price: regular
    treatment costs a quarter less (assumed)."""
    p = now.state.p
    now.state.h.doctor[rows] = True
    p.treat[_members(now, rows, p.health == c.SEVERE)] *= 0.75


def _student_aid(now: Now, rows: np.ndarray) -> None:
    """The school grants what its stage provides."""
    p = now.state.p
    pupils = (p.stage > c.PRESCHOOL) & (p.status == c.ENROLLED) & (p.aid == c.NO_AID)
    chosen = _members(now, rows, pupils)
    p.aid[chosen] = aid_kind(p.stage[chosen])


def _dropout_control(now: Now, rows: np.ndarray) -> None:
    """School and township bring the child back."""
    p = now.state.p
    left = (p.status == c.DROPPED) & (p.stage > 0) & (p.stage <= c.JUNIOR_STAGE)
    back = _members(now, rows, left)
    p.status[back] = c.ENROLLED
    on = now.dates(now.luck("back to school"), p.key[back])
    now.log.add("school_change", person=back, stage=p.stage[back], grade=p.grade[back],
                status=p.status[back], fee=p.fee[back], on=on)  # fmt: skip


def _employment(now: Now, rows: np.ndarray) -> None:
    """One member per family: a public post for every second, else a job found for them."""
    state, p, age = now.state, now.state.p, now.state.age()
    fit = (p.health < c.SEVERE) & ((p.dis_grade == 0) | (p.dis_grade >= 3)) & (p.stage == 0)
    idle = _members(now, rows, fit & (age >= 18) & (age < 60) & (p.work == c.IDLE))
    order = idle[np.lexsort((p.key[idle], -p.skill[idle], p.hh[idle]))]
    first = order[np.r_[True, np.diff(p.hh[order]) > 0][: len(order)]]
    luck = now.luck("placed in work")
    post = luck.random(p.key[first]) < 0.5
    p.work[first] = np.where(post, c.PUBLIC_POST, c.INFORMAL)
    money.draw_trades(state, luck, first)
    money.draw_wages(state, luck, first, money.growth(state, now.month))
    p.tenure[first], p.jobless[first], p.listed_jobless[first] = 1, 0, False
    now.log.add("found_job", person=first, on=now.dates(luck, p.key[first]))


def _rural_housing(now: Now, rows: np.ndarray) -> None:
    """The unsafe home is rebuilt or repaired."""
    h = now.state.h
    h.danger[rows], h.acquired_how[rows] = 1, 4
    h.acquired[rows] = month_day(now.month).astype("i8")
    now.log.add("house", household=rows, on=now.dates(now.luck("rebuilt"), h.key[rows]))


def _urban_housing(now: Now, rows: np.ndarray) -> None:
    """A rent subsidy; a family without a home gets a public rental."""
    h = now.state.h
    none = rows[h.kind[rows] == c.NO_HOME]
    h.kind[none], h.rent[none] = c.PUBLIC_RENTAL, 150
    h.rent_subsidy[rows] = True
    now.log.add("house", household=rows, on=now.dates(now.luck("rent subsidy"), h.key[rows]))


def _disaster_relief(now: Now, rows: np.ndarray) -> None:
    """The home is repaired, and part of the loss is paid."""
    h = now.state.h
    _pay_down(now, rows, REBUILDING[h.damage[rows]])
    h.damage[rows] = 0
    now.log.add("house", household=rows, on=now.dates(now.luck("repaired"), h.key[rows]))


_ACTS = {
    "child_protection": _child_protection, "elderly_care": _elderly_care,
    "disability_subsidy": _disability_subsidy, "disability_services": _disability_services,
    "medical_aid": _medical_aid, "medical_insurance": _medical_insurance,
    "illness_care": _illness_care, "student_aid": _student_aid,
    "dropout_control": _dropout_control, "employment": _employment,
    "rural_housing": _rural_housing, "urban_housing": _urban_housing,
    "disaster_relief": _disaster_relief,
}  # fmt: skip
