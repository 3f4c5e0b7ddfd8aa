"""Features that know too much, by name: alone, of the future, or of a later row.

* alone: the feature by itself tells need from no need with an AUC of ALONE or more. Real data do
  not separate people so; a copy of the label, or of what was decided because of it, does.
* future: what a feature tells of the time *after* its month it must to a good part also tell of
  the time before, because it was made from it. One that ranks the coming label, while of what it
  tells less than LEFT is left when the household's label before is ranked by it, or the coming
  label by its own value a row earlier, was written down after the fact. A fresh event that decides
  need alone and never comes twice looks the same: a flag is to be looked at, not a proof.
* later: a feature that ranks the household's next label better than its present one.

The last two need households with several rows; how many could be compared is said. An AUC counts
either direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

ALONE = 0.95
TOLD, GAP, ERRORS = 0.70, 0.10, 2.0
LEFT = 1 / 3
CASES_FROM = 30


def find_leaks(frame: pd.DataFrame, features: Sequence[str], closes: int) -> dict[str, Any]:
    """Flags over rows with household, as_of and a known label.

    Gives `flags` (feature, kind, auc, compared, n) and `compared`: rows of households with an
    earlier and a later row, on which the last two kinds were sought. `closes`: months until a
    label is known.
    """
    rows = frame[frame["label"].notna()].sort_values(["household", "as_of"], ignore_index=True)
    y = rows["label"].to_numpy(float)
    if not _enough(y):
        return {"flags": [], "n": len(rows), "compared": 0}
    pairs = _pairs(rows, closes)
    flags = []
    for name in features:
        values = _numbers(rows[name], y)
        flags += _alone(name, values, y)
        flags += _future(name, values, y, pairs)
        flags += _later(name, values, y, pairs)
    return {"flags": flags, "n": len(rows), "compared": len(pairs["now"])}


def told(values: np.ndarray, outcome: np.ndarray) -> float:
    """AUC of a feature alone, unknown values counted as lowest or as highest, either direction."""
    found = 0.5
    for stand_in in (-np.inf, np.inf):
        ranks = rankdata(np.where(np.isnan(values), stand_in, values))
        cases = outcome > 0
        n, m = int(cases.sum()), int((~cases).sum())
        if n == 0 or m == 0:
            return 0.5
        area = (ranks[cases].sum() - n * (n + 1) / 2) / (n * m)
        found = max(found, area, 1 - area)
    return float(found)


def _numbers(column: pd.Series, outcome: np.ndarray) -> np.ndarray:
    """The feature as numbers; a category as the share in need among its rows."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    text = column.astype("object").where(column.notna(), "").astype(str)
    counts = pd.DataFrame({"t": text, "y": outcome}).groupby("t")["y"].agg(["sum", "count"])
    # Pulled towards the mean: a category of one household must not separate by itself.
    share = (counts["sum"] + 20 * outcome.mean()) / (counts["count"] + 20)
    return text.map(share).to_numpy(dtype=float)


def _pairs(rows: pd.DataFrame, closes: int) -> dict[str, np.ndarray]:
    """Places of each row, of the household's row before it (label closed by then) and after it."""
    month = [m.year * 12 + m.month for m in rows["as_of"]]
    when = np.asarray(month)
    home = rows["household"].to_numpy()
    first = np.r_[True, home[1:] != home[:-1]] if len(rows) else np.array([], bool)
    now, before, after = [], [], []
    start = 0
    for place in range(len(rows)):
        if first[place]:
            start = place
        closed = np.searchsorted(when[start:place], when[place] - closes, side="right")
        has_next = place + 1 < len(rows) and not first[place + 1] and when[place + 1] > when[place]
        if closed > 0:
            now.append(place)
            before.append(start + closed - 1)
            after.append(place + 1 if has_next else -1)
    return {"now": np.array(now, int), "before": np.array(before, int),
            "after": np.array(after, int)}  # fmt: skip


def _alone(name: str, values: np.ndarray, y: np.ndarray) -> list[dict[str, Any]]:
    found = told(values, y)
    if found < ALONE:
        return []
    return [{"feature": name, "kind": "alone", "auc": found, "compared": None, "n": len(y)}]


def _future(
    name: str, values: np.ndarray, y: np.ndarray, pairs: dict[str, np.ndarray]
) -> list[dict[str, Any]]:
    now, before = pairs["now"], pairs["before"]
    if not (_enough(y[now]) and _enough(y[before])):
        return []
    here = told(values[now], y[now])
    if here < TOLD:
        return []
    lagged, past = told(values[before], y[now]), told(values[now], y[before])
    known = max(lagged, past)
    collapsed = known - 0.5 < LEFT * (here - 0.5)
    if not collapsed or here - known < max(GAP, ERRORS * _error(here, y[now])):
        return []
    return [{"feature": name, "kind": "future", "auc": here, "compared": known, "n": len(now)}]


def _later(
    name: str, values: np.ndarray, y: np.ndarray, pairs: dict[str, np.ndarray]
) -> list[dict[str, Any]]:
    kept = pairs["after"] >= 0
    now, after = pairs["now"][kept], pairs["after"][kept]
    if not (_enough(y[now]) and _enough(y[after])):
        return []
    here, then = told(values[now], y[now]), told(values[now], y[after])
    if then < TOLD or then - here < max(GAP, ERRORS * _error(then, y[after])):
        return []
    return [{"feature": name, "kind": "later", "auc": then, "compared": here, "n": len(now)}]


def _enough(outcome: np.ndarray) -> bool:
    cases = float(outcome.sum())
    return min(cases, len(outcome) - cases) >= CASES_FROM


def _error(area: float, outcome: np.ndarray) -> float:
    """Standard error of an AUC (Hanley & McNeil 1982)."""
    n, m = float(outcome.sum()), float(len(outcome) - outcome.sum())
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    inside = area * (1 - area) + (n - 1) * (q1 - area**2) + (m - 1) * (q2 - area**2)
    return float(np.sqrt(max(0.0, inside) / (n * m)))
