"""The audit of one county: every figure of the table, from the record and the sealed truth."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core.home import Home
from core.progress import Progress, quiet
from simulator.study import compare, oracle, precision, recall, urgent
from simulator.study.audited import recall_audit
from simulator.study.reading import Record, read_record
from simulator.study.shares import plain
from simulator.world.clock import month_text
from simulator.world.county import withheld_of


def audit(
    home: Home,
    *,
    seed: int | None = None,
    setting: str | None = None,
    households: int | None = None,
    n_futures: int = oracle.N_FUTURES,
    workers: int = 2,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Every measure of the study for a finished demo county, plain values for JSON.

    A measure that this county cannot give is null. `withheld` names the feeds that the bureau
    never got. `seed`, `setting` and
    `households` only label the result (without the last: those of the last month's profile).
    Raises HomeError when the home holds no finished synthetic county.
    """
    began = time.perf_counter()
    record = read_record(home)
    parts: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("precision", lambda: precision.precision(record)),
        ("truth", lambda: precision.precision_truth(record)),
        ("promises", lambda: precision.promised(record)),
        ("visits", lambda: precision.visits(record)),
        ("recall", lambda: recall.recall(record)),
        ("lead", lambda: recall.lead(record)),
        ("urgent", lambda: urgent.urgent(record)),
        ("bands", lambda: red(record)),
        ("audit sample", lambda: recall_audit(record)),
        ("lives", lambda: lives(home)),
        ("existing", lambda: oracle.existing(record)),
        ("comparison", lambda: compare.compare(record)),
        ("oracle", lambda: oracle.coming(record, n_futures, workers)),
    ]
    found = about(record, seed, setting, households)
    for number, (label, measure) in enumerate(parts):
        progress(label, number, len(parts))
        found |= measure()
    found["audit_seconds"] = time.perf_counter() - began
    return plain(found)


def about(
    record: Record, seed: int | None, setting: str | None, households: int | None
) -> dict[str, Any]:
    """Which county the audit is of, which feeds its bureau never got, and which months."""
    return {
        "synthetic": True,
        "seed": seed,
        "setting": setting,
        "households": households or len(record.profile(record.months[-1])),
        "withheld": withheld_of(record.home),
        "first_month": month_text(record.months[0]),
        "last_month": month_text(record.months[-1]),
    }


def red(record: Record) -> dict[str, Any]:
    """share_red: share of watched households in red, mean over the replayed months."""
    shares, county = [], []
    for month in record.months:
        rows = record.scores(month).merge(record.profile(month), on="household")
        is_red = rows["band"] == "red"
        watched = rows["watched"].fillna(False).astype(bool)
        county.append(float(is_red.mean()))
        if watched.any():
            shares.append(float(is_red[watched].mean()))
    return {
        "share_red": float(np.mean(shares)) if shares else None,
        "share_red_months": len(shares),
        "share_red_county": float(np.mean(county)),
    }


def lives(home: Home) -> dict[str, Any]:
    """need_avoided and need_avoided_of_oracle, as the three lives of the county gave them."""
    path = home.reports / "lives.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    measured = {name: told.get(name) for name in ("need_avoided", "need_avoided_of_oracle")}
    sums = {name: _sum(told.get(name)) for name in ("with", "without", "oracle", "visits")}
    return measured | {f"lives_{name}": value for name, value in sums.items()}


def _sum(values: Any) -> float | None:
    return float(sum(values)) if isinstance(values, list) and values else None
