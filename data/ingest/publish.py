"""Putting a batch in its place: aside first, then one rename, so that no reader sees half of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.atomic import atomic_folder
from data.checks import REASONS
from data.ingest.shape import Checked
from data.readers.raw import RawFile

ASIDE = ".aside"


def publish_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a folder aside, then move it to `target`.

    A folder left at `target` by an interrupted run (it is in no manifest) is replaced.
    """
    with atomic_folder(target, target.parent / ASIDE / target.name) as aside:
        fill(aside)


def sweep(root: Path) -> None:
    """Remove what interrupted runs left aside."""
    for aside in root.glob(f"*/{ASIDE}"):
        shutil.rmtree(aside, ignore_errors=True)


def write_accepted(checked: Checked, folder: Path) -> None:
    """Write the lake's rows of a delivery as part-0.parquet, in file order."""
    pq.write_table(checked.accepted, folder / "part-0.parquet", compression="zstd")


def quarantined_rows(checked: Checked, raw: RawFile) -> pa.Table:
    """Refused rows as they were delivered, with row number, reason code, field and words."""
    refused = checked.refused()
    kept = pc.is_in(raw.table["row_no"], value_set=refused["row_no"].combine_chunks())
    rows = raw.table.filter(kept).drop_columns(["row_no"])
    for name in reversed(refused.column_names):
        rows = rows.add_column(0, name, refused[name])
    misfits = pa.table(
        {
            "row_no": raw.broken["row_no"],
            "reason_code": pa.repeat(pa.scalar("broken_row"), raw.broken.num_rows),
            "row_text": raw.broken["text"],
        }
    )
    if misfits.num_rows:
        rows = pa.concat_tables([rows, misfits], promote_options="default").sort_by("row_no")
    return _in_words(rows, checked)


def _in_words(rows: pa.Table, checked: Checked) -> pa.Table:
    """Reasons in both languages, fields by their Chinese name."""
    codes = rows["reason_code"].to_pylist()
    labels = checked.contract.labels("zh")
    fields = [labels.get(f or "") for f in rows["reason_field"].to_pylist()]
    place = rows.column_names.index("reason_field")
    rows = rows.set_column(place, "reason_field", pa.array(fields, pa.string()))
    for language, name in enumerate(("reason_zh", "reason_en"), start=1):
        words = pa.array([REASONS[c][language - 1] for c in codes], pa.string())
        rows = rows.add_column(place + language, name, words)
    return rows


def reason_counts(rows: pa.Table) -> dict[str, int]:
    """Quarantined rows by reason code, most frequent first."""
    counts = pc.value_counts(rows["reason_code"]).to_pylist()
    ordered = sorted(counts, key=lambda c: (-c["counts"], c["values"]))
    return {c["values"]: c["counts"] for c in ordered}
