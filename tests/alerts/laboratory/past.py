"""Small pasts for tests: name what a family is in a month, the rest is plain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from alerts.laboratory.material import Material
from alerts.laboratory.months import NEVER, WATCHES, Facts, Month, calendar_month
from alerts.laboratory.record import (
    FOUND,
    OUTCOMES,
    QUESTIONS,
    SOURCES,
    STILL_OPEN,
    Alerts,
    Needs,
    Record,
    Visits,
)
from alerts.policy import Policy, default_policy
from alerts.selection import AT_RISK
from alerts.states import Band, Outcome
from core.home import add_months
from models.scorecard import RuleSet, load_rules

FIRST = date(2025, 7, 31)
KINDS = ("A02", "F02")
TOWNS = ("990321101", "990321102")
DRAWN = 0


def policy(**changes: Any) -> Policy:
    """The shipped policy without random draws, five visits a month, with changes."""
    base = {"capacity_per_1000_households": 1000.0, "event_budget_per_1000": 1000.0}
    shares = {"coming": changes.pop("coming", 0.0), "audit": 0.0, "explore": 0.0}
    content = default_policy().model_dump() | base | {"shares": shares} | changes
    return Policy.model_validate(content)


def rules() -> RuleSet:
    """The shipped rules."""
    return load_rules(FIRST)


@dataclass(frozen=True)
class Family:
    """One household in one month; `events` are (kind, urgent)."""

    number: int
    existing: float = 0.0
    coming: float = 0.0
    score: float = 0.0
    watch: str = AT_RISK
    busy: bool = False
    town: int = 0
    groups: int = 0
    events: Sequence[tuple[str, bool]] = field(default=())


def month(families: Iterable[Family], as_of: date = FIRST) -> Month:
    """A month of these families."""
    rows = sorted(families, key=lambda family: family.number)
    score = np.array([f.score for f in rows], np.float32)
    busy = np.array([f.busy for f in rows], bool)
    return Month(
        as_of=as_of,
        household=np.array([f.number for f in rows], np.int32),
        score=score,
        known_score=score,
        existing=np.array([f.existing for f in rows], np.float32),
        coming=np.array([f.coming for f in rows], np.float32),
        watch=np.array([WATCHES.index(f.watch) for f in rows], np.int8),
        in_process=busy,
        by_alert=np.zeros(len(rows), bool),
        township=np.array([f.town for f in rows], np.int16),
        village=np.array([f.town for f in rows], np.int32),
        groups=np.array([f.groups for f in rows], np.uint8),
        facts=_facts(rows),
    )


def _facts(rows: Sequence[Family]) -> Facts:
    told = [(row, *event) for row, family in enumerate(rows) for event in family.events]
    if not told:
        return Facts.none()
    kinds = [KINDS.index(kind) for _, kind, _ in told]
    pairs = [
        rows[row].number * len(KINDS) + kind for (row, _, _), kind in zip(told, kinds, strict=True)
    ]
    return Facts(
        np.array([row for row, _, _ in told], np.int32),
        np.array(kinds, np.int16),
        np.array(pairs, np.int32),
        np.array([5] * len(told), np.int16),
        np.array([urgent for _, _, urgent in told]),
        np.zeros(len(told), bool),
        np.full(len(told), NEVER, np.int16),
    )


def alerts(*rows: tuple[int, int, int | None, str | None]) -> Alerts:
    """Alerts on record: household, month, month of closing, outcome."""
    outcome = [r[3] or "" for r in rows]
    return Alerts(
        np.array([r[0] for r in rows], np.int32),
        np.array([r[1] for r in rows], np.int16),
        np.array([STILL_OPEN if r[2] is None else r[2] for r in rows], np.int16),
        np.full(len(rows), SOURCES.index("risk"), np.int16),
        np.full(len(rows), QUESTIONS.index("existing"), np.int16),
        np.array([OUTCOMES.index(o) for o in outcome], np.int16),
        np.full(len(rows), list(Band).index(Band.ORANGE), np.int16),
        np.array([o in FOUND for o in outcome], bool),
        np.array([bool(o) and Outcome(o).verified for o in outcome], bool),
        np.full(len(rows), 0.5),
    )


def visits(*rows: tuple[int, date, bool, str]) -> Visits:
    """Visits with a finding: household, day, found, reason (round, survey, application, alert)."""
    rows = tuple(sorted(rows))
    reason = np.array([r[3] for r in rows], dtype=object)
    return Visits(
        np.array([r[0] for r in rows], np.int32),
        np.array([np.datetime64(r[1], "D").astype(int) for r in rows], np.int32),
        np.array([r[2] for r in rows], bool),
        reason == "application",
        reason == "survey",
        reason == "alert",
        np.full(len(rows), np.nan),
    )


def needs(*rows: tuple[int, date]) -> Needs:
    """Needs on record: household and day."""
    rows = tuple(sorted(rows))
    return Needs(
        np.array([r[0] for r in rows], np.int32),
        np.array([np.datetime64(r[1], "D").astype(int) for r in rows], np.int32),
    )


def material(
    *months: Iterable[Family],
    recorded: Alerts | None = None,
    seen: Visits | None = None,
    needed: Needs | None = None,
    told: tuple[tuple[int, str, int], ...] = (),
) -> Material:
    """Consecutive months of these families."""
    made = [month(families, add_months(FIRST, place)) for place, families in enumerate(months)]
    size = 1 + max((int(m.household.max()) for m in made if len(m)), default=0)
    return Material(
        months=tuple(made),
        households=np.array([f"h{number}" for number in range(size)], dtype=object),
        townships=TOWNS,
        villages=tuple(f"{code}001" for code in TOWNS),
        kinds=KINDS,
        record=Record(
            visits() if seen is None else seen,
            alerts() if recorded is None else recorded,
            needs() if needed is None else needed,
            told,
        ),
        expected=(None,) * len(made),
        pairs=size * len(KINDS),
    )


def calendar(place: int) -> int:
    """The calendar month of a place."""
    return calendar_month(add_months(FIRST, place))
