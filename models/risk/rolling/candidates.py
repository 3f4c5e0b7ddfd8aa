"""The candidates of one fold, each fitted, tuned and calibrated on the rows that teach alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from models.risk.baselines import Baseline, fit_baselines
from models.risk.calibrate import Calibrator
from models.risk.fitted import FittedRisk
from models.risk.rolling.table import Table
from models.risk.rolling.tuning import Tuned, tune
from models.risk.scored import mean_rank
from models.risk.train import SEEDS, fit

# The order in which a reader compares; `oracle` is given, never fitted.
ORDER = ("lightgbm_monotone", "lightgbm", "lightgbm_tuned", "logistic", "both", "scorecard",
         "income", "oracle")  # fmt: skip
# Ranks, not probabilities: no Brier, no calibration, no promise.
RANKS = ("both", "scorecard")

Scores = dict[str, np.ndarray]


@dataclass(frozen=True)
class Way:
    """How the trees are grown: parameters, one booster a seed, how many features are kept (None:
    all) and how many seconds each fit may look for better parameters."""

    params: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = SEEDS
    strongest: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Taught:
    """Fitted candidates by name, and what was chosen for each (shape of the curve, parameters)."""

    scorers: Mapping[str, Callable[[pd.DataFrame], np.ndarray]]
    choices: Mapping[str, Any]


def teach(table: Table, rows: pd.DataFrame, way: Way) -> Taught:
    """Fit every candidate that `table` allows on `rows` (with `grow` and `curve_weight`)."""
    features = _features(table, rows, way)
    common: dict[str, Any] = {
        "train": rows["grow"].to_numpy(),
        "calibrate_on": ~rows["grow"].to_numpy(),
        "weight": "train_weight",
        "curve_weight": "curve_weight",
        "refit": True,
    }
    rows = rows.assign(train_weight=1.0)
    grown: dict[str, FittedRisk] = {
        "lightgbm": fit(rows, features, params=way.params, seeds=way.seeds, **common)
    }
    bound = {n: s for n, s in table.monotone.items() if n in features}
    if bound:
        more: dict[str, Any] = {"monotone": bound, "params": way.params, "seeds": way.seeds}
        grown["lightgbm_monotone"] = fit(rows, features, **more, **common)
    tuned = _tuned(table, rows, features, way, bound)
    if tuned is not None:
        known = grown.get("lightgbm_monotone", grown["lightgbm"])
        more = {"monotone": bound, "params": tuned.params, "seeds": way.seeds}
        grown["lightgbm_tuned"] = fit(rows, features, **more, **common) if tuned.changed else known
    simple = fit_baselines(rows, grown["lightgbm"].encoder, income=_income(table, features),
                           **common)  # fmt: skip
    scorers: dict[str, FittedRisk | Baseline] = {**grown, **{b.name: b for b in simple}}
    choices: dict[str, Any] = {name: _told(one) for name, one in scorers.items()}
    if tuned is not None:
        choices["lightgbm_tuned"]["tuning"] = tuned.as_dict()
    return Taught({name: one.predict for name, one in scorers.items()}, choices)


def score(table: Table, taught: Taught, rows: pd.DataFrame) -> pd.DataFrame:
    """Thin rows for the judge: keys, label, weight, one column a candidate."""
    found: Scores = {name: predict(rows) for name, predict in taught.scorers.items()}
    for name, column in (("scorecard", table.scorecard), ("oracle", table.oracle)):
        if column is not None and column in rows.columns:
            found[name] = rows[column].to_numpy(dtype=float)
    keys = ["household", "as_of", "population", "label", "weight"]
    keys += [name for name in ("need_on", "label_any", "weight_any") if name in rows.columns]
    return pd.concat([rows[keys], pd.DataFrame(found, index=rows.index)], axis=1)


def with_both(scored: pd.DataFrame) -> pd.DataFrame:
    """Scorecard and model together: the mean of their two ranks within each month."""
    model = "lightgbm_monotone" if "lightgbm_monotone" in scored.columns else "lightgbm"
    if "scorecard" not in scored.columns:
        return scored
    joined = pd.Series(np.nan, scored.index)
    for _, part in scored.groupby("as_of"):
        if part["scorecard"].notna().all():
            ranks = mean_rank(part[model].to_numpy(float), part["scorecard"].to_numpy(float))
            joined.loc[part.index] = ranks
    return scored.assign(both=joined)


def names_of(scored: pd.DataFrame) -> list[str]:
    """The candidates that scored any row, in the order in which a reader compares."""
    return [name for name in ORDER if name in scored.columns and scored[name].notna().any()]


def _features(table: Table, rows: pd.DataFrame, way: Way) -> list[str]:
    """Features that are known and differ in the rows that grow; the strongest of them."""
    part = rows[rows["grow"].to_numpy()]
    found = [n for n in table.features if part[n].nunique(dropna=False) > 1]
    if way.strongest is None or len(found) <= way.strongest:
        return found
    trial = fit(part, found, train=np.ones(len(part), bool), calibrate_on=np.zeros(len(part), bool),
                params=way.params, seeds=way.seeds[:1], rounds=80, calibration="none")  # fmt: skip
    gain = trial.boosters[0].feature_importance("gain")
    kept = set(np.argsort(-gain, kind="stable")[: way.strongest])
    if table.income in found:
        kept.add(found.index(str(table.income)))
    return [name for place, name in enumerate(found) if place in kept]


def _income(table: Table, features: list[str]) -> str | None:
    return table.income if table.income in features else None


def _tuned(
    table: Table, rows: pd.DataFrame, features: list[str], way: Way, bound: Mapping[str, int]
) -> Tuned | None:
    if way.seconds <= 0:
        return None
    part = rows[rows["grow"].to_numpy()].reset_index(drop=True)
    return tune(part, features, way.params, closes=table.closes, seconds=way.seconds,
                monotone=bound)  # fmt: skip


def _told(one: FittedRisk | Baseline) -> dict[str, Any]:
    curve: Calibrator = one.calibrator
    told: dict[str, Any] = {"calibration": curve.method}
    if isinstance(one, FittedRisk):
        told |= {"rounds": one.report["rounds"], "features": len(one.features)}
    return told
