"""Fit the risk model: frames in, a model out. No files, no MLflow, no clock.

How a fit goes:

1. Rounds (and, if `candidates` are given, parameters) are chosen inside the training rows only:
   grow on the earlier times, stop on the latest quarter of times. Where households repeat over
   months, the stopping rows are also of households not grown on, because a tree that remembers a
   household looks better than it is.
2. One booster per seed grows on all training rows; their margins are averaged.
3. The calibration curve is fitted on the later calibration rows, which no booster has seen.

Classes keep their natural frequency and nothing is resampled, so that margins start near true
log-odds and calibration has little to mend. Row weights are for how a row came to be seen (see
`selection`), never for the rarer class.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from models.risk.calibrate import Calibrator, Method, calibrate, calibrate_by_evidence
from models.risk.errors import RiskError
from models.risk.fitted import THREADS, FittedRisk, threads
from models.risk.matrix import Encoder, require_columns

PARAMS: dict[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.35,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "max_bin": 127,
    "cat_smooth": 20.0,
    "max_cat_to_onehot": 8,
}
# What the fit depends on and nobody may tune away: same data and seed, same model.
FIXED: dict[str, Any] = {
    "objective": "binary",
    "metric": "binary_logloss",
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
    "monotone_constraints_method": "intermediate",
}
# Binning happens once and is shared by all seeds, so it must not depend on the seed.
BINNING = {"data_random_seed": 1}
SEEDS = (11, 23, 37)
MAX_ROUNDS = 1000
PATIENCE = 50
MIN_CASES = 20
LATE_SHARE = 0.25
THIRDS = 3
ONE_FOLD_FROM = 12_000
MIN_ROUNDS = 20
FALLBACK_ROUNDS = 120


def fit(
    frame: pd.DataFrame,
    features: Sequence[str],
    *,
    train: np.ndarray,
    calibrate_on: np.ndarray,
    label: str = "label",
    time: str | None = "as_of",
    group: str | None = "household",
    categorical: Iterable[str] = (),
    monotone: Mapping[str, int] | None = None,
    params: Mapping[str, Any] | None = None,
    candidates: Sequence[Mapping[str, Any]] = (),
    seeds: Sequence[int] = SEEDS,
    rounds: int | None = None,
    calibration: Method | None = None,
    refit: bool = False,
    weight: str | None = None,
    curve_weight: str | None = None,
) -> FittedRisk:
    """Train and calibrate on rows chosen by two boolean masks.

    `time` (sortable) and `group` name columns of `frame` (None where there is none). `monotone`
    maps a feature to -1, 0 or +1 (+1: more of it never lowers the risk). `params` override
    PARAMS; `candidates` are further overrides of which the best inside the training time wins.
    `rounds` skips the choice of rounds. `refit` grows the final boosters on training and
    calibration rows together, keeping the curve of the honest first fit: better ranking from
    newer data when history is short. Rows whose label is null are left out. `weight` names a
    column of training weights, `curve_weight` one for the calibration rows (there 0 leaves a row
    out of the curve, though `refit` still grows on it).
    Raises RiskError when there are too few cases or a mask overlaps the other.
    """
    require_columns(frame, [*features, label])
    rows = _rows(frame, label, np.asarray(train, bool), np.asarray(calibrate_on, bool))
    either = rows.any(axis=0)
    used = frame.iloc[np.flatnonzero(either)]
    grow, later = rows[0][either], rows[1][either]
    encoder = Encoder.learn(used.iloc[np.flatnonzero(grow)], features, categorical)
    matrix, outcome = encoder.encode(used), used[label].to_numpy(dtype=np.float64)
    _require_cases(outcome[grow])
    base = {**PARAMS, **(params or {}), **_monotone(encoder, monotone or {})}
    folds = inner_folds(used.iloc[np.flatnonzero(grow)], time, group)
    heavy = _weights(used, weight)
    rowset = Rowset(matrix, outcome, heavy, encoder)
    chosen, count, loss = _choose(rowset.of(grow), base, candidates, folds, rounds)
    boosters = _grow(rowset.of(grow), chosen, count, seeds)
    honest = FittedRisk(boosters, Calibrator("none"), encoder)
    curve = _curve(honest, used, rowset, later, curve_weight, group, calibration)
    if refit:
        more = round(count * min(1.3, len(used) / max(1, int(grow.sum()))))
        boosters = _grow(rowset, chosen, more, seeds)
    report = _report(chosen, count, seeds, outcome[grow], outcome[later], curve.method, refit)
    report["inner_loss"] = loss
    return FittedRisk(boosters, curve, encoder, report)


@dataclass(frozen=True)
class Rowset:
    """Rows a booster grows on: encoded matrix, 0/1 outcome, weight (1 where nothing is known)."""

    matrix: np.ndarray
    outcome: np.ndarray
    weight: np.ndarray
    encoder: Encoder

    def of(self, rows: np.ndarray) -> Rowset:
        """The rows chosen by a boolean mask."""
        return Rowset(self.matrix[rows], self.outcome[rows], self.weight[rows], self.encoder)

    def dataset(self, params: Mapping[str, Any]) -> lgb.Dataset:
        """The same, binned for LightGBM."""
        return lgb.Dataset(
            self.matrix,
            self.outcome,
            # Left out where it says nothing, so that a fit without weights stays what it was.
            weight=None if bool((self.weight == 1.0).all()) else self.weight,
            feature_name=[f"f{i}" for i in range(len(self.encoder.features))],
            categorical_feature=self.encoder.categorical_positions,
            params=dict(params),
        ).construct()


def _weights(frame: pd.DataFrame, name: str | None) -> np.ndarray:
    return np.ones(len(frame)) if name is None else frame[name].to_numpy(dtype=np.float64)


def _curve(
    honest: FittedRisk,
    used: pd.DataFrame,
    rowset: Rowset,
    later: np.ndarray,
    weight: str | None,
    group: str | None,
    method: Method | None,
) -> Calibrator:
    """The calibration curve from rows the boosters have not seen."""
    if weight is None:
        return calibrate(honest.margin_of(rowset.matrix[later]), rowset.outcome[later], method)
    heavy = _weights(used, weight)
    rows = later & (heavy > 0)
    keys = used[group].to_numpy() if group and group in used.columns else np.arange(len(used))
    margin = honest.margin_of(rowset.matrix[rows])
    return calibrate_by_evidence(margin, rowset.outcome[rows], heavy[rows], keys[rows])


def _rows(frame: pd.DataFrame, label: str, train: np.ndarray, later: np.ndarray) -> np.ndarray:
    if len(train) != len(frame) or len(later) != len(frame):
        raise RiskError(
            "训练和校准的标记须对表中每行各有一项",
            "the train and calibration masks need one entry per row of the table",
        )
    if bool((train & later).any()):
        raise RiskError(
            "有的行既用于训练又用于校准；两者不能重叠",
            "a row is in training and in calibration; the two must not overlap",
        )
    known = frame[label].notna().to_numpy()
    return np.stack([train & known, later & known])


def _require_cases(outcome: np.ndarray) -> None:
    cases = int(outcome.sum())
    if cases < MIN_CASES or len(outcome) - cases < MIN_CASES:
        raise RiskError(
            f"用于学习的 {len(outcome)} 行中有困难的只有 {cases} 行；"
            f"有、无困难各至少需要 {MIN_CASES} 行：请增加月份或人群",
            f"training has {cases} households in need among {len(outcome)} rows; at least "
            f"{MIN_CASES} with and without are needed: add months or check the label",
        )


def _monotone(encoder: Encoder, monotone: Mapping[str, int]) -> dict[str, Any]:
    signs = [0 if f in encoder.levels else int(monotone.get(f, 0)) for f in encoder.features]
    return {"monotone_constraints": signs} if any(signs) else {}


def inner_folds(
    frame: pd.DataFrame, time: str | None, group: str | None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Masks (grow, stop) inside the training rows.

    Stopping rows are the latest quarter of times; where groups repeat, also of groups not grown
    on. Small tables give one pair for each third of the groups, so that the number of rounds
    does not hang on a handful of cases.
    """
    keys = frame[group] if group and group in frame.columns else pd.Series(range(len(frame)))
    third = pd.util.hash_array(keys.to_numpy(dtype=object).astype(str)) % THIRDS
    thirds = [third == i for i in range(THIRDS if len(frame) < ONE_FOLD_FROM else 1)]
    times = frame[time] if time and time in frame.columns else None
    if times is None or times.nunique() < 2:
        return [(~held, held) for held in thirds]
    ordered = np.sort(times.unique())
    late = (times >= ordered[-math.ceil(len(ordered) * LATE_SHARE)]).to_numpy()
    if keys.is_unique:
        return [(~late, late)]
    return [(~late & ~held, late & held) for held in thirds]


