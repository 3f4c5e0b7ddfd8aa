"""Builders for recall: a county on disk with visits, and the tables its estimate is made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from core.home import Home, add_months
from data.lake import lake_schema
from data.manifest import Batch, Manifest, write_manifest

REGION = "990321"
UNTIL = date(2026, 6, 30)
SINCE = date(2025, 7, 1)
MONTHS = [add_months(UNTIL, -back) for back in range(12, -1, -1)]
POOR, WELL_OFF = 500.0, 5000.0  # income of one person a month; S is 700


def write_county(home: Home, households: int) -> None:
    """Names, standards, and profile and scores of thirteen months for `households` households."""
    home.data.mkdir(parents=True, exist_ok=True)
    about = {"region": REGION, "name_zh": "望禾县", "name_en": "Wanghe", "synthetic": True}
    home.county_file.write_text(yaml.safe_dump(about, allow_unicode=True), encoding="utf-8")
    values = {"values": {"2020-01-01": {"value": 700, "reference": "t"}}}
    sides = {side: {"S": values} for side in ("urban", "rural")}
    home.standards_file.write_text(yaml.safe_dump({REGION: sides}), encoding="utf-8")
    names = [f"h{n}" for n in range(households)]
    for month in MONTHS:
        write_month(home, "profile", month, "household", {"household": names})
        scores = [float(n % 100) for n in range(households)]
        rows = {"household": names, "rule_score": scores}
        write_month(home, "scores", month, "scores", rows)


def write_month(home: Home, kind: str, month: date, name: str, rows: dict[str, Any]) -> None:
    """One of the monthly tables."""
    path = home.monthly(kind, month) / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(rows), path)


def visit(
    household: str,
    day: date,
    found: bool | None,
    reason: str = "survey",
    income: float | None = POOR,
    **changes: Any,
) -> dict[str, Any]:
    """One delivered visit to a person living alone, without rigid spending."""
    row = {
        "household": household,
        "visit_reason": reason,
        "unmet_need": found,
        "income_month": income,
        "rigid_month": 0.0,
        "members": 1,
        "happened_on": day,
        "known_on": day,
    }
    return {**row, **changes}


def deliver(home: Home, rows: Sequence[dict[str, Any]]) -> None:
    """Put visits into the lake as one batch."""
    schema = lake_schema("home_visits").to_pyarrow()
    table = pa.Table.from_pylist([{**dict.fromkeys(schema.names), **r} for r in rows], schema)
    batch = Batch("home_visits", "one", "202606", date(2025, 7, 1), "f.csv", "0")
    path = home.lake / "home_visits" / "batch=one" / "part-0.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    write_manifest(home.lake / "manifest.json", Manifest((batch,)))


def write_ledger(home: Home, rows: Sequence[dict[str, Any]]) -> None:
    """The findings of visits to alerts, with the columns that recall reads."""
    schema = pa.schema(
        [
            ("household", pa.string()),
            ("visited_on", pa.date32()),
            ("known_on", pa.date32()),
            ("found", pa.bool_()),
            ("source", pa.string()),
            ("stratum", pa.string()),
            ("inclusion", pa.float64()),
        ]
    )
    home.outcomes.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows), schema), home.outcomes / "findings.parquet")


def alerts_of(*rows: tuple[str, str, bool | None], source: str = "rule") -> pd.DataFrame:
    """Alerts as recall reads them: household, day of raising, need found (None: not visited)."""
    return pd.DataFrame(
        {
            "household": [r[0] for r in rows],
            "raised_on": pd.to_datetime([r[1] for r in rows]),
            "source": source,
            "verified": [r[2] is not None for r in rows],
            "needy": [bool(r[2]) for r in rows],
        }
    ).astype({"verified": bool, "needy": bool, "household": str, "source": str})


def random_of(*rows: tuple[str, str, bool]) -> pd.DataFrame:
    """(household, day, found) as the random visits of a simple sample; nobody is well off."""
    return pd.DataFrame(
        {
            "household": [r[0] for r in rows],
            "visited_on": pd.to_datetime([r[1] for r in rows]),
            "month": [r[1][:7] for r in rows],
            "found": [r[2] for r in rows],
            "well_off": False,
            "followed": False,
            "sample": "survey",
            "weight": 1.0,
        }
    )
