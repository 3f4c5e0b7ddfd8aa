"""Department files as text tables: any encoding, CSV or Excel, nothing interpreted yet."""

from __future__ import annotations

from data.readers.delimited import read_delimited
from data.readers.excel import read_excel
from data.readers.limits import check_size
from data.readers.raw import RawFile, ReadError

__all__ = ["RawFile", "ReadError", "check_size", "read_content"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_content(content: bytes, known_headers: frozenset[str]) -> RawFile:
    """Read one delivered file's bytes into text columns.

    What the file is, is told by its first bytes, not by its name: a CSV called .xlsx is read
    as CSV. `known_headers` (as `plain_header` writes them) finds the header row below titles.
    Raises ReadError (empty, unreadable, no_header) with a line in both languages, also for what is
    larger than `limits` allows.
    """
    check_size(len(content))
    if not content.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise ReadError("empty", "文件为空", "the file is empty")
    if content.startswith((_ZIP, _OLE)):
        return read_excel(content, known_headers)
    return read_delimited(content, known_headers)
