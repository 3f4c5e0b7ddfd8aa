"""Where the risks of each month lie: the distribution, and how far it has moved."""

from __future__ import annotations

from typing import Any

import pandas as pd

from models.risk.watching.shift import LEAST, cliffs_delta

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def distribution(risk: pd.Series, first: pd.Series | None, cut: float | None) -> dict[str, Any]:
    """n, mean, quantiles, the share at or above `cut`, and Cliff's delta against `first` (the
    first month that the version scored); None where there is nothing to say."""
    known = risk.dropna()
    found: dict[str, Any] = {"n": len(known), "mean": float(known.mean()) if len(known) else None}
    for share in QUANTILES:
        found[f"q{100 * share:02.0f}"] = float(known.quantile(share)) if len(known) else None
    above = float((known >= cut).mean()) if cut is not None and len(known) else None
    before = known[:0] if first is None else first.dropna()
    moved = min(len(known), len(before)) >= LEAST
    delta = cliffs_delta(before.to_numpy(), known.to_numpy()) if moved else None
    return {**found, "above": above, "delta": delta}
