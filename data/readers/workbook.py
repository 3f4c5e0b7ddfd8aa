"""The parts of an .xlsx: its sheets, its shared texts, what its number formats show.

Read piece by piece from the packed file, with the limits of `limits`; nothing is held but the
shared texts, which any cell may ask for.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import IO, BinaryIO
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

import pyarrow as pa

from data.readers.limits import PackedLimits, damaged_workbook, packed_otherwise
from data.readers.raw import ReadError
from data.readers.shown import DATE_FORMATS, TWO_DECIMAL_FORMATS, is_date_format, is_two_decimals

PIECE = 1 << 20
LONGEST = 1 << 26  # bytes of one row or one text
_TEXT = re.compile(rb"<(?:\w+:)?si\b[^<>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_RUN = re.compile(rb"<(?:\w+:)?t\b[^<>]*?(?:/>|>([^<]*)</(?:\w+:)?t>)")
_TEXT_ENDS = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\b[^<>]*?/>")
_TEXT_BEGINS = re.compile(rb"<(?:\w+:)?si\b")
_PHONETIC = re.compile(rb"<(?:\w+:)?rPh\b(?:(?!<(?:\w+:)?rPh\b).)*?</(?:\w+:)?rPh>", re.DOTALL)
_NUMBERED = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError),
    *(ElementTree.ParseError, pa.ArrowInvalid, UnicodeDecodeError, ValueError, LookupError),
)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the part it is in, and whether people see it."""

    name: str
    part: str
    visible: bool


class _Package:
    """The parts of a packed file, found whatever the case and slashes of their names."""

    def __init__(self, file: BinaryIO) -> None:
        self.packed = zipfile.ZipFile(file)
        self._names = {_plain(name): name for name in self.packed.namelist()}

    @property
    def parts(self) -> list[str]:
        """The names of all parts, in plain form."""
        return list(self._names)

    def has(self, part: str) -> bool:
        return _plain(part) in self._names

    def open(self, part: str) -> IO[bytes]:
        return self.packed.open(self._names[_plain(part)])

    def tree(self, part: str) -> ElementTree.Element:
        """A small part as a whole."""
        with self.open(part) as file:
            content = b"".join(_plain_xml(file, PIECE))
        if b"<!DOCTYPE" in content:
            raise damaged_workbook()  # it could name what the file does not hold; none writes it
        return ElementTree.fromstring(content)  # noqa: S314 - no document type

    def related(self, part: str) -> list[tuple[str, str, str]]:
        """Id, kind (`styles`) and part of what a part refers to."""
        folder, _, name = part.rpartition("/")
        relations = join(folder, "_rels", f"{name}.rels")
        if not self.has(relations):
            return []
        found = []
        for relation in self.tree(relations):
            target = relation.get("Target", "")
            kind = relation.get("Type", "").rpartition("/")[2]
            place = target[1:] if target.startswith("/") else normpath(join(folder, target))
            found.append((relation.get("Id", ""), kind, place))
        return found


@dataclass
class Workbook:
    """An opened workbook. `dates` and `two_decimals`: styles that show numbers so."""

    package: _Package
    limits: PackedLimits
    sheets: list[Sheet]
    epoch_1904: bool = False
    dates: frozenset[int] = frozenset()
    two_decimals: frozenset[int] = frozenset()
    texts: pa.LargeStringArray = field(default_factory=lambda: pa.array([], pa.large_string()))

    def stream(self, part: str, piece: int = PIECE) -> Iterator[bytes]:
        """The unpacked bytes of a part, piece by piece."""
        with self.package.open(part) as file:
            yield from _plain_xml(file, piece)


@contextmanager
def told_damage() -> Iterator[None]:
    """Whatever goes wrong inside a workbook is one line that says so."""
    try:
        yield
    except ReadError:
        raise
    except _DAMAGE as error:
        raise damaged_workbook() from error


def open_workbook(file: BinaryIO) -> Workbook:
    """Open an .xlsx and read all but its sheets.

    Raises ReadError (unreadable) for what is damaged, encrypted, packed but no workbook, or would
    unpack to more than the limits allow.
    """
    with told_damage():
        package, limits = _Package(file), PackedLimits(file)
        limits.check_declared(package.packed.infolist())
        told = [place for _, kind, place in package.related("") if kind == "officeDocument"]
        main = [place for place in [*told, "xl/workbook.xml"] if package.has(place)]
        if not main or not main[0].endswith(".xml") or main[0].startswith(("word/", "ppt/")):
            raise packed_otherwise(package.parts)
        related = package.related(main[0])
        book = Workbook(package, limits, *_sheets(package, main[0], related))
        parts = {kind: place for _, kind, place in related if package.has(place)}
        folder = main[0].rpartition("/")[0]
        for kind in ("styles", "sharedStrings"):
            if package.has(usual := join(folder, f"{kind}.xml")):
                parts.setdefault(kind, usual)
        if "styles" in parts:
            book.dates, book.two_decimals = _styles(package.tree(parts["styles"]))
        if "sharedStrings" in parts:
            book.texts = _texts(book.stream(parts["sharedStrings"]), limits)
        return book


