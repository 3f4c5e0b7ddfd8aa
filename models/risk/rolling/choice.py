"""What choosing by the folds before would have cost in the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

MEASURES = ("ap", "precision")


def best_of(table: Mapping[str, float | None]) -> str | None:
    """The candidate with the highest figure; the first of equals."""
    known = {name: value for name, value in table.items() if value is not None}
    return max(known, key=lambda name: known[name]) if known else None


def regret(
    folds: Sequence[Mapping[str, float | None]], measure: str, eligible: Sequence[str]
) -> list[dict[str, Any]]:
    """One row per fold from the second on.

    `folds[i][candidate]` is the figure of fold i. Chosen is who did best on average over the folds
    before; the regret is how much the best of this fold was better (0: the right choice). A
    candidate that a fold lacks is not chosen by it.
    """
    rows = []
    for number in range(1, len(folds)):
        before = {name: _mean([f.get(name) for f in folds[:number]]) for name in eligible}
        chosen = best_of(before)
        here = {name: folds[number].get(name) for name in eligible}
        best = best_of(here)
        got, most = here.get(chosen or ""), here.get(best or "")
        if got is None or most is None:
            continue
        rows.append(
            {
                "fold": number + 1, "measure": measure, "chosen": chosen, "best": best,
                "chosen_value": got, "best_value": most, "regret": most - got,
            }
        )  # fmt: skip
    return rows


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else None
