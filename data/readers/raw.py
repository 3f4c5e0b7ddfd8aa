"""What every reader returns, and the one way a file is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType

import pyarrow as pa

from core.errors import Told
from data.contracts import plain_header

HEADER_SEARCH_ROWS = 12
REPLACEMENT = "\ufffd"
# Of a workbook with several sheets: row 15 of the second sheet is 10,000,015.
SHEET_STEP = 10_000_000
# Columns that checking and quarantine add beside the delivered ones.
RESERVED = frozenset(
    {"row_no", "row_text", "reason_code", "reason_field", "reason_zh", "reason_en"}
    | {"duplicate_of", "sheet", "batch"}
)


class ReadError(Told):
    """A file that cannot be read as a table; `reason` is a code for the manifest."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.reason = reason


@dataclass(frozen=True)
class Chunk:
    """Some consecutive rows: `table` has text columns and `row_no`, `broken` row_no and text.

    `row_no` is the row's number as a spreadsheet shows it (blank rows counted, a cell with a line
    break counted once), plus `SHEET_STEP` for every sheet read before; `row_label` says it in
    words. `sheet` is the sheet's name where several were read as one delivery. Not `damaged`: no
    cell holds a character that did not survive the transfer.
    """

    table: pa.Table
    broken: pa.Table
    sheet: str | None = None
    damaged: bool = False

    @property
    def rows(self) -> int:
        """Rows received, broken ones too."""
        return self.table.num_rows + self.broken.num_rows


@dataclass
class Ending:
    """What is known once all rows were given out.

    `above`: lines up to and with the header. Of those below it: `lines` carry something, `blank`
    do not, `joined` belong to the row above (a line break in a quoted cell), `headers` repeat the
    header (files copied one behind the other). So `lines` = rows + broken rows + `joined`. Of a
    workbook or a database, lines are rows. `flags` are codes of `data.readers.flags`, those known
    at opening too.
    """

    lines: int = 0
    blank: int = 0
    joined: int = 0
    headers: int = 0
    above: int = 0
    flags: tuple[str, ...] = ()

    def flag(self, *codes: str) -> None:
        """Note what was found, each once, in the order found."""
        self.flags = tuple(dict.fromkeys((*self.flags, *codes)))


@dataclass
class RawTable:
    """An opened delivery: its columns are known, its rows come in chunks, once.

    `flags` are those known at opening, `title_unit` the unit of money that a title above the
    header names (万元 or 元), `sheets` the sheets read as one delivery, `other_sheets` those that
    were not read. A context manager: leaving it closes the file.
    """

    headers: list[str]
    encoding: str
    source: Iterator[Chunk]
    end: Ending = field(default_factory=Ending)
    close: Callable[[], None] = lambda: None
    flags: tuple[str, ...] = ()
    title_unit: str | None = None
    sheets: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()
    exhausted: bool = False

    def __post_init__(self) -> None:
        self.end.flag(*self.flags)

    def __enter__(self) -> RawTable:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def chunks(self) -> Iterator[Chunk]:
        """The rows, in the order delivered; to be asked for once.

        Raises ReadError for a file that turns out, on the way, to be no table.
        """
        yield from self.source
        self.exhausted = True

    def ending(self) -> Ending:
        """Lines received and flags found; RuntimeError while there are rows not asked for."""
        if not self.exhausted:
            raise RuntimeError("the ending is known once all chunks were read")
        return self.end


@dataclass(frozen=True)
class RawFile:
    """A whole delivered table in memory; see `Chunk` for its rows and `RawTable` for the rest."""

    headers: list[str]
    table: pa.Table
    broken: pa.Table
    encoding: str
    flags: tuple[str, ...] = ()
    title_unit: str | None = None
    sheets: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()
    lines: int = 0

    @property
    def rows(self) -> int:
        """Rows received, broken ones too."""
        return self.table.num_rows + self.broken.num_rows


def row_label(row_no: int, sheets: Sequence[str] = ()) -> str:
    """A row's place as a person finds it: `15`, or `东镇!15` where several sheets were read."""
    if len(sheets) < 2:
        return str(row_no)
    place, row = divmod(row_no, SHEET_STEP)
    return f"{sheets[place]}!{row}"


def broken_rows(numbers: Sequence[int], texts: Sequence[str]) -> pa.Table:
    """Rows that do not fit their header, as `Chunk` keeps them."""
    return pa.table({"row_no": pa.array(numbers, pa.int64()), "text": pa.array(texts, pa.string())})


def known_cells(cells: Sequence[object], known: frozenset[str]) -> int:
    """How many cells of a row are headers somebody knows."""
    return sum(plain_header(str(c)) in known for c in cells if c is not None)


def header_row(rows: Sequence[Sequence[object]], known: frozenset[str]) -> int | None:
    """Index of the row that names the columns: the first with most known headers.

    Departments put titles and notes above it. None when no row names two known columns and
    there is not even a row with two filled cells.
    """
    hits = [known_cells(row, known) for row in rows]
    if hits and max(hits) >= 2:
        return hits.index(max(hits))
    filled = (i for i, r in enumerate(rows) if sum(str(c or "").strip() != "" for c in r) >= 2)
    return next(filled, None)


def joined_header(
    rows: Sequence[Sequence[object]], at: int, known: frozenset[str]
) -> tuple[list[object], int]:
    """The cells that name the columns, and the row they end in.

    A header may take two rows, with groups above and columns below (医疗费用 over 总费用 and 自付):
    the row above or below `at` belongs to it where it names known columns that row `at` does not,
    and nothing stands below a column that is named above.
    """
    best, last = list(rows[at]), at
    for upper in (at - 1, at):
        if upper < 0 or upper + 1 >= len(rows):
            continue
        cells = _one_below(rows[upper], rows[upper + 1], known)
        if cells is not None and known_cells(cells, known) > known_cells(best, known):
            best, last = cells, upper + 1
    return best, last


def _one_below(
    above: Sequence[object], below: Sequence[object], known: frozenset[str]
) -> list[object] | None:
    """Two rows as one header; None where the lower one is a row of its own."""
    wide = max(len(above), len(below))
    named: list[object] = []
    for n in range(wide):
        a, b = (row[n] if n < len(row) else None for row in (above, below))
        upper, lower = (plain_header(str(c)) if c is not None else "" for c in (a, b))
        if upper in known and lower not in ("", upper):
            return None
        named.append(b if lower else a)
    return named


def unique_headers(cells: Sequence[object]) -> list[str]:
    """Header texts, each once: an empty one is called 列N, a repeated one gets its number.

    So does one that checking would take for a column of its own (`reason_code`).
    """
    seen: set[str] = set()
    names = []
    for place, cell in enumerate(cells, start=1):
        name = str(cell if cell is not None else "").strip().strip("\ufeff\x00") or f"列{place}"
        while name in seen or name.lower() in RESERVED:
            name = f"{name}#{place}"
        seen.add(name)
        names.append(name)
    return names
