"""Accounts that work fills: old-age, unemployment and injury insurance, and the housing fund.

In 2023 residents' old-age insurance had 545 million members and paid 172 million people 214 yuan a
month (Ministry of Human Resources); 175 million employees paid into the housing fund, 37 % of
those who work in towns (Ministry of Housing). Here nearly all public bodies pay and, as assumed
for a county, a quarter of the firms' employees have it paid.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.assets import tables
from simulator.world.clock import Now
from simulator.world.levels import level
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS
from simulator.world.state import Columns

EMPLOYEE, PUBLIC, RESIDENT, JOBLESS, INJURY, FUND = range(6)
INSURANCE = np.array(["企业职工养老", "机关事业养老", "居民养老", "失业保险", "工伤保险"])
PAYING, SUSPENDED, DRAWING, CLOSED = range(4)
NO_REASON, LEFT_WORK, RETIRED, MOVED, DIED = range(5)
# Paid of the wage by both sides, and what of it stays in the account.
PAID = np.array([0.24, 0.24, 0.0, 0.01, 0.005, 0.16])
KEPT = np.array([0.08, 0.08, 0.0, 0.0, 0.0, 0.16])
RESIDENT_MONTH = 25.0  # a resident's contribution, most choose a low one
MEMBERS = 0.74  # of adults without a job that insures them
RETIRED_PUBLIC = 0.18  # of employees' pensions (assumed)
FUND_PAYERS = {c.PUBLIC: 0.97, c.FORMAL: 0.25}
SPEC = {
    "kind": "i1",
    "state": "i1",
    "base": "f4",
    "balance": "f4",
    "paid_to": "i4",
    "reason": "i1",
    # Pays into another province's account; a second account; the scheme that the file has wrong;
    # a sealed account the file calls paid.
    "elsewhere": "?",
    "second": "?",
    "wrong": "?",
    "as_paid": "?",
}


def found(now: Now) -> None:
    """All accounts in the month of the first delivery."""
    state, p = now.state, now.state.p
    state.things["account"] = tables.table(SPEC, 0)
    for kind, pays in _payers(now).items():
        rows = np.flatnonzero(pays)
        months = np.clip(p.tenure[rows].astype("i8"), 1, 240)
        if kind == RESIDENT:
            months = np.clip((state.age()[rows] - 20) * 12, 1, 240)
        _open(now, kind, rows, months)
    old = p.pension_kind == c.EMPLOYEE_PENSION
    public = Luck(state.seed, 0, "retired from public posts").random(p.key) < RETIRED_PUBLIC
    _retired(now, np.flatnonzero(old & ~public), EMPLOYEE)
    _retired(now, np.flatnonzero(old & public), PUBLIC)
    _retired(now, np.flatnonzero(p.pension_kind == c.RESIDENT_PENSION), RESIDENT)
    _former_jobs(now)
    _away(now)


def _payers(now: Now) -> dict[int, np.ndarray]:
    """Who ought to pay into what, by kind of account."""
    state, p, age = now.state, now.state.p, now.state.age()
    here = state.present()
    # Whoever draws a pension pays for none any more, though many go on working.
    pays = here & (p.pension_kind == c.NO_PENSION)
    firm = np.isin(p.work, (c.FORMAL, c.FLEXIBLE, c.PUBLIC_POST))
    public = p.work == c.PUBLIC
    idle = pays & ~firm & ~public & (age >= 18) & (age < 60) & (p.stage == 0)
    lasting = Luck(state.seed, 0, "accounts for good")
    member = lasting.random(p.key) < MEMBERS
    luck = lasting.random(p.key)
    fund = (public & (luck < FUND_PAYERS[c.PUBLIC])) | (
        (p.work == c.FORMAL) & (luck < FUND_PAYERS[c.FORMAL])
    )
    return {
        EMPLOYEE: pays & firm,
        PUBLIC: pays & public,
        RESIDENT: idle & member,
        JOBLESS: pays & (public | (p.work == c.FORMAL)),
        INJURY: here & (public | (p.work == c.FORMAL)),
        FUND: here & fund,
    }


def _wage(now: Now, kind: int, rows: np.ndarray) -> np.ndarray:
    if kind == RESIDENT:
        return np.full(len(rows), RESIDENT_MONTH)
    least = 0.9 * float(level("W", now.month, np.array(True)))
    return np.round(np.maximum(now.state.p.wage[rows], least), -1)


def _open(now: Now, kind: int, rows: np.ndarray, months: np.ndarray) -> Columns:
    """New accounts of persons `rows`, paid for so many months."""
    state, luck = now.state, Luck(now.state.seed, 0, f"account {kind}")
    keys, setting = state.p.key[rows], SETTINGS[state.setting]
    new = tables.table(SPEC, len(rows))
    new.owner, new.kind = rows, np.full(len(rows), kind)
    new.base = _wage(now, kind, rows)
    kept = RESIDENT_MONTH if kind == RESIDENT else KEPT[kind] * new.base
    new.balance = kept * np.broadcast_to(months, len(rows)) * 0.9
    new.paid_to = np.full(len(rows), now.month)
    old_age = kind in (EMPLOYEE, PUBLIC, RESIDENT)
    new.wrong = (luck.random(keys) < setting.rate("wrong_scheme")) & old_age
    again = np.flatnonzero((luck.random(keys) < setting.rate("second_account")) & old_age)
    tables.mark(new, np.arange(len(rows)), now, tables.this_month(now, f"account {kind}", keys))
    if len(again):
        twin = Columns({name: column[again] for name, column in new.items()})
        twin.second, twin.wrong = np.ones(len(again), bool), np.zeros(len(again), bool)
        twin.balance = twin.balance * 0.3
        new = tables.append(new, twin)
    state.things["account"] = tables.append(state.things["account"], new)
    return new


def _retired(now: Now, rows: np.ndarray, kind: int) -> None:
    """Accounts that pay a pension."""
    before = len(now.state.things["account"].kind)
    _open(now, kind, rows[now.state.present()[rows]], np.full(1, 60))
    things = now.state.things["account"]
    things.state[before:], things.reason[before:] = DRAWING, RETIRED
    things.base[before:] = 0


def _former_jobs(now: Now) -> None:
    """Accounts left behind by jobs before: suspended insurance, sealed funds."""
    state, p = now.state, now.state.p
    luck, worked = now.luck("former jobs"), tables.grown(now.state, 25, 62)
    worked &= np.isin(p.work, (c.IDLE, c.INFORMAL, c.FARM)) & (p.pension_kind == c.NO_PENSION)
    for kind, share in ((EMPLOYEE, 0.14), (FUND, 0.025)):
        rows = np.flatnonzero(worked & (luck.random(p.key) < share))
        before = len(state.things["account"].kind)
        _open(now, kind, rows, luck.integers(p.key[rows], 6, 70))
        things = state.things["account"]
        ended = now.month - luck.integers(p.key[things.owner[before:]], 3, 90)
        things.paid_to[before:] = ended
        _stop(now, np.arange(before, len(things.kind)), LEFT_WORK)


def _away(now: Now) -> None:
    """Those who work in another province pay there, and the county's file cannot know."""
    state, p = now.state, now.state.p
    luck, rate = (
        Luck(state.seed, 0, "insured elsewhere"),
        SETTINGS[state.setting].rate("insured_elsewhere"),
    )
    rows = np.flatnonzero(p.away & state.present() & (luck.random(p.key) < rate))
    before = len(state.things["account"].kind)
    _open(now, EMPLOYEE, rows, np.full(1, 24))
    things = state.things["account"]
    things.elsewhere[before:] = True


