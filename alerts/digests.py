"""Digests of the alerts' log: what the record of acts keeps of its rows, and the check of both.

The log has no chain of its own. So whoever does a recorded act puts the numbers of the rows that it
added, and a SHA-256 over them, into the act's event; that event is chained and anchored. A row that
is changed or taken away later no longer gives the digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.models import AlertEvent
from core.audit.findings import Finding
from core.workflow.events import in_chunks

ROWS, DIGEST = "log", "log_sha256"  # names in the detail of an event of the record
# Columns that came later: a row that leaves them empty gives the digest that it gave before.
_LATER = frozenset({"reason_id", "holder", "until"})
_COLUMNS = sorted(AlertEvent.__table__.columns, key=lambda column: column.name != "id")


@dataclass
class Vouched:
    """What a check of the log found, and how many of its rows no act vouches for."""

    findings: list[Finding] = field(default_factory=list)
    unvouched: int = 0


def newest(session: Session, alert: int | None = None) -> int:
    """Number of the newest row of the log, or of one alert's; 0 without one."""
    query = select(func.max(AlertEvent.id))
    if alert is not None:
        query = query.where(AlertEvent.alert_id == alert)
    return session.scalar(query) or 0


def vouched(session: Session, after: int, alert: int | None = None) -> dict[str, str]:
    """For the detail of an act: the rows added after row `after` (to one alert), and their digest;
    nothing where none was."""
    query = select(AlertEvent.id).where(AlertEvent.id > after).order_by(AlertEvent.id)
    if alert is not None:
        query = query.where(AlertEvent.alert_id == alert)
    numbers = list(session.scalars(query))
    if not numbers:
        return {}
    return {ROWS: _as_ranges(numbers), DIGEST: _digest(_rows(session, numbers))}


def check(session: Session, acts: Iterable[tuple[int, dict[str, Any]]]) -> Vouched:
    """The log against the acts of the record, given as number and detail."""
    found, told = Vouched(), set[int]()
    for seq, detail in acts:
        if ROWS not in detail:
            continue
        numbers = list(_numbers(str(detail[ROWS])))
        rows = list(_rows(session, numbers))
        missing = sorted(set(numbers) - {row[0] for row in rows})
        told.update(numbers)
        if missing:
            found.findings.append(Finding("log_missing", seq, seq, why=_as_ranges(missing)))
        elif _digest(rows) != detail.get(DIGEST):
            found.findings.append(Finding("log_edited", seq, seq, why=_as_ranges(numbers)))
    stored = set(session.scalars(select(AlertEvent.id)))
    found.unvouched = len(stored - told)
    return found


def _rows(session: Session, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Rows of the log by number, as they are stored; in their order."""
    for chunk in in_chunks(numbers):
        query = select(*_COLUMNS).where(AlertEvent.id.in_(list(chunk))).order_by(AlertEvent.id)
        yield from (tuple(row) for row in session.connection().execute(query))


def _digest(rows: Iterable[tuple[Any, ...]]) -> str:
    """SHA-256 over the rows, each a JSON object of its columns, keys sorted, one a line.

    Columns of `_LATER` are left out where they are empty.
    """
    made, names = sha256(), [column.name for column in _COLUMNS]
    for row in rows:
        told = dict(zip(names, row, strict=True))
        kept = {name: v for name, v in told.items() if v is not None or name not in _LATER}
        line = json.dumps(kept, sort_keys=True, default=str)
        made.update(line.encode() + b"\n")
    return made.hexdigest()


def _as_ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in short: 3, 4, 5, 9 as '3-5 9'."""
    ends = [i for i, (a, b) in enumerate(pairwise(numbers), 1) if b != a + 1]
    parts = [numbers[i:j] for i, j in pairwise([0, *ends, len(numbers)])]
    return " ".join(f"{p[0]}-{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)


def _numbers(ranges: str) -> Iterator[int]:
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
