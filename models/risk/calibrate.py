"""From a raw margin (log-odds of the trees) to a probability that means what it says.

Three shapes, chosen by how much evidence there is:

* logistic (Platt): two numbers; safe with few cases.
* isotonic: any increasing curve; needs many cases. Plain isotonic regression has steps, and every
  household on one step would tie at the visiting capacity. We join the steps' centres by straight
  lines in log-odds (centred isotonic regression, Oron & Flournoy 2017), and go on beyond the
  first and last centre with the logistic slope, so a higher margin always means a higher risk.
* venn_abers (Vovk, Petej & Fedorova 2015): at each margin two isotonic curves, one told that the
  household is not in need and one that it is, and the middle of both. Few cases pull the two
  apart, and so the middle away from 0 and 1: safe earlier than isotonic alone. Kept at a hundred
  margins, joined by straight lines like the curve above. The package venn-abers knows no weights
  for visits; with equal weights a test holds both to the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from models.risk.errors import RiskError

Method = Literal["logistic", "isotonic", "venn_abers", "none"]

# Below this many cases of the rarer class an isotonic curve fits noise.
ISOTONIC_FROM = 1000
# Fewer than this and not even two numbers can be estimated.
LOGISTIC_FROM = 10
# With a judge on other households, isotonic may stand as a candidate much earlier.
ISOTONIC_BY_EVIDENCE_FROM = 200
# Margins at which the two curves of venn_abers are kept.
VENN_KNOTS = 100
# More rows than this are first gathered into so many groups of like margin: the two curves are
# fitted anew at each knot.
VENN_ROWS = 1000
FOLDS = 5
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
        enough: Method = "isotonic" if rarer >= ISOTONIC_FROM else "logistic"
        method = enough if rarer >= LOGISTIC_FROM else "none"
    if method == "none":
        return Calibrator("none")
    if rarer == 0:
        raise RiskError(
            "校准需要有困难和无困难的家庭；请增加月份",
            "calibration needs households with and without need; add months",
        )
    slope, intercept = _logistic(margin, outcome)
    if method == "logistic":
        return Calibrator("logistic", slope, intercept)
    curve = _venn_abers if method == "venn_abers" else _centred_isotonic
    return Calibrator(method, slope, intercept, *curve(margin, outcome))


def calibrate_by_evidence(
    margin: np.ndarray, outcome: np.ndarray, weight: np.ndarray, group: np.ndarray
) -> Calibrator:
    """The curve that did best on households it was not fitted on, never worse than the raw margin.

    Each shape that the number of cases can carry is fitted on four fifths of the groups
    (households) and judged by weighted log loss on the fifth, in turn; the raw margin stands
    among them, so a curve must earn its place.
    """
    margin, outcome = np.asarray(margin, dtype=float), np.asarray(outcome, dtype=float)
    rarer = int(min(outcome.sum(), len(outcome) - outcome.sum()))
    shapes: list[Method] = ["none"]
    if rarer >= FOLDS * LOGISTIC_FROM:
        shapes += ["logistic", "venn_abers"]
    if rarer >= ISOTONIC_BY_EVIDENCE_FROM:
        shapes.append("isotonic")
    fold = pd.util.hash_array(np.asarray(group, dtype=object).astype(str)) % FOLDS
    losses = dict.fromkeys(shapes, 0.0)
    for number in range(FOLDS if len(shapes) > 1 else 0):
        rest, held = fold != number, fold == number
        for shape in shapes:
            curve = _shape(shape, margin[rest], outcome[rest], weight[rest])
            losses[shape] += _log_loss(curve(margin[held]), outcome[held], weight[held])
    # `min` keeps the first of equals: the simplest.
    return _shape(min(shapes, key=losses.__getitem__), margin, outcome, weight)


def _shape(
    method: Method, margin: np.ndarray, outcome: np.ndarray, weight: np.ndarray
) -> Calibrator:
    if method == "none" or not 0 < outcome.sum() < len(outcome):
        return Calibrator("none")
    slope, intercept = _logistic(margin, outcome, weight)
    if method == "logistic":
        return Calibrator("logistic", slope, intercept)
    curve = _venn_abers if method == "venn_abers" else _centred_isotonic
    return Calibrator(method, slope, intercept, *curve(margin, outcome, weight))


def _log_loss(risk: np.ndarray, outcome: np.ndarray, weight: np.ndarray) -> float:
    safe = np.clip(risk, 1e-6, 1 - 1e-6)
    return float(-(weight * np.where(outcome > 0, np.log(safe), np.log1p(-safe))).sum())


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


def _logistic(
    margin: np.ndarray, outcome: np.ndarray, weight: np.ndarray | None = None
) -> tuple[float, float]:
    # Standardised first, so that the solver's tolerance does not depend on the margin's scale.
    centre, spread = float(margin.mean()), float(margin.std()) or 1.0
    fitted = LogisticRegression(C=1e4, solver="newton-cholesky", max_iter=200)
    fitted.fit(((margin - centre) / spread).reshape(-1, 1), outcome, sample_weight=weight)
    slope = float(fitted.coef_[0, 0]) / spread
    intercept = float(fitted.intercept_[0]) - slope * centre
    if slope < SLOPE_MIN:
        # A later slice that contradicts the model: keep its level, not its direction.
        level = float(logit(np.average(outcome, weights=weight)))
        slope, intercept = SLOPE_MIN, level - SLOPE_MIN * centre
    return slope, intercept


def _centred_isotonic(
    margin: np.ndarray, outcome: np.ndarray, weight: np.ndarray | None = None
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    curve = IsotonicRegression(out_of_bounds="clip").fit(margin, outcome, sample_weight=weight)
    levels, member = np.unique(curve.predict(margin), return_inverse=True)
    sizes = np.bincount(member, weights=weight)
    heavy = margin if weight is None else margin * weight
    centres = np.bincount(member, weights=heavy) / sizes
    # A step of only failures (or only cases) is not proof of certainty: pull it in by its size.
    levels = np.clip(levels, 0.5 / (sizes[0] + 1), 1 - 0.5 / (sizes[-1] + 1))
    levels, first = np.unique(levels, return_index=True)
    return tuple(map(float, centres[first])), tuple(map(float, logit(levels)))


def _venn_abers(
    margin: np.ndarray, outcome: np.ndarray, weight: np.ndarray | None = None
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    heavy = np.ones(len(margin)) if weight is None else weight / weight.mean()
    places, share, sizes = _gathered(margin, outcome, heavy)
    at = np.unique(np.linspace(0, len(places) - 1, VENN_KNOTS).round().astype(int))
    low, high = (np.array([_told(share, sizes, i, told) for i in at]) for told in (0.0, 1.0))
    middle = np.maximum.accumulate(high / (1 - low + high))
    # Steps of equal height become one knot in their middle, so that no two margins tie inside.
    levels, member = np.unique(np.round(middle, 9), return_inverse=True)
    centres = np.bincount(member, weights=places[at]) / np.bincount(member)
    return tuple(map(float, centres)), tuple(map(float, logit(levels)))


def _gathered(
    margin: np.ndarray, outcome: np.ndarray, heavy: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Margins in order, the share in need and the weight at each; neighbours taken together where
    there are more than VENN_ROWS."""
    places, code = np.unique(margin, return_inverse=True)
    if len(places) > VENN_ROWS:
        code = code * VENN_ROWS // len(places)
    sizes = np.bincount(code, weights=heavy)
    means = [np.bincount(code, weights=heavy * v) / sizes for v in (margin, outcome)]
    return means[0], means[1], sizes


def _told(share: np.ndarray, sizes: np.ndarray, place: int, told: float) -> float:
    """The isotonic curve at one margin when one more row there is told to be in need or not."""
    share, sizes = share.copy(), sizes.copy()
    share[place] = (share[place] * sizes[place] + told) / (sizes[place] + 1)
    sizes[place] += 1
    return float(isotonic_regression(share, weights=sizes).x[place])
