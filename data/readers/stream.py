"""One way to open whatever a department delivers: what a file is, is told by its first bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from data.readers.delimited import open_delimited
from data.readers.excel import open_excel
from data.readers.limits import check_size
from data.readers.parquet import open_parquet
from data.readers.raw import RawFile, RawTable, ReadError, broken_rows

ROWS = 200_000
_ZIP, _OLE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"


def open_table(path: Path, known_headers: frozenset[str], rows: int = ROWS) -> RawTable:
    """Open a delivered file; its rows come in chunks of at most `rows`.

    A CSV called .xlsx is read as CSV. `known_headers` (as `plain_header` writes them) finds the
    header row below titles. Raises ReadError (empty, unreadable, no_header) with a line in both
    languages, also for what is larger than `limits` allows; OSError when the file cannot be read.
    """
    check_size(path.stat().st_size)
    file = path.open("rb")
    try:
        return _opened(file, known_headers, rows)
    except BaseException:
        file.close()
        raise


def read_content(content: bytes, known_headers: frozenset[str]) -> RawFile:
    """A file's bytes as one table in memory; see `open_table`."""
    with open_content(content, known_headers) as raw:
        return read_whole(raw)


def open_content(content: bytes, known_headers: frozenset[str], rows: int = ROWS) -> RawTable:
    """A file's bytes as `open_table` opens a file."""
    check_size(len(content))
    return _opened(io.BytesIO(content), known_headers, rows)


def read_whole(raw: RawTable) -> RawFile:
    """All rows of an opened table at once."""
    chunks = list(raw.chunks())
    names = [*raw.headers, "row_no"]
    types = [*[pa.string()] * len(raw.headers), pa.int64()]
    empty = pa.table([pa.array([], t) for t in types], names)
    table = pa.concat_tables([empty, *[c.table.select(names) for c in chunks]])
    broken = pa.concat_tables([broken_rows([], []), *[c.broken for c in chunks]])
    return RawFile(
        raw.headers,
        table,
        broken.sort_by("row_no"),
        raw.encoding,
        raw.ending().flags,
        raw.title_unit,
        raw.sheets,
        raw.other_sheets,
        raw.ending().lines,
    )


def _opened(file: BinaryIO, known: frozenset[str], rows: int) -> RawTable:
    raw = _reader(file.read(4))(_back(file), known, rows)
    raw.close = file.close
    return raw


def _reader(start: bytes) -> Callable[[BinaryIO, frozenset[str], int], RawTable]:
    if not start.strip(b"\x00\r\n\t \xef\xbb\xbf") and len(start) < 4:
        raise ReadError("empty", "文件为空", "the file is empty")
    if start == _PARQUET:
        return open_parquet
    return open_excel if start in (_ZIP, _OLE) else open_delimited


def _back(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file
