"""The model report that the Model page reads: data/reports/model_report.json."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.atomic import write_text
from core.home import Home
from models.risk import truth
from models.risk.calibrate import cross_calibrated
from models.risk.evaluate import evaluate, present_masks, reliability_rows
from models.risk.fitted import FittedRisk
from models.risk.measures import Capacity
from models.risk.split import TimeSplit

FILE = "model_report.json"
# Of a table of one's own: it must not take the place of the county's report.
TABLE_FILE = "table_report.json"


@dataclass(frozen=True)
class Measured:
    """Rows everything is measured on, with the scores of every scorer.

    `on` says which months they are: 'test', or 'calibrate' while no later month has closed.
    """

    frame: pd.DataFrame
    scores: Mapping[str, np.ndarray]
    probabilities: frozenset[str]
    on: str


def measure(
    frame: pd.DataFrame,
    split: TimeSplit,
    fitted: FittedRisk,
    others: Mapping[str, Any],
    home: Home | None = None,
) -> Measured:
    """Score the test months with the model, `others` (name -> FittedRisk or Baseline), scorecard.

    Without a closed test month the calibration months stand in, and every curve is fitted on the
    other half of the households.
    """
    on = "test" if split.test else "calibrate"
    rows = frame[split.mask(frame["as_of"], on) & frame["label"].notna().to_numpy()]
    scorers = {"model": fitted, **others}
    if on == "test":
        scores = {name: one.predict(rows) for name, one in scorers.items()}
    else:
        label, group = rows["label"].to_numpy(), rows["household"].to_numpy()
        raw = {
            name: one.margin(rows) if isinstance(one, FittedRisk) else one.rank(rows)
            for name, one in scorers.items()
        }
        scores = {name: cross_calibrated(margin, label, group) for name, margin in raw.items()}
    card = scorecard_scores(home, rows) if home is not None else None
    probabilities = frozenset(scores)
    if card is not None:
        scores["scorecard"] = card
    return Measured(rows, scores, probabilities, on)


def scorecard_scores(home: Home, rows: pd.DataFrame) -> np.ndarray | None:
    """Rule scores of the same household-months; None when a month was not scored."""
    scores = np.zeros(len(rows))
    for as_of in rows["as_of"].unique():
        places = np.flatnonzero((rows["as_of"] == as_of).to_numpy())
        path = home.monthly("scores", as_of) / "scores.parquet"
        if not path.exists():
            return None
        columns = ["household", "rule_score"]
        table = pq.read_table(path, columns=columns, partitioning=None).to_pandas()
        known = table.set_index("household")["rule_score"]
        # A household without a row has no point: no indicator fired.
        scores[places] = known.reindex(rows["household"].iloc[places]).fillna(0.0).to_numpy()
    return scores


def tables(
    measured: Measured, n_train: Mapping[str, int], capacity: Capacity, outcome: np.ndarray
) -> list[dict[str, Any]]:
    """The evaluation table against one outcome."""
    return evaluate(
        outcome,
        measured.scores,
        present_masks(measured.frame["population"]),
        capacity=capacity,
        month=pd.factorize(measured.frame["as_of"], sort=True)[0],
        probabilities=measured.probabilities,
        n_train=n_train,
    )


def truth_tables(
    home: Home,
    measured: Measured,
    n_train: Mapping[str, int],
    capacity: Capacity,
    horizon: int,
    household_of: truth.HouseholdOf | None,
) -> list[dict[str, Any]]:
    """The same table against the sealed truth; empty for real counties."""
    if household_of is None or not (home.truth / "need.parquet").exists():
        return []
    unmet = truth.unmet_months(home, household_of)
    outcome = truth.true_outcome(measured.frame, unmet, horizon)
    return [
        {**row, "against": "truth", "synthetic": True}
        for row in tables(measured, n_train, capacity, outcome)
    ]


def build_report(
    split: TimeSplit,
    fitted: FittedRisk,
    measured: Measured,
    rows: Sequence[Mapping[str, Any]],
    **more: Any,
) -> dict[str, Any]:
    """The whole report as plain JSON values; `more` adds what the caller knows."""
    label = measured.frame["label"].to_numpy()
    risks = {name: measured.scores[name] for name in sorted(measured.probabilities)}
    folds = split.as_dict()
    return plain(
        {
            "as_of_trained": split.known_by,
            "horizon": split.horizon,
            "split": {role: folds[role] for role in ("train", "calibrate", "test")},
            "evaluated_on": measured.on,
            "rows": list(rows),
            "reliability": reliability_rows(label, risks),
            "folds": folds["spans"],
            "training": dict(fitted.report),
            "n_features": len(fitted.features),
            **more,
        }
    )


def write_report(home: Home, report: Mapping[str, Any], name: str = FILE) -> Path:
    """Write the report where the pages look for it."""
    target = home.reports / name
    write_text(target, json.dumps(plain(report), ensure_ascii=False, indent=1))
    return target


def read_report(home: Home) -> dict[str, Any] | None:
    """The last report; None before the first training."""
    path = home.reports / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def plain(value: Any) -> Any:
    """JSON values only: dates as ISO text, numpy numbers as numbers, NaN as null."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if hasattr(value, "isoformat") else value
