"""The rolling test: every candidate learns what was known at a fold's start and is judged after.

source ─▶ for each fold and part of households: teach ─▶ candidates ─▶ scores of later months
                                                              all folds pooled ─▶ report
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pandas as pd

from core.progress import Progress, quiet
from models.risk.errors import RiskError
from models.risk.measures import Capacity
from models.risk.rolling import folds as by_time
from models.risk.rolling.candidates import Way, names_of, score, teach, with_both
from models.risk.rolling.folds import Fold
from models.risk.rolling.report import build
from models.risk.rolling.table import Table

REFERENCE = "logistic"
TOP5 = Capacity(share=0.05)


class Source(Protocol):
    """Where the rows of a fold come from."""

    @property
    def table(self) -> Table:
        """What the columns mean."""

    @property
    def folds(self) -> Sequence[Fold]:
        """Oldest first."""

    def teach(self, fold: Fold, part: int) -> pd.DataFrame:
        """Rows known when the fold began, without the part's households."""

    def judged(self, fold: Fold, part: int) -> pd.DataFrame:
        """Rows of the fold's test months of the part's households."""

    def looked_at(self) -> pd.DataFrame:
        """Labelled rows in which leaks are sought."""


@dataclass(frozen=True)
class OneTable:
    """A table that teaches and is judged."""

    table: Table
    folds: Sequence[Fold]

    def teach(self, fold: Fold, part: int) -> pd.DataFrame:
        """See `folds.teach_rows`."""
        return by_time.teach_rows(self.table, fold, part)

    def judged(self, fold: Fold, part: int) -> pd.DataFrame:
        """See `folds.judged_rows`."""
        return by_time.judged_rows(self.table, fold, part)

    def looked_at(self) -> pd.DataFrame:
        """All of it."""
        return self.table.frame


@dataclass(frozen=True)
class Evaluated:
    """`report` is plain JSON (see `report.build`); `scored` has one row a judged household-month
    with a column a candidate."""

    report: dict[str, Any]
    scored: pd.DataFrame


def evaluate_table(
    table: Table,
    *,
    count: int = by_time.FOLDS,
    step: int | None = None,
    parts: int = by_time.PARTS,
    split: str = "time",
    capacity: Capacity = TOP5,
    reference: str = REFERENCE,
    way: Way | None = None,
    progress: Progress = quiet,
) -> Evaluated:
    """The rolling test of a plain table. Raises RiskError for a split that is not by time."""
    by_time.refuse_random(split)
    folds = by_time.rolling_folds(table, count, step=step, parts=parts)
    source = OneTable(table, folds)
    return evaluate(source, capacity=capacity, reference=reference, way=way, progress=progress)


def evaluate(
    source: Source,
    *,
    capacity: Capacity = TOP5,
    reference: str = REFERENCE,
    way: Way | None = None,
    progress: Progress = quiet,
) -> Evaluated:
    """Every fold of the source. `way.seconds` is the budget of all tuning together."""
    way = way or Way()
    fits = sum(fold.parts for fold in source.folds)
    each = replace(way, seconds=way.seconds / max(1, fits))
    scored, told, done = [], [], 0
    for fold in source.folds:
        progress(f"fold {fold.number} of {len(source.folds)}", done, fits + 1)
        found, about = score_fold(source, fold, each)
        done += fold.parts
        scored.append(found)
        told.append(about)
    progress("measure", fits, fits + 1)
    whole = pd.concat(scored, ignore_index=True)
    if reference not in names_of(whole):
        known = names_of(whole)
        raise RiskError(
            f"没有可比较的方法“{reference}”；现有 {'、'.join(known)}",
            f"no candidate '{reference}' to compare with; there are {', '.join(known)}",
        )
    report = build(whole, told, source.table, source.looked_at(), capacity, reference)
    progress("done", fits + 1, fits + 1)
    return Evaluated(report, whole)


def score_fold(source: Source, fold: Fold, way: Way) -> tuple[pd.DataFrame, dict[str, Any]]:
    """One fold's scores, and what was learned from how many rows and chosen how."""
    parts, choices, sizes = [], [], []
    for part in range(fold.parts):
        rows, later = source.teach(fold, part), source.judged(fold, part)
        apart(rows, later)
        taught = teach(source.table, rows, way)
        parts.append(score(source.table, taught, later))
        choices.append(dict(taught.choices))
        sizes.append(len(rows))
    scored = with_both(pd.concat(parts, ignore_index=True)).assign(fold=fold.number)
    seen = scored["label"].notna() & (scored["weight"] > 0)
    about = {
        **fold.as_dict(),
        "n_taught": round(sum(sizes) / len(sizes)),
        "n_ranked": len(scored),
        "n_judged": int(seen.sum()),
        "n_cases": int(scored.loc[seen, "label"].sum()),
        "choices": choices,
    }
    return scored, about


def apart(taught: pd.DataFrame, judged: pd.DataFrame) -> None:
    """Raise RiskError when a household stands on both sides or a test month also teaches."""
    both = set(taught["household"]) & set(judged["household"])
    if both:
        raise RiskError(
            f"同一折中有 {len(both)} 户既用于学习又用于评判；请分成几份",
            f"{len(both)} household(s) teach and are judged in the same fold; deal them into parts",
        )
    if len(judged) and len(taught) and taught["as_of"].max() >= judged["as_of"].min():
        raise RiskError(
            "用于学习的行不早于评判的月份",
            "a row that teaches is not older than the months that judge",
        )
