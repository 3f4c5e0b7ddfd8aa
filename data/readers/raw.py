"""What every reader returns, and the one way a file is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from core.errors import Told
from data.contracts import plain_header

HEADER_SEARCH_ROWS = 12
REPLACEMENT = "\ufffd"


class ReadError(Told):
    """A file that cannot be read as a table; `reason` is a code for the manifest."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.reason = reason


@dataclass(frozen=True)
class RawFile:
    """A delivered table, as text.

    `table` has one text column per header and `row_no`, the row's number as a spreadsheet
    shows it. `broken` holds rows that do not fit the header: row_no and their text.
    """

    headers: list[str]
    table: pa.Table
    broken: pa.Table
    encoding: str
    flags: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows received, broken ones too."""
        return self.table.num_rows + self.broken.num_rows


def broken_rows(numbers: Sequence[int], texts: Sequence[str]) -> pa.Table:
    """Rows that do not fit their header, as RawFile keeps them."""
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


def unique_headers(cells: Sequence[object]) -> list[str]:
    """Header texts, each once: an empty one is called 列N, a repeated one gets its number."""
    seen: set[str] = set()
    names = []
    for place, cell in enumerate(cells, start=1):
        name = str(cell if cell is not None else "").strip().lstrip("\ufeff") or f"列{place}"
        if name in seen or name == "row_no":
            name = f"{name}#{place}"
        seen.add(name)
        names.append(name)
    return names
