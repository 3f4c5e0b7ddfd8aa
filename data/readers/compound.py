"""The container of old Office files (OLE compound file), as far as one stream is needed.

Read with every index checked, because the workbook inside it is looked at before a library is
trusted with it. Structure: [MS-CFB], Microsoft Open Specifications.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from data.readers.limits import damaged_workbook, protected_workbook

SIGNATURE = b"\xd0\xcf\x11\xe0"
_FREE = 0xFFFFFFFA  # and above: no sector
_STREAM, _ROOT = 2, 5
_ENCRYPTED = "EncryptedPackage"  # where a new workbook lies that has a password, [MS-OFFCRYPTO]


@dataclass(frozen=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


def read_stream(content: bytes, *names: str) -> bytes:
    """The first stream with one of these names.

    Raises ReadError when there is none (another program's file, or one with a password) or the
    container is damaged.
    """
    try:
        return _Container(content).stream(names)
    except (struct.error, IndexError, ValueError) as error:
        raise damaged_workbook() from error


class _Container:
    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, short = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or short != 6:
            raise damaged_workbook()
        self._size = 1 << shift
        directory, _, self._cutoff, mini, _, more, _ = struct.unpack_from("<7I", content, 48)
        self._table = self._sector_table(more)
        self._entries = self._directory(directory)
        small = self._chain(mini)
        self._mini = struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4])

    def stream(self, names: tuple[str, ...]) -> bytes:
        for name in names:
            for entry in self._entries:
                if entry.name.lower() == name.lower() and entry.kind == _STREAM:
                    return self._read(entry)
        if any(entry.name == _ENCRYPTED for entry in self._entries):
            raise protected_workbook()
        raise damaged_workbook()

    def _read(self, entry: _Entry) -> bytes:
        if entry.size >= self._cutoff:
            return self._chain(entry.start)[: entry.size]
        root = next((e for e in self._entries if e.kind == _ROOT), None)
        if root is None:
            raise damaged_workbook()
        inner, pieces, place = self._chain(root.start), [], entry.start
        while place < _FREE and len(pieces) <= len(self._mini):
            pieces.append(inner[place * 64 : place * 64 + 64])
            place = self._mini[place]
        return b"".join(pieces)[: entry.size]

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) * self._size
        return self._content[begin : begin + self._size]

    def _chain(self, place: int) -> bytes:
        pieces: list[bytes] = []
        while place < _FREE:
            if len(pieces) > len(self._table):
                raise damaged_workbook()  # it runs in a circle
            pieces.append(self._sector(place))
            place = self._table[place]
        return b"".join(pieces)

    def _sector_table(self, more: int) -> list[int]:
        numbers = list(struct.unpack_from("<109I", self._content, 76))
        entries, rounds = self._size // 4, 0
        while more < _FREE:
            block = struct.unpack(f"<{entries}I", self._sector(more))
            numbers, more = [*numbers, *block[:-1]], block[-1]
            rounds += 1
            if rounds > len(self._content) // self._size:
                raise damaged_workbook()
        table: list[int] = []
        for number in numbers:
            sector = self._sector(number) if number < _FREE else b""
            table += struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])
        return table

    def _directory(self, start: int) -> list[_Entry]:
        content = self._chain(start)
        entries = []
        for at in range(0, len(content) - 127, 128):
            length, kind = struct.unpack_from("<HB", content, at + 64)
            name = content[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<II", content, at + 116)
            entries.append(_Entry(name, kind, first, size))
        return entries
