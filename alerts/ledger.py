"""What visits to alerts found, kept as a table from which the model learns.

One row per visit that settled what is true. `data/outcomes/findings.parquet` closes the loop from
outcomes to labels: models read it beside the visits that departments deliver.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.facts import ANNULS, VERIFIED
from alerts.models import Alert, AlertEvent, Need
from alerts.states import Outcome
from core.atomic import atomic
from core.home import Home

FILE = "findings.parquet"
SCHEMA = pa.schema(
    [
        ("household", pa.string()),
        ("visited_on", pa.date32()),
        ("known_on", pa.date32()),
        ("found", pa.bool_()),
        ("needs", pa.list_(pa.string())),
        ("source", pa.string()),
        ("stratum", pa.string()),
        ("inclusion", pa.float64()),
        ("alert_id", pa.int64()),
    ]
)
# A need that another body must meet is a need found: the family lacks something.
_FOUND = (Outcome.CONFIRMED.value, Outcome.REFERRED.value)


def findings(session: Session) -> pa.Table:
    """One row per visit with a verified result, oldest first, columns of SCHEMA.

    `found` is true for a confirmed need, and for a family referred elsewhere with at least one
    need; `needs` names the kinds. `visited_on` is the day of the visit, `known_on` the day it
    became part of the record. A result that was reopened does not stand and is left out; an
    unreachable family or a refusal tells nothing and is no row.
    """
    needs = _needs_found(session)
    rows = []
    for visit in session.execute(_visits()).all():
        kinds = needs.get((visit.alert_id, visit.at, visit.outcome), [])
        found = visit.outcome == Outcome.CONFIRMED or (
            visit.outcome == Outcome.REFERRED and bool(kinds)
        )
        rows.append(
            {
                "household": visit.household,
                "visited_on": visit.at.date(),
                "known_on": visit.at.date(),
                "found": found,
                "needs": kinds,
                "source": visit.source,
                "stratum": visit.stratum,
                "inclusion": visit.inclusion,
                "alert_id": visit.alert_id,
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def write_findings(home: Home, session: Session) -> Path:
    """Write the findings of every visit so far, replacing the file whole; its path."""
    path = home.outcomes / FILE
    with atomic(path) as aside:
        pq.write_table(findings(session), aside)
    return path


def _visits() -> Any:
    """Results of visits that stand, with the alert they belong to."""
    reopened = (
        select(AlertEvent.alert_id, func.max(AlertEvent.id).label("last"))
        .where(AlertEvent.action.in_(ANNULS))
        .group_by(AlertEvent.alert_id)
        .subquery()
    )
    return (
        select(
            AlertEvent.alert_id,
            AlertEvent.at,
            AlertEvent.outcome,
            Alert.household,
            Alert.source,
            Alert.stratum,
            Alert.inclusion,
        )
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .outerjoin(reopened, reopened.c.alert_id == AlertEvent.alert_id)
        .where(
            AlertEvent.need_id.is_(None),
            AlertEvent.outcome.in_(VERIFIED),
            AlertEvent.id > func.coalesce(reopened.c.last, 0),
        )
        .order_by(AlertEvent.at, AlertEvent.id)
    )


def _needs_found(session: Session) -> dict[tuple[int, datetime, str], list[str]]:
    """Kinds of need that each visit found, by alert, moment and result."""
    query = (
        select(AlertEvent.alert_id, AlertEvent.at, AlertEvent.outcome, Need.code)
        .join(Need, Need.id == AlertEvent.need_id)
        .where(AlertEvent.outcome.in_(_FOUND))
        .order_by(AlertEvent.id)
    )
    found: dict[tuple[int, datetime, str], list[str]] = {}
    for alert, at, outcome, code in session.execute(query):
        found.setdefault((alert, at, str(outcome)), []).append(code)
    return found
