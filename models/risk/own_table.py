"""Train on a labelled table of one's own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from core.home import Home, add_months, month_end
from core.progress import Progress, quiet
from models.risk.dataset import FeatureCard, catalogue, slim
from models.risk.errors import RiskError
from models.risk.run import STEPS, Task, TrainResult, run
from models.risk.split import TimeSplit, split_months

HORIZON = 6
TEST_SHARE = 0.25


def train_from_file(
    home: Home,
    path: Path,
    *,
    label: str = "label",
    time: str = "as_of",
    horizon: int | None = None,
    income: str | None = None,
    progress: Progress = quiet,
) -> TrainResult:
    """Train on a labelled table of one's own (CSV or Parquet), split by its `time` column.

    One row per household and month; `label` is 0/1 (empty: unknown), `time` a date or month.
    Columns household and population are used as keys where present, every other column is a
    feature. The newest quarter of the months is the test. Raises RiskError for a table without
    those columns or with too few months.
    """
    progress("read", 0, STEPS)
    frame, features = _read_table(path, label, time)
    months = sorted(frame["as_of"].unique())
    county = home.county if home.county_file.exists() else {}
    split = _split_table(months, horizon or int(county.get("horizon_months", HORIZON)))
    cards = _cards(features)
    return run(Task(home, split, cards, progress, income=income, own=path.name), frame)


def _read_table(path: Path, label: str, time: str) -> tuple[pd.DataFrame, list[str]]:
    try:
        frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise RiskError(f"{path.name} cannot be read as CSV or Parquet: {error}") from error
    missing = [name for name in (label, time) if name not in frame.columns]
    if missing:
        raise RiskError(
            f"{path.name} has no column {', '.join(missing)}; name them with --label and --time"
        )
    values = pd.to_numeric(frame[label], errors="coerce")
    if not values.dropna().isin([0, 1]).all() or values.notna().sum() == 0:
        raise RiskError(f"column {label} of {path.name} must hold 0 and 1 (empty: unknown)")
    features = [c for c in frame.columns if c not in (label, time, "household", "population")]
    when = [month_end(str(value)[:10]) for value in frame[time]]
    keys = {
        "household": frame.get("household", pd.Series(frame.index.astype(str), frame.index)),
        "population": frame.get("population", pd.Series("all", frame.index)),
        "as_of": pd.Series(when, frame.index),
        "label": values.astype("float64"),
        "label_known": values.notna(),
    }
    return pd.concat([slim(frame[features], features), pd.DataFrame(keys)], axis=1), features


def _split_table(months: list[date], horizon: int) -> TimeSplit:
    closed_by = add_months(months[-1], horizon) if months else date.max
    wanted = len(months) - max(1, math.ceil(len(months) * TEST_SHARE))
    problem = RiskError("the table has no month")
    # The wanted share of test months first; a short table gets a smaller test, never no training.
    for known_by in months[max(0, wanted) :]:
        try:
            return split_months(months, horizon, known_by, closed_by=closed_by)
        except RiskError as error:
            problem = error
    raise problem


def _cards(features: Sequence[str]) -> dict[str, FeatureCard]:
    """Labels and directions from the catalogue where names agree; plain names otherwise."""
    known = catalogue()
    plain = {name: FeatureCard(name, name, name, "", "X", 0) for name in features}
    return {name: known.get(name, card) for name, card in plain.items()}
