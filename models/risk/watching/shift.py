"""How far each feature has moved, and which way: effect sizes, no p-values.

With fifty thousand households every difference is significant and says nothing. Numbers are
compared by Cliff's delta: the chance that a household of now lies above one of then, minus the
chance that it lies below (-1 to +1; 0: neither). Words are compared by the total variation
distance: the share of households that would have to change their value. What nobody knows is a
figure of its own. Sizes that count are those of Romano et al. 2006 (.147 small, .33 medium,
.474 large).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

SMALL, MEDIUM, LARGE = 0.147, 0.33, 0.474
# Share of households whose value became unknown or known.
UNKNOWN_MOVED = 0.10
# Fewer known values on a side and the effect is left out: its own error would be as large.
LEAST = 100


@dataclass(frozen=True)
class Shift:
    """One feature of one group, now against then.

    `delta`: Cliff's delta of the known values, for words the total variation distance (then
    `level` is the value that became more frequent by the most). None with too few known values.
    `unknown_then`, `unknown_now`: shares without a value. `n_then`, `n_now`: households compared.
    """

    feature: str
    group: str
    n_then: int
    n_now: int
    delta: float | None
    unknown_then: float
    unknown_now: float
    level: str | None = None

    @property
    def unknown(self) -> float:
        """Change of the share without a value."""
        return self.unknown_now - self.unknown_then

    @property
    def size(self) -> str:
        """'none', 'small', 'medium' or 'large': the larger of both kinds of change."""
        far = abs(self.delta or 0.0)
        if abs(self.unknown) >= UNKNOWN_MOVED:
            far = max(far, MEDIUM if abs(self.unknown) < 3 * UNKNOWN_MOVED else LARGE)
        names = ((LARGE, "large"), (MEDIUM, "medium"), (SMALL, "small"))
        return next((name for bar, name in names if far >= bar), "none")

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the report."""
        return {**asdict(self), "unknown": self.unknown, "size": self.size}


def shifts(
    then: pd.DataFrame,
    now: pd.DataFrame,
    features: Sequence[str],
    groups: Mapping[str, tuple[np.ndarray, np.ndarray]],
) -> list[Shift]:
    """Every feature in every group; `groups` holds by name the rows of then and of now.

    Features that a table lacks are wholly unknown there.
    """
    found = []
    for group, (before, after) in groups.items():
        old, new = then[before], now[after]
        for name in features:
            found.append(shift(name, group, _column(old, name), _column(new, name)))
    return found


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name] if name in frame.columns else pd.Series(np.nan, index=frame.index)


def shift(feature: str, group: str, then: pd.Series, now: pd.Series) -> Shift:
    """One feature, now against then."""
    known = then.dropna(), now.dropna()
    unknown = [float(side.isna().mean()) if len(side) else 0.0 for side in (then, now)]
    delta, level = None, None
    if min(map(len, known)) >= LEAST:
        if any(isinstance(k.iloc[0], str) for k in known):
            delta, level = distance(known[0].astype(str), known[1].astype(str))
        else:
            delta = cliffs_delta(known[0].to_numpy(float), known[1].to_numpy(float))
    return Shift(feature, group, len(then), len(now), delta, unknown[0], unknown[1], level)


def cliffs_delta(then: np.ndarray, now: np.ndarray) -> float:
    """P(now > then) - P(now < then) over all pairs (N. Cliff, 1993); positive: values rose."""
    ranks = rankdata(np.concatenate([then, now]))
    rank_sum = float(ranks[len(then) :].sum())
    above = rank_sum - len(now) * (len(now) + 1) / 2
    return 2 * above / (len(then) * len(now)) - 1


def distance(then: pd.Series, now: pd.Series) -> tuple[float, str]:
    """Total variation distance of two columns of words, and the word that rose the most."""
    old, new = then.value_counts(normalize=True), now.value_counts(normalize=True)
    change = new.sub(old, fill_value=0.0).sort_index()
    return float(change.abs().sum() / 2), str(change.idxmax())
