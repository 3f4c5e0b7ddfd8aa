"""Parameters sought by Optuna inside the training side, under a budget in seconds.

Serves the rolling test and a training alike.

Each trial grows on earlier months and is judged on later ones of other households, a horizon
apart; the default parameters are always the first trial. What was found replaces the default only
when its log loss is better by more than MARGIN of the default's own: on some hundred cases smaller
differences are luck, and a default that many counties share is worth more than luck.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.home import add_months
from models.risk.rolling.folds import part_of
from models.risk.train import inner_folds, mean_loss

MARGIN = 0.01
SEED = 7
# However much time there is: more trials than this choose the luckiest, not the best.
MAX_TRIALS = 40
INNER_CUTS = 2
INNER_PARTS = 3

Pairs = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Tuned:
    """What to use and how it was chosen: losses are mean log losses on the inner folds.

    `tried`: loss and parameters of each trial in order, the default ({}) first. `ended` by
    'trials' repeats with the same seed on any machine, by 'time' it does not. `seconds` it took.
    """

    params: Mapping[str, Any]
    changed: bool
    trials: int
    default_loss: float | None
    best_loss: float | None
    tried: tuple[Mapping[str, Any], ...] = ()
    ended: str = "trials"
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "params": dict(self.params),
            "changed": self.changed,
            "trials": self.trials,
            "default_loss": self.default_loss,
            "best_loss": self.best_loss,
            "tried": [dict(one) for one in self.tried],
            "ended": self.ended,
            "seconds": self.seconds,
        }


def inner_time_folds(rows: pd.DataFrame, closes: int) -> Pairs:
    """Masks (grow, stop): the last times judge, each a horizon later than all that grew.

    Households are dealt by hash, so that none stands on both sides. Where history is too short
    for a horizon between them, the folds that stop the trees are used (later times, no gap).
    """
    times = sorted(rows["as_of"].unique())
    held = part_of(rows["household"], INNER_PARTS)
    width = max(1, len(times) // 5)
    found: Pairs = []
    for number in range(INNER_CUTS):
        last = len(times) - width * number
        stop_times = times[max(0, last - width) : last]
        if not stop_times:
            continue
        grow_times = [t for t in times if add_months(t, closes) <= stop_times[0]]
        grow, stop = (rows["as_of"].isin(t).to_numpy() for t in (grow_times, stop_times))
        if grow.any():
            found.append((grow & (held != number), stop & (held == number)))
    return found or inner_folds(rows, "as_of", "household")


def tune(
    rows: pd.DataFrame,
    features: list[str],
    default: Mapping[str, Any],
    *,
    closes: int,
    seconds: float,
    monotone: Mapping[str, int] | None = None,
    weight: str | None = None,
    seed: int = SEED,
    trials: int | None = None,
    begins: Callable[[int], None] = lambda _: None,
) -> Tuned:
    """Seek for at most `seconds` (the trial under way ends first) and `trials` (MAX_TRIALS).

    `begins` is told the number of each trial before it, from 1, and may stop the search by
    raising. Without time or inner folds the default stays.
    """
    if seconds <= 0:
        return Tuned(default, False, 0, None, None)
    pairs = inner_time_folds(rows, closes)

    def loss_of(params: Mapping[str, Any]) -> float:
        chosen = {**default, **params}
        found = mean_loss(rows, features, chosen, pairs, monotone=monotone, weight=weight)
        return math.inf if found is None else found

    most, began = trials or MAX_TRIALS, time.monotonic()
    losses = _seek(loss_of, seconds, seed, most, begins)
    if not losses or not math.isfinite(losses[0][0]):
        return Tuned(default, False, len(losses), None, None)
    best = min(losses, key=lambda one: one[0])
    changed = best[0] < losses[0][0] * (1 - MARGIN)
    params = {**default, **best[1]} if changed else dict(default)
    tried = tuple({"loss": x if math.isfinite(x) else None, "params": p} for x, p in losses)
    ended = "time" if len(losses) < most else "trials"
    return Tuned(
        params,
        changed,
        len(losses),
        default_loss=losses[0][0],
        best_loss=best[0],
        tried=tried,
        ended=ended,
        seconds=round(time.monotonic() - began, 1),
    )


def _seek(
    loss_of: Any, seconds: float, seed: int, trials: int, begins: Callable[[int], None]
) -> list[tuple[float, dict[str, Any]]]:
    """Losses and parameters in the order tried; the default first."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    tried: list[tuple[float, dict[str, Any]]] = []

    def objective(trial: Any) -> float:
        begins(len(tried) + 1)
        params = _suggest(trial) if tried else {}
        tried.append((loss_of(params), params))
        return tried[-1][0] if math.isfinite(tried[-1][0]) else 1e9

    sampler = optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(sampler=sampler)
    study.optimize(objective, n_trials=trials, timeout=seconds)
    return tried


def _suggest(trial: Any) -> dict[str, Any]:
    return {
        "num_leaves": trial.suggest_int("num_leaves", 4, 48, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 15, 240, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.1, 0.9),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.5, 1.0),
        "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 60.0, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 0.03, 0.12, log=True),
        "extra_trees": trial.suggest_categorical("extra_trees", [False, True]),
    }
