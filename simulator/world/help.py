"""Help as it worked before early warning: applications, rounds, decisions, reviews, grants."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world import visiting
from simulator.world.clock import Now
from simulator.world.levels import level
from simulator.world.luck import Luck
from simulator.world.state import NEVER

REVIEW_MONTHS = {c.DIBAO: 9, c.TEKUN: 12, c.EDGE: 12, c.RIGID: 12, c.MONITORED: 9, c.OTHER_ROLL: 12}


def move(now: Now) -> None:
    """One month of the assistance offices."""
    _visit_and_apply(now)
    _decide(now)
    _review(now)
    _small_grants(now)
    _other_help(now)


def _visit_and_apply(now: Now) -> None:
    """Who applies: those who know how, those a worker found; who is visited and why."""
    h = now.state.h
    luck = now.luck("apply")
    line = level("S", now.month, h.urban)
    free = (h.roll != c.DIBAO) & (h.roll != c.TEKUN) & (h.apply_at == NEVER) & (h.n > 0)
    waited = now.month - h.refused_at > 6
    chance = np.where(h.unmet, 0.11 * h.aware, 0)
    near = h.left_over < 1.35 * line
    burden = h.rigid > 0.45 * np.maximum(h.income, 1)
    chance = np.where(~h.unmet & (near | burden), 0.016 * h.aware, chance)
    applies = free & waited & (luck.random(h.key) < chance)
    reason = visiting.choose(now, luck, applies)
    found = (reason == c.ROUND) | (reason == c.AUDIT)
    low = h.smooth / np.maximum(h.n, 1) < 1.6 * line
    found &= free & (luck.random(h.key) < np.where(h.unmet, 0.42, np.where(low & waited, 0.16, 0)))
    new = np.flatnonzero(applies | found)
    h.apply_at[new] = now.month + 1 + (luck.random(h.key[new]) < 0.35)
    visited = np.flatnonzero(reason >= 0)
    h.last_visit[visited] = now.month
    h.applied_at[reason == c.APPLICATION] = now.month
    h.found_at[(reason >= 0) & h.unmet] = now.month
    now.log.add(
        "visit", household=visited, reason=reason[visited],
        on=now.dates(luck, h.key[visited]),
        found=np.full(len(visited), c.UNTOLD, "i1"),
    )  # fmt: skip


def _assess(now: Now, luck: Luck, rows: np.ndarray) -> dict[str, np.ndarray]:
    """What officials measure for households `rows`: right on average, seldom exact."""
    state, h, p = now.state, now.state.h, now.state.p
    n = np.maximum(h.n[rows], 1)
    seen = h.smooth[rows] / n * luck.lognormal(h.key[rows], -0.03, 0.2)
    line = level("S", now.month, h.urban[rows])
    work = state.count(state.present() & (p.work != c.IDLE))[rows]
    adults = state.count(state.present() & (state.age() >= 18) & (state.age() < 60))[rows]
    return {
        "income": seen, "line": line, "n": n,
        "saved": h.savings[rows] / n > 24 * line,
        "rigid": h.rigid[rows] / np.maximum(h.smooth[rows], 0.05 * line * n),
        "destitute": (work == 0) & (adults == 0) & (h.tie[rows] < 150),
        "d": level("D", now.month, h.urban[rows]), "m": level("M", now.month, h.urban[rows]),
    }  # fmt: skip


def _classify(now: Now, rows: np.ndarray, seen: dict[str, np.ndarray]) -> np.ndarray:
    """The class a family qualifies for; 0 is a refusal."""
    h = now.state.h
    poor = (seen["income"] < seen["line"]) & ~seen["saved"]
    edge = (seen["income"] < 1.5 * seen["line"]) & ~seen["saved"]
    rigid = (seen["income"] * 12 < seen["d"]) & (seen["rigid"] > 0.6) & ~seen["saved"]
    watch = ~h.urban[rows] & (seen["income"] * 12 < seen["m"] * 1.25)
    shock = ~h.urban[rows] & (seen["rigid"] > 0.4) & (seen["income"] * 12 < 0.8 * seen["d"])
    band = now.luck("band").random(h.key[rows])
    return np.select(
        [
            poor & seen["destitute"],
            poor,
            rigid,
            (watch | shock) & (band < 0.4),
            edge,
            (band > 0.35) & (seen["income"] < 2.2 * seen["line"]),
        ],
        [c.TEKUN, c.DIBAO, c.RIGID, c.MONITORED, c.EDGE, c.OTHER_ROLL],
        0,
    )


def _decide(now: Now) -> None:
    """Decisions due this month: a class starts, or a refusal is written."""
    h = now.state.h
    luck = now.luck("decide")
    rows = np.flatnonzero((h.apply_at != NEVER) & (h.apply_at <= now.month) & (h.n > 0))
    h.apply_at[rows] = NEVER
    seen = _assess(now, luck, rows)
    choice = _classify(now, rows, seen)
    rank = np.array([9, 2, 1, 3, 4, 5, 6])  # a class never replaces a better one
    keeps = (h.roll[rows] > 0) & (rank[choice] >= rank[h.roll[rows]])
    rows, choice = rows[~keeps], choice[~keeps]
    seen = {k: v[~keeps] for k, v in seen.items()}
    no = rows[choice == 0]
    h.refused_at[no] = now.month
    _note(now, luck, no, np.full(len(no), c.DIBAO), c.REFUSED)
    yes = choice > 0
    begin(now, luck, rows[yes], choice[yes], {k: v[yes] for k, v in seen.items()})


def _note(now: Now, luck: Luck, rows: np.ndarray, roll: np.ndarray, event: int,
          reason: np.ndarray | int = 0, amount: np.ndarray | float = 0.0) -> None:  # fmt: skip
    """Write one event per household into the month's log."""
    size = len(rows)
    now.log.add(
        "roll", household=rows, roll=np.asarray(roll), event=np.full(size, event),
        reason=np.broadcast_to(reason, size), on=now.dates(luck, now.state.h.key[rows]),
        amount=np.broadcast_to(amount, size).astype("f8"),
    )  # fmt: skip