def _stop(now: Now, rows: np.ndarray, reason: int | np.ndarray) -> None:
    """Nothing is paid any more; a fund is sealed, which the file may miss."""
    things = now.state.things["account"]
    things.state[rows], things.reason[rows] = SUSPENDED, reason
    keys = now.state.p.key[things.owner[rows]]
    dice = now.luck("sealed").random(keys)
    rate = SETTINGS[now.state.setting].rate("sealed_as_paid")
    things.as_paid[rows] = (things.kind[rows] == FUND) & (dice < rate)
    tables.mark(things, rows, now, tables.this_month(now, "account stopped", keys))


def move(now: Now) -> None:
    """Accounts follow work: paid, stopped, taken up again, drawn, closed by death."""
    _close(now)
    payers = _payers(now)
    for kind in (EMPLOYEE, PUBLIC, RESIDENT, JOBLESS, INJURY, FUND):
        _follow(now, kind, payers[kind])
    _draw(now)


def _follow(now: Now, kind: int, pays: np.ndarray) -> None:
    """Accounts of one kind after who pays into it this month."""
    state, things = now.state, now.state.things["account"]
    mine = (things.kind == kind) & ~things.elsewhere & ~things.second
    at = np.full(len(pays), -1, "i8")
    rows = np.flatnonzero(mine & (things.state != CLOSED))
    at[things.owner[rows]] = rows
    open_, should = at[pays & (at >= 0)], np.flatnonzero(pays & (at < 0))
    again = open_[things.state[open_] == SUSPENDED]
    things.state[again], things.reason[again], things.as_paid[again] = PAYING, NO_REASON, False
    things.base[again] = _wage(now, kind, things.owner[again])
    keys = state.p.key[things.owner[again]]
    tables.mark(things, again, now, tables.this_month(now, "account again", keys))
    paid = open_[things.state[open_] == PAYING]
    if now.calendar_month == 1:
        things.base[paid] = _wage(now, kind, things.owner[paid])
    kept = RESIDENT_MONTH if kind == RESIDENT else KEPT[kind] * things.base[paid]
    things.balance[paid] += kept
    things.paid_to[paid] = now.month
    stopped = rows[(things.state[rows] == PAYING) & ~pays[things.owner[rows]]]
    _stop(now, stopped, np.where(state.p.here[things.owner[stopped]], LEFT_WORK, MOVED))
    _open(now, kind, should, np.ones(len(should)))


