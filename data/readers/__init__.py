"""Department files as text tables: any encoding, CSV or Excel, nothing interpreted yet."""

from __future__ import annotations

from data.readers.limits import check_size
from data.readers.raw import Chunk, Ending, RawFile, RawTable, ReadError, row_label
from data.readers.stream import open_table, read_content

__all__ = [
    "Chunk",
    "Ending",
    "RawFile",
    "RawTable",
    "ReadError",
    "check_size",
    "open_table",
    "read_content",
    "row_label",
]
