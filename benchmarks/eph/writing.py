"""Department files from tables in the contract's own terms: Chinese headers, Chinese values."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from data.contracts import Contract, Field

BOM = "\ufeff".encode()


def write_delivery(
    rows: pa.Table, contract: Contract, folder: Path, period: str, delivered: date
) -> Path:
    """Write one delivery as CSV (UTF-8 with BOM) and return its path.

    `rows` has columns named as in the contract, with kept values; columns the contract does not
    know are left out. `period` is YYYYMM.
    """
    fields = [f for f in contract.fields if f.name in rows.column_names]
    written = pa.table({f.zh: _in_words(rows[f.name], f) for f in fields})
    path = folder / period_folder(period) / f"{contract.zh}_{period}_{delivered:%Y%m%d}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(BOM)
        csv.write_csv(written, file, csv.WriteOptions(quoting_style="needed"))
    return path


def period_folder(period: str) -> str:
    """Folder of a period's files below incoming: 2010-03 for 201003."""
    return f"{period[:4]}-{period[4:]}"


def _in_words(column: pa.ChunkedArray, field: Field) -> pa.ChunkedArray | pa.Array:
    if field.codes:
        kept = pa.array([str(c.value) for c in field.codes])
        places = pc.index_in(pc.cast(column, pa.string()), value_set=kept)
        return pc.take(pa.array([c.zh for c in field.codes]), places)
    if field.kind == "boolean":
        return pc.if_else(column, "是", "否")
    return column
