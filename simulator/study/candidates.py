"""The alert model's candidates beside the oracle: who each would have visited, month by month.

The candidates are the rolling test's: each learns what visits had found when its fold began, from
other households than those it scores. The truth teaches nothing and chooses nothing; it judges,
in `contest`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.home import HomeError
from core.progress import Progress, quiet
from models.risk.learn import PARAMS, SEEDS, STRONGEST
from models.risk.rolling.candidates import Way, names_of
from models.risk.rolling.county import County
from models.risk.rolling.engine import score_fold
from models.risk.rolling.folds import FOLDS, Fold
from models.risk.rows import Question
from simulator.study.capacity import visits_of
from simulator.study.ledger import month_numbers
from simulator.study.oracle import World, futures, state_rows, true_state
from simulator.study.reading import Record, numbers_of
from simulator.study.truth import HORIZON

# The order in which a reader compares. `in_use` is the model that really chose that month; the
# oracle ranks existing need by the truth itself and coming need by the share of its futures.
COMPARED = ("scorecard", "income", "logistic", "lightgbm", "lightgbm_monotone", "both", "in_use")
ORACLE = "oracle"
# Shares of futures with need, one half with luck of its own each.
HALVES = ("half_a", "half_b")


def candidate_rows(
    record: Record,
    question: Question,
    n_futures: int,
    workers: int = 1,
    progress: Progress = quiet,
) -> pd.DataFrame:
    """One row a household and month of the replayed year that the question is about.

    household, month (number), visits (what the lane really had that month), need (0/1: in unmet
    need that month; for the coming in any of the next six), a column a candidate, `oracle`; for
    the coming also the two halves of the futures. Households in process as the audit knows them
    are left out, for the coming also those in need already.
    Raises HomeError when no month can be judged.
    """
    scored = _scored(record, question, progress)
    lived = scored.assign(month=month_numbers(scored["as_of"]).astype(int).to_numpy())
    lived = lived[lived["month"].isin(record.months)]
    parts = []
    for month, part in lived.groupby("month"):
        told = _judged(record, question, int(month), part)
        if told is not None:
            parts.append(told)
    if not parts:
        raise HomeError(
            f"no month of {record.home.root} can be judged for '{question}': the coming needs six "
            "lived months after it"
        )
    progress("futures", 0, 1)
    if question == "coming":
        parts = _with_futures(record, parts, n_futures, workers)
    return pd.concat(parts, ignore_index=True)


def _scored(record: Record, question: Question, progress: Progress) -> pd.DataFrame:
    """Scores of the folds that test a replayed month."""
    source = County.read(record.home, question, FOLDS, whole_lane=True)
    way = Way(PARAMS, SEEDS, STRONGEST)
    folds = [fold for fold in source.folds if _tests(fold, record.months)]
    found = []
    for place, fold in enumerate(folds):
        progress(f"{question}: fold {place + 1} of {len(folds)}", place, len(folds))
        found.append(score_fold(source, fold, way)[0])
    if not found:
        raise HomeError(f"no fold of {record.home.root} tests a month of the replayed year")
    return pd.concat(found, ignore_index=True)


def _tests(fold: Fold, months: Sequence[int]) -> bool:
    return any(number in months for number in numbers_of(fold.test))


def _judged(
    record: Record, question: Question, month: int, part: pd.DataFrame
) -> pd.DataFrame | None:
    """A month's rows with the truth; None where the horizon is not over yet."""
    if question == "coming" and month + HORIZON > record.truth.last:
        return None
    now = record.truth.at(part["household"], [month] * len(part))
    free = ~part["household"].isin(record.in_process(month)).to_numpy()
    if question == "existing":
        need, kept = now, free
    else:
        ahead = [month + n for n in range(1, HORIZON + 1)]
        soon = [record.truth.at(part["household"], [m] * len(part)) for m in ahead]
        need, kept = np.any(soon, axis=0), free & ~now
    names = [name for name in COMPARED if name in names_of(part)]
    rows = part[["household", "month", *names]].assign(
        visits=visits_of(record, month, question), need=need.astype(float)
    )
    rows = rows[kept].reset_index(drop=True)
    used = _in_use(record, question, month, rows["household"])
    return rows.assign(in_use=used, **({ORACLE: rows["need"]} if question == "existing" else {}))


def _in_use(record: Record, question: Question, month: int, households: pd.Series) -> np.ndarray:
    """What the model in use said that month; who had no risk is ranked last."""
    risk = record.risk(month)
    if risk is None:
        return np.full(len(households), np.nan)
    said = risk.set_index("household")[question].reindex(pd.Index(households))
    return said.fillna(0.0).to_numpy(float)


def _with_futures(
    record: Record, parts: Sequence[pd.DataFrame], n_futures: int, workers: int
) -> list[pd.DataFrame]:
    """The months whose true state is known, with the share of futures that come into need."""
    places = state_rows(record.truth)
    kept: list[pd.DataFrame] = []
    worlds: list[World] = []
    for part in parts:
        state = true_state(record, int(part["month"].iloc[0]))
        if state is not None:
            kept.append(part)
            worlds.append(World(state, places[record.truth.columns(part["household"])]))
    if not kept:
        raise HomeError(f"no true state of {record.home.root} agrees with its truth")
    halves = futures(worlds, n_futures, workers)
    told: list[dict[str, Any]] = [dict(zip(HALVES, pair, strict=True)) for pair in halves]
    return [
        part.assign(**shares, oracle=sum(shares.values()))
        for part, shares in zip(kept, told, strict=True)
    ]
