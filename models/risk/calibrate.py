"""From a raw margin (log-odds of the trees) to a probability that means what it says.

Two shapes, chosen by how much evidence there is:

* logistic (Platt): two numbers; safe with few cases.
* isotonic: any increasing curve; needs many cases. Plain isotonic regression has steps, and every
  household on one step would tie at the visiting capacity. We join the steps' centres by straight
  lines in log-odds (centred isotonic regression, Oron & Flournoy 2017), and go on beyond the
  first and last centre with the logistic slope, so a higher margin always means a higher risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from models.risk.errors import RiskError

Method = Literal["logistic", "isotonic", "none"]

# Below this many cases of the rarer class an isotonic curve fits noise.
ISOTONIC_FROM = 1000
# Fewer than this and not even two numbers can be estimated.
LOGISTIC_FROM = 10
# The logistic slope: below 1 the margins are too bold, above too timid; never flat or falling.
SLOPE_MIN = 0.05


@dataclass(frozen=True)
class Calibrator:
    """Strictly increasing map from margin to probability; plain numbers, saved as JSON.

    `slope` and `intercept` are on the log-odds scale. `knots` and `heights` (log-odds) are empty
    for the logistic shape.
    """

    method: Method
    slope: float = 1.0
    intercept: float = 0.0
    knots: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()

    def __call__(self, margin: np.ndarray) -> np.ndarray:
        """Probability (0-1) for each margin."""
        margin = np.asarray(margin, dtype=float)
        if not self.knots:
            return expit(self.slope * margin + self.intercept)
        inside = np.interp(margin, self.knots, self.heights)
        below = np.minimum(margin - self.knots[0], 0.0)
        above = np.maximum(margin - self.knots[-1], 0.0)
        return expit(inside + self.slope * (below + above))

    def as_dict(self) -> dict[str, Any]:
        """JSON form; `from_dict` reads it back."""
        return {
            "method": self.method,
            "slope": self.slope,
            "intercept": self.intercept,
            "knots": list(self.knots),
            "heights": list(self.heights),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Calibrator:
        """Read what `as_dict` wrote."""
        return cls(
            content["method"],
            float(content["slope"]),
            float(content["intercept"]),
            tuple(content["knots"]),
            tuple(content["heights"]),
        )


def calibrate(margin: np.ndarray, outcome: np.ndarray, method: Method | None = None) -> Calibrator:
    """Fit on a slice later than training.

    `method` None chooses by the number of cases: isotonic from 1,000 of the rarer class,
    logistic from 10, otherwise the margins stay as they are. Raises RiskError when a method is
    demanded that the slice cannot carry.
    """
    margin, outcome = np.asarray(margin, dtype=float), np.asarray(outcome, dtype=float)
    rarer = int(min(outcome.sum(), len(outcome) - outcome.sum()))
    if method is None:
        enough = "isotonic" if rarer >= ISOTONIC_FROM else "logistic"
        method = enough if rarer >= LOGISTIC_FROM else "none"  # type: ignore[assignment]
    if method == "none":
        return Calibrator("none")
    if rarer == 0:
        raise RiskError("calibration needs households with and without need; add months")
    slope, intercept = _logistic(margin, outcome)
    if method == "logistic":
        return Calibrator("logistic", slope, intercept)
    knots, heights = _centred_isotonic(margin, outcome)
    return Calibrator("isotonic", slope, intercept, knots, heights)


def cross_calibrated(margin: np.ndarray, outcome: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Probabilities where each half of the groups is calibrated on the other half.

    For an honest look at calibration when no later slice exists yet.
    """
    half = pd.util.hash_array(np.asarray(group, dtype=object).astype(str)) % 2 == 0
    risk = np.zeros(len(margin))
    for inside in (half, ~half):
        if inside.any():
            risk[inside] = calibrate(margin[~inside], outcome[~inside])(margin[inside])
    return risk


def _logistic(margin: np.ndarray, outcome: np.ndarray) -> tuple[float, float]:
    # Standardised first, so that the solver's tolerance does not depend on the margin's scale.
    centre, spread = float(margin.mean()), float(margin.std()) or 1.0
    fitted = LogisticRegression(C=1e4, solver="newton-cholesky", max_iter=200)
    fitted.fit(((margin - centre) / spread).reshape(-1, 1), outcome)
    slope = float(fitted.coef_[0, 0]) / spread
    intercept = float(fitted.intercept_[0]) - slope * centre
    if slope < SLOPE_MIN:
        # A later slice that contradicts the model: keep its level, not its direction.
        slope, intercept = SLOPE_MIN, float(logit(outcome.mean())) - SLOPE_MIN * centre
    return slope, intercept


def _centred_isotonic(
    margin: np.ndarray, outcome: np.ndarray
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    steps = IsotonicRegression(out_of_bounds="clip").fit(margin, outcome).predict(margin)
    levels, member = np.unique(steps, return_inverse=True)
    sizes = np.bincount(member)
    centres = np.bincount(member, weights=margin) / sizes
    # A step of only failures (or only cases) is not proof of certainty: pull it in by its size.
    levels = np.clip(levels, 0.5 / (sizes[0] + 1), 1 - 0.5 / (sizes[-1] + 1))
    levels, first = np.unique(levels, return_index=True)
    return tuple(map(float, centres[first])), tuple(map(float, logit(levels)))