def _draw(now: Now) -> None:
    """Pensions that began this month; the retired empty their housing fund."""
    old = now.log.get("pension")
    if old is None:
        return
    things, p = now.state.things["account"], now.state.p
    begun = np.zeros(len(p.hh), bool)
    begun[old["person"]] = True
    employee = p.pension_kind[things.owner] == c.EMPLOYEE_PENSION
    begins = begun[things.owner] & (things.state != CLOSED) & ~things.second
    draws = begins & np.where(
        employee, np.isin(things.kind, (EMPLOYEE, PUBLIC)), things.kind == RESIDENT
    )
    rows = np.flatnonzero(draws)
    things.state[rows], things.reason[rows], things.base[rows] = DRAWING, RETIRED, 0
    fund = np.flatnonzero(begins & (things.kind == FUND))
    things.state[fund], things.reason[fund], things.balance[fund] = CLOSED, RETIRED, 0
    drawing = np.zeros(len(p.hh), bool)
    drawing[things.owner[rows]] = True
    rows = np.r_[rows, fund]
    keys = p.key[things.owner[rows]]
    tables.mark(things, rows, now, tables.this_month(now, "pension drawn", keys))
    for kind, pension in ((EMPLOYEE, c.EMPLOYEE_PENSION), (RESIDENT, c.RESIDENT_PENSION)):
        _retired(now, np.flatnonzero(begun & ~drawing & (p.pension_kind == pension)), kind)


def _close(now: Now) -> None:
    """Accounts of the dead are closed when somebody tells the office, months later."""
    things, p = now.state.things["account"], now.state.p
    dead = ~p.alive[things.owner] & (things.state != CLOSED)
    keys = p.key[things.owner]
    told = np.flatnonzero(dead & (now.luck("account of the dead").random(keys) < 0.35))
    things.state[told], things.reason[told], things.balance[told] = CLOSED, DIED, 0
    things.as_paid[told] = False
    tables.mark(things, told, now, tables.this_month(now, "account of the dead", keys[told]))
