"""What moves a stored version on a month's households: weights, value against SHAP, interactions.

Computed on seeded samples of the households at risk (of all, where nobody is). Kept for a page in
data/reports/explanations, without any key of a household: the points of each feature are shuffled
by themselves, so that no family can be put together from them, and values beyond the first and the
last percentile are told as that percentile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.home import Home
from core.progress import Progress, quiet
from features.engine.feature import Feature, column
from models.risk.dataset import catalogue
from models.risk.explaining.rows import watched
from models.risk.explaining.shapley import Explainer
from models.risk.explaining.stability import Stability, alerts_stability
from models.risk.fitted import FittedRisk

# Households whose SHAP values are computed, those of them whose interactions are, and the seed.
SAMPLE, PAIRED, SEED = 1000, 150, 7
# Features told, points of each that a chart draws, and pairs of features told.
FEATURES, POINTS, PAIRS = 15, 400, 12
# A direction is told where value and SHAP are correlated at least so much. Ranks would hide a rare
# yes among many noes.
CLEAR = 0.3


@dataclass(frozen=True)
class Overview:
    """A version on the households of one month; all SHAP values in log-odds.

    `households` at risk of whom `sample` were drawn with `seed`; `gap` is the largest difference
    between base + SHAP and the margin. `weights`: feature, label_zh, label_en, unit, category,
    weight (mean |SHAP|), direction (1: more raises the risk, -1: lowers, 0: neither), unknown
    (share), partner (the feature it acts together with most; null where shap cannot say).
    `points`: feature, value and place (0..1 among known values; both null for unknown), shap,
    partner_place. `pairs`: first, second, strength (mean |interaction| of both halves), from
    `paired` households.
    """

    question: str
    version: str
    as_of: str
    households: int
    sample: int
    paired: int
    seed: int
    gap: float
    base_risk: float
    weights: pd.DataFrame
    points: pd.DataFrame
    pairs: pd.DataFrame
    stability: Stability | None


def overview(
    home: Home,
    as_of: date,
    fitted: FittedRisk,
    question: str,
    version: str,
    progress: Progress = quiet,
    *,
    cards: Mapping[str, Feature] | None = None,
    sample: int = SAMPLE,
) -> Overview:
    """Explain a version on a month's households; about ten seconds at 1,000 households.

    Raises RiskError when the month has no profile or the version needs features it lacks.
    """
    progress("read", 0, 4)
    frame = watched(home, as_of, fitted)
    part = frame.sample(min(sample, len(frame)), random_state=SEED)
    matrix, explainer = fitted.encoder.encode(part), Explainer(fitted)
    progress("shap", 1, 4)
    found = explainer.values(matrix)
    progress("interactions", 2, 4)
    squares = explainer.interactions(matrix[:PAIRED]) if explainer.walks else None
    progress("stability", 3, 4)
    held = alerts_stability(home, as_of, fitted, question, frame)
    weights = _weights(fitted, matrix, found.values, squares, cards or catalogue())
    points = [_points(row, matrix, found.values, fitted) for row in weights.itertuples()]
    progress("done", 4, 4)
    return Overview(
        question=question, version=version, as_of=as_of.isoformat(), households=len(frame),
        sample=len(part), paired=min(PAIRED, len(part)) if squares is not None else 0, seed=SEED,
        gap=found.gap, base_risk=float(fitted.calibrator(np.array([found.base]))[0]),
        weights=weights, points=pd.concat(points, ignore_index=True),
        pairs=_pairs(fitted.features, squares), stability=held,
    )  # fmt: skip


def _weights(
    fitted: FittedRisk,
    matrix: np.ndarray,
    shap: np.ndarray,
    squares: np.ndarray | None,
    cards: Mapping[str, Feature],
) -> pd.DataFrame:
    """The strongest features; see Overview."""
    weight = np.abs(shap).mean(axis=0)
    strength = _strength(squares)
    rows = []
    for i in np.argsort(-weight, kind="stable")[:FEATURES]:
        name = fitted.features[i]
        card = cards.get(name) or column(name)
        partner = None
        if strength is not None and strength[i].max() > 0:
            partner = fitted.features[int(strength[i].argmax())]
        rows.append(
            {
                "feature": name, "label_zh": card.zh, "label_en": card.en,
                "unit": card.unit, "category": card.category or "X", "weight": float(weight[i]),
                "direction": _direction(matrix[:, i], shap[:, i]),
                "unknown": float(np.isnan(matrix[:, i]).mean()), "partner": partner,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _direction(value: np.ndarray, shap: np.ndarray) -> int:
    known = pd.DataFrame({"value": value, "shap": shap}).dropna()
    if len(known) < 3 or (known.nunique() < 2).any():
        return 0
    together = float(np.corrcoef(known["value"], known["shap"])[0, 1])
    return 0 if abs(together) < CLEAR else int(np.sign(together))


def _strength(squares: np.ndarray | None) -> np.ndarray | None:
    """Mean |interaction| of both halves, features by features; nothing on the diagonal."""
    if squares is None or not len(squares):
        return None
    strength = 2 * np.abs(squares).mean(axis=0)
    np.fill_diagonal(strength, 0.0)
    return strength


def _pairs(features: tuple[str, ...], squares: np.ndarray | None) -> pd.DataFrame:
    strength = _strength(squares)
    if strength is None:
        return pd.DataFrame(columns=["first", "second", "strength"])
    one, other = np.triu_indices(len(features), k=1)
    order = np.argsort(-strength[one, other], kind="stable")[:PAIRS]
    rows = [(features[one[i]], features[other[i]], float(strength[one[i], other[i]]))
            for i in order if strength[one[i], other[i]] > 0]  # fmt: skip
    return pd.DataFrame(rows, columns=["first", "second", "strength"])


def _points(about: Any, matrix: np.ndarray, shap: np.ndarray, fitted: FittedRisk) -> pd.DataFrame:
    """Some households' value and SHAP of one feature, in an order of its own."""
    i = fitted.features.index(about.feature)
    coded = about.feature in fitted.encoder.levels  # the number of a category says nothing
    value = np.full(len(matrix), np.nan) if coded else matrix[:, i].astype(float)
    partner = about.partner if isinstance(about.partner, str) else None
    beside = matrix[:, fitted.features.index(partner)] if partner else np.full(len(matrix), np.nan)
    rows = pd.DataFrame(
        {
            "feature": about.feature,
            "value": _within(value),
            "place": _place(value),
            "shap": shap[:, i],
            "partner_place": _place(beside.astype(float)),
        }
    )
    own_seed = SEED + 1 + i
    return rows.sample(min(POINTS, len(rows)), random_state=own_seed).round(4)


def _within(value: np.ndarray) -> np.ndarray:
    """Values with those beyond the first and last percentile moved to it."""
    if np.isnan(value).all():
        return value
    low, high = np.nanquantile(value, [0.01, 0.99])
    return np.clip(value, low, high)


def _place(value: np.ndarray) -> np.ndarray:
    """Where each value stands among the known ones; equal values share a place.

    The lowest is 0 and the highest 1 however many share it: most households have no grant at all.
    """
    values = pd.Series(value)
    ranks = values.rank(method="average")
    place = (ranks - 1) / max(int(ranks.notna().sum()) - 1, 1)
    if values.nunique() > 1:
        place = place.mask(values == values.min(), 0.0).mask(values == values.max(), 1.0)
    return place.to_numpy()
