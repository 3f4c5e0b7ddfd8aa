"""Model against logistic regression at the month's real visits, judged by the truth.

The bootstrap draws households, not rows: a family's months are alike, and counting them as
independent would make the interval too narrow.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home
from simulator.study.capacity import Ranking, visits_of
from simulator.study.ledger import month_numbers
from simulator.study.reading import Record
from simulator.study.truth import HORIZON

QUESTIONS = ("existing", "coming")
SCORERS = ("lightgbm", "logistic", "combined", "scorecard", "income")
REPLICATES = 1000


def scored_file(home: Home, question: str) -> Path:
    """Where training leaves its test rows: household, as_of, a column per scorer, label."""
    return home.reports / f"scored_{question}.parquet"


def compare(record: Record, seed: int = 1, replicates: int = REPLICATES) -> dict[str, Any]:
    """model_minus_logistic with its interval, and each scorer's precision at capacity.

    The headline is the existing question judged by the truth; `_coming` the other question,
    `_recorded` judged by the recorded label where there is one. Null without a scored table.
    """
    measured = reported(record.home)
    for question in QUESTIONS:
        path = scored_file(record.home, question)
        rows = _judged(record, path, question) if path.exists() else None
        for judge in ("true", "label"):
            tail = ("" if question == "existing" else "_coming") + (
                "" if judge == "true" else "_recorded"
            )
            part = None if rows is None else rows[rows[judge].notna()]
            measured |= _against(tail, part, judge, seed, replicates)
    return measured


def reported(home: Home) -> dict[str, Any]:
    """The difference that the training itself reported, at its own capacity and on its own label.

    All there is of homes without scored tables. It has no paired interval.
    """
    path = home.reports / "model_report.json"
    rows = json.loads(path.read_text(encoding="utf-8")).get("rows") if path.exists() else None
    found = {
        row.get("scorer"): row.get("precision_at_k")
        for row in rows or []
        if row.get("population") == "all"
    }
    model, other = found.get("model", found.get("lightgbm")), found.get("logistic")
    gap = None if model is None or other is None else model - other
    return {
        "reported_model_minus_logistic": gap,
        "reported_model": model,
        "reported_logistic": other,
    }


def _judged(record: Record, path: Path, question: str) -> pd.DataFrame:
    """Rows of replayed months that the question is about, with `visits` of the month and `true`."""
    rows = pq.read_table(path, partitioning=None).to_pandas()
    rows = rows.assign(month=month_numbers(rows["as_of"]).astype(int))
    rows = rows[rows["month"].isin(record.months)]
    label = rows["label"] if "label" in rows else pd.Series(np.nan, index=rows.index)
    rows = rows.assign(label=pd.to_numeric(label, errors="coerce"))
    now = record.truth.at(rows["household"], rows["month"])
    rows = rows.assign(true=now.astype(float))
    if question == "coming":
        rows = rows[~now & (rows["month"] + HORIZON <= record.truth.last)]
        soon = np.zeros(len(rows), bool)
        for ahead in range(1, HORIZON + 1):
            soon |= record.truth.at(rows["household"], rows["month"] + ahead)
        rows = rows.assign(true=soon.astype(float))
    keep = np.zeros(len(rows), bool)
    for month in rows["month"].unique():
        free = ~rows["household"].isin(record.in_process(int(month)))
        keep |= ((rows["month"] == month) & free).to_numpy()
    visits = {m: visits_of(record, m, question) for m in record.months}
    return rows[keep].assign(visits=rows["month"].map(visits))


def _against(
    tail: str, rows: pd.DataFrame | None, judge: str, seed: int, replicates: int
) -> dict[str, Any]:
    name = f"model_minus_logistic{tail}"
    keys = (name, f"{name}_low", f"{name}_high", f"{name}_visits", f"at_capacity{tail}")
    if rows is None or rows.empty or not {"lightgbm", "logistic"} <= set(rows.columns):
        return dict.fromkeys(keys)
    present = [s for s in SCORERS if s in rows and rows[s].notna().all()]
    if not {"lightgbm", "logistic"} <= set(present):
        return dict.fromkeys(keys)
    months = [part for _, part in rows.groupby("month")]
    visits = sum(min(int(p["visits"].iloc[0]), len(p)) for p in months)
    if not visits:
        return dict.fromkeys(keys)
    hits = {s: Pooled(months, s, judge, rows["household"]) for s in present}
    precision = {s: h.precision(None) for s, h in hits.items()}
    low, high = _interval(hits["lightgbm"], hits["logistic"], seed, replicates)
    gap = precision["lightgbm"] - precision["logistic"]
    return dict(zip(keys, (gap, low, high, visits, precision), strict=True))


class Pooled:
    """One scorer's precision at capacity over several months, for any weighting of households."""

    def __init__(
        self, months: list[pd.DataFrame], scorer: str, judge: str, households: pd.Series
    ) -> None:
        self.names = pd.Index(households.unique())
        self._months = [
            (
                Ranking.of(part[scorer].to_numpy(float), part[judge].to_numpy(float)),
                self.names.get_indexer(pd.Index(part["household"])),
                int(part["visits"].iloc[0]),
            )
            for part in months
        ]

    def precision(self, weight: np.ndarray | None) -> float:
        """Hits ÷ visits when household i stands `weight[i]` times (once when None)."""
        hits = visits = 0.0
        for ranking, rows, places in self._months:
            times = np.ones(len(rows)) if weight is None else weight[rows]
            hits += ranking.hits(times, places)
            visits += min(places, times.sum())
        return hits / visits if visits else float("nan")


def _interval(model: Pooled, other: Pooled, seed: int, replicates: int) -> tuple[float, float]:
    """2.5 % and 97.5 % points of the difference over counties of households drawn anew."""
    rng = np.random.default_rng(seed)
    n = len(model.names)
    gaps = np.empty(replicates)
    for number in range(replicates):
        weight = np.bincount(rng.integers(0, n, n), minlength=n).astype(float)
        gaps[number] = model.precision(weight) - other.precision(weight)
    low, high = np.nanquantile(gaps, [0.025, 0.975])
    return float(low), float(high)
