"""Two families with a profile and a lake, for tests of facts in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.home import Home
from data.lake import lake_schema
from data.manifest import Batch, Manifest, write_manifest
from models.risk.score import write_parquet

AS_OF = date(2026, 6, 30)
DELIVERED = date(2026, 6, 28)
OLD = date(2026, 4, 27)

HOUSEHOLDS: list[dict[str, Any]] = [
    {
        "household": "h1",
        "S": 690.0,
        "n_members": 2,
        "income_per_head_month": 222.0,
        "visited_income_24m": 444.0,
        "medical_self_paid_12m": 12300.4,
        "medical_burden": 0.45,
        "n_able_workers": 0,
        "emergency_grants_12m": 0,
        "emergency_grants_24m": 0,
        "days_since_death": 40,
        "deaths_24m": 1,
        "danger_level": 3,
        "visit_savings": False,
        "visit_sold": True,
        "monthly_rent": None,
        "rent_share": 0.3,
    },
    {
        "household": "h2",
        "S": 690.0,
        "n_members": 3,
        "income_per_head_month": None,
        "visited_income_24m": None,
        "medical_self_paid_12m": 0.0,
        "medical_burden": None,
        "n_able_workers": 1,
        "emergency_grants_12m": 0,
        "emergency_grants_24m": 1,
        "days_since_death": None,
        "deaths_24m": 0,
        "danger_level": None,
        "visit_savings": None,
        "visit_sold": None,
        "monthly_rent": None,
        "rent_share": None,
    },
]
PEOPLE = [
    {"person": "p1", "household": "h1", "age": 72, "sex": "female", "own_income_month": 222.0},
    {"person": "p2", "household": "h1", "age": 74, "sex": "male", "own_income_month": 222.0},
    {"person": "p3", "household": "h2", "age": 45, "sex": "male", "own_income_month": 0.0},
    {"person": "p4", "household": "h2", "age": 43, "sex": "female", "own_income_month": 900.0},
]
ROWS: dict[str, list[dict[str, Any]]] = {
    "home_visits": [
        {"household": "h1", "happened_on": date(2024, 10, 8), "income_month": 444.0},
        # Told no income: newer, but not where the income comes from.
        {"household": "h1", "happened_on": date(2026, 5, 8)},
    ],
    "medical_claims": [
        {"person": "p1", "happened_on": date(2026, 3, 2)},
        {"person": "p2", "happened_on": date(2026, 4, 2)},
        {"person": "p3", "happened_on": date(2024, 2, 2)},
        # Known only after the month.
        {"person": "p1", "happened_on": date(2026, 6, 2), "known_on": date(2026, 7, 28)},
    ],
    "employment": [
        {"person": "p3", "happened_on": date(2024, 1, 1), "record_type": "contribution"},
    ],
}


def fact_county(home: Home, **changed: Any) -> Home:
    """Writes profile and lake below `home`. `changed` columns replace those of both families."""
    frame = pd.DataFrame(HOUSEHOLDS).assign(**changed)
    write_parquet(frame, home.monthly("profile", AS_OF) / "household.parquet")
    people = pd.DataFrame(PEOPLE).assign(able_worker=lambda p: p["age"] < 60)
    write_parquet(people, home.monthly("profile", AS_OF) / "person.parquet")
    batches = [_batch(home, feed, rows) for feed, rows in ROWS.items()]
    _batch(home, "population_register", [], "r1")  # nobody in it: it only was delivered
    register = Batch("population_register", "r1", "202604", OLD, "r", "r")
    write_manifest(home.lake / "manifest.json", Manifest(batches=(*batches, register)))
    return home


def _batch(home: Home, feed: str, rows: list[dict[str, Any]], name: str = "b1") -> Batch:
    schema = lake_schema(feed).to_pyarrow()
    told = [{"known_on": row["happened_on"], **row} for row in rows]
    path = home.lake / feed / f"batch={name}" / "part-0.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(told, schema=schema), path)
    return Batch(feed, name, "202606", DELIVERED, feed, feed)
