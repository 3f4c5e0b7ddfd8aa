"""Parquet files, row group by row group, every value as the text an office would write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.readers.limits import check_table
from data.readers.raw import Chunk, Ending, RawTable, ReadError, broken_rows, unique_headers
from data.readers.shown import numbers_shown

LARGEST_GROUP = 1 << 30  # bytes of one row group when unpacked


def open_parquet(file: BinaryIO, known: frozenset[str], rows: int) -> RawTable:
    """A Parquet file with its columns' names as headers; row 1 is the first.

    Raises ReadError (unreadable) for a damaged file or one with row groups too large to hold.
    """
    with _told():
        found = pq.ParquetFile(file)
        groups = [found.metadata.row_group(i) for i in range(found.num_row_groups)]
    names = unique_headers(found.schema_arrow.names)
    check_table(found.metadata.num_rows, len(names))
    if any(group.total_byte_size > LARGEST_GROUP for group in groups):
        raise ReadError(
            "unreadable",
            "Parquet 行组过大，请以较小的行组重新导出",
            "a row group of the Parquet file is too large; export it with smaller ones",
        )
    if not names:
        raise ReadError("no_header", "没有找到表头行", "no header row was found")
    end = Ending()
    return RawTable(names, "parquet", _chunks(found, names, rows, end), end)


def _chunks(found: pq.ParquetFile, names: list[str], rows: int, end: Ending) -> Iterator[Chunk]:
    first = 1
    with _told():
        for batch in found.iter_batches(batch_size=rows):
            yield text_chunk(pa.Table.from_batches([batch]), names, first)
            first += batch.num_rows
            end.lines += batch.num_rows


def text_chunk(table: pa.Table, names: list[str], first: int) -> Chunk:
    """Typed columns as text with row numbers from `first`."""
    columns = [as_text(column) for column in table.columns]
    numbers = pa.array(range(first, first + table.num_rows), pa.int64())
    return Chunk(pa.table([*columns, numbers], [*names, "row_no"]), broken_rows([], []))


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as a spreadsheet shows them, days as 2026-06-09, yes and no as 是 and 否."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_floating(kind):
        column = numbers_shown(column.cast(pa.float64()))
    elif pa.types.is_decimal(kind):
        column = numbers_shown(column.cast(pa.float64())) if kind.scale else column
    elif pa.types.is_boolean(kind):
        column = pc.if_else(column, "是", "否")
    elif pa.types.is_timestamp(kind):
        local = pc.local_timestamp(column) if kind.tz else column
        text = pc.strftime(local.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")
        column = pc.replace_substring(text, " 00:00:00", "")
    elif pa.types.is_nested(kind):
        column = pa.chunked_array([pa.array([str(v) for v in column.to_pylist()], pa.string())])
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        column = pa.chunked_array(
            [[None if v is None else v.decode("utf-8", "replace") for v in column.to_pylist()]],
            pa.string(),
        )
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)


@contextmanager
def _told() -> Iterator[None]:
    """A damaged file is one line that says so."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ReadError(
            "unreadable", "Parquet 文件损坏或无法打开", "the Parquet file cannot be opened"
        ) from error
