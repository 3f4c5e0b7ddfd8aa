"""A delivered file opened as a stream of chunks (until the readers stream themselves)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from data.readers import check_size, read_content

ROWS = 200_000


@dataclass(frozen=True)
class Chunk:
    table: pa.Table
    broken: pa.Table
    sheet: str | None = None
    damaged: bool = False

    @property
    def rows(self) -> int:
        return self.table.num_rows + self.broken.num_rows


@dataclass
class Ending:
    lines: int = 0
    flags: tuple[str, ...] = ()
    joined: int = 0


@dataclass
class RawTable:
    headers: list[str]
    encoding: str
    source: Iterator[Chunk]
    end: Ending = field(default_factory=Ending)
    close: Callable[[], None] = lambda: None
    flags: tuple[str, ...] = ()
    title_unit: str | None = None
    sheets: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()

    def __enter__(self) -> RawTable:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def chunks(self) -> Iterator[Chunk]:
        yield from self.source

    def ending(self) -> Ending:
        return self.end


def open_table(path: Path, known_headers: frozenset[str], rows: int = ROWS) -> RawTable:
    check_size(path.stat().st_size)
    raw = read_content(path.read_bytes(), known_headers)
    damaged = "damaged_text" in raw.flags

    def chunks() -> Iterator[Chunk]:
        none = raw.broken.slice(0, 0)
        for start in range(0, raw.table.num_rows, rows):
            yield Chunk(raw.table.slice(start, rows).combine_chunks(), none, None, damaged)
        if raw.broken.num_rows:
            yield Chunk(raw.table.slice(0, 0), raw.broken, None, damaged)

    return RawTable(
        raw.headers, raw.encoding, chunks(), Ending(raw.rows, raw.flags), flags=raw.flags
    )
