"""Small ASCII tables in, dict out: what the feature tests are written with."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from features.engine.schema import STANDARDS, feed_schema

DEFAULTS: dict[str, dict[str, str]] = {
    "population_register": {
        "relation": "head",
        "sex": "female",
        "born_month": "1980-01-01",
        "urban_rural": "rural",
        "marital": "married",
        "change_type": "on_register",
        "township_code": "990321101",
        "village_code": "990321101001",
        "happened_on": "2020-01-01",
    },
    "medical_claims": {"visit_type": "outpatient", "disease_group": "other", "total_cost": "1",
                       "listed_disease": "no", "remote": "no"},
    "disability_certificates": {"event": "issued", "happened_on": "2024-01-01"},
    "school_rolls": {"status": "enrolled", "aid_item": "none", "boarding": "no",
                     "happened_on": "2026-03-10"},
    "housing": {"happened_on": "2025-01-15"},
}  # fmt: skip
LINES = {"S": 700.0, "D": 20_000.0, "M": 8_000.0, "W": 1_800.0, "k": 1.5, "theta": 0.6,
         "ratio_base": 0.0, "floor_line": 15.0, "fin_limit": 24.0, "car_limit": 80.0,
         "home_limit": 3.0, "firm_limit": 100_000.0}  # fmt: skip


def cells(text: str) -> list[dict[str, str]]:
    """Rows of a table with a header line and | between cells; '' and '-' are empty."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    header, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [dict(zip(header, row, strict=True)) for row in rows]


def value(text: str | None, dtype: str) -> Any:
    if text is None or text in ("", "-"):
        return None
    if dtype == "date":
        return date.fromisoformat(text)
    if dtype == "boolean":
        return {"yes": True, "no": False}[text]
    return {"float64": float, "int64": int}.get(dtype, str)(text)


def feed_table(feed: str, text: str) -> ibis.Table:
    """Rows of a feed; columns left out take a default, known_on that of happened_on."""
    schema = feed_schema(feed)
    rows = []
    for given in cells(text):
        unknown = set(given) - set(schema)
        assert not unknown, f"{feed} has no column {unknown}"
        row = DEFAULTS.get(feed, {}) | {"batch": "b1"} | given
        row.setdefault("known_on", row.get("happened_on", "2026-06-28"))
        row.setdefault("happened_on", row["known_on"])
        rows.append({name: value(row.get(name), dtype) for name, dtype in schema.items()})
    return memtable(rows, schema)


def memtable(rows: list[dict[str, Any]], schema: dict[str, str]) -> ibis.Table:
    arrow = ibis.schema(schema).to_pyarrow()
    return ibis.memtable(pa.Table.from_pylist(rows, schema=arrow))


class TableFeeds:
    """Feeds held in memory; one that is not given was never delivered.

    `silent` gives the last day that a feed tells of, for those that fell silent.
    """

    def __init__(self, silent: dict[str, date] | None = None, **texts: str) -> None:
        self.tables = {feed: feed_table(feed, text) for feed, text in texts.items()}
        self.silent = silent or {}

    def table(self, feed: str) -> ibis.Table | None:
        return self.tables.get(feed)

    def silent_since(self, feed: str) -> date | None:
        return self.silent.get(feed)


def standards(**changed: float) -> ibis.Table:
    """S 700, D 20,000, M 8,000, W 1,800, k 1.5 in town and country, unless changed."""
    lines = LINES | changed
    rows = [{"county_code": "990321", "urban_rural": side} | lines for side in ("urban", "rural")]
    return memtable(rows, {"county_code": "string", "urban_rural": "string"} | STANDARDS)


def history(**changed: float) -> ibis.Table:
    lines = LINES | changed
    rows = [
        {"county_code": "990321", "urban_rural": side}
        | {"since": date(2000, 1, 1), "until": date(9999, 1, 1)}
        | lines
        for side in ("urban", "rural")
    ]
    keys = {"county_code": "string", "urban_rural": "string", "since": "date", "until": "date"}
    return memtable(rows, keys | STANDARDS)
