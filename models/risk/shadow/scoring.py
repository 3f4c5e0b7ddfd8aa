"""Scores a month with the challenger of each question, beside what the champion said.

Nothing that chooses alerts reads this table: it lies in a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from core.home import Home
from models.risk import registry
from models.risk.compare import picked
from models.risk.dataset import profile_file
from models.risk.fitted import FittedRisk
from models.risk.rows import QUESTIONS, busy_of
from models.risk.score import BATCH, batches, read_risk, write_parquet

FILE = "shadow.parquet"
# Where the policy names no visits: three of a thousand watched households.
SHARE = 0.003


def shadow_file(home: Home, as_of: date) -> Path:
    """Where the challengers' scores of a month lie."""
    return home.monthly("risk", as_of) / FILE


def score_shadow(
    home: Home, as_of: date, slots: Mapping[str, int] | None = None, batch: int = BATCH
) -> Path | None:
    """Write the month's shadow table after its risk was scored; None where no challenger waits.

    One row per question with a challenger and household at risk: household, question, in_process,
    champion and challenger (risks), their versions, champion_pick and challenger_pick (share of a
    visit among the `slots` highest not in process: 1, or less where scores tie at the last place).
    A challenger that has learned from days after `as_of` is left out: it would know the answer.
    Raises RiskError when the month has no risk or its profile lacks features.
    """
    target = shadow_file(home, as_of)
    target.unlink(missing_ok=True)
    models = challengers(home, as_of)
    if not models:
        return None
    source = profile_file(home, as_of)
    fitted = {question: one for question, (one, _) in models.items()}
    parts = [_scored(part, fitted) for part in batches(source, fitted, batch)]
    if not parts:
        return None
    risk = read_risk(home, as_of)
    both = risk.merge(pd.concat(parts, ignore_index=True), on="household", suffixes=("", "_new"))
    both = both[both["watch"] == "at_risk"].reset_index(drop=True)
    tables = [
        _beside(both, question, version, _slots(question, slots, len(both)))
        for question, (_, version) in models.items()
    ]
    write_parquet(pd.concat(tables, ignore_index=True), target)
    return target


def challengers(home: Home, as_of: date) -> dict[str, tuple[FittedRisk, str]]:
    """The challenger of each question that also has a champion, with its version."""
    found: dict[str, tuple[FittedRisk, str]] = {}
    for question in QUESTIONS:
        if registry.alias(home, registry.CHAMPION, question) is None:
            continue
        number = registry.alias(home, registry.CHALLENGER, question)
        if number is None:
            continue
        fitted, _ = registry.load(home, number, question)
        known = fitted.report.get("known_by")
        if known is None or date.fromisoformat(str(known)[:10]) <= as_of:
            found[question] = (fitted, number)
    return found


def _scored(part: pd.DataFrame, models: Mapping[str, FittedRisk]) -> pd.DataFrame:
    told = {f"{name}_new": one.predict(part) for name, one in models.items()}
    return pd.DataFrame({"household": part["household"], "in_process": busy_of(part), **told})


def _slots(question: str, slots: Mapping[str, int] | None, rows: int) -> int:
    return max(1, int((slots or {}).get(question, round(SHARE * rows))))


def _beside(both: pd.DataFrame, question: str, version: str, slots: int) -> pd.DataFrame:
    """One question: what both say, and whom each would have sent a visit to."""
    free = ~both["in_process"].to_numpy(bool)

    def picks(column: str) -> np.ndarray:
        score = both[column].to_numpy(float)
        share = np.zeros(len(both))
        known = free & ~np.isnan(score)
        share[known] = picked(score[known], np.zeros(int(known.sum())), slots)
        return share

    return pd.DataFrame(
        {
            "household": both["household"],
            "question": question,
            "in_process": both["in_process"],
            "champion": both[question],
            "challenger": both[f"{question}_new"],
            "champion_version": speaker(
                both["model_version"].iloc[0] if len(both) else "", question
            ),
            "challenger_version": version,
            "champion_pick": picks(question),
            "challenger_pick": picks(f"{question}_new"),
        }
    )


def speaker(versions: str, question: str) -> str:
    """The champion of a question in what a stored risk says of its versions: 'existing 3, …'."""
    told = dict(part.rsplit(" ", 1) for part in str(versions).split(", ") if " " in part)
    return told.get(question, "")
