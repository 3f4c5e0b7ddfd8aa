"""Candidates and oracle at the same number of visits: precision, recall, share of the oracle.

Intervals come from drawing households, each county's apart: a family's months are alike, and one
draw counts for every candidate, so that shares and differences are paired. In every draw each
candidate fills the month's visits anew; households tied at the last place share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from simulator.study.candidates import COMPARED, HALVES, ORACLE
from simulator.study.capacity import Ranking

SHARES = (0.005, 0.01, 0.02, 0.05)
VISITS = "visits"
PLACES = (VISITS, *(f"{share:g}" for share in SHARES))
REFERENCE = "logistic"
# `came`: need that came true. `futures`: the probability that it would, in many futures; neither
# the luck of one year nor the help that followed an alert disturbs it.
CAME, FUTURES = "came", "futures"
DRAWS, SEED = 300, 1

Row = dict[str, Any]


def contest(rows: pd.DataFrame, judge: str = CAME, draws: int = DRAWS) -> list[Row]:
    """One row a candidate and number of visits, pooled over the counties and months of `rows`.

    `rows` as `candidates.candidate_rows` gives them, with a column `county`. A candidate that did
    not score every row is left out. Shares and differences are null where the oracle finds nothing.
    """
    counted = count(rows, judge, draws)
    found = []
    for place, name in enumerate(PLACES):
        best = counted.precision(ORACLE, place)
        other = counted.precision(REFERENCE, place) if REFERENCE in counted.hits else None
        for candidate in counted.hits:
            precision = counted.precision(candidate, place)
            row: Row = {
                "candidate": candidate,
                "capacity": name,
                "judge": judge,
                "visits": int(counted.places[place, 0]),
            }
            row |= _with_span("precision", precision)
            row |= _with_span("share", _ratio(precision, best))
            gap = np.full(1, np.nan) if other is None else precision - other
            row |= _with_span("minus_logistic", gap)
            row["recall"] = counted.recall(candidate, place)
            found.append(row | counted.ties.get((candidate, name), {}))
    return found


@dataclass
class Counted:
    """Hits of each candidate and places filled, shape (numbers of visits, draws + 1); the first
    draw is the counties as they are. `cases` is need in all rows, counted once."""

    hits: dict[str, np.ndarray]
    places: np.ndarray
    cases: float
    ties: dict[tuple[str, str], Row] = field(default_factory=dict)

    def precision(self, candidate: str, place: int) -> np.ndarray:
        """Hits ÷ places in every draw."""
        return _ratio(self.hits[candidate][place], self.places[place])

    def recall(self, candidate: str, place: int) -> float | None:
        """Hits ÷ need there was; null without need."""
        return float(self.hits[candidate][place, 0]) / self.cases if self.cases else None


def count(rows: pd.DataFrame, judge: str, draws: int = DRAWS) -> Counted:
    """Hits and places over all counties and months, in every draw of their households."""
    if judge == FUTURES and not set(HALVES) <= set(rows.columns):
        raise ValueError("the futures judge the coming alone: these rows have none")
    named = [name for name in COMPARED if name in rows.columns and rows[name].notna().all()]
    shape = (len(PLACES), draws + 1)
    found = Counted({n: np.zeros(shape) for n in (*named, ORACLE)}, np.zeros(shape), 0.0)
    random = np.random.default_rng(SEED)
    worst: dict[tuple[str, str], np.ndarray] = {}
    for _, county in rows.groupby("county", sort=True):
        weight, place_of = _draws(county["household"], draws, random)
        for _, month in county.groupby("month", sort=True):
            asked = _asked(month)
            heavy = weight[:, place_of.loc[month["household"]].to_numpy()]
            found.places += np.minimum(asked[:, None], heavy.sum(axis=1)[None, :])
            found.cases += float(_value(month, judge).sum())
            for name in named:
                found.hits[name] += _hits(month, name, _value(month, judge), asked, heavy)
                _add_ties(worst, month, name, asked, judge)
            found.hits[ORACLE] += _best(month, judge, asked, heavy)
    for key, (low, high) in worst.items():
        visits = found.places[PLACES.index(key[1]), 0]
        if visits and high > low:
            found.ties[key] = {"tie_low": low / visits, "tie_high": high / visits}
    return found


def _draws(
    household: pd.Series, draws: int, random: np.random.Generator
) -> tuple[np.ndarray, pd.Series]:
    """How often each household of a county stands in each draw, and its column."""
    names = pd.Index(household.unique())
    n = len(names)
    drawn = [np.bincount(random.integers(0, n, n), minlength=n) for _ in range(draws)]
    weight = np.vstack([np.ones(n), *drawn]).astype(float)
    return weight, pd.Series(np.arange(n), index=names)


def _asked(month: pd.DataFrame) -> np.ndarray:
    """Visits of a month: the lane's own, and shares of its households (at least one)."""
    n = len(month)
    shares = [max(1, round(share * n)) for share in SHARES]
    return np.minimum(np.array([int(month["visits"].iloc[0]), *shares], float), n)


def _value(month: pd.DataFrame, judge: str) -> np.ndarray:
    if judge == FUTURES:
        return month[list(HALVES)].mean(axis=1).to_numpy(float)
    return month["need"].to_numpy(float)


def _hits(
    month: pd.DataFrame, name: str, value: np.ndarray, asked: np.ndarray, heavy: np.ndarray
) -> np.ndarray:
    ranking = Ranking.of(month[name].to_numpy(float), value)
    return np.column_stack([ranking.hits_at(times, asked) for times in heavy])


def _best(month: pd.DataFrame, judge: str, asked: np.ndarray, heavy: np.ndarray) -> np.ndarray:
    """The oracle's hits; by futures it is counted by the half that it did not rank by."""
    if judge == CAME:
        return _hits(month, ORACLE, _value(month, judge), asked, heavy)
    one, two = HALVES
    pairs = ((one, two), (two, one))
    both = [_hits(month, a, month[b].to_numpy(float), asked, heavy) for a, b in pairs]
    return (both[0] + both[1]) / 2


def _add_ties(
    found: dict[tuple[str, str], np.ndarray],
    month: pd.DataFrame,
    name: str,
    asked: np.ndarray,
    judge: str,
) -> None:
    """Hits if every tie at the last place were lost, and if it were won."""
    score, value = month[name].to_numpy(float), _value(month, judge)
    for place, visits in zip(PLACES, asked.astype(int), strict=True):
        ends = [value[np.lexsort((sign * value, -score))][:visits].sum() for sign in (1, -1)]
        found[name, place] = found.get((name, place), np.zeros(2)) + np.array(ends)


def _ratio(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    return np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0)


def _with_span(name: str, found: np.ndarray) -> Row:
    """The figure and its 95 % interval over the draws; nulls where it cannot be computed."""
    rest = found[1:][np.isfinite(found[1:])]
    low, high = np.quantile(rest, [0.025, 0.975]) if len(rest) else (None, None)
    value = float(found[0]) if np.isfinite(found[0]) else None
    ends = {f"{name}_low": low, f"{name}_high": high}
    return {name: value, **{k: None if v is None else float(v) for k, v in ends.items()}}


def judges_of(rows: pd.DataFrame) -> Sequence[str]:
    """Who can judge these rows."""
    return (CAME, FUTURES) if set(HALVES) <= set(rows.columns) else (CAME,)


def by_county(rows: pd.DataFrame, draws: int = DRAWS) -> Iterator[tuple[str, list[Row]]]:
    """The contest of each county alone, by what came true."""
    for name, part in rows.groupby("county", sort=True):
        yield str(name), contest(part, CAME, draws)
