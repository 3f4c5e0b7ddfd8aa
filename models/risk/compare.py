"""Every scorer at the visits the lane really has, judged by what later visits found.

Each scorer picks the same number of households each month; those of them that a planned visit saw
afterwards tell how good the picks were, each weighing the inverse chance of that visit. Random
visits alone are given beside it: fewer, and free of any model of who is visited. On a synthetic
county the sealed truth judges the same picks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from models.risk import measures
from models.risk.measures import wilson
from models.risk.selection import is_random

DRAWS = 1000
SEED = 7
# Too few later findings to speak of calibration.
JUDGED_FROM = 30


def picked(score: np.ndarray, month: np.ndarray, slots: int | measures.Capacity) -> np.ndarray:
    """Share of each row that is picked: 1 above the cut, ties share what is left, else 0.

    `slots` is so many a month, or a capacity (a share of each month's rows).
    """
    capacity = measures.Capacity(count=slots) if isinstance(slots, int) else slots
    share = np.zeros(len(score))
    for one in np.unique(month):
        rows = np.flatnonzero(month == one)
        places = capacity.of(len(rows))
        if places == 0:
            continue
        cut = -np.partition(-score[rows], places - 1)[places - 1]
        above, tied = rows[score[rows] > cut], rows[score[rows] == cut]
        share[above] = 1.0
        share[tied] = (places - len(above)) / len(tied)
    return share


def scorer_rows(
    scored: pd.DataFrame,
    scorers: Sequence[str],
    populations: Mapping[str, np.ndarray],
    slots: int,
    n_train: Mapping[str, int],
    probabilities: Sequence[str],
) -> list[dict[str, Any]]:
    """The evaluation table by what visits found; the columns of `evaluate.evaluate`.

    `scored` has household, as_of, label (null: nobody looked), weight (inverse chance of the
    visit), reason and one column a scorer. Precision is the weighted share of the seen picks;
    n_seen says how many were seen, precision_random the same from random visits alone.
    """
    rows = []
    for population, mask in populations.items():
        part = scored[mask]
        for scorer in scorers:
            row = _row(part, part[scorer].to_numpy(float), slots, scorer in probabilities)
            trained = n_train.get(population)
            rows.append({"population": population, "scorer": scorer, "n_train": trained, **row})
    return rows


def _row(part: pd.DataFrame, score: np.ndarray, slots: int, is_probability: bool) -> dict[str, Any]:
    month = pd.factorize(part["as_of"], sort=True)[0]
    share = picked(score, month, slots)
    seen = (part["label"].notna() & (part["weight"] > 0)).to_numpy()
    y, w = part["label"].to_numpy(float)[seen], part["weight"].to_numpy(float)[seen]
    got, s = share[seen], score[seen]
    prevalence = _mean(y, w)
    precision = _mean(y, w * got)
    low, high = interval(precision, w * got)
    tied = (got > 0) & (got < 1)
    worst, best = np.where(tied, 0.0, y), np.where(tied, 1.0, y)
    lot = is_random(part["reason"])[seen]
    both = 0 < y.sum() < len(y)
    return {
        "n_test": int(seen.sum()),
        "n_cases": int(y.sum()),
        "prevalence": prevalence,
        "auc": float(roc_auc_score(y, s, sample_weight=w)) if both else None,
        "ap": float(average_precision_score(y, s, sample_weight=w)) if both else None,
        "k": round(float(share.sum())),
        "n_seen": int((got > 0).sum()),
        "precision_at_k": precision,
        "recall_at_k": float((w * got * y).sum() / (w * y).sum()) if (w * y).sum() else None,
        "precision_low": low,
        "precision_high": high,
        "precision_random": _mean(y[lot], got[lot]),
        "n_random": int((got[lot] > 0).sum()),
        "tie_low": _mean(worst, w * got),
        "tie_high": _mean(best, w * got),
        "lift": precision / prevalence if precision is not None and prevalence else None,
        "brier": _mean((s - y) ** 2, w) if is_probability else None,
        "ece": weighted_ece(s, y, w) if is_probability else None,
    }


def _mean(values: np.ndarray, weight: np.ndarray) -> float | None:
    total = float(weight.sum())
    return float((values * weight).sum() / total) if total > 0 else None


def interval(share: float | None, weight: np.ndarray) -> tuple[float | None, float | None]:
    """Wilson's interval with the number of equal visits that the weighted ones are worth."""
    if share is None:
        return None, None
    worth = max(1, round(float(weight.sum() ** 2 / (weight**2).sum())))
    return wilson(share * worth, worth)


def weighted_ece(risk: np.ndarray, outcome: np.ndarray, weight: np.ndarray) -> float | None:
    """Mean distance of promised and found share over ten bins of equal weight."""
    if weight.sum() <= 0:
        return None
    order = np.argsort(risk, kind="stable")
    place = np.minimum(9, (10 * np.cumsum(weight[order]) / weight.sum()).astype(int))
    total = 0.0
    for number in np.unique(place):
        rows = order[place == number]
        gap = abs(float((weight[rows] * (risk[rows] - outcome[rows])).sum()))
        total += gap
    return total / float(weight.sum())


def calibration_of(risk: np.ndarray, outcome: np.ndarray, weight: np.ndarray) -> dict[str, Any]:
    """slope (1 is right, below 1 too bold) and ece on later findings; null when too few."""
    cases = int(outcome.sum())
    if cases < JUDGED_FROM or len(outcome) - cases < JUDGED_FROM:
        return {"slope": None, "ece": None}
    margin = logit(np.clip(risk, 1e-6, 1 - 1e-6)).reshape(-1, 1)
    fitted = LogisticRegression(C=1e4, solver="newton-cholesky", max_iter=200)
    fitted.fit(margin, outcome, sample_weight=weight)
    return {"slope": float(fitted.coef_[0, 0]), "ece": weighted_ece(risk, outcome, weight)}


def unchosen(part: pd.DataFrame) -> pd.DataFrame:
    """The rows, with the label of visits to alerts taken away.

    Those visits went where the model in use sent them. They see nearly all of its picks, each sent
    with a suspicion, and few of another's: a comparison that counts them speaks for whoever chose.
    """
    return part.assign(label=part["label"].where(part["reason"] != "alert"))


def difference(
    part: pd.DataFrame, first: str, second: str, slots: int, outcome: str = "label"
) -> dict[str, float | None]:
    """Precision of `first` minus `second` at the lane's slots, with a paired 95 % interval.

    The bootstrap draws households, not rows: a family's months are drawn together, and each draw
    counts for both scorers. Picks stay as they were made; only who is counted varies.
    """
    nothing: dict[str, float | None] = {"difference": None, "low": None, "high": None, "n": 0}
    month = pd.factorize(part["as_of"], sort=True)[0]
    shares = [picked(part[name].to_numpy(float), month, slots) for name in (first, second)]
    heavy = part["weight"].to_numpy(float) if outcome == "label" else np.ones(len(part))
    y = part[outcome].to_numpy(float)
    rows = np.flatnonzero(~np.isnan(y) & (heavy > 0) & ((shares[0] > 0) | (shares[1] > 0)))
    if len(rows) == 0:
        return nothing
    y, heavy, shares = y[rows], heavy[rows], [share[rows] for share in shares]
    home, names = pd.factorize(part["household"].to_numpy()[rows])
    draws = np.random.default_rng(SEED).poisson(1.0, size=(DRAWS, len(names)))
    sums = []
    for share in shares:
        found = np.bincount(home, heavy * share * y, minlength=len(names))
        looked = np.bincount(home, heavy * share, minlength=len(names))
        if looked.sum() <= 0:
            return nothing
        with np.errstate(invalid="ignore", divide="ignore"):
            sums.append((found.sum() / looked.sum(), (draws @ found) / (draws @ looked)))
    gaps = sums[0][1] - sums[1][1]
    low, high = np.nanquantile(gaps, [0.025, 0.975])
    return {
        "difference": float(sums[0][0] - sums[1][0]),
        "low": float(low),
        "high": float(high),
        "n": len(rows),
    }


def promise(part: pd.DataFrame, scorer: str, slots: int, outcome: str = "label") -> dict[str, Any]:
    """Mean probability promised for the seen picks, the share found, its interval, their gap."""
    month = pd.factorize(part["as_of"], sort=True)[0]
    risk = part[scorer].to_numpy(float)
    weight = part["weight"].to_numpy(float) if outcome == "label" else np.ones(len(part))
    y = part[outcome].to_numpy(float)
    weight = np.where(np.isnan(y), 0.0, weight * picked(risk, month, slots))
    found, promised = _mean(np.nan_to_num(y), weight), _mean(risk, weight)
    low, high = interval(found, weight)
    gap = promised - found if promised is not None and found is not None else None
    return {"promised": promised, "found": found, "low": low, "high": high, "gap": gap}


def truth_rows(
    scored: pd.DataFrame,
    scorers: Sequence[str],
    populations: Mapping[str, np.ndarray],
    slots: int,
    n_train: Mapping[str, int],
    probabilities: Sequence[str],
) -> list[dict[str, Any]]:
    """The same table against the sealed truth; empty for a real county."""
    from models.risk.evaluate import evaluate

    if scored["truth"].isna().all():
        return []
    known = scored["truth"].notna().to_numpy()
    part = scored[known]
    found = evaluate(
        part["truth"].to_numpy(float),
        {name: part[name].to_numpy(float) for name in scorers},
        {name: mask[known] for name, mask in populations.items() if mask[known].any()},
        capacity=measures.Capacity(count=slots),
        month=pd.factorize(part["as_of"], sort=True)[0],
        probabilities=probabilities,
        n_train=n_train,
    )
    return [{**row, "against": "truth", "synthetic": True} for row in found]
