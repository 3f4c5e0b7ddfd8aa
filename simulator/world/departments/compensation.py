"""赔付补偿: what insurers, charities and land-taking offices paid.

Medical bills are made good for the insured, and for some of the worst by a charity. A lump sum is
part of what a family has saved: life does not know of it, so that nobody is told to have got what
the family does not have. All shares are assumed; none is a published figure.
"""

from __future__ import annotations

import numpy as np

from simulator.world.assets.tables import leaning, standing
from simulator.world.clock import Frame, month_text
from simulator.world.departments.desk import Desk, later_day, quarter_of
from simulator.world.departments.faults import missing, trouble
from simulator.world.luck import Luck
from simulator.world.names import padded
from simulator.world.settings import SETTINGS

INSURED, LEAST_CLAIM = 0.18, 2000.0
CHARITY, WORST_BILL = 0.15, 15_000.0
# A month, of families with so much saved: land or a home taken, a policy that matured.
LAND, LAND_SAVED = 0.0012, 30_000.0
MATURED, MATURED_SAVED = 0.001, 50_000.0


def observe(desk: Desk) -> list[Frame]:
    """Payments that this month's bills and policies set going; they are made within months."""
    if desk.month < desk.state.first - 11:
        return []
    return [*_medical(desk), *_lump_sums(desk)]


def _medical(desk: Desk) -> list[Frame]:
    bills = desk.now.log.get("bill")
    if bills is None:
        return []
    state, p = desk.state, desk.state.p
    person, paid = bills["person"], bills["paid"].astype("f8")
    keys, luck = p.key[person], desk.now.luck("medical compensation")
    policy = Luck(state.seed, 0, "medical policies").random(p.key)
    covered = (policy < leaning(INSURED, standing(state), 0.3)[p.hh])[person]
    claim = np.flatnonzero(covered & (paid >= LEAST_CLAIM))
    share = luck.uniform(keys, 0.2, 0.85)
    frames = [_payments(desk, "B", person[claim], "商业保险", "医疗费用", (paid * share)[claim])]
    worst = (paid >= WORST_BILL) & (state.h.gap[p.hh[person]] > 0)
    given = np.flatnonzero(worst & (luck.random(keys) < CHARITY))
    gift = luck.uniform(keys, 2000, 10_000)[given]
    return [*frames, _payments(desk, "C", person[given], "慈善救助", "医疗费用", gift)]


def _lump_sums(desk: Desk) -> list[Frame]:
    h, luck = desk.state.h, desk.now.luck("lump sums")
    saved = h.savings.astype("f8")
    lives = h.n > 0
    taken = lives & ~h.urban & (saved >= LAND_SAVED) & (luck.random(h.key) < LAND)
    matured = lives & (saved >= MATURED_SAVED) & (luck.random(h.key) < MATURED)
    land, policy = luck.uniform(h.key, 0.3, 0.9), luck.uniform(h.key, 0.2, 0.6)
    frames = []
    for letter, hit, payer, purpose, part in (
        ("Z", taken, "征收部门", "征地拆迁", land),
        ("M", matured, "商业保险", "满期或退保", policy),
    ):
        rows = np.flatnonzero(hit)
        amount = saved[rows] * part[rows]
        frames.append(_payments(desk, letter, desk.heads(rows), payer, purpose, amount))
    return frames


def _payments(
    desk: Desk, letter: str, persons: np.ndarray, payer: str, purpose: str, amount: np.ndarray
) -> Frame:
    """Rows of one kind; some stand in the name of who holds the policy, some are never told."""
    size, state, rate = len(persons), desk.state, SETTINGS[desk.state.setting].rate
    keys, luck = state.p.key[persons], desk.now.luck(f"payments {letter}")
    months = luck.integers(keys, 1, 5)
    head = desk.heads(state.p.hh[persons])
    insurer = np.full(size, payer == "商业保险")
    holder = insurer & (head != persons) & (luck.random(keys) < rate("paid_to_holder"))
    elsewhere = insurer & ~holder & (luck.random(keys) < rate("insured_outside"))
    number = f"PF{letter}{month_text(desk.month).replace('-', '')}"
    number = np.char.add(number, padded(np.arange(size), 5))
    frame = desk.people(np.where(holder, head, persons)) | {
        "payment_no": number,
        "payer": np.full(size, payer),
        "purpose": np.full(size, purpose),
        "amount": np.round(amount, -1),
        "paid_on": later_day(desk, luck, keys, months),
        "due": quarter_of(desk, desk.month + months),
    }
    frame |= trouble("paid_to_holder", "id_number", holder, desk.papers.ids[persons])
    return frame | missing("insured_outside", elsewhere, number)
