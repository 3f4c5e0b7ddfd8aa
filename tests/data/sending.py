"""Sending files to a test home, and what it then knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from core.home import Home
from data.backends import connect
from data.ingest import IngestReport, ingest_directory
from data.lake import Lake
from data.manifest import Batch
from tests.data.offices import claim, csv_bytes

CLAIMS = "medical_claims"


def send(
    home: Home,
    name: str,
    rows: Iterable[Mapping[str, Any]],
    feed: str = CLAIMS,
) -> IngestReport:
    """Put a file of that name and these rows into the incoming folder and ingest it."""
    return deliver(home, name, csv_bytes(feed, list(rows)))


def deliver(home: Home, name: str, content: bytes) -> IngestReport:
    """Put a file into the incoming folder and ingest it."""
    home.incoming.mkdir(parents=True, exist_ok=True)
    (home.incoming / name).write_bytes(content)
    return ingest_directory(home, home.incoming)


def send_claims(
    home: Home,
    rows: Iterable[Mapping[str, Any]],
    sign: str = "",
    *,
    period: str = "202606",
    day: str = "20260628",
) -> Batch:
    """Deliver claims under a name with a sign; returns the batch it became."""
    name = f"医保结算_{period}_{day}{sign}.csv"
    report = send(home, name, rows)
    return next(b for b in report.batches if b.file == name)


def claims(first: int, last: int, month: int = 6, **changes: Any) -> list[dict[str, Any]]:
    """Settlements numbered from `first` to `last`, each with its own cost."""
    settled = f"2026-{month:02d}-03"
    return [
        claim(n, **({"total_cost": n, "settled_on": settled} | changes))
        for n in range(first, last + 1)
    ]


def known(home: Home, as_of: date | None = None, feed: str = CLAIMS) -> dict[str, float]:
    """What the lake holds as of a day: cost by settlement number; refuses a number twice."""
    table = Lake(home).table(connect(), feed, as_of)
    if table is None:
        return {}
    rows = table.select("settlement_no", "total_cost").to_pyarrow().to_pylist()
    found = {row["settlement_no"]: row["total_cost"] for row in rows}
    assert len(found) == len(rows), "a settlement counts twice"
    return found
