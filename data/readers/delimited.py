"""CSV and its relatives, block by block: decoded here, parsed by Arrow, every cell as text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from data.readers.dialect import HEAD, SEPARATORS, Dialect, find_dialect
from data.readers.encoding import TextBlocks, find_encoding, read_sample
from data.readers.limits import check_table
from data.readers.lines import Lines, Rows, find_rows, split_lines
from data.readers.raw import Chunk, Ending, RawTable, ReadError, broken_rows, known_cells

NULLS = ["", "NULL", "null", "None", "\\N", "#N/A"]
_BOM = "\ufeff".encode()
_INNER = "\x1f"  # stands for a separator of several bytes, which the parser does not take
_NOTHING = ' \t\x1a\u3000\u00a0\ufeff"'
_MARKUP = re.compile(rb"<(?:!doctype|html|head|meta|table|\?xml)\b", re.IGNORECASE)
_FEW, _MANY = 3, 100  # rows that show how long a last cell is: of one length, of any

Numbers = npt.NDArray[np.int64]
Misfits = list[tuple[int, str]]  # place among the rows, text


def open_delimited(file: BinaryIO, known: frozenset[str], rows: int) -> RawTable:
    """A delimited file, its header read. Raises ReadError when there is no table in it."""
    encoding = find_encoding(read_sample(file))
    blocks = TextBlocks(file, encoding)
    stream = iter(blocks)
    first = b""
    while len(first) < HEAD and (block := next(stream, None)):
        first += block
    if not first.replace(_BOM, b"").strip(b" \t\n\x1a"):
        raise ReadError("empty", "文件为空", "the file is empty")
    if _MARKUP.match(first[:512].lstrip()):
        raise ReadError(
            "unreadable",
            "这是网页格式的表格（虽名为 .xls），请用 Excel 或 WPS 打开后另存为 .xlsx",
            "this is a web page with a table in it, though it may be called .xls; open it in Excel "
            "or WPS and save it as .xlsx",
        )
    dialect = find_dialect(_head(first), known)
    check_table(0, len(dialect.names))
    body = _Body(dialect, known, blocks, rows)
    below = first[_offset(first, dialect.skip) :]
    flags = ("title_unit",) if dialect.title_unit else ()
    return RawTable(
        dialect.names,
        encoding,
        body.chunks(chain([below], stream)),
        body.end,
        flags=flags,
        title_unit=dialect.title_unit,
    )


def _head(first: bytes) -> str:
    """The first whole lines. Raises ReadError for a line with more cells than any table has."""
    line = first.find(b"\n")
    if line > HEAD or (line < 0 and len(first) > HEAD):
        longest = first[:line] if line > 0 else first
        check_table(0, max(longest.count(s.encode()) for s in SEPARATORS) + 1)
    head = first if len(first) <= HEAD else first[: first.rfind(b"\n", 0, HEAD) + 1 or HEAD]
    return head.decode("utf-8", "replace")


def _offset(text: bytes, lines: int) -> int:
    """Where the line after the first `lines` begins."""
    place = 0
    for _ in range(lines):
        place = text.find(b"\n", place) + 1
        if place == 0:
            return len(text)
    return place


class _Body:
    """The rows below the header."""

    def __init__(
        self, dialect: Dialect, known: frozenset[str], blocks: TextBlocks, rows: int
    ) -> None:
        self.end = Ending(above=dialect.skip)
        self._dialect, self._known, self._blocks, self._rows = dialect, known, blocks, rows
        self._names = dialect.names
        self._wide = len(dialect.separator.encode()) > 1
        self._separator = _INNER if self._wide else dialect.separator
        self._next = dialect.header_no + 1
        self._taken = 0
        self._lengths = (1 << 30, 0)  # of last cells: shortest, longest

    def chunks(self, blocks: Iterator[bytes]) -> Iterator[Chunk]:
        """Rows in the order of the file; raises ReadError for more than a table may have."""
        left = b""
        for block, last in _told_last(blocks):
            text = left + self._prepared(block)
            if not text:
                continue
            chunk, left = self._chunk(text, last)
            check_table(self._taken, len(self._names))
            yield from self._sliced(chunk)
        self._close()

    def _close(self) -> None:
        if self._blocks.damaged:
            self.end.flag("damaged_text")
        if self._blocks.mixed_ends:
            self.end.flag("line_ends")

    def _prepared(self, block: bytes) -> bytes:
        """The block with a separator that Arrow takes, without marks of files glued together."""
        if self._wide:
            block = block.replace(self._dialect.separator.encode(), self._separator.encode())
        if _BOM in block:
            begin = (self._dialect.header[0] + self._separator).encode()
            block = block.replace(b"\n" + _BOM, b"\n").removeprefix(_BOM)
            block = block.replace(_BOM + begin, b"\n" + begin)
        return block

    def _chunk(self, text: bytes, last: bool) -> tuple[Chunk, bytes]:
        """The rows of a text and what of it waits for the next block."""
        if b'"' not in text:
            count = text.count(b"\n") + (not text.endswith(b"\n"))
            table, misfits = self._parsed(text, quotes=False)
            stray = np.zeros(count, np.bool_)
            return self._numbered(text, table, misfits, stray, count, last), b""
        lines, separator = split_lines(text), self._separator.encode()
        for every in (False, True):
            rows = find_rows(lines, len(self._names), separator, last, every)
            table, misfits = self._parsed(_without_stray(lines, rows), quotes=True)
            if table.num_rows + len(misfits) == len(rows.starts) - int(rows.stray.sum()):
                break
        else:
            table, misfits = self._by_hand(lines, rows)
        left = lines.text(rows.rest, len(lines) - 1) + b"\n" if rows.rest < len(lines) else b""
        misfits = _with_stray(misfits, lines, rows)
        chunk = self._numbered(text, table, misfits, rows.stray, rows.rest, last)
        return chunk, left

    def _parsed(self, text: bytes, quotes: bool) -> tuple[pa.Table, Misfits]:
        misfits: Misfits = []

        def keep(row: arrow_csv.InvalidRow) -> str:
            misfits.append(((row.number or 0) - 1, row.text))
            return "skip"

        if not text:
            return self._table([[] for _ in self._names]), []
        try:
            table = arrow_csv.read_csv(
                pa.py_buffer(text),
                arrow_csv.ReadOptions(
                    use_threads=False, column_names=self._names, block_size=len(text) + 1024
                ),
                arrow_csv.ParseOptions(
                    delimiter=self._separator,
                    quote_char='"' if quotes else False,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep,
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(self._names, pa.string()),
                    strings_can_be_null=True,
                    null_values=NULLS,
                ),
            )
        except pa.ArrowInvalid as error:
            line = str(error).splitlines()[0][:120]
            raise ReadError("unreadable", f"CSV 无法解析：{line}", f"not a CSV: {line}") from error
        return table, misfits

    def _by_hand(self, lines: Lines, rows: Rows) -> tuple[pa.Table, Misfits]:
        """Row by row, where the parser sees others than we do."""
        cells: list[list[str]] = []
        misfits: Misfits = []
        ends = [*(rows.starts[1:] - 1).tolist(), rows.rest - 1]
        kept = [
            (int(a), b)
            for a, b, stray in zip(rows.starts, ends, rows.stray, strict=True)
            if not stray
        ]
        for place, (first, last) in enumerate(kept):
            text = lines.text(first, last).decode()
            found = _cells(text, self._separator)
            if text and (len(found) != 1 or len(found[0]) != len(self._names)):
                misfits.append((place, text))
            else:
                cells.append(found[0] if found else [""] * len(self._names))
        columns = [list(c) for c in zip(*cells, strict=True)] or [[] for _ in self._names]
        return self._table([[None if c in NULLS else c for c in one] for one in columns]), misfits

    def _table(self, columns: list[list[str | None]]) -> pa.Table:
        arrays = [pa.array(c, pa.string()) for c in columns]
        return pa.Table.from_arrays(arrays, names=self._names)

    def _numbered(
        self,
        text: bytes,
        table: pa.Table,
        misfits: Misfits,
        stray: npt.NDArray[np.bool_],
        lines: int,
        last: bool,
    ) -> Chunk:
        """Rows with their numbers; blank ones and repeated headers are counted and left out."""
        count = len(stray)
        fits = np.ones(count, np.bool_)
        fits[[place for place, _ in misfits]] = False
        table = table.append_column("row_no", pa.array(np.flatnonzero(fits) + self._next))
        table, blank = self._without_blank(table)
        table, headers = self._without_headers(table)
        empty = {place for place, text in misfits if not stray[place] and self._says_nothing(text)}
        shown = [(p + self._next, self._as_written(t)) for p, t in misfits if p not in empty]
        self.end.blank += blank + len(empty)
        self.end.headers += headers
        self.end.joined += lines - count
        self.end.lines += lines - blank - len(empty) - headers
        if stray.any():
            self.end.flag("stray_quotes")
        if last and not text.endswith(b"\n"):
            table, shown = self._without_cut(text, table, shown)
        self._next += count
        self._taken += table.num_rows + len(shown)
        self._lengths = self._seen_lengths(table)
        broken = broken_rows([n for n, _ in shown], [t for _, t in shown])
        return Chunk(self._restored(table), broken, damaged=self._blocks.damaged)

    def _says_nothing(self, text: str) -> bool:
        return not text.strip(_NOTHING + self._separator)

    def _without_blank(self, table: pa.Table) -> tuple[pa.Table, int]:
        fullest = min(table.columns[:-1], key=lambda column: column.null_count)
        if fullest.null_count == 0:
            return table, 0
        blank = pc.is_null(fullest)
        for column in table.columns[:-1]:
            blank = pc.and_(blank, pc.is_null(column))
        found = pc.sum(blank).as_py() or 0
        return (table.filter(pc.invert(blank)), found) if found else (table, 0)

    def _without_headers(self, table: pa.Table) -> tuple[pa.Table, int]:
        """Without rows that say the header again; raises ReadError for another header."""
        header = self._dialect.header[: len(self._names)]
        told = pa.array([*{*header, *self._known} - {""}], pa.string())
        suspect = pc.is_in(table.column(0), value_set=told)
        if not pc.any(suspect).as_py():
            return table, 0
        again = []
        for row in table.filter(suspect).slice(0, 1000).to_pylist():
            number, cells = row["row_no"], [row[name] for name in self._names]
            if [(c or "").strip() for c in cells[: len(header)]] == header:
                again.append(number)
            elif known_cells(cells, self._known) >= max(2, len(cells) / 2):
                raise _other_header(number)
        if again:
            self.end.flag("repeated_header")
            hit = pc.is_in(table["row_no"], value_set=pa.array(again, pa.int64()))
            table = table.filter(pc.invert(hit))
        return table, len(again)

    def _without_cut(
        self, text: bytes, table: pa.Table, shown: Misfits
    ) -> tuple[pa.Table, Misfits]:
        """The last line has no end. A row that is shorter than all before it was cut off."""
        if shown and (not table.num_rows or shown[-1][0] > table["row_no"][-1].as_py()):
            self.end.flag("cut_off")
            return table, shown
        if not table.num_rows or not self._is_cut(table):
            return table, shown
        self.end.flag("cut_off")
        number, row = table["row_no"][-1].as_py(), text[text.rfind(b"\n") + 1 :]
        written = self._as_written(row.decode("utf-8", "replace"))
        return table.slice(0, table.num_rows - 1), [*shown, (number, written)]

    def _is_cut(self, table: pa.Table) -> bool:
        if self._blocks.cut_character:
            return True
        before = table.slice(0, table.num_rows - 1)
        shortest, longest = self._seen_lengths(before)
        rows = self._taken + before.num_rows
        last = len(table.column(len(self._names) - 1)[-1].as_py() or "")
        return last < shortest and rows >= (_FEW if shortest == longest else _MANY)

    def _seen_lengths(self, table: pa.Table) -> tuple[int, int]:
        if not table.num_rows:
            return self._lengths
        lengths = pc.fill_null(pc.utf8_length(table.column(len(self._names) - 1)), 0)
        both = pc.min_max(lengths).as_py()
        return min(self._lengths[0], both["min"]), max(self._lengths[1], both["max"])

    def _as_written(self, text: str) -> str:
        return text.replace(_INNER, self._dialect.separator) if self._wide else text

    def _restored(self, table: pa.Table) -> pa.Table:
        """The separator back inside quoted cells."""
        if not self._wide:
            return table
        for place, name in enumerate(self._names):
            cells = pc.replace_substring(table[name], _INNER, self._dialect.separator)
            table = table.set_column(place, name, cells)
        return table

    def _sliced(self, chunk: Chunk) -> Iterator[Chunk]:
        if chunk.table.num_rows <= self._rows:
            if chunk.rows:
                yield chunk
            return
        nothing = broken_rows([], [])
        for at in range(0, chunk.table.num_rows, self._rows):
            piece = chunk.table.slice(at, self._rows)
            yield Chunk(piece, nothing if at else chunk.broken, damaged=chunk.damaged)


def _cells(text: str, separator: str) -> list[list[str]]:
    """The rows that quotes make of a text, which should be one; none for a cell without end."""
    try:
        return list(csv.reader(io.StringIO(text, newline="\n"), delimiter=separator))
    except csv.Error:
        return []


def _told_last(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each block, and whether it is the last."""
    before = next(blocks, b"")
    for block in blocks:
        yield before, False
        before = block
    yield before, True


