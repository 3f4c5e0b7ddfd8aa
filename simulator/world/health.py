"""Illness, hospital stays and what insurance leaves to pay; disability."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame, Now
from simulator.world.levels import level
from simulator.world.luck import Luck

STAYS = np.array([0.0038, 0.013, 0.085])  # hospital stays a month for a 40-year-old, by health
RECOGNISED = 12  # months for which a patient recognised as made poor by illness is aided
FUND_SHARE = (0.0, 0.62, 0.78)  # uninsured, residents' scheme, employees' scheme


def move(now: Now) -> None:
    """One month of health: new illness, recovery, stays, clinic visits, disability."""
    p = now.state.p
    p.oop12 = p.oop12 * (11 / 12)
    _fall_ill(now)
    now.state.h.medical = np.zeros_like(now.state.h.medical)
    _stays(now)
    _clinic(now)
    _disability(now)
    if now.calendar_month == 1:
        poor = (now.state.h.gap > 0)[p.hh]
        p.insured = now.luck("insured").random(p.key) < np.where(
            poor & (now.state.h.roll == 0)[p.hh], 0.88, 0.955
        )


def _fall_ill(now: Now) -> None:
    state, p = now.state, now.state.p
    luck = now.luck("illness")
    age, frail = state.age(), state.h.frailty[p.hh]
    dice = luck.random(p.key)
    low = state.h.smooth < 1.5 * level("S", now.month, state.h.urban) * np.maximum(state.h.n, 1)
    strain = np.where(low[p.hh], 1.8, 0.95)
    severe = (0.00012 + 0.0000115 * np.clip(age - 20, 0, 70) ** 1.25) * frail * strain
    severe = severe * np.where(p.health == c.CHRONIC, 1.8, 1)
    here = state.present()
    new = np.flatnonzero(here & (p.health < c.SEVERE) & (dice < severe))
    p.health[new] = c.SEVERE
    p.disease[new] = luck.choice(
        p.key[new], (c.CANCER, c.CARDIO, c.RENAL, c.MENTAL, c.OTHER_ILLNESS),
        p=[0.3, 0.36, 0.06, 0.08, 0.2],
    )  # fmt: skip
    p.treat[new] = luck.lognormal(p.key[new], 6.4, 0.7)
    now.log.add("severe_illness", person=new, on=now.dates(luck, p.key[new]))
    chronic = (
        here
        & (p.health == c.GOOD)
        & (dice > 1 - (0.0001 + 0.00009 * np.clip(age - 30, 0, 50)) * frail)
    )
    rows = np.flatnonzero(chronic)
    p.health[rows], p.disease[rows] = c.CHRONIC, c.OTHER_ILLNESS
    p.treat[rows] = luck.lognormal(p.key[rows], 4.1, 0.7)
    better = np.flatnonzero((p.health == c.SEVERE) & (luck.random(p.key) < 0.03))
    p.health[better] = c.CHRONIC
    p.treat[better] *= 0.35
    severe_now = p.health == c.SEVERE
    p.treat = np.where(severe_now, p.treat * 0.97, p.treat)


def _settle(now: Now, rows: np.ndarray, total: np.ndarray, stay: bool) -> Frame:
    """Who pays how much of each bill: fund, serious-illness insurance, medical aid, family."""
    state, p = now.state, now.state.p
    employee = np.isin(p.work[rows], (c.FORMAL, c.PUBLIC)) | (
        p.pension_kind[rows] == c.EMPLOYEE_PENSION
    )
    scheme = np.where(employee, 2, np.where(p.insured[rows], 1, 0))
    share = np.array(FUND_SHARE)[scheme] * (1.0 if stay else 0.82)
    listed = total * 0.9
    fund = listed * share
    left = listed - fund
    serious = np.where(scheme > 0, 0.6 * np.maximum(left - 13000, 0), 0)
    left = left - serious
    roll = state.h.roll[p.hh[rows]]
    d = level("D", now.month, state.h.urban[p.hh[rows]])
    full = np.isin(roll, (c.DIBAO, c.TEKUN))
    partly = np.isin(roll, (c.EDGE, c.MONITORED))
    aid = np.where(full, 0.72 * left, np.where(partly, 0.6 * np.maximum(left - 0.1 * d, 0), 0))
    aid = aid * (1.0 if stay else 0.5)
    # Whoever was found to be poor by illness keeps that standing for a year: half of each bill.
    found = now.month - state.h.aided_at[p.hh[rows]] < RECOGNISED
    aid = np.where(found, np.maximum(aid, 0.5 * left), aid)
    aid = np.where(p.insured[rows] | employee, aid, 0)
    paid = total - fund - serious - aid
    money = {"total": total, "fund": fund, "serious": serious, "aid": aid, "paid": paid}
    return {k: np.round(v, 2) for k, v in money.items()}


def _charge(now: Now, rows: np.ndarray, paid: np.ndarray) -> None:
    """Book what the family paid this month."""
    state, p = now.state, now.state.p
    np.add.at(p.oop12, rows, paid.astype("f4"))
    state.h.medical = state.h.medical + np.bincount(
        p.hh[rows], weights=paid, minlength=len(state.h.town)
    )


def _stays(now: Now) -> None:
    state, p = now.state, now.state.p
    luck, age = now.luck("hospital"), state.age()
    rate = STAYS[p.health] * np.exp(0.016 * (age - 40)) * state.h.frailty[p.hh] ** 0.4
    broke = (state.h.savings <= 0)[p.hh] & (state.h.debt > 0)[p.hh]
    rate = rate * np.where(broke, 0.7, 1)  # treatment postponed
    rows = np.flatnonzero(state.present() & (luck.random(p.key) < rate))
    keys = p.key[rows]
    grave = p.health[rows] == c.SEVERE
    total = luck.lognormal(keys, np.where(grave, 9.65, 8.5), np.where(grave, 0.85, 0.75))
    disease = np.where(
        grave, p.disease[rows], np.where(luck.random(keys) < 0.12, c.INJURY, c.OTHER_ILLNESS)
    )
    nights = np.clip(luck.poisson(keys, np.where(grave, 13, 7)), 1, 60)
    money = _settle(now, rows, total, stay=True)
    _charge(now, rows, money["paid"])
    now.log.add("bill", person=rows, kind=np.zeros(len(rows), "i1"), disease=disease,
                listed=grave & (disease < c.INJURY), nights=nights,
                remote=luck.random(keys) < np.where(grave, 0.22, 0.06),
                on=now.dates(luck, keys), **money)  # fmt: skip


def _clinic(now: Now) -> None:
    """Clinic visits (few are claimed) and monthly treatment of the chronically ill."""
    state, p = now.state, now.state.p
    luck, age = now.luck("clinic"), state.age()
    here = state.present()
    visit = np.flatnonzero(
        here & (luck.random(p.key) < 0.0125 + 0.00027 * np.clip(age - 30, 0, 60))
    )
    small = _settle(now, visit, luck.lognormal(p.key[visit], 5.1, 0.8), stay=False)
    ill = here & (p.health > c.GOOD) & (p.treat > 20)
    regular = np.flatnonzero(ill & (luck.random(p.key) < np.where(p.health == c.SEVERE, 0.8, 0.09)))
    factor = np.where(p.health[regular] == c.SEVERE, 1.8, 9.0)
    treated = _settle(now, regular, p.treat[regular] * factor, stay=False)
    for rows, money, kind in ((visit, small, 1), (regular, treated, 2)):
        _charge(now, rows, money["paid"])
        disease = p.disease[rows] if kind == 2 else np.full(len(rows), c.OTHER_ILLNESS)
        now.log.add("bill", person=rows, kind=np.full(len(rows), kind, "i1"), disease=disease,
                    listed=(p.health[rows] == c.SEVERE) & (disease < c.INJURY) & (kind == 2),
                    nights=np.zeros(len(rows), "i8"), remote=np.zeros(len(rows), bool),
                    on=now.dates(luck, p.key[rows]), **money)  # fmt: skip


def _disability(now: Now) -> None:
    """New disability, mostly after severe illness; certificates follow later."""
    state, p = now.state, now.state.p
    luck, age = now.luck("disability"), state.age()
    rate = 0.00006 + 0.0000025 * np.clip(age - 30, 0, 60)
    rate = np.where(p.health == c.SEVERE, 0.004, rate) * np.sqrt(state.h.frailty[p.hh])
    new = np.flatnonzero(state.present() & (p.dis_grade == 0) & (luck.random(p.key) < rate))
    stroke = p.disease[new] == c.CARDIO
    mental = p.disease[new] == c.MENTAL
    other = luck.choice(
        p.key[new], (c.VISION, c.HEARING, c.LIMBS, c.MIND), p=[0.2, 0.25, 0.5, 0.05]
    )
    p.dis_cat[new] = np.where(mental, c.PSYCHE, np.where(stroke, c.LIMBS, other))
    p.dis_grade[new] = luck.choice(p.key[new], (1, 2, 3, 4), p=[0.18, 0.3, 0.3, 0.22])
    waiting = (p.dis_grade > 0) & ~p.certified & state.present()
    # A certificate takes two to eight months and a family that asks for it.
    got = np.flatnonzero(waiting & (luck.random(p.key) < 0.16))
    p.certified[got] = True
    # Most get the nursing subsidy with the certificate; some offices hand it on late or not.
    p.nursing[got] = (p.dis_grade[got] <= 2) & (luck.random(p.key[got]) < 0.8)
    now.log.add("certificate", person=got, on=now.dates(luck, p.key[got]))
    late = p.certified & (p.dis_grade > 0) & (p.dis_grade <= 2) & ~p.nursing & state.present()
    grant_nursing(now, luck, np.flatnonzero(late & (luck.random(p.key) < 0.08)))


def grant_nursing(now: Now, luck: Luck, rows: np.ndarray) -> None:
    """The nursing subsidy begins for certified persons `rows`; the certificate office notes it."""
    p = now.state.p
    p.nursing[rows] = True
    now.log.add("subsidy", person=rows, on=now.dates(luck, p.key[rows]))
