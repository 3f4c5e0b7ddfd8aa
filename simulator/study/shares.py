"""A share with its denominator and its interval, the form in which every share is reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from data.intervals import wilson


def share(name: str, hits: float, n: int) -> dict[str, Any]:
    """`name`, `name_n`, `name_low`, `name_high` (Wilson 95 %); nulls where nothing was counted."""
    low, high = wilson(hits, n)
    return {
        name: hits / n if n else None,
        f"{name}_n": int(n),
        f"{name}_low": low,
        f"{name}_high": high,
    }


def counted(name: str, yes: Any, among: Any | None = None) -> dict[str, Any]:
    """`share` of a yes/no column, among the rows marked."""
    hits = np.asarray(yes, dtype=bool)
    if among is not None:
        hits = hits[np.asarray(among, dtype=bool)]
    return share(name, int(hits.sum()), len(hits))


def plain(value: Any) -> Any:
    """Numbers, text, lists and mappings that JSON knows; NaN and NaT become null."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value
