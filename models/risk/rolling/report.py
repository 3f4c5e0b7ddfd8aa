"""The report of a rolling test, as plain JSON: data/reports/rolling_<question>.json.

folds        one entry a fold: months that teach, curve, test; rows; what was chosen
rows         candidate x population, all folds pooled: AP, AUC, Brier, slope, error
by_fold      the same for each fold, everybody
capacity     candidate x capacity ("real", "0.005" …), fold null = pooled: precision, recall,
             ties won or lost (tie_low, tie_high), days of lead
differences  candidate minus reference, paired
promise      candidate, fold null = pooled: promised, found, gap
regret       fold, measure: who was chosen by the folds before, who was best
leaks        flags by feature
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from models.risk.evaluate import present_masks
from models.risk.measures import Capacity
from models.risk.report import plain
from models.risk.rolling.candidates import RANKS, names_of
from models.risk.rolling.choice import MEASURES, regret
from models.risk.rolling.figures import REAL, Judge, capacities
from models.risk.rolling.leaks import find_leaks
from models.risk.rolling.table import Table

# Nobody can choose these: one is not a method, the other is what nobody has.
NOT_CHOSEN = ("oracle",)

Rows = list[dict[str, Any]]


def build(
    scored: pd.DataFrame,
    told: Sequence[Mapping[str, Any]],
    table: Table,
    looked_at: pd.DataFrame,
    capacity: Capacity,
    reference: str,
) -> dict[str, Any]:
    """The whole report of one rolling test."""
    places = capacities(capacity)
    pooled = {name: _judge(scored, name) for name in names_of(scored)}
    each = {fold: {n: _judge(part, n) for n in names_of(part)}
            for fold, part in scored.groupby("fold")}  # fmt: skip
    by_fold = [{"fold": fold, **j.row(n)} for fold, judges in each.items()
               for n, j in judges.items()]  # fmt: skip
    at = _at(None, pooled, places)
    for fold, judges in each.items():
        at += _at(fold, judges, places)
    return plain(
        {
            "horizon": table.horizon,
            "gap": table.gap,
            "n_features": len(table.features),
            "capacity_share": capacity.share,
            "capacity_count": capacity.count,
            "reference": reference,
            "interval": "95 %, bootstrap over households",
            "candidates": names_of(scored),
            "folds": list(told),
            "rows": _populations(scored),
            "by_fold": by_fold,
            "capacity": at,
            "differences": _differences(scored, reference, capacity),
            "promise": _promises(by_every_visit(scored), capacity),
            "regret": _regret(by_fold, at),
            "leaks": find_leaks(looked_at, table.features, table.closes),
        }
    )


def _judge(scored: pd.DataFrame, name: str) -> Judge:
    """The rows that the candidate scored: a fold it lacks does not count for it."""
    return Judge(scored[scored[name].notna().to_numpy()])


def by_every_visit(scored: pd.DataFrame) -> pd.DataFrame:
    """The rows judged by every planned visit, where some visits do not judge the candidates."""
    if "label_any" not in scored.columns:
        return scored
    return scored.assign(label=scored["label_any"], weight=scored["weight_any"])


def _populations(scored: pd.DataFrame) -> Rows:
    rows = []
    for population, mask in present_masks(scored["population"]).items():
        part = scored[mask]
        rows += [{"population": population, **_judge(part, n).row(n)} for n in names_of(part)]
    return rows


def _at(fold: Any, judges: Mapping[str, Judge], places: Mapping[str, Capacity]) -> Rows:
    return [
        {"fold": fold, "capacity": place, **judge.at(name, capacity)}
        for name, judge in judges.items()
        for place, capacity in places.items()
    ]


def _promises(scored: pd.DataFrame, capacity: Capacity) -> Rows:
    """All folds pooled (fold null), then each."""
    parts: list[tuple[Any, pd.DataFrame]] = [(None, scored), *scored.groupby("fold")]
    return [
        {"fold": fold, **_judge(part, name).promise(name, capacity)}
        for fold, part in parts
        for name in names_of(part)
        if name not in RANKS
    ]


def _differences(scored: pd.DataFrame, reference: str, capacity: Capacity) -> Rows:
    rows: Rows = []
    for name in names_of(scored):
        common = scored[scored[[name, reference]].notna().all(axis=1).to_numpy()]
        if name != reference and len(common):
            rows += Judge(common).difference(name, reference, capacity)
    return rows


def _regret(by_fold: Rows, at: Rows) -> Rows:
    """Regret in average precision and in precision at the real capacity."""
    values: dict[str, dict[Any, dict[str, float | None]]] = {name: {} for name in MEASURES}
    for row in by_fold:
        values["ap"].setdefault(row["fold"], {})[row["candidate"]] = row.get("ap")
    for row in at:
        if row["fold"] is not None and row["capacity"] == REAL:
            values["precision"].setdefault(row["fold"], {})[row["candidate"]] = row["precision"]
    names = list(dict.fromkeys(row["candidate"] for row in by_fold))
    eligible = [name for name in names if name not in NOT_CHOSEN]
    return [
        row
        for measure in MEASURES
        for row in regret([v for _, v in sorted(values[measure].items())], measure, eligible)
    ]
