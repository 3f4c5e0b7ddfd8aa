"""Sole traders, companies and cooperatives, and the people behind them, a row a person and role.

At the end of 2023 China had 124 million sole traders and 58 million companies on 1,410 million
people (State Administration for Market Regulation): 88 and 41 a thousand. A county has as many
sole traders and fewer companies: 15 a thousand is assumed.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.assets import tables
from simulator.world.clock import Now
from simulator.world.settings import SETTINGS
from simulator.world.state import Columns

SOLE, COMPANY, COOPERATIVE = range(3)
KIND = np.array(["个体工商户", "有限责任公司", "农民专业合作社"])
OPERATOR, LEGAL_REP, SHAREHOLDER, MEMBER = range(4)
ROLE = np.array(["经营者", "法定代表人", "股东", "成员"])
ACTIVE, ABNORMAL, REVOKED, CLOSED = range(4)
STATE = np.array(["存续", "经营异常", "吊销", "注销"])
CAPITALS = (30_000, 100_000, 300_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
FOUNDING = {SOLE: 0.0011, COMPANY: 0.00022, COOPERATIVE: 0.00003}  # a month and grown person
FIRM = {
    "kind": "i1",
    "capital": "f4",
    "founded": "i4",
    "state": "i1",
    # Trades no more, though the register says it does; what it turns over a month, in yuan.
    "dead": "?",
    "turnover": "f4",
}
STAKE = {"firm": "i4", "role": "i1", "share": "f4", "nominee": "?", "no_id": "?"}


def found(now: Now) -> None:
    """The register in the month of the first delivery."""
    state, p = now.state, now.state.p
    state.things["firm"], state.things["stake"] = tables.table(FIRM, 0), tables.table(STAKE, 0)
    luck, able = now.luck("firms"), tables.grown(state, 21, 66)
    trades = np.isin(p.work, (c.INFORMAL, c.FLEXIBLE)) & (p.trade == c.SERVICES)
    sole = np.select([trades, p.work == c.INFORMAL, p.work > 0], [0.42, 0.14, 0.075], 0.05)
    rank = tables.standing(state)[p.hh]
    company = tables.leaning(0.023, rank, 0.1) * np.where(p.work == c.PUBLIC, 0.1, 1)
    farmers = np.where((p.work == c.FARM) & ~state.h.urban[p.hh], 0.004, 0)
    for kind, chance in ((SOLE, sole), (COMPANY, company), (COOPERATIVE, farmers)):
        rows = np.flatnonzero(able & (luck.random(p.key) < chance))
        age_days = (state.age()[rows] - 20) * 365
        days = np.minimum(luck.gamma(p.key[rows], 1.4, 1500), age_days)
        since = tables.before(now, days).astype("i8")
        _open(now, kind, rows, since, f"stock {kind}")
    _settle_states(now)


def _settle_states(now: Now) -> None:
    """Firms of the stock that trade no more, and what the register says of them."""
    firms, luck = now.state.things["firm"], now.luck("stock of firms")
    keys = np.arange(len(firms.kind))
    stopped = luck.random(keys) < 0.3
    unknown = luck.random(keys) < SETTINGS[now.state.setting].rate("dead_firm")
    firms.dead = stopped & unknown
    known = stopped & ~unknown
    firms.state = np.where(
        known, luck.choice(keys, (ABNORMAL, REVOKED, CLOSED), (0.2, 0.3, 0.5)), 0
    )
    firms.turnover[stopped] = 0
    # When it stopped: between its founding and now.
    today = tables.before(now, np.ones(len(keys))).astype("i8")
    ended = firms.founded + (luck.random(keys) * (today - firms.founded)).astype("i8")
    firms.on = np.where(known, ended, firms.founded)


def _open(now: Now, kind: int, rows: np.ndarray, since: np.ndarray, subject: str) -> None:
    """New firms of the persons `rows`, with those who stand behind them."""
    state, p = now.state, now.state.p
    firms, luck, keys = state.things["firm"], now.luck(f"firm {subject}"), p.key[rows]
    new = tables.table(FIRM, len(rows))
    new.kind, new.owner = np.full(len(rows), kind), rows
    capital = luck.choice(keys, CAPITALS, (0.15, 0.25, 0.2, 0.15, 0.15, 0.07, 0.03))
    new.capital = np.where(kind == SOLE, np.minimum(capital, 300_000) / 3, capital)
    new.founded = since
    earned = np.maximum(p.wage[rows], 1500)
    new.turnover = earned * np.where(kind == SOLE, 3.2, 14) * luck.lognormal(keys, 0, 0.6)
    new.changed, new.on = np.full(len(rows), now.month), since
    first = len(firms.kind)
    state.things["firm"] = tables.append(firms, new)
    _behind(now, kind, rows, first, subject)


def _behind(now: Now, kind: int, rows: np.ndarray, first: int, subject: str) -> None:
    """Operator, or legal representative with shareholders or members."""
    state, setting = now.state, SETTINGS[now.state.setting]
    luck, keys, firm = (
        now.luck(f"behind {subject}"),
        state.p.key[rows],
        first + np.arange(len(rows)),
    )
    if kind == SOLE:
        _stake(now, firm, rows, OPERATOR, 100.0)
        return
    lent = luck.random(keys) < setting.rate("nominee")
    poor = _who_would_lend(now)
    lends = poor[luck.integers(keys, 0, len(poor))] if len(poor) else rows
    front = np.where(lent, lends, rows)
    _stake(now, firm, front, LEGAL_REP, np.nan, lent)
    if kind == COMPANY:
        partner = tables.spouse(state)[state.p.hh[rows]]
        head = (partner >= 0) & (state.p.relation[rows] == c.HEAD)
        joins = head & (luck.random(keys) < 0.4)
        other = (luck.random(keys) < 0.35) & ~joins
        third = _others(now, luck.random(keys))
        share = np.where(joins | other, luck.choice(keys, (51, 60, 70, 80, 90)), 100)
        _stake(now, firm, rows, SHAREHOLDER, share)
        both = joins | other
        _stake(
            now, firm[both], np.where(joins, partner, third)[both], SHAREHOLDER, 100 - share[both]
        )
        return
    _stake(now, firm, rows, MEMBER, 60.0)
    for _ in range(4):
        _stake(now, firm, _others(now, luck.random(keys)), MEMBER, 10.0)


def _others(now: Now, dice: np.ndarray) -> np.ndarray:
    """Any grown persons of the county."""
    rows = np.flatnonzero(tables.grown(now.state, 25, 70))
    return rows[(dice * len(rows)).astype("i8")]


def _who_would_lend(now: Now) -> np.ndarray:
    """Grown people who earn little."""
    p = now.state.p
    return np.flatnonzero(tables.grown(now.state, 25, 75) & (p.wage < 1500) & (p.stage == 0))


def _stake(
    now: Now,
    firm: np.ndarray,
    person: np.ndarray,
    role: int,
    share: float | np.ndarray,
    nominee: np.ndarray | None = None,
) -> None:
    """Rows of one role; shareholders now and then have no number on file."""
    state, old = now.state, now.state.things["stake"]
    new = tables.table(STAKE, len(firm))
    new.firm, new.owner, new.role = firm, person, np.full(len(firm), role)
    new.share = np.broadcast_to(share, len(firm))
    new.nominee = np.zeros(len(firm), bool) if nominee is None else nominee
    keys = state.p.key[person] + firm.astype("u8")
    missing = now.luck("no number").random(keys) < SETTINGS[state.setting].rate(
        "shareholder_without_id"
    )
    new.no_id = missing & (role in (SHAREHOLDER, MEMBER))
    new.changed = np.full(len(firm), now.month)
    state.things["stake"] = _unique(tables.append(old, new))


def _unique(stakes: Columns) -> Columns:
    """One row a firm, person and role, the first."""
    whole = stakes.firm.astype("i8") << 32 | stakes.role.astype("i8") << 28
    _, first = np.unique(whole + stakes.owner, return_index=True)
    if len(first) == len(stakes.firm):
        return stakes
    first.sort()
    return Columns({name: column[first] for name, column in stakes.items()})


def move(now: Now) -> None:
    """Some open, some close, some stop and tell nobody."""
    state, firms = now.state, now.state.things["firm"]
    luck, keys = now.luck("firms close"), np.arange(len(firms.kind))
    trading = (firms.state == ACTIVE) & ~firms.dead
    bad = (state.h.gap[state.p.hh[firms.owner]] > 0) | ~state.p.alive[firms.owner]
    stops = trading & (luck.random(keys) < np.where(bad, 0.03, 0.007))
    unknown = luck.random(keys) < SETTINGS[state.setting].rate("dead_firm")
    firms.dead |= stops & unknown
    firms.turnover[stops] = 0
    ended = stops & ~unknown
    # What stopped long ago is struck off in the end.
    struck = firms.dead & ~stops & (luck.random(keys) < 0.012)
    firms.dead &= ~struck
    rows = np.flatnonzero(ended | struck)
    firms.state[rows] = np.where(struck[rows], REVOKED, CLOSED)
    tables.mark(firms, rows, now, tables.this_month(now, "firms close", rows))
    p, able = state.p, tables.grown(state, 21, 60)
    opening = now.luck("firms open")
    for kind, chance in FOUNDING.items():
        local = (p.work == c.FARM) if kind == COOPERATIVE else p.work != c.PUBLIC
        new = np.flatnonzero(able & local & (opening.random(p.key) < chance))
        days = tables.this_month(now, "firms open", p.key[new])
        _open(now, kind, new, days.astype("i8"), f"new {kind}")
