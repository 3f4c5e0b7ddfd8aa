"""How a visit came about, as a weight: what visits found, as if households had been drawn by lot.

A family that came to ask (application) was visited because it is in need; its profile cannot
explain that away, so it gets no say in a curve. Every other visit
is made by a plan that the profile largely tells: rounds go to who is on a list, surveys and
audits to anybody. For these the probability of being visited is estimated from the profile, and a
visit weighs its inverse, stabilised by the mean and clipped. A lot whose probability is known
(`inclusion`) is never estimated below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from models.risk.findings import ASKED, RANDOM
from models.risk.fitted import threads
from models.risk.matrix import Encoder

# No row may stand for more than five average ones, nor for less than a fifth.
CLIP = 5.0
ROUNDS = 60
PARAMS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 7,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.3,
    "max_bin": 63,
    "lambda_l2": 10.0,
    "verbosity": -1,
    "deterministic": True,
    "force_col_wise": True,
    "seed": 11,
}
# How training may use visits. The first is argued for: families that asked are a fifth of all
# findings of need, and seldom a mistake. They tell how need looks; how often it occurs is left to
# the curve, in which they have no say.
SCHEMES = ("every", "unasked", "inverse")


@dataclass(frozen=True)
class Propensity:
    """Probability of being visited within the window, from the profile."""

    booster: lgb.Booster
    encoder: Encoder
    mean: float

    def __call__(self, frame: pd.DataFrame) -> np.ndarray:
        """One probability per row of `frame`, never below a fifth of the mean."""
        found = self.booster.predict(self.encoder.encode(frame))
        return np.clip(np.asarray(found), self.mean / CLIP, 1.0)

    def weight(self, frame: pd.DataFrame) -> np.ndarray:
        """Stabilised inverse probability of being visited, clipped to [1/5, 5].

        Uses the columns `reason` and `inclusion` where the frame has them: asked visits weigh 0.
        """
        chance = self(frame)
        if "inclusion" in frame.columns:
            known = frame["inclusion"].to_numpy(dtype=float)
            chance = np.where(np.isnan(known), chance, np.maximum(chance, known))
        found = np.clip(self.mean / chance, 1 / CLIP, CLIP)
        if "reason" in frame.columns:
            found = np.where(frame["reason"].isin(ASKED), 0.0, found)
        return found


def learn_propensity(
    frame: pd.DataFrame, features: Sequence[str], visited: np.ndarray
) -> Propensity:
    """Fit on households of several months, visited (by an unasked visit) or not."""
    encoder = Encoder.learn(frame, features)
    mean = max(float(np.mean(visited)), 1e-6)
    settings = {**PARAMS, "num_threads": threads(len(frame))}
    data = lgb.Dataset(
        encoder.encode(frame),
        np.asarray(visited, dtype=float),
        feature_name=[f"f{i}" for i in range(len(features))],
        categorical_feature=encoder.categorical_positions,
        params=settings,
    )
    return Propensity(lgb.train(settings, data, num_boost_round=ROUNDS), encoder, mean)


def scheme_weights(rows: pd.DataFrame, scheme: str) -> np.ndarray:
    """Training weights of one scheme; `rows` has `reason` and `curve_weight` (see above).

    every: each visit counts 1. unasked: 1, but nothing for a family that asked. inverse: the
    inverse probability of having been visited.
    """
    if scheme == "every":
        return np.ones(len(rows))
    if scheme == "inverse":
        return rows["curve_weight"].to_numpy(dtype=float)
    return np.where(rows["reason"].isin(ASKED), 0.0, 1.0)


def is_random(reason: pd.Series) -> np.ndarray:
    """Visits that a lot decided."""
    return reason.isin(RANDOM).to_numpy()
