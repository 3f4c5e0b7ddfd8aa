"""Putting a batch in its place: aside first, then one rename, so that no reader sees half of it."""

from __future__ import annotations

import shutil
from collections import Counter
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.atomic import move_folder
from data.checks import REASONS
from data.contracts import Contract
from data.deliveries.overlap import conflicting
from data.deliveries.reading import key_columns
from data.ingest.seen import Hasher, Hashes, Repeats
from data.ingest.shape import NONE_TORN, Checked
from data.lake import lake_schema
from data.readers.raw import SHEET_STEP, Chunk
from data.remarks import remark_in

ASIDE, ROWS_FILE, _KEYS_FILE = ".aside", "part-0.parquet", "keys.parquet"
_KEYS = pa.schema([("row_no", pa.int64()), ("key", pa.uint64()), ("says", pa.uint64())])


class Aside:
    """A delivery's rows for the lake, written aside chunk by chunk, each fact once.

    A context manager: what was not published when the block ends is gone.
    """

    def __init__(self, target: Path, contract: Contract, hasher: Hasher) -> None:
        self._target, self.folder = target, target.parent / ASIDE / target.name
        self._scratch = self.folder.with_name(f"{target.name}.seen")
        self._hasher, self._repeats = hasher, Repeats(self._scratch)
        self._schema = lake_schema(contract.feed).to_pyarrow()
        self._key = key_columns(contract, self._schema.names)
        self.file, self.rows = self.folder / ROWS_FILE, 0

    def __enter__(self) -> Aside:
        self._clear()
        self.folder.mkdir(parents=True)
        self._scratch.mkdir()
        self._writer = pq.ParquetWriter(self.file, self._schema, compression="zstd")
        self._keys = pq.ParquetWriter(self._scratch / _KEYS_FILE, _KEYS) if self._key else None
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
        self._clear()

    def add(self, checked: Checked) -> None:
        """Write the good rows of a chunk, in file order, but for repeats of earlier ones."""
        rows = checked.lake
        if not rows.num_rows:
            return
        places = range(len(checked.compared))
        one, other, says = self._hasher.of(checked.compared, places, places[::-1], places[:-1])
        first = self._repeats.first(one, other)
        if self._keys is not None:
            self._keys.write_table(self._named(checked, says))
        self.rows += int(first.sum())
        self._writer.write_table(rows if first.all() else rows.filter(pa.array(first)))

    def _named(self, checked: Checked, says: Hashes) -> pa.Table:
        """Of each good row its number, its key and what it says, as hashes."""
        key = [checked.lake[name].combine_chunks() for name in self._key]
        (named,) = self._hasher.of(key, range(len(key)))
        whole = reduce(pc.and_, map(pc.is_valid, key))
        keys = pc.if_else(whole, pa.array(named, pa.uint64()), None)
        row_no = checked.row_no.filter(checked.good)
        return pa.table([row_no, keys, pa.array(says, pa.uint64())], schema=_KEYS)

    def torn(self) -> pa.Array:
        """Numbers of rows that share a key and differ."""
        if self._keys is None or not self.rows:
            return NONE_TORN
        return conflicting(self._scratch / _KEYS_FILE, ["key"], ["says"])

    def close(self) -> None:
        """End writing; the file with the rows is still aside."""
        if not self.rows and self._writer.is_open:
            self._writer.write_table(self._schema.empty_table())
        self._writer.close()
        if self._keys is not None:
            self._keys.close()

    def publish(self) -> None:
        """Move what was written to its place, all of it on the disk before.

        A folder left there by an interrupted run (it is in no manifest) is replaced.
        """
        move_folder(self.folder, self._target)

    def _clear(self) -> None:
        for folder in (self.folder, self._scratch):
            shutil.rmtree(folder, ignore_errors=True)


def sweep(root: Path) -> None:
    """Remove what interrupted runs left aside."""
    for aside in root.glob(f"*/{ASIDE}"):
        shutil.rmtree(aside, ignore_errors=True)


def quarantined_rows(checked: Checked, chunk: Chunk) -> pa.Table:
    """Refused rows as they were delivered, with row number, reason code, field and words."""
    refused = checked.refused()
    kept = pc.is_in(chunk.table["row_no"], value_set=refused["row_no"].combine_chunks())
    rows = _apart(chunk.table.filter(kept).drop_columns(["row_no"]), refused.column_names)
    for name in reversed(refused.column_names):
        rows = rows.add_column(0, name, refused[name])
    misfits = pa.table(
        {
            "row_no": chunk.broken["row_no"],
            "reason_code": pa.array(
                [remark_in(t or "") or "broken_row" for t in chunk.broken["text"].to_pylist()],
                pa.string(),
            ),
            "row_text": chunk.broken["text"],
        }
    )
    if misfits.num_rows:
        rows = pa.concat_tables([rows, misfits], promote_options="default").sort_by("row_no")
    return _in_words(rows if chunk.sheet is None else _of_sheet(rows, chunk.sheet), checked)


def _of_sheet(rows: pa.Table, sheet: str) -> pa.Table:
    """Row numbers as the sheet itself shows them, and its name, where there are several."""
    shown = pc.subtract(
        rows["row_no"], pc.multiply(pc.divide(rows["row_no"], SHEET_STEP), SHEET_STEP)
    )
    rows = rows.set_column(0, "row_no", shown)
    return rows.add_column(1, "sheet", pa.repeat(pa.scalar(sheet), rows.num_rows))


def _apart(delivered: pa.Table, ours: list[str]) -> pa.Table:
    """The columns as delivered, renamed where they have the name of one of ours."""
    taken = {*ours, "reason_zh", "reason_en", "row_text", "sheet"}
    names = delivered.column_names
    return delivered.rename_columns(
        [f"{name}#{n}" if name in taken else name for n, name in enumerate(names, start=1)]
    )


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


def reason_counts(rows: pa.Table) -> Counter[str]:
    """Quarantined rows by reason code."""
    counts = pc.value_counts(rows["reason_code"]).to_pylist()
    return Counter({c["values"]: c["counts"] for c in counts})
