"""Precision and calibration as random visits see them, beside what visits of our choice say."""

from __future__ import annotations

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
    """The county by stored risk, with what random visits found missed in each part.

    `random` carries `kind` (see `alerts.recall.classed`); its rows are the random rows of
    `material.risks`, in order. The share missed leans on that of the whole county by one visit's
    worth, so that a part in which nothing was found yet is not taken to be empty.
    """
    risk = material.risks.loc[material.risks["random"].astype(bool), "risk"].to_numpy(dtype=float)
    mine = (random["kind"] == "missed").to_numpy()
    finds = counted.to_numpy() & mine
    open_to = mine & ~(random["well_off"].to_numpy() & (false > 0))
    weights = random["weight"].to_numpy(dtype=float)
    overall = (weights @ finds / weights.sum(), weights @ open_to / weights.sum())
    mean = float(without_false(overall[0], overall[1], np.array([false]))[0])
    place, county = _places(risk), _places(material.county_risk.to_numpy(dtype=float))
    parts = []
    for number in np.unique(county):
        here = place == number
        n = weights[here].sum() / weights.mean()
        exposed = (weights[here] @ open_to[here] / weights.mean() + overall[1]) / (n + 1)
        found = weights[here] @ finds[here] / weights.mean()
        missed = max(0.0, (found - false * exposed * n) / (1 - false))
        last = number == len(EDGES) - 1
        parts.append(
            Stratum(
                None if last else EDGES[number],
                None if last else EDGES[number + 1],
                float((county == number).sum()) * material.households / len(county),
                (missed + mean) / (n + 1),
                exposed,
            )
        )
    return tuple(parts)


def _places(risk: Floats) -> Any:
    """Number of the bin of each risk; one more for families without a stored risk."""
    return np.where(np.isnan(risk), len(EDGES) - 1, np.digitize(risk, EDGES[1:-1], right=True))
