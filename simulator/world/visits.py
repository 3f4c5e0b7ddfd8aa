"""A visit meets the truth of its month and finds it, with error.

A real need is found 93 times in 100; a family without one is called needy 4 times in 100. Some
families are away or refuse. What a visitor finds in a family and month does not depend on who
else is visited.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.world import codes as c
from simulator.world import needs
from simulator.world.clock import Now
from simulator.world.levels import level

DETECTED, FALSELY = 0.93, 0.04
AWAY, REFUSED, REFERRED = 0.035, 0.012, 0.08
LIKELY_WRONG = 0.03  # false alarms that were about somebody of the same name


@dataclass(frozen=True)
class Found:
    """What visits found, one row a visit: `outcome` and `cause` are codes of an alert's life
    (cause empty unless a false alarm), `needs` rows x NEEDS, `need` whether any was found."""

    outcome: np.ndarray
    cause: np.ndarray
    needs: np.ndarray

    @property
    def need(self) -> np.ndarray:
        """Whether the visit found an unmet need, sent on to others or not."""
        return np.isin(self.outcome, ("confirmed", "referred"))

    @property
    def met(self) -> np.ndarray:
        """Whether the visitor spoke with the family."""
        return ~np.isin(self.outcome, ("unreachable", "refused"))


def meet(now: Now, rows: np.ndarray, suspected: np.ndarray) -> Found:
    """Visit households `rows` in the month just lived; `suspected` (rows x NEEDS) is what the
    visitor was sent for.

    There is something to confirm when the family is in unmet need, when a need is acute, or when
    what was suspected is true.
    """
    state, h = now.state, now.state.h
    luck, keys = now.luck("visit"), now.state.h.key[rows]
    true = needs.true_needs(state)[rows]
    real = h.unmet[rows] | (true & (suspected | needs.ACUTE)).any(axis=1)
    needy = luck.random(keys) < np.where(real, DETECTED, FALSELY)
    needy &= h.n[rows] > 0
    sent_on, contact, same = luck.random(keys), luck.random(keys), luck.random(keys)
    outcome = np.select(
        [
            needy & (sent_on < REFERRED),
            needy,
            h.in_need[rows] | ((h.roll[rows] > 0) & (h.amount[rows] > 0)),
            _strained(now, rows),
        ],
        ["referred", "confirmed", "already_covered", "not_eligible"],
        "false_alarm",
    )
    away = AWAY * np.where(_all_away(now, rows), 3, 1)
    outcome = np.where(contact < REFUSED, "refused", outcome)
    outcome = np.where((contact >= REFUSED) & (contact < REFUSED + away), "unreachable", outcome)
    cause = np.where(outcome == "false_alarm", _cause(now, rows, same), "")
    return Found(outcome, cause, _told(now, rows, true, real, suspected))


def _told(
    now: Now, rows: np.ndarray, true: np.ndarray, real: np.ndarray, suspected: np.ndarray
) -> np.ndarray:
    """The kinds a visitor writes down where a need is found: the true ones, each seen 93 times
    in 100; where there is none, what was suspected, else money to live on."""
    luck, keys = now.luck("kinds found"), now.state.h.key[rows]
    seen = np.stack([true[:, i] & (luck.random(keys) < DETECTED) for i in range(true.shape[1])], 1)
    seen = np.where(seen.any(axis=1, keepdims=True), seen, true)
    basic = np.zeros_like(true)
    basic[:, needs.AT["basic_living"]] = True
    thought = np.where(suspected.any(axis=1, keepdims=True), suspected, basic)
    return np.where(real[:, None], seen, thought)


def _strained(now: Now, rows: np.ndarray) -> np.ndarray:
    """Not in need, but little is missing: what is left lies within a quarter above S, or half the
    usual income goes on what cannot be put off."""
    h = now.state.h
    line = level("S", now.month, h.urban[rows])
    burden = h.rigid[rows] > 0.5 * np.maximum(h.smooth[rows], 1)
    return (h.left_over[rows] < 1.25 * line) | burden


def _all_away(now: Now, rows: np.ndarray) -> np.ndarray:
    """Every grown member works in another city."""
    state = now.state
    grown = state.present() & (state.age() >= 18)
    return (state.count(grown & ~state.p.away) == 0)[rows]


def _cause(now: Now, rows: np.ndarray, dice: np.ndarray) -> np.ndarray:
    """Why the alert was false, by what was really so.

    Help or work came lately: already changed. A member is registered with another household:
    the records were mixed up. Nobody has been there for a year and a half: stale. A family with a
    standing burden (illness, disability, a student) that gets by: the rule is too wide.
    """
    state, h, p = now.state, now.state.h, now.state.p
    gone = h.n[rows] == 0
    helped = (now.month - h.grant_at[rows] <= 3) | (now.month - h.roll_since[rows] <= 3)
    works = state.count(state.present() & (p.tenure > 0) & (p.tenure <= 4))[rows] > 0
    mixed = state.count(p.alive & (p.registered != p.hh))[rows] > 0
    burden = (p.health > c.GOOD) | (p.dis_grade > 0) | (p.stage >= c.SENIOR_STAGE)
    standing = state.count(state.present() & burden)[rows] > 0
    old = now.month - h.last_visit[rows] > 18
    return np.select(
        [dice < LIKELY_WRONG, gone | helped | works, mixed, standing & ~old, old],
        ["same_name", "already_changed", "data_wrong", "rule_too_wide", "stale"],
        "rule_too_wide",
    )
