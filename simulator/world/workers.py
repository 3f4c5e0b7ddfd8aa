"""Workers who visit alerted families and find the truth, with error, delay and no-shows.

A real unmet need is confirmed 93 times in 100; a family without one is called needy 4 times in
100. Visits take days to weeks by township; some never happen; some families are away or refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd

from data.home import month_end
from simulator.world.geography import TOWNSHIPS, township_code

CONFIRM, FALSE_CONFIRM = 0.93, 0.04
NEVER_VISITED, AWAY, REFUSED, REFERRED = 0.05, 0.035, 0.012, 0.08
CAUSES = ("already_changed", "stale", "data_wrong", "rule_too_wide", "same_name")
CAUSE_SHARES = (0.30, 0.28, 0.20, 0.19, 0.03)
DELAY = {township_code(i): t.delay_days for i, t in enumerate(TOWNSHIPS)}


def visit_outcomes(
    truth: pd.DataFrame,
    alerts: pd.DataFrame,
    household_of: Callable[[str], str],
    month: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One row per alert: visited_on (NaT when nobody came), outcome, cause, needs.

    `truth` holds truth/need.parquet; `alerts` needs `household` (pseudonym) and may have
    `township_code`; `household_of` turns a household number into its pseudonym; `month` like
    '2026-06' is the month whose truth the visitors meet. `needs` lists what was confirmed
    (income, medical, education, work, housing, care), empty unless the outcome is confirmed or
    referred. Outcomes are codes of an alert's life: confirmed, already_covered, not_eligible,
    false_alarm (with cause), referred, unreachable, refused; empty for no visit.
    """
    seen = _join(truth, alerts, household_of, month)
    size = len(seen)
    dice = rng.random((5, size))
    needy = np.where(seen["unmet"], dice[0] < CONFIRM, dice[0] < FALSE_CONFIRM)
    visited = dice[1] >= NEVER_VISITED
    outcome = _outcome(seen, needy, dice)
    outcome = np.where(visited, outcome, "")
    cause = rng.choice(CAUSES, size, p=CAUSE_SHARES)
    told = np.isin(outcome, ("confirmed", "referred"))
    needs = np.where(seen["needs"].to_numpy() == "", "income", seen["needs"].to_numpy())
    return pd.DataFrame({
        "household": seen["household"].to_numpy(),
        "visited_on": _days(seen, visited, month, rng),
        "outcome": outcome,
        "cause": np.where(outcome == "false_alarm", cause, ""),
        "needs": np.where(told, needs, ""),
    }, index=alerts.index)  # fmt: skip


def _join(truth: pd.DataFrame, alerts: pd.DataFrame, household_of: Callable[[str], str],
          month: str) -> pd.DataFrame:  # fmt: skip
    """The truth of each alerted household; one that is gone has no need."""
    now = truth[truth["month"] == month]
    if now.empty:
        raise ValueError(f"the truth holds no month {month}; simulate up to it")
    numbers = now["household_no"].astype(str)
    now = now.assign(household=[household_of(n) for n in numbers], needs=now["needs"].astype(str))
    columns = ["household", "in_need", "unmet", "watched", "needs"]
    kept = alerts[[c for c in ("household", "township_code") if c in alerts]]
    seen = kept.merge(now[columns], on="household", how="left")
    for name in ("in_need", "unmet", "watched"):
        seen[name] = seen[name].astype("boolean").fillna(False).to_numpy(bool)
    return seen.assign(needs=seen["needs"].fillna("").astype(str))


def _outcome(seen: pd.DataFrame, needy: np.ndarray, dice: np.ndarray) -> np.ndarray:
    """What the visitor writes down."""
    helped = seen["in_need"] & ~seen["unmet"]
    strained = seen["watched"] & (dice[3] < 0.3)
    found = np.select(
        [needy & (dice[4] < REFERRED), needy, helped, strained],
        ["referred", "confirmed", "already_covered", "not_eligible"], "false_alarm",
    )  # fmt: skip
    found = np.where(dice[2] < REFUSED, "refused", found)
    return np.where((dice[2] >= REFUSED) & (dice[2] < REFUSED + AWAY), "unreachable", found)


def _days(seen: pd.DataFrame, visited: np.ndarray, month: str,
          rng: np.random.Generator) -> np.ndarray:  # fmt: skip
    """Day of the visit: days to weeks after the month's end, by township."""
    if "township_code" in seen:
        mean = seen["township_code"].map(DELAY).fillna(9).to_numpy(float)
    else:
        mean = np.full(len(seen), 9.0)
    wait = 1 + rng.gamma(2.0, mean / 2).round().astype(int)
    start = month_end(month)
    days = [start + timedelta(days=int(w)) for w in wait]
    return pd.to_datetime(pd.Series(days)).where(visited).to_numpy()