def _without_stray(lines: Lines, rows: Rows) -> bytes:
    """The text without the rows that are kept by themselves, and without what waits."""
    whole = lines.block[: lines.ends[rows.rest - 1] + 1] if rows.rest else b""
    if not rows.stray.any():
        return whole
    pieces, place = [], 0
    for line in rows.starts[rows.stray].tolist():
        pieces.append(whole[place : lines.begins[line]])
        place = int(lines.ends[line]) + 1
    return b"".join([*pieces, whole[place:]])


def _with_stray(misfits: Misfits, lines: Lines, rows: Rows) -> Misfits:
    """All rows that do not fit, by their place among all rows."""
    if not rows.stray.any():
        return misfits
    others = np.flatnonzero(~rows.stray)
    found = [(int(others[place]), text) for place, text in misfits]
    for place in np.flatnonzero(rows.stray).tolist():
        found.append((place, lines.text(rows.starts[place]).decode("utf-8", "replace")))
    return sorted(found)


def _other_header(row: int) -> ReadError:
    return ReadError(
        "unreadable",
        f"第 {row} 行又是一个表头，列的顺序不同：像是几个文件拼接而成，请分别报送",
        f"row {row} is another header with its columns in another order: several files were put "
        "one behind the other; deliver them apart",
    )
