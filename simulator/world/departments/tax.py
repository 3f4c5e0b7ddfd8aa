"""纳税: wages, bonuses, fees and firms' declarations, by quarter and a month later.

Withholding as the law has it: 5,000 yuan a month free, 3 % of what is beyond up to 36,000 a year,
10 % up to 144,000, 20 % above (Individual Income Tax Law of 2018, first three steps).
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.assets import firms as f
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import Desk
from simulator.world.departments.employers import employer_numbers, employers
from simulator.world.departments.faults import trouble
from simulator.world.departments.firms import credit_numbers, firm_names
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS

FREE_A_MONTH, INSURED = 5_000.0, 0.16
STEPS = ((0, 0.03), (36_000, 0.07), (144_000, 0.10))
WITHHELD = 0.85  # of firms' employees: the rest is paid past the tax office (assumed)
FREELANCE = 0.08  # of casual and flexible workers get fees that platforms declare (assumed)
DECLARES = 0.45  # of sole traders are above the threshold or keep books (assumed)


def observe(desk: Desk) -> list[Frame]:
    """The quarter that ends this month, delivered the month after."""
    if "account" not in desk.state.things or desk.now.calendar_month % 3:
        return []
    return [*_wages(desk), *_fees(desk), *_misused(desk), *_firms(desk)]


def _rows(
    desk: Desk,
    persons: np.ndarray,
    item: str,
    income: np.ndarray,
    payer: tuple[np.ndarray, np.ndarray],
    tax: np.ndarray,
    role: np.ndarray | str = "取得所得人",
    turnover: np.ndarray | float = np.nan,
    misused: bool = False,
) -> Frame:
    size = len(persons)
    days = {
        "period_from": month_day(np.full(size, desk.month - 2)),
        "period_to": month_day(np.full(size, desk.month + 1)) - np.timedelta64(1, "D"),
    }
    frame = desk.people(persons) | {
        "role": np.broadcast_to(role, size),
        "payer_no": payer[0],
        "payer": payer[1],
        "item": np.full(size, item),
        "income": np.round(income, 2),
        "turnover": np.round(np.broadcast_to(turnover, size), 0),
        "tax_paid": np.round(tax, 2),
        **days,
        "due": np.full(size, desk.month + 1),
    }
    return frame | trouble("identity_misused", "income", np.full(size, misused), "未取得")


def withheld(year: np.ndarray) -> np.ndarray:
    """Tax on the taxable income of a year, in yuan."""
    return sum(rate * np.maximum(year - start, 0) for start, rate in STEPS)


def _wages(desk: Desk) -> list[Frame]:
    """Three months' wages, and in the first quarter the bonus of the year before."""
    state, p = desk.state, desk.state.p
    lasting = Luck(state.seed, 0, "withheld")
    told = (p.work == c.PUBLIC) | ((p.work == c.FORMAL) & (lasting.random(p.key) < WITHHELD))
    rows = np.flatnonzero(told & state.present())
    months = np.clip(p.tenure[rows].astype("i8"), 1, 3)
    pay, luck = p.wage[rows].astype("f8"), desk.now.luck("wages declared")
    income = pay * months * luck.uniform(p.key[rows], 0.97, 1.03)
    taxable = np.maximum(pay * (1 - INSURED) - FREE_A_MONTH, 0) * 12
    payer = employer_numbers(rows, p.work[rows]), employers(rows, p.work[rows])
    frames = [_rows(desk, rows, "工资薪金", income, payer, withheld(taxable) / 12 * months)]
    if desk.now.calendar_month == 3:
        chance = np.where(p.work[rows] == c.PUBLIC, 0.95, 0.35)
        got = (lasting.random(p.key[rows]) < chance) & (p.tenure[rows] >= 12)
        bonus = pay[got] * luck.uniform(p.key[rows[got]], 0.6, 2.0)
        paid_by = tuple(column[got] for column in payer)
        frames.append(
            _rows(desk, rows[got], "全年一次性奖金", bonus, (paid_by[0], paid_by[1]), 0.03 * bonus)
        )
    return frames


def _fees(desk: Desk) -> list[Frame]:
    """What platforms and builders declare for casual workers."""
    state, p = desk.state, desk.state.p
    casual = np.isin(p.work, (c.INFORMAL, c.FLEXIBLE)) & state.present()
    chosen = Luck(state.seed, 0, "fees declared").random(p.key) < FREELANCE
    rows = np.flatnonzero(casual & chosen)
    share = desk.now.luck("fees declared").uniform(p.key[rows], 0.2, 1.0)
    income = p.wage[rows].astype("f8") * 3 * share
    firm = np.full(len(rows), c.FORMAL)
    payer = employer_numbers(rows, firm), employers(rows, firm)
    return [_rows(desk, rows, "劳务报酬", income, payer, np.zeros(len(rows)))]


def _misused(desk: Desk) -> list[Frame]:
    """Wages declared for people who never worked there: a firm lowers its profit."""
    state, p = desk.state, desk.state.p
    rate = SETTINGS[state.setting].rate("identity_misused")
    idle = state.present() & (p.work == c.IDLE) & (state.age() >= 20) & (state.age() < 75)
    lasting = Luck(state.seed, 0, "identity misused")
    rows = np.flatnonzero(idle & (lasting.random(p.key) < rate))
    income = lasting.uniform(p.key[rows], 3_000, 4_900) * 3
    firm = np.full(len(rows), c.FORMAL)
    payer = employer_numbers(rows, firm), employers(rows, firm)
    no_tax = np.zeros(len(rows))
    return [_rows(desk, rows, "工资薪金", income, payer, no_tax, misused=True)]


def _firms(desk: Desk) -> list[Frame]:
    """Declarations of sole traders and companies; the dead declare nothing, or zero."""
    firms, stakes = desk.state.things["firm"], desk.state.things["stake"]
    keys, lasting = np.arange(len(firms.kind)), Luck(desk.state.seed, 0, "firms declare")
    trades = (firms.state == f.ACTIVE) & (~firms.dead | (lasting.random(keys) < 0.4))
    trades &= (firms.kind != f.SOLE) | (lasting.random(keys) < DECLARES)
    trades &= firms.founded < month_day(desk.month).astype("i8")
    behind = np.isin(stakes.role, (f.OPERATOR, f.LEGAL_REP)) & trades[stakes.firm]
    rows = np.flatnonzero(behind)
    firm, person = stakes.firm[rows], stakes.owner[rows]
    sole = firms.kind[firm] == f.SOLE
    swing = desk.now.luck("turnover").lognormal(firm, 0, 0.2)
    turnover = np.minimum(firms.turnover[firm] * 3 * swing, 9e6)
    profit = np.round(turnover * 0.12, 2)
    payer = credit_numbers(firms.kind[firm], firm), firm_names(firms.kind[firm], firm)
    parts = (
        (sole, "经营所得", np.where(sole, profit, np.nan), "经营者", 0.01),
        (~sole, "企业申报", np.full(len(rows), np.nan), "法定代表人", 0.02),
    )
    return [
        _rows(
            desk,
            person[part],
            item,
            income[part],
            (payer[0][part], payer[1][part]),
            (turnover * rate)[part] * (turnover[part] > 0),
            role,
            turnover[part],
        )
        for part, item, income, role, rate in parts
    ]