def begin(now: Now, luck: Luck, rows: np.ndarray, roll: np.ndarray,
          seen: dict[str, np.ndarray]) -> None:  # fmt: skip
    """Put households on a roll, paying the gap to S (Dibao) or 1.3 S (特困)."""
    h = now.state.h
    before = np.flatnonzero(h.roll[rows] > 0)
    finish(now, luck, rows[before], np.full(len(before), c.OTHER_END), forget=True)
    gap = np.maximum(seen["line"] - seen["income"], 0.12 * seen["line"]) * seen["n"]
    gap += h.uplift[rows]
    pay = np.select([roll == c.DIBAO, roll == c.TEKUN], [gap, 1.3 * seen["line"] * seen["n"]], 0)
    h.roll[rows], h.amount[rows], h.roll_since[rows] = roll, np.round(pay), now.month
    h.ever[rows] = True
    kind = np.where(seen["rigid"] > 0.4, 3, np.where(luck.random(h.key[rows]) < 0.5, 1, 2))
    h.monitored_kind[rows] = np.where(roll == c.MONITORED, kind, 0)
    h.review_at[rows] = now.month + luck.integers(h.key[rows], 6, 13)
    _note(now, luck, rows, roll, c.START, amount=h.amount[rows])


def finish(now: Now, luck: Luck, rows: np.ndarray, reason: np.ndarray,
           forget: bool = False) -> None:  # fmt: skip
    """Take households off their roll; `forget` when they only change class."""
    h = now.state.h
    _note(now, luck, rows, h.roll[rows].copy(), c.END, reason=reason)
    h.roll[rows], h.amount[rows], h.monitored_kind[rows] = 0, 0, 0
    if not forget:
        h.left_at[rows] = now.month


