"""The monthly training step: profiles and rule scores, labels, then one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from core.home import Home, add_months, month_end
from core.progress import Progress, quiet
from models.risk.dataset import build_dataset, catalogue
from models.risk.evaluate import TOP5
from models.risk.measures import Capacity
from models.risk.run import STEPS, Task, TrainResult, is_synthetic, run
from models.risk.split import TimeSplit, split_months
from models.risk.truth import HouseholdOf

TRAIN_MONTHS = 6
HORIZON = 6


def train_month(
    home: Home,
    known_by: date,
    months: Iterable[date] | None = None,
    progress: Progress = quiet,
    *,
    household_of: HouseholdOf | None = None,
    capacity: Capacity = TOP5,
    train_months: int = TRAIN_MONTHS,
    params: Mapping[str, Any] | None = None,
) -> TrainResult:
    """Train with what was known by `known_by`, test on later months, register as challenger.

    `months` default: the county's first to its last month with a closed label; only the newest
    `train_months` of the training months are used. Missing profiles are built, missing rule
    scores of test months too. `household_of` opens the truth of a synthetic county (household
    number -> pseudonym; default: the home's own vault, synthetic homes only). The champion of
    today is measured on the same rows if it was trained without seeing them.
    Raises RiskError when history is too short.
    """
    split = plan_split(home, known_by, months, train_months)
    _prepare(home, split, progress)
    progress("labels", 1, STEPS)
    cards = catalogue()
    frame = _dataset(home, split, list(cards))
    household_of = household_of or own_pseudonyms(home)
    return run(Task(home, split, cards, progress, capacity, household_of, params), frame)


def plan_split(
    home: Home,
    known_by: date,
    months: Iterable[date] | None = None,
    train_months: int = TRAIN_MONTHS,
) -> TimeSplit:
    """The months a training as known by `known_by` would use, each with its role.

    Raises RiskError when history is too short.
    """
    horizon = int(home.county.get("horizon_months", HORIZON))
    last = month_end(home.county["last_as_of"])
    if months is None:
        first = month_end(home.county["first_as_of"])
        months, month = [], first
        while month <= last:
            months.append(month)
            month = add_months(month, 1)
    split = split_months(months, horizon, month_end(known_by), closed_by=last)
    kept = split.train[-train_months:]
    return TimeSplit(horizon, split.known_by, split.closed_by, kept, split.calibrate, split.test)


def _prepare(home: Home, split: TimeSplit, tell: Progress) -> None:
    """Profiles of every month and rule scores of the measured ones, where they are missing."""
    from features.profile import write_profile
    from models.scorecard import score_month

    measured = set(split.test or split.calibrate)
    for number, month in enumerate(split.months):
        tell(f"profile {month:%Y-%m}", number, len(split.months))
        if not home.has_profile(month):
            write_profile(home, month)
        if month in measured and not (home.monthly("scores", month) / "scores.parquet").exists():
            score_month(home, month)


def _dataset(home: Home, split: TimeSplit, features: Sequence[str]) -> pd.DataFrame:
    # Training labels must not know more than `known_by`; test labels may know all there is.
    before, after = (*split.train, *split.calibrate), split.test
    parts = [build_dataset(home, before, split.horizon, known_by=split.known_by, features=features)]
    if after:
        parts.append(
            build_dataset(home, after, split.horizon, known_by=split.closed_by, features=features)
        )
    return pd.concat(parts, ignore_index=True)


def own_pseudonyms(home: Home) -> HouseholdOf | None:
    """Household number -> pseudonym, for the sealed truth of a simulated county only."""
    if not is_synthetic(home) or not (home.truth / "need.parquet").exists():
        return None
    from data.vault import Vault

    return Vault(home).household
