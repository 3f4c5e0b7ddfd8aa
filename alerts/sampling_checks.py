"""Precision and calibration as random visits see them, beside what visits of our choice say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from alerts.sampling import Floats, Share, weighted_share, without_false
from alerts.sampling_material import Material
from alerts.sampling_plan import Stratum
from alerts.wilson import wilson

# A random visit within three months of an alert says whether that alert was right.
FRESH_MONTHS = 3
PARTS = (0.5, 0.75, 0.9, 0.97)
EDGES = (0.0, 0.01, 0.03, 0.1, 0.2, 0.4, 1.0)


@dataclass(frozen=True)
class PrecisionCheck:
    """Share in unmet need among alerted families: by random visits, and by the alerts' own.

    `share`, `low`, `high`, `n`: families visited at random within three months after their alert,
    false findings taken out. `own`, `own_low`, `own_high`, `own_n`: visits of the alerts, as
    recorded. Null without a visit.
    """

    share: float | None
    low: float | None
    high: float | None
    n: int
    own: float | None
    own_low: float | None
    own_high: float | None
    own_n: int


@dataclass(frozen=True)
class Bin:
    """Families with a stored risk from `above` to `up_to`: predicted and found.

    `predicted` and `found` with its interval `low` to `high`: weighted random visits, false
    findings taken out. `chosen_predicted`, `chosen_found`, `chosen_n`: visits of our own choice.
    """

    above: float
    up_to: float
    predicted: float | None
    found: float | None
    low: float | None
    high: float | None
    n: int
    chosen_predicted: float | None
    chosen_found: float | None
    chosen_n: int


def precision_checked(
    random: pd.DataFrame, counted: pd.Series, alerts: pd.DataFrame, false: float
) -> PrecisionCheck:
    """Precision of the alerts of the period; `counted` marks the finds that count as needs."""
    both = random.reset_index(names="visit")[["visit", "household", "visited_on"]]
    both = both.merge(alerts[["household", "raised_on"]], on="household")
    first = both["visited_on"] - pd.DateOffset(months=FRESH_MONTHS)
    timely = (both["raised_on"] <= both["visited_on"]) & (both["raised_on"] >= first)
    rows = random.loc[sorted(both.loc[timely, "visit"].unique())]
    share, low, high = _corrected(rows, counted.loc[rows.index], false)
    seen = alerts[alerts["verified"]]
    hits, n = int(seen["needy"].sum()), len(seen)
    own_low, own_high = wilson(hits, n)
    own = hits / n if n else None
    return PrecisionCheck(share, low, high, len(rows), own, own_low, own_high, n)


def calibration(risks: pd.DataFrame, false: float) -> tuple[Bin, ...]:
    """Reliability of the stored risk in bins with fixed edges; empty bins are left out."""
    known = risks[risks["risk"].notna()]
    place = np.digitize(known["risk"], EDGES[1:-1], right=True)
    bins = []
    for number, (above, up_to) in enumerate(pairwise(EDGES)):
        part = known[place == number]
        drawn = part[part["random"].astype(bool)]
        chosen = part[~part["random"].astype(bool)]
        if part.empty:
            continue
        counted = drawn["found"].astype(bool) & ~(drawn["well_off"].astype(bool) & (false > 0))
        share, low, high = _corrected(drawn, counted, false)
        bins.append(
            Bin(
                above,
                up_to,
                _mean(drawn["risk"], drawn["weight"]),
                share,
                low,
                high,
                len(drawn),
                _mean(chosen["risk"], chosen["weight"]),
                _mean(chosen["found"].astype(float), chosen["weight"]),
                len(chosen),
            )
        )
    return tuple(bins)


def _corrected(
    rows: pd.DataFrame, counted: pd.Series, false: float
) -> tuple[float | None, float | None, float | None]:
    """Weighted share in need with its interval, false findings taken out of all three."""
    if rows.empty:
        return None, None, None
    weights = rows["weight"].to_numpy(dtype=float)
    finds: Share = weighted_share(counted.to_numpy(dtype=float), weights, list(rows["household"]))
    open_to = ~(rows["well_off"].astype(bool) & (false > 0))
    exposed = float(weights[open_to.to_numpy()].sum() / weights.sum())
    low, high = finds.interval()
    wide = np.array([finds.share, low or 0.0, 1.0 if high is None else high])
    kept = without_false(wide, exposed, np.array([false]))
    return float(kept[0]), float(kept[1]), float(kept[2])


def _mean(values: pd.Series, weights: pd.Series) -> float | None:
    total = float(weights.sum())
    return float((values.astype(float) * weights).sum() / total) if total else None


def strata(
    material: Material, random: pd.DataFrame, counted: pd.Series, false: float
) -> tuple[Stratum, ...]:
    """The county by score, with what random visits found missed in each part.

    `random` carries `kind` (see `alerts.recall.classed`). Half a find is added to each part
    (Jeffreys), so that one in which nothing was found yet is not taken to be empty.
    """
    score = material.score
    edges = EDGES if score.by == "risk" else _quantiles(score.county)
    place = _places(score.random.to_numpy(dtype=float), edges)
    county = _places(score.county.to_numpy(dtype=float), edges)
    mine = (random["kind"] == "missed").to_numpy()
    finds = counted.to_numpy(dtype=bool) & mine
    open_to = mine & ~(random["well_off"].to_numpy(dtype=bool) & (false > 0))
    weights = random["weight"].to_numpy(dtype=float)
    weights = weights / weights.mean()
    overall = weights @ open_to / weights.sum()
    parts = []
    for number in np.unique(county):
        here = place == number
        n = weights[here].sum()
        exposed = (weights[here] @ open_to[here] + overall) / (n + 1)
        missed = max(0.0, (weights[here] @ finds[here] - false * exposed * n) / (1 - false))
        unknown = number == len(edges) - 1
        parts.append(
            Stratum(
                score.by,
                None if unknown else edges[number],
                None if unknown else edges[number + 1],
                float((county == number).mean()) * material.households,
                float((missed + 0.5) / (n + 1)),
                float(exposed),
            )
        )
    return tuple(parts)


def _quantiles(scores: pd.Series) -> tuple[float, ...]:
    """Edges of the parts of a county by rule score: half of it, and ever smaller parts above."""
    known = scores.dropna()
    if known.empty:
        return (0.0, 1.0)
    inner = sorted({float(edge) for edge in known.quantile(list(PARTS))})
    return (float(known.min()), *inner, float(known.max()))


def _places(scores: Floats, edges: Sequence[float]) -> Any:
    """Number of the part of each score; one more for families without a score."""
    return np.where(np.isnan(scores), len(edges) - 1, np.digitize(scores, edges[1:-1], right=True))