def _choose(
    rows: Rowset,
    base: dict[str, Any],
    candidates: Sequence[Mapping[str, Any]],
    folds: list[tuple[np.ndarray, np.ndarray]],
    rounds: int | None,
) -> tuple[dict[str, Any], int, float | None]:
    """Best parameters, rounds and loss (null: not measured) on the latest training times."""
    options = [{**base, **c} for c in candidates] or [base]
    # An override of None takes a parameter out again.
    options = [{k: v for k, v in option.items() if v is not None} for option in options]
    if rounds is not None and len(options) == 1:
        return options[0], rounds, None
    y = rows.outcome
    folds = [(g, s) for g, s in folds if y[g].sum() >= MIN_CASES and y[s].sum() >= 5]
    if not folds:
        return options[0], rounds or FALLBACK_ROUNDS, None
    results = [_try(rows, params, folds) for params in options]
    best = min(range(len(options)), key=lambda i: results[i][0])
    # More rows carry a few more rounds than the part they were counted on.
    counted = max(MIN_ROUNDS, round(results[best][1] * 1.1))
    return options[best], rounds or counted, results[best][0]


def _try(
    rows: Rowset, params: dict[str, Any], folds: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[float, int]:
    """Lowest mean log loss over the folds and the round at which it is reached."""
    curves = []
    for grow, stop in folds:
        settings = {**params, **FIXED, **BINNING, "num_threads": threads(int(grow.sum()))}
        data, held = rows.of(grow).dataset(settings), rows.of(stop)
        curve: dict[str, Any] = {}
        valid = data.create_valid(held.matrix, held.outcome, weight=held.weight, params=settings)
        lgb.train(
            {**settings, "seed": SEEDS[0]},
            data,
            num_boost_round=MAX_ROUNDS,
            valid_sets=[valid],
            callbacks=[
                lgb.early_stopping(PATIENCE, verbose=False),
                lgb.record_evaluation(curve),
            ],
        )
        curves.append(curve["valid_0"]["binary_logloss"])
    length = min(map(len, curves))
    mean = np.mean([curve[:length] for curve in curves], axis=0)
    return float(mean.min()), int(mean.argmin()) + 1


def mean_loss(
    frame: pd.DataFrame,
    features: Sequence[str],
    params: Mapping[str, Any],
    folds: list[tuple[np.ndarray, np.ndarray]],
    *,
    label: str = "label",
    monotone: Mapping[str, int] | None = None,
    weight: str | None = None,
) -> float | None:
    """Lowest mean log loss of `params` over (grow, stop) masks; null when cases are too few."""
    encoder = Encoder.learn(frame, features)
    outcome = frame[label].to_numpy(dtype=np.float64)
    rows = Rowset(encoder.encode(frame), outcome, _weights(frame, weight), encoder)
    base = {**PARAMS, **params, **_monotone(encoder, monotone or {})}
    return _choose(rows, base, [], folds, None)[2]


def _grow(
    rows: Rowset, params: dict[str, Any], rounds: int, seeds: Sequence[int]
) -> tuple[lgb.Booster, ...]:
    params = {**params, **FIXED, **BINNING, "num_threads": threads(len(rows.matrix))}
    if params["num_threads"] > 1:
        data = rows.dataset(params)
        return tuple(lgb.train({**params, "seed": s}, data, num_boost_round=rounds) for s in seeds)

    def one(seed: int) -> lgb.Booster:
        return lgb.train({**params, "seed": seed}, rows.dataset(params), num_boost_round=rounds)

    # Few rows: threads inside one booster only wait for one another; boosters side by side do not.
    with ThreadPoolExecutor(THREADS) as pool:
        return tuple(pool.map(one, seeds))


def _report(
    params: dict[str, Any],
    rounds: int,
    seeds: Sequence[int],
    trained: np.ndarray,
    later: np.ndarray,
    method: str,
    refit: bool,
) -> dict[str, Any]:
    return {
        "params": {k: v for k, v in params.items() if k != "monotone_constraints"},
        "monotone": list(params.get("monotone_constraints", [])),
        "rounds": rounds,
        "seeds": list(seeds),
        "n_train": len(trained),
        "n_calibrate": len(later),
        "prior_train": float(trained.mean()),
        "prior_calibrate": float(later.mean()) if len(later) else None,
        "calibration": method,
        "refit": refit,
    }