def plain_text(raw: bytes) -> str:
    """The text that XML and the spreadsheet's own escapes (`_x000D_`) stand for."""
    text = raw.decode()
    if "&" in text:
        text = _NUMBERED.sub(lambda m: chr(int(m[1], 16) if m[1] else int(m[2])), text)
        text = unescape(text, {"&quot;": '"', "&apos;": "'"})
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    return text.encode("utf-8", "replace").decode()


def rich_text(raw: bytes) -> str:
    """The text of a `<si>` or `<is>`, its differently formatted runs joined."""
    if b"rPh" in raw:
        raw = _PHONETIC.sub(b"", raw)
    return plain_text(b"".join(m[1] or b"" for m in _RUN.finditer(raw)))


def _plain_xml(file: IO[bytes], piece: int) -> Iterator[bytes]:
    first = True
    while block := file.read(piece):
        if first and block[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise damaged_workbook()  # UTF-16, which no spreadsheet writes
        first = False
        yield block


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _sheets(
    package: _Package, main: str, related: list[tuple[str, str, str]]
) -> tuple[list[Sheet], bool]:
    """The sheets in the workbook's order, and whether its days count from 1904."""
    targets = {name: (kind, place) for name, kind, place in related}
    folder = main.rpartition("/")[0]
    sheets, epoch = [], False
    for element in package.tree(main).iter():
        if _local(element) == "workbookPr":
            epoch = element.get("date1904") in ("1", "true")
        elif _local(element) == "sheet":
            # The relation has another name space in strict files.
            told = next((v for k, v in element.items() if k.endswith("}id")), "")
            usual = "worksheet", join(folder, f"worksheets/sheet{len(sheets) + 1}.xml")
            kind, part = targets.get(told, usual)
            if package.has(part) and kind == "worksheet":
                seen = element.get("state", "visible") == "visible"
                sheets.append(Sheet(element.get("name", ""), part, seen))
    return sheets, epoch


def _plain(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _styles(tree: ElementTree.Element) -> tuple[frozenset[int], frozenset[int]]:
    """Which styles show a number as a date, which with two decimals."""
    codes = {
        int(e.get("numFmtId", -1)): e.get("formatCode", "")
        for e in tree.iter()
        if _local(e) == "numFmt"
    }
    used = [
        int(style.get("numFmtId", 0))
        for group in tree.iter()
        if _local(group) == "cellXfs"
        for style in group
    ]
    dates = {n for n in used if (is_date_format(codes[n]) if n in codes else n in DATE_FORMATS)}
    twice = {
        n for n in used if (is_two_decimals(codes[n]) if n in codes else n in TWO_DECIMAL_FORMATS)
    }
    return (
        frozenset(i for i, n in enumerate(used) if n in dates),
        frozenset(i for i, n in enumerate(used) if n in twice),
    )


def _texts(stream: Iterator[bytes], limits: PackedLimits) -> pa.LargeStringArray:
    """The shared texts, by their place."""
    found: list[pa.Array] = []
    for block in whole_elements(stream, b"si>", limits):
        if len(_TEXT_BEGINS.findall(block)) != len(_TEXT_ENDS.findall(block)):
            raise damaged_workbook()  # each end would be sought through all that follows
        texts = [rich_text(m[1]) if m[1] else "" for m in _TEXT.finditer(block)]
        found.append(pa.array(texts, pa.large_string()))
    return pa.concat_arrays(found) if found else pa.array([], pa.large_string())


def whole_elements(
    stream: Iterator[bytes], end: bytes, limits: PackedLimits, size: int = 4 * PIECE
) -> Iterator[bytes]:
    """A part in blocks of about `size` bytes, each up to an element's `end`; the rest comes last.

    Raises ReadError for an element longer than any real one, and beyond the limits.
    """
    pieces: list[bytes] = []
    held = 0
    for piece in stream:
        limits.count(len(piece))
        pieces.append(piece)
        held += len(piece)
        if held < size:
            continue
        block = b"".join(pieces)
        cut = block.rfind(end) + len(end)
        if cut < len(end):
            if held > LONGEST:
                raise damaged_workbook()
            pieces = [block]
            continue
        yield block[:cut]
        pieces, held = [block[cut:]], len(block) - cut
    yield b"".join(pieces)
