"""Workbooks for tests: .xlsx with the odd parts by hand, and small old .xls ones."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import xlsxwriter

Cell = str | float | None
SECTOR = 512
_END, _FAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def book(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """An .xlsx with these sheets, cell by cell."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return content.getvalue()


def with_part(content: bytes, part: str, change: tuple[bytes, bytes]) -> bytes:
    """The workbook with one text of one part replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            inside = old.read(name)
            if name == part:
                assert change[0] in inside
                inside = inside.replace(*change)
            new.writestr(name, inside, zipfile.ZIP_DEFLATED)
    return made.getvalue()


@dataclass
class OldSheet:
    """A sheet of an old workbook: rows of cells, ranges merged (rows and columns from 0)."""

    name: str
    rows: Sequence[Sequence[Cell]]
    styles: Mapping[int, int] = field(default_factory=dict)  # column: style
    merged: Sequence[tuple[int, int, int, int]] = ()  # first row, last row, first, last column
    hidden: bool = False
    far: tuple[int, int] | None = None  # one more cell, anywhere


def old_book(
    sheets: Sequence[OldSheet],
    formats: Sequence[str] = (),
    shared: bool = False,
    unicode: bool = True,
) -> bytes:
    """A workbook as Excel 97 to 2003 kept it, or 95 when not `unicode`.

    Style 0 is general, style n shows `formats[n-1]`. `shared`: cells point to shared texts.
    """
    writer = _Writer(shared, unicode)
    styles = _record(0x00E0, struct.pack("<HH16x", 0, 0))
    for place, code in enumerate(formats):
        number = struct.pack("<H", 164 + place)
        styles += _record(0x041E, number + writer.text(code))
        styles += _record(0x00E0, struct.pack("<HH16x", 0, 164 + place))
    bodies = [writer.sheet(s) for s in sheets]
    names = [writer.text(s.name, "<B") for s in sheets]
    begin = writer.begin(0x0005) + styles + writer.texts()
    offset = len(begin) + sum(10 + len(name) for name in names) + 4
    for sheet, name, body in zip(sheets, names, bodies, strict=True):
        begin += _record(0x0085, struct.pack("<IBB", offset, sheet.hidden, 0) + name)
        offset += len(body)
    stream = begin + _record(0x000A, b"") + b"".join(bodies)
    return compound("Workbook" if unicode else "Book", stream)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


class _Writer:
    def __init__(self, shared: bool, unicode: bool) -> None:
        self._shared, self._unicode = shared, unicode
        self._texts: list[str] = []

    def begin(self, what: int) -> bytes:
        version = 0x0600 if self._unicode else 0x0500
        return _record(0x0809, struct.pack("<HHHHII", version, what, 0, 0, 0, 0))

    def text(self, text: str, length: str = "<H") -> bytes:
        if self._unicode:
            return struct.pack(length, len(text)) + b"\x01" + text.encode("utf-16-le")
        raw = text.encode("gb18030")
        return struct.pack(length, len(raw)) + raw

    def texts(self) -> bytes:
        """The shared texts, cut into records of 8,000 bytes, narrow where they can be."""
        records = [struct.pack("<II", len(self._texts), len(self._texts))]
        for text in self._texts:
            wide = not text.isascii()
            raw = text.encode("utf-16-le" if wide else "ascii")
            records[-1] += struct.pack("<HB", len(text), wide)
            while len(records[-1]) + len(raw) > 8_000:
                room = (8_000 - len(records[-1])) // 2 * 2
                records[-1] += raw[:room]
                raw = raw[room:]
                records.append(bytes([wide]))
            records[-1] += raw
        kinds = [0x00FC, *[0x003C] * (len(records) - 1)]
        return b"".join(map(_record, kinds, records)) if self._texts else b""

    def sheet(self, sheet: OldSheet) -> bytes:
        width = max(len(row) for row in sheet.rows)
        body = self.begin(0x0010)
        body += _record(0x0200, struct.pack("<IIHHH", 0, len(sheet.rows), 0, width, 0))
        for r, row in enumerate(sheet.rows):
            for c, value in enumerate(row):
                if value is not None:
                    style = sheet.styles.get(c, 0) if isinstance(value, float | int) else 0
                    body += self._cell(r, c, value, style)
        if sheet.far:
            body += self._cell(*sheet.far, "x", 0)
        if sheet.merged:
            ranges = b"".join(struct.pack("<HHHH", *m) for m in sheet.merged)
            body += _record(0x00E5, struct.pack("<H", len(sheet.merged)) + ranges)
        return body + _record(0x000A, b"")

    def _cell(self, row: int, column: int, value: str | float, style: int) -> bytes:
        at = struct.pack("<HHH", row, column, style)
        if not isinstance(value, str):
            return _record(0x0203, at + struct.pack("<d", value))
        if self._shared:
            self._texts.append(value)
            return _record(0x00FD, at + struct.pack("<I", len(self._texts) - 1))
        return _record(0x0204, at + self.text(value))


def compound(name: str, stream: bytes) -> bytes:
    """An OLE compound file with one stream."""
    stream = stream.ljust(4096, b"\x00")
    size = len(stream)
    used = -(-size // SECTOR)
    tables = -(-(used + 2) // 127)
    chain = [*range(1, used), _END]  # the stream comes first
    chain += [_END, *[_FAT] * tables]  # then the directory, then this table
    table = struct.pack(f"<{len(chain)}I", *chain)
    table = table.ljust(tables * SECTOR, b"\xff")
    places = [used + 1 + i for i in range(tables)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, used, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *places, *[_FREE] * (109 - tables))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 0, size)
    padded = stream.ljust(used * SECTOR, b"\x00")
    return header + padded + directory.ljust(SECTOR, b"\x00") + table


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    label = name.encode("utf-16-le") + b"\x00\x00"
    head = label.ljust(64, b"\x00") + struct.pack("<HBB", len(label), kind, 1)
    return head + struct.pack("<III36xIQ", _FREE, _FREE, child, start, size)
