"""What could lower a household's risk: changes that help can bring, to what is usual in the county.

An association of the model, not a promise: it says what the model would answer if these figures
were others, and no more. Only the levers of levers.yaml are pulled, one and two at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, model_validator

from core.home import Home
from core.words import Text
from models.risk.dataset import profile_file
from models.risk.fitted import FittedRisk

FILE = Path(__file__).parent / "levers.yaml"
# Less than this on the risk is no difference worth a word; single and paired changes told.
LEAST, SINGLE, PAIRED = 0.005, 4, 2


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Move(_Strict):
    """One feature of a lever: which way is better, and how far help can bring it."""

    name: str
    better: Literal["more", "less"]
    quantile: float | None = None
    among: Literal["known", "positive"] = "known"
    to: float | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Move:
        if (self.quantile is None) == (self.to is None):
            raise ValueError(f"{self.name}: give either 'quantile' or 'to'")
        return self


class Lever(_Strict):
    """What help can change, told in one phrase (`told`), and the kind of help (`need`)."""

    code: str
    label: Text
    told: Text
    need: str
    features: tuple[Move, ...]
    requires: str | None = None


@dataclass(frozen=True)
class Change:
    """One or two levers pulled: the risk before and after (calibrated), and what was moved.

    `moved`: feature, from, to.
    """

    levers: tuple[Lever, ...]
    before: float
    after: float
    moved: tuple[tuple[str, float, float], ...]


@cache
def levers() -> tuple[Lever, ...]:
    """The declared levers. Raises ScorecardError naming the entry that is wrong."""
    from models.scorecard.reading import read

    return tuple(read(FILE, list[Lever]))


def features_read() -> list[str]:
    """Profile columns that levers move or ask for."""
    moved = [move.name for lever in levers() for move in lever.features]
    asked = [lever.requires for lever in levers() if lever.requires]
    return list(dict.fromkeys([*moved, *asked]))


def usual(home: Home, as_of: date, features: Sequence[str]) -> dict[str, float]:
    """Where the month's households stand, by feature of a lever; see levers.yaml.

    A feature of which no household of the profile has such a value is left out.
    """
    path = profile_file(home, as_of)
    have = set(pq.read_schema(path).names)
    ends = {m.name: m for lever in levers() for m in lever.features if m.name in features}
    asked = [m for m in ends.values() if m.quantile is not None and m.name in have]
    fixed = {m.name: m.to for m in ends.values() if m.to is not None}
    if not asked:
        return fixed
    columns = ", ".join(
        f'quantile_cont(CAST("{m.name}" AS DOUBLE), {m.quantile})'
        + (f' FILTER ("{m.name}" > 0)' if m.among == "positive" else "")
        for m in asked
    )
    row = duckdb.execute(f"SELECT {columns} FROM read_parquet($1)", [str(path)]).fetchone() or ()  # noqa: S608 (ours)
    found = {m.name: float(v) for m, v in zip(asked, row, strict=True) if v is not None}
    return fixed | found


def what_lowers(
    fitted: FittedRisk, household: Mapping[str, Any], ends: Mapping[str, float]
) -> list[Change]:
    """Changes that lower the risk, largest effect first: single ones, then pairs.

    `household` holds the model's features and what levers require (null = unknown); `ends` are
    from `usual`. A pair is told only where it lowers the risk further than both of its levers
    alone. Empty where no lever lowers it by LEAST.
    """
    before = fitted.encoder.encode(pd.DataFrame([dict(household)]))[0]
    place = {name: i for i, name in enumerate(fitted.features)}
    moves = {
        lever.code: _moved(lever, before, place, ends)
        for lever in levers()
        if _applies(lever, household)
    }
    pulled = [lever for lever in levers() if moves.get(lever.code)]
    tried = [(one,) for one in pulled] + list(combinations(pulled, 2))
    rows = np.repeat(before[None, :], len(tried) + 1, axis=0)
    for row, chosen in zip(rows[1:], tried, strict=True):
        for lever in chosen:
            for name, _, to in moves[lever.code]:
                row[place[name]] = to
    risks = fitted.calibrator(fitted.margin_of(rows))
    changes = [
        Change(chosen, float(risks[0]), float(risk), _joined([moves[one.code] for one in chosen]))
        for chosen, risk in zip(tried, risks[1:], strict=True)
    ]
    return _told(changes)


def _told(changes: Sequence[Change]) -> list[Change]:
    """The best single changes and pairs, of those that make a difference."""
    kept = sorted((c for c in changes if c.before - c.after >= LEAST), key=lambda c: c.after)
    alone = {c.levers[0].code: c.after for c in changes if len(c.levers) == 1}
    single = [c for c in kept if len(c.levers) == 1]
    paired = [
        c for c in kept
        if len(c.levers) == 2 and min(alone[one.code] for one in c.levers) - c.after >= LEAST
    ]  # fmt: skip
    return [*single[:SINGLE], *paired[:PAIRED]]


def _applies(lever: Lever, household: Mapping[str, Any]) -> bool:
    if lever.requires is None:
        return True
    value = household.get(lever.requires)
    return value is not None and value == value and float(value) > 0


def _moved(
    lever: Lever, row: np.ndarray, place: Mapping[str, int], ends: Mapping[str, float]
) -> tuple[tuple[str, float, float], ...]:
    """What a lever moves of a household: known, and worse than where it can be brought."""
    found = []
    for move in lever.features:
        if move.name not in place or move.name not in ends:
            continue
        now, end = float(row[place[move.name]]), float(ends[move.name])
        if (now < end) if move.better == "more" else (now > end):  # never true of an unknown
            found.append((move.name, now, end))
    return tuple(found)


def _joined(
    parts: Sequence[tuple[tuple[str, float, float], ...]],
) -> tuple[tuple[str, float, float], ...]:
    return tuple(one for part in parts for one in part)