def _review(now: Now) -> None:
    """Regular re-checks end help that is no longer due (now and then wrongly)."""
    h = now.state.h
    luck = now.luck("review")
    empty = np.flatnonzero((h.roll > 0) & (h.n == 0))
    finish(now, luck, empty, np.full(len(empty), c.DIED))
    rows = np.flatnonzero((h.roll > 0) & (h.review_at <= now.month))
    seen = _assess(now, luck, rows)
    roll = h.roll[rows]
    up = np.select([roll == c.DIBAO, roll == c.TEKUN, roll == c.EDGE],
                   [seen["income"] > 1.04 * seen["line"], seen["income"] > 2 * seen["line"],
                    seen["income"] > 1.5 * seen["line"]], False)  # fmt: skip
    safe = (roll == c.MONITORED) & (seen["income"] * 12 > 1.25 * seen["m"]) & (seen["rigid"] < 0.45)
    over = (roll == c.RIGID) & (seen["rigid"] < 0.55)
    over |= (roll == c.OTHER_ROLL) & (seen["income"] > 2.2 * seen["line"])
    end = up | safe | over
    why = np.select([up, safe], [c.INCOME_UP, c.RISK_GONE], c.EXPIRED)
    finish(now, luck, rows[end], why[end])
    stay = rows[~end]
    h.review_at[stay] = now.month + luck.integers(h.key[stay], 6, 13)
    paid = stay[h.roll[stay] == c.DIBAO]
    gap = np.maximum(seen["line"] - seen["income"], 0.12 * seen["line"]) * seen["n"]
    h.amount[paid] = np.round(gap[~end][roll[~end] == c.DIBAO] + h.uplift[paid])


def _small_grants(now: Now) -> None:
    """临时救助: small money at once for some of those in trouble."""
    h = now.state.h
    luck = now.luck("grant")
    h.grants = np.where(now.month - h.grant_at > 12, 0, h.grants)
    line = level("S", now.month, h.urban)
    trouble = (h.n > 0) & (h.unmet | (h.medical > 6 * line * np.maximum(h.n, 1)) | (h.damage >= 2))
    recent = now.month - h.grant_at < 4
    chance = np.where(trouble & ~recent, 0.05 * (0.4 + h.aware), 0)
    rows = np.flatnonzero(luck.random(h.key) < chance)
    money = np.round(line[rows] * luck.uniform(h.key[rows], 1, 4.5), -1)
    h.cash[rows] = money / 3
    h.grant_at[rows] = now.month
    h.grants[rows] += 1
    _note(now, luck, rows, np.full(len(rows), c.EMERGENCY), c.GRANT, amount=money)


def _other_help(now: Now) -> None:
    """Public posts for idle able members of households on a roll; children back to school."""
    state, h, p = now.state, now.state.h, now.state.p
    luck = now.luck("other help")
    rolled = (h.roll > 0)[p.hh]
    age = state.age()
    idle = state.present() & rolled & (p.work == c.IDLE) & (p.jobless > 2) & (age < 62)
    fit = idle & (p.health < c.SEVERE) & (age >= 18) & (p.stage == 0)
    rows = np.flatnonzero(fit & (luck.random(p.key) < 0.035))
    p.work[rows], p.wage[rows], p.tenure[rows], p.jobless[rows] = c.PUBLIC_POST, 1000, 1, 0
    p.trade[rows] = c.STATE_JOBS
    p.listed_jobless[rows] = False
    now.log.add("found_job", person=rows, on=now.dates(luck, p.key[rows]))
    back = (p.status == c.DROPPED) & (p.stage == c.JUNIOR_STAGE) & (luck.random(p.key) < 0.3)
    p.status[back] = c.ENROLLED
    known = p.orphan & ~p.allowance & state.present()
    p.allowance |= known & (luck.random(p.key) < 0.06 * (0.4 + h.aware[p.hh]))
