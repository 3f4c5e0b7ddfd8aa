"""What a month's picks should find, said before anybody went.

The model's own probabilities of its picks are averaged, after one correction that uses only what
was known on the day: a level, on the log-odds scale, by which visits of earlier months found more
or less than promised (normal belief beforehand around no correction, so few visits change
little). The interval holds the luck of single visits and the doubt of the level. Later the share
really found stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from data.intervals import Z95, wilson

# Spread of the belief beforehand: visits finding between two thirds and one and a half times the
# odds promised are no surprise.
BELIEF = 0.4
_LEAST = 1e-4


@dataclass(frozen=True)
class Level:
    """Correction on the log-odds scale, its standard deviation, and the visits it rests on."""

    shift: float = 0.0
    doubt: float = BELIEF
    visits: int = 0


def learn_level(rows: pd.DataFrame) -> Level:
    """The level from rows that visits judged (risk, label), all known on the day."""
    margin = logit(np.clip(rows["risk"].to_numpy(float), _LEAST, 1 - _LEAST))
    found, shift = rows["label"].to_numpy(float), 0.0
    for _ in range(25):
        chance = expit(margin + shift)
        curve = float((chance * (1 - chance)).sum()) + 1 / BELIEF**2
        step = (float((found - chance).sum()) - shift / BELIEF**2) / curve
        shift += step
        if abs(step) < 1e-9:
            break
    return Level(shift, 1 / sqrt(curve), len(rows))


def picks(risk: pd.DataFrame, busy: pd.Series, slots: int) -> pd.DataFrame:
    """The households of the lane with the highest risk: `slots` of those at risk and not among
    the `busy` (in process), ties by name."""
    open_to = (risk["watch"] == "at_risk") & ~risk["household"].isin(busy)
    lane = risk[open_to & risk["risk"].notna()]
    return lane.sort_values(["risk", "household"], ascending=[False, True]).head(slots)


def estimate(chosen: pd.DataFrame, level: Level) -> dict[str, Any]:
    """Expected share of finds among the picks with its 95 % interval: n, share, low, high."""
    if chosen.empty:
        return {"n": 0, "share": None, "low": None, "high": None, "raw": None}
    risk = np.clip(chosen["risk"].to_numpy(float), _LEAST, 1 - _LEAST)
    chance = expit(logit(risk) + level.shift)
    n, spread = len(chance), chance * (1 - chance)
    deviation = sqrt(spread.sum() + (spread.sum() * level.doubt) ** 2) / n
    share = float(chance.mean())
    return {
        "n": n,
        "share": share,
        "low": max(0.0, share - Z95 * deviation),
        "high": min(1.0, share + Z95 * deviation),
        "raw": float(risk.mean()),
    }


def realised(chosen: pd.DataFrame, rows: pd.DataFrame) -> dict[str, Any]:
    """What visits found among the picks: n, share, low, high (Wilson 95 %); None without any."""
    seen = rows[rows["household"].isin(chosen["household"])]
    hits, n = float(seen["label"].sum()), len(seen)
    low, high = wilson(hits, n)
    return {"n": n, "share": hits / n if n else None, "low": low, "high": high}
