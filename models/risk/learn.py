"""One question's candidates, learned on the same rows; the product is chosen inside their time.

    teach months ─▶ boosters grow (inner folds stop them) ─▶ last months: calibration curve
                                              └─▶ refit on all taught rows, the curve stays

Weights: see `selection`. Which scheme of weights is used is decided by which ranks later random
visits best; whether directions are bound (monotone) by the loss on inner folds. Months that test
are never looked at here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

import numpy as np
import pandas as pd

from core.home import add_months
from core.progress import Step, unseen
from features.engine.feature import Feature
from models.risk import selection
from models.risk.baselines import fit_baselines
from models.risk.bench.config import SEED, TrainingConfig
from models.risk.dataset import monotone_of
from models.risk.errors import RiskError
from models.risk.findings import ASKED
from models.risk.fitted import FittedRisk
from models.risk.matrix import Encoder
from models.risk.measures import average_precision
from models.risk.rows import Plan, Question, Rows
from models.risk.run import usable
from models.risk.seeking import TUNED, sought
from models.risk.train import fit

# Visits err: a third of what rounds find is a mistake of the visit. Splits at random thresholds
# (extra trees) follow such noise less; on later visits of the demo county they ranked better than
# the best splits (average precision .329 against .321, mean of two later half-years).
PARAMS: dict[str, Any] = {
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.3,
    "lambda_l2": 5.0,
    "extra_trees": True,
}
SEEDS = (SEED, 23)
USUAL = TrainingConfig()
# A trial only ranks schemes and features: fewer, larger steps tell the same.
TRIAL: dict[str, Any] = {**PARAMS, "learning_rate": 0.12}
TRIAL_ROUNDS = 80
# Features kept by gain. On later taught months a hundred rank as well as three hundred (average
# precision .361 and .362 for the existing), in half the time and with shorter reasons.
STRONGEST = 120
# What is argued for stays unless the other is better by more than chance: every visit (average
# precision, on some sixty cases; differences of .02 are luck) and bound directions (log loss).
SCHEME_MARGIN = 0.02
BOUND_MARGIN = 0.0005
# Fewer cases among later random visits than this and they cannot tell schemes of weights apart.
JUDGED_FROM = 30


class Scorer(Protocol):
    """Anything that gives a calibrated probability."""

    @property
    def encoder(self) -> Encoder:
        """How it reads a frame."""

    def predict_of(self, matrix: np.ndarray) -> np.ndarray:
        """One probability per row of a matrix that its encoder made."""

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """One probability per row."""


@dataclass(frozen=True)
class Learned:
    """The product model of a question, those it is compared with, and what was chosen how."""

    fitted: FittedRisk
    scorers: Mapping[str, Scorer]
    propensity: selection.Propensity
    n_train: Mapping[str, int]
    choices: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Folds:
    """Masks over labelled rows: those that grow, those that come later, and the curve's."""

    train: np.ndarray
    later: np.ndarray
    curve_months: tuple[date, ...]


def folds_of(as_of: pd.Series, question: Question, horizon: int) -> Folds:
    """Existing: the last two months calibrate (one, if there are fewer than five). Coming: the
    last month calibrates and the horizon before it is a gap, of which only the refit learns.

    Raises RiskError when no month is left to grow on.
    """
    months = sorted(as_of.unique())
    curve = tuple(months[-2:] if question == "existing" and len(months) >= 5 else months[-1:])
    need = horizon if question == "coming" else 1
    grow = [m for m in months if m not in curve and add_months(m, need) <= curve[0]]
    if not grow:
        apart = ("，且相隔一个期限", "a horizon apart ") if question == "coming" else ("", "")
        raise RiskError(
            f"“{question}”的历史太短：只有 {len(months)} 个月有走访结果，至少需要两个月{apart[0]}",
            f"too little history for the question '{question}': profiles of {len(months)} month(s) "
            f"have findings; {apart[1]}two are needed",
        )
    train = as_of.isin(grow).to_numpy()
    return Folds(train, ~train, curve)


