"""Coping and need: savings hide trouble until they are gone.

In need: income + drawable savings - rigid spending, per head, below S three months running.
Unmet: in need and assistance does not bring the family near the standard.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Now
from simulator.world.levels import level
from simulator.world.state import NEVER

ADEQUATE = 0.92  # assistance that reaches this share of S counts as adequate
DRAW_MONTHS = 4  # savings are stretched over this many months
DEBT_MONTHS = 18  # a new debt is repaid over about this time


def move(now: Now) -> None:
    """Spend, save, borrow; then update need."""
    _spend(now)
    _judge(now)


def _spend(now: Now) -> None:
    """Rigid spending of the month and what it does to savings and debts."""
    state, h, p = now.state, now.state.h, now.state.p
    luck = now.luck("need")
    line = level("S", now.month, h.urban)
    n = np.maximum(h.n, 1)
    enrolled = (p.stage > 0) & (p.status == c.ENROLLED) & state.present()
    aided = np.where(p.aid == c.NO_AID, 0, np.where(p.stage <= c.JUNIOR_STAGE, 90.0, 210.0))
    far = np.where(p.stage >= c.TERTIARY, 450.0, 0)
    h.education = state.per_household(np.maximum(p.fee / 12 + far - aided, 0), enrolled)
    train = np.where(p.dis_grade <= 2, 260.0, 90.0) * (p.dis_cat >= c.LIMBS)
    h.rehab = state.per_household(train, (p.dis_grade > 0) & state.present())
    h.rehab = np.where(h.rehab_aid, 0.3, 1) * h.rehab
    # A large bill is paid from savings; what is left becomes debt and is repaid month by month.
    bill_now = np.minimum(h.medical, 0.35 * h.income + h.savings / DRAW_MONTHS)
    h.debt = h.debt + (h.medical - bill_now)
    h.repay = np.minimum(h.debt / DEBT_MONTHS, 0.35 * h.income + 0.2 * h.savings)
    h.rigid = bill_now + h.education + h.rehab + np.where(h.rent_subsidy, 0.4, 1) * h.rent + h.repay
    aid = h.amount + h.cash
    h.smooth = h.smooth + (h.income - h.smooth) / 6
    # Families near the line spend all they have; the better off put some aside.
    in_hand = np.minimum(0.97 * (h.smooth + aid) / n, line)
    target = np.maximum(np.maximum(0.68 * h.smooth / n, in_hand), 0.6 * line)
    h.habit = h.habit + (target - h.habit) * np.where(target > h.habit, 0.04, 0.12)
    balance = h.income + aid - h.rigid - h.habit * n
    h.drew, h.savings = (balance < 0) & (h.savings > 0), h.savings + balance
    short = np.maximum(-h.savings, 0)
    h.savings = np.maximum(h.savings, 0)
    # Relatives lend to cover part of a shortfall, up to a limit; the rest is going without.
    limit = np.clip(h.tie * 10 + 4 * line * n - h.debt, 0, None)
    loan = np.minimum(short * 0.6, limit)
    h.debt = np.maximum(h.debt - h.repay, 0) + loan
    h.borrowed = loan > 50
    h.bank = h.borrowed & (luck.random(h.key) < 0.2)
    h.sold = (short > 0.5 * line * n) & (luck.random(h.key) < 0.25)


def _judge(now: Now) -> None:
    """Count months below the line; three make need."""
    h = now.state.h
    line = level("S", now.month, h.urban)
    n = np.maximum(h.n, 1)
    means = 0.35 * h.income + 0.65 * h.smooth + h.savings / DRAW_MONTHS - h.rigid
    h.left_over = means / n
    below = (h.left_over < line) & (h.n > 0)
    h.run = np.where(below, np.minimum(h.run + 1, 100), 0)
    h.in_need = h.run >= 3
    h.gap = np.where(h.in_need, line - (means + h.amount + h.cash) / n, 0)
    unmet = h.in_need & ((means + h.amount + h.cash) / n < ADEQUATE * line)
    h.unmet_since = np.where(unmet, np.where(h.unmet, h.unmet_since, now.month), NEVER)
    h.unmet = unmet
    h.cash = np.where(now.month > h.grant_at + 2, 0, h.cash)
