"""Points that findings suggest, beside today's: advice, never a change.

A logistic curve of need found on the points that households were given, with one multiplier per
indicator and side (what it raises, what it lowers). A multiplier is never negative, so a sign is
never turned; it is drawn towards 1, today's points, as strongly as serves best on households left
out. Visits count by the inverse of their chance of having been made (models.risk.selection).

Only regular rounds and visits that a lot decided teach: a family that asked came because of its
need, an alert was chosen for what the points do not see. Households in process are left out.

Intervals are 90 %: households drawn with replacement, and the centre of each multiplier drawn anew
too (a posterior bootstrap), so that an indicator that hardly anybody was visited for keeps an
interval as wide as our ignorance of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from alerts.checkup.curve import Curve, Rows, best_pull, fit, plain
from alerts.checkup.months import RAISES, Month, sides
from alerts.checkup.visits import at_visits, attach
from alerts.precision import SMALL
from models.risk.findings import RANDOM
from models.risk.selection import learn_propensity
from models.scorecard.fitting import MIN_FOUND, MIN_VISITS
from models.scorecard.rules import RuleSet

SPEAKING = ("round", *RANDOM)
DRAWS = 100
ENDS = (5, 95)  # per cent of the draws: a 90 % interval
# The chance of a visit is learned on every so many-th month: whole months, a third of the rows.
EVERY = 3
# The newest months are kept from a second fit, which is then tried on them.
KEPT_BACK = 4
# What is asked of points is who stands at the top: about as many as reach the yellow band.
TOP = 0.05


@dataclass(frozen=True)
class Tried:
    """Points fitted on the earlier months, tried on the newest ones, `n` visits to them.

    `today` and `advised`: share with need (0..1) among the TOP of the visited households with the
    most points, weighted like the fit; `gain` = advised - today, with its 90 % interval over
    households.
    """

    n: int
    found: int
    today: float
    advised: float
    gain: float
    low: float
    high: float


@dataclass(frozen=True)
class Advice:
    """`points`: indicator, n (households visited while it fired), now, advised, low, high.

    `now` is the tier furthest from zero, `advised` the same tier by the data, scaled so that the
    newest month would give out as many points above zero in all as today. Empty below SMALL
    households. `visits` taught, `found` of them found a need; `pull` says how far multipliers were
    let from 1.
    """

    visits: int
    found: int
    pull: float
    points: pd.DataFrame
    tried: Tried | None


def advise(
    months: Sequence[Month], visits: pd.DataFrame, rules: RuleSet, draws: int = DRAWS, seed: int = 7
) -> Advice | None:
    """Points suggested by what `visits` found after the months (oldest first).

    None with fewer than MIN_VISITS visits that teach, or MIN_FOUND findings of need or of none.
    """
    split = [_split(month.points) for month in months]
    seen = _speaking(attach(visits, months), months)
    need = seen["found"].to_numpy(dtype=float)
    if len(seen) < MIN_VISITS or not MIN_FOUND <= need.sum() <= len(need) - MIN_FOUND:
        return None
    rows = Rows(
        at_visits(split, seen).tocsr(),
        need,
        _weights(months, seen),
        seen["household"].to_numpy(),
        seen["month"].to_numpy(dtype=int),
    )
    rng = np.random.default_rng(seed)
    pull = best_pull(rows)
    fitted = fit(rows, pull)
    drawn = [_drawn(rows, fitted, pull, rng).multipliers for _ in range(draws)]
    raised = np.asarray(months[-1].points.maximum(0).sum(axis=0)).ravel()
    low, high = np.percentile([_scaled(one, raised) for one in drawn], ENDS, axis=0)
    points = _points(rules, rows, _scaled(fitted.multipliers, raised), low, high)
    return Advice(len(seen), int(need.sum()), pull, points, _tried(rows, len(months), rng))


def _split(points: sparse.csr_array) -> sparse.csr_array:
    """Points by indicator and side: first what raises, then what lowers."""
    raised = points.maximum(0)
    lowered = points - raised
    lowered.eliminate_zeros()
    return sparse.hstack([raised, lowered]).tocsr()


def _speaking(seen: pd.DataFrame, months: Sequence[Month]) -> pd.DataFrame:
    process = [m.households["in_process"].fillna(False).to_numpy(dtype=bool) for m in months]
    busy = np.array(
        [process[m][r] for m, r in zip(seen["month"], seen["row"], strict=True)], dtype=bool
    )
    return seen[seen["reason"].isin(SPEAKING).to_numpy() & ~busy].reset_index(drop=True)


def _weights(months: Sequence[Month], seen: pd.DataFrame) -> np.ndarray:
    """Inverse chance of a visit that teaches, from the points and who the household is."""
    profiles = [_profile(month) for month in months]
    learned = range(len(months) - 1, -1, -EVERY)
    visited = []
    for number in learned:
        mask = np.zeros(len(months[number].households))
        mask[seen.loc[seen["month"] == number, "row"].to_numpy(dtype=int)] = 1.0
        visited.append(mask)
    everybody = _frame(sparse.vstack([profiles[number] for number in learned]))
    chance = learn_propensity(everybody, list(everybody.columns), np.concatenate(visited))
    weight = chance.weight(_frame(at_visits(profiles, seen)))
    return weight / weight.mean()


def _profile(month: Month) -> sparse.csr_array:
    about = month.households[["watched", "n_members"]].fillna(0).to_numpy(dtype=float)
    return sparse.hstack([month.points, sparse.csr_array(about)]).tocsr()


def _frame(profile: sparse.sparray) -> pd.DataFrame:
    names = [f"f{number}" for number in range(profile.shape[1])]
    return pd.DataFrame(profile.toarray().astype("float32"), columns=names)


def _scaled(multipliers: np.ndarray, raised: np.ndarray) -> np.ndarray:
    """Multipliers by which as many points above zero are given out in all as today."""
    total = float(multipliers[: len(raised)] @ raised)
    return multipliers * (float(raised.sum()) / total if total > 0 else 1.0)


def _drawn(rows: Rows, fitted: Curve, pull: float, rng: np.random.Generator) -> Curve:
    """The curve of one draw of households, about a centre drawn anew."""
    again = replace(rows, weight=rows.weight * _times(rows.household, rng))
    centre = rng.normal(1.0, pull, rows.given.shape[1])
    return fit(again.taken(again.weight > 0), pull, centre, start=fitted)


def _times(household: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How often each row is drawn when households are drawn with replacement."""
    n = int(household.max()) + 1
    return np.asarray(rng.multinomial(n, np.full(n, 1 / n))[household])