def learn(
    rows: Rows,
    question: Question,
    plan: Plan,
    cards: Mapping[str, Feature],
    asked: TrainingConfig = USUAL,
    step: Step = unseen,
) -> Learned:
    """Fit every candidate asked for on the same rows; the product is chosen among the LightGBM."""
    frame, folds = rows.labelled, folds_of(rows.labelled["as_of"], question, plan.horizon)
    features, seeds = usable(frame, cards, folds.train), seeds_of(asked)
    step("visits")
    propensity = selection.learn_propensity(rows.sample, features, rows.sample["seen"].to_numpy())
    frame = frame.assign(curve_weight=propensity.weight(frame))
    scheme, tried = _scheme(frame, features, cards, seeds, step)
    frame = _weighted(frame, scheme, folds)
    step("features")
    features = strongest(frame, features, folds.train, cards, seeds)
    frame, common = _kept(frame, folds)
    trees = _trees(frame, features, cards, asked, common, step)
    product, choices = _product(trees)
    if asked.tuning:
        growing = frame[common["train"]].reset_index(drop=True)
        bound = monotone_of(cards) if choices["monotone"] else None
        found = sought(growing, features, PARAMS, bound, question, plan, asked, step)
        choices["tuning"] = found.as_dict()
        if found.changed:
            step("fit lightgbm_tuned")
            product = trees[TUNED] = _grown(frame, features, cards, asked, common, choices)
    step("baselines")
    simple = fit_baselines(frame, product.encoder, names=asked.candidates, **common)
    choices |= {
        "weights": scheme,
        "weights_tried": tried,
        "curve_months": [m.isoformat() for m in folds.curve_months],
        "n_curve": int((frame["curve_weight"] > 0).sum()),
    }
    more = {"known_by": plan.known_by.isoformat(), "horizon": plan.horizon, "question": question}
    product = replace(product, report={**product.report, **more, "chosen": choices})
    others: dict[str, Scorer] = {**trees, **{b.name: b for b in simple}}
    kinds = frame["population"].value_counts()
    counts = {"all": len(frame), **{str(kind): int(n) for kind, n in kinds.items()}}
    return Learned(product, {"model": product, **others}, propensity, counts, choices)


def _grown(
    frame: pd.DataFrame,
    features: Sequence[str],
    cards: Mapping[str, Feature],
    asked: TrainingConfig,
    common: Mapping[str, Any],
    choices: Mapping[str, Any],
) -> FittedRisk:
    """The product by what was chosen: bound directions or free, the parameters found or usual."""
    sought = choices.get("tuning") or {}
    params = sought["params"] if sought.get("changed") else PARAMS
    bound = monotone_of(cards) if choices["monotone"] else None
    return fit(frame, features, monotone=bound, params=params, seeds=seeds_of(asked), **common)


def seeds_of(asked: TrainingConfig) -> tuple[int, int]:
    """Seeds of the boosters: the one asked for, and another."""
    return asked.seed, asked.seed + SEEDS[1] - SEEDS[0]


def _trees(
    frame: pd.DataFrame,
    features: Sequence[str],
    cards: Mapping[str, Feature],
    asked: TrainingConfig,
    common: Mapping[str, Any],
    step: Step,
) -> dict[str, FittedRisk]:
    """The LightGBM asked for, by name."""
    bounds: dict[str, Any] = {"lightgbm": None, "lightgbm_monotone": monotone_of(cards)}
    found: dict[str, FittedRisk] = {}
    for name, bound in bounds.items():
        if name in asked.candidates:
            step(f"fit {name}")
            found[name] = fit(
                frame, features, monotone=bound, params=PARAMS, seeds=seeds_of(asked), **common
            )
    return found


def _product(trees: Mapping[str, FittedRisk]) -> tuple[FittedRisk, dict[str, Any]]:
    """The product among the LightGBM, and how it was chosen."""
    bound = trees.get("lightgbm_monotone", next(iter(trees.values())))
    plain = trees.get("lightgbm", bound)
    product = plain if _loss(plain) < _loss(bound) - BOUND_MARGIN else bound
    return product, {
        "monotone": product is trees.get("lightgbm_monotone"),
        "inner_loss": {name: _loss(one) for name, one in trees.items()},
    }


def relearn(
    rows: Rows,
    question: Question,
    plan: Plan,
    learned: Learned,
    cards: Mapping[str, Feature],
    asked: TrainingConfig = USUAL,
    step: Step = unseen,
) -> FittedRisk:
    """The product once more on newer rows: the same features, weights and directions.

    What was tested on later months is the way of learning; what is put to use should also know
    those months. Nothing is chosen anew, so that the test still speaks for it.
    """
    fitted = grow_again(
        rows, question, plan, learned.fitted.features, learned.choices, cards, asked, step
    )
    more = {
        "known_by": plan.known_by.isoformat(),
        "horizon": plan.horizon,
        "question": question,
        "chosen": dict(learned.choices),
        "tested_known_by": learned.fitted.report["known_by"],
    }
    return replace(fitted, report={**fitted.report, **more})