def _points(
    rules: RuleSet, rows: Rows, fitted: np.ndarray, low: np.ndarray, high: np.ndarray
) -> pd.DataFrame:
    """The suggested points of each indicator's own side."""
    told, given = [], rows.given.tocsc()
    for number, (name, side) in enumerate(sides(rules).items()):
        column = number if side == RAISES else number + len(rules.indicators)
        now = max((t.points for t in rules.indicators[name].tiers), key=abs)
        fired = given.indices[given.indptr[column] : given.indptr[column + 1]]
        n = len(np.unique(rows.household[fired]))
        ends = sorted([now * low[column], now * high[column]])
        values = [now * fitted[column], *ends] if n >= SMALL else [np.nan] * 3
        told.append((name, n, now, *values))
    return pd.DataFrame(told, columns=["indicator", "n", "now", "advised", "low", "high"])


def _tried(rows: Rows, months: int, rng: np.random.Generator) -> Tried | None:
    """Points of the earlier months on the newest ones; None with too few findings in either."""
    later = rows.month >= months - KEPT_BACK
    for part in (later, ~later):
        if not MIN_FOUND <= rows.need[part].sum() <= part.sum() - MIN_FOUND:
            return None
    taught, tested = rows.taken(~later), rows.taken(later)
    curves = (plain(taught), fit(taught, best_pull(taught)))
    scores = [curve.margin(tested) for curve in curves]
    today, advised = (found_at_top(score, tested.need, tested.weight) for score in scores)
    household, gains = np.unique(tested.household, return_inverse=True)[1], []
    for _ in range(DRAWS):
        weight = tested.weight * _times(household, rng)
        ends = [found_at_top(score, tested.need, weight) for score in scores]
        gains.append(ends[1] - ends[0])
    low, high = (float(end) for end in np.percentile(gains, ENDS))
    counts = (len(tested.need), int(tested.need.sum()))
    return Tried(*counts, today, advised, advised - today, low, high)


def found_at_top(score: np.ndarray, need: np.ndarray, weight: np.ndarray) -> float:
    """Weighted share with need among the TOP of rows by score; ties at the edge share places."""
    values, group = np.unique(-score, return_inverse=True)
    size = np.bincount(group, weight, len(values))
    place = TOP * size.sum()
    inside = np.clip(place - (np.cumsum(size) - size), 0, size)
    share = np.divide(np.bincount(group, weight * need, len(values)), size,
                      out=np.zeros(len(values)), where=size > 0)  # fmt: skip
    return float(inside @ share / place)