def grow_again(
    rows: Rows,
    question: Question,
    plan: Plan,
    features: Sequence[str],
    choices: Mapping[str, Any],
    cards: Mapping[str, Feature],
    asked: TrainingConfig,
    step: Step = unseen,
) -> FittedRisk:
    """Trees on other rows in a way that was chosen before: features, weights, directions,
    parameters."""
    frame, folds = rows.labelled, folds_of(rows.labelled["as_of"], question, plan.horizon)
    step("visits")
    seen = rows.sample["seen"].to_numpy()
    propensity = selection.learn_propensity(rows.sample, list(features), seen)
    frame = frame.assign(curve_weight=propensity.weight(frame))
    frame, common = _kept(_weighted(frame, str(choices["weights"]), folds), folds)
    step("fit again")
    return _grown(frame, features, cards, asked, common, choices)


def _weighted(frame: pd.DataFrame, scheme: str, folds: Folds) -> pd.DataFrame:
    """The rows with their training weight, and the weight in the curve of its months alone."""
    curve = (frame["curve"] & frame["as_of"].isin(folds.curve_months)).to_numpy()
    return frame.assign(
        weight=selection.scheme_weights(frame, scheme),
        curve_weight=np.where(curve, frame["curve_weight"], 0.0),
    )


def _kept(frame: pd.DataFrame, folds: Folds) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Rows that have any weight, and how `fit` shall use them."""
    kept = (frame["weight"] > 0).to_numpy() | (frame["curve_weight"] > 0).to_numpy()
    common: dict[str, Any] = {
        "train": folds.train[kept],
        "calibrate_on": folds.later[kept],
        "weight": "weight",
        "curve_weight": "curve_weight",
        "refit": True,
    }
    return frame[kept], common


def _loss(fitted: FittedRisk) -> float:
    found = fitted.report.get("inner_loss")
    return float("inf") if found is None else float(found)


def strongest(
    frame: pd.DataFrame,
    features: Sequence[str],
    train: np.ndarray,
    cards: Mapping[str, Feature],
    seeds: Sequence[int],
) -> list[str]:
    """The features that a trial on the training rows gains most from, in their old order."""
    if len(features) <= STRONGEST:
        return list(features)
    trial = fit(
        frame, features, train=train, calibrate_on=np.zeros(len(frame), bool),
        monotone=monotone_of(cards), params=TRIAL, seeds=seeds[:1], rounds=TRIAL_ROUNDS,
        weight="weight", calibration="none",
    )  # fmt: skip
    gain = trial.boosters[0].feature_importance("gain")
    kept = set(np.argsort(-gain, kind="stable")[:STRONGEST])
    return [name for place, name in enumerate(features) if place in kept]


def _scheme(
    frame: pd.DataFrame,
    features: Sequence[str],
    cards: Mapping[str, Feature],
    seeds: Sequence[int],
    step: Step,
) -> tuple[str, dict[str, float]]:
    """The scheme of weights: the argued one, unless another ranks later judges clearly better.

    Judges are random visits of the last third of the taught months; where findings of need among
    them are too few, all rows that may calibrate, weighted.
    """
    months = sorted(frame["as_of"].unique())
    late = frame["as_of"].isin(months[-max(1, len(months) // 3) :]).to_numpy()
    lot = late & selection.is_random(frame["reason"]) & frame["curve"].to_numpy()
    if frame.loc[lot, "label"].sum() < JUDGED_FROM:
        lot = late & frame["curve"].to_numpy() & (frame["curve_weight"] > 0).to_numpy()
    judged = frame[lot]
    if not 0 < judged["label"].sum() < len(judged) or frame.loc[~late, "label"].sum() < JUDGED_FROM:
        return selection.SCHEMES[0], {}
    tried: dict[str, float] = {}
    asked = bool(frame["reason"].isin(ASKED).any())
    for scheme in selection.SCHEMES:
        if scheme == "unasked" and not asked:
            continue  # nobody asked: the same rows and weights as `every`
        step(f"weights {scheme}")
        trial = frame.assign(weight=selection.scheme_weights(frame, scheme))
        trial = trial[(trial["weight"] > 0).to_numpy() & ~late | lot]
        grow = ~trial["as_of"].isin(judged["as_of"].unique()).to_numpy()
        fitted = fit(
            trial, features, train=grow, calibrate_on=np.zeros(len(trial), bool),
            monotone=monotone_of(cards), params=TRIAL, seeds=seeds, rounds=TRIAL_ROUNDS,
            weight="weight", calibration="none",
        )  # fmt: skip
        margin, outcome = fitted.margin(judged), judged["label"].to_numpy()
        tried[scheme] = average_precision(margin, outcome) or 0.0
    argued = selection.SCHEMES[0]
    best = max(tried, key=lambda name: tried[name])
    return (best if tried[best] > tried[argued] + SCHEME_MARGIN else argued), tried
