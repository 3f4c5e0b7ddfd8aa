"""Which physical lines make a row: quoted line breaks are joined, stray quotes swallow nothing.

A reader that follows quotes blindly takes everything between two stray ones for a single cell.
Here a cell goes on over a line end only when the row it makes fits the header and its lines do
not look like rows themselves; otherwise the line with the stray quote is kept by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

MOST_JOINED = 200  # physical lines of one row
_FEED, _QUOTE = 10, 34


@dataclass(frozen=True)
class Lines:
    """The physical lines of a block, by where they begin and end (without the line end)."""

    block: bytes
    begins: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.begins)

    def text(self, first: int, last: int | None = None) -> bytes:
        """One line, or those up to `last`."""
        return self.block[self.begins[first] : self.ends[first if last is None else last]]


@dataclass(frozen=True)
class Rows:
    """`starts`: the line each row begins in. `stray`: rows whose quotes have no partner.

    `rest` is the first line that waits for the next block, its quoted cell not closed yet.
    """

    starts: npt.NDArray[np.int64]
    stray: npt.NDArray[np.bool_]
    rest: int


def split_lines(block: bytes) -> Lines:
    """The lines of a block whose line ends are `\\n`."""
    feeds = np.flatnonzero(np.frombuffer(block, np.uint8) == _FEED).astype(np.int64)
    begins = np.concatenate([[0], feeds + 1])
    ends = np.concatenate([feeds, [len(block)]])
    if block.endswith(b"\n"):
        begins, ends = begins[:-1], ends[:-1]
    return Lines(block, begins, ends)


def find_rows(
    lines: Lines, columns: int, separator: bytes, last_block: bool, every: bool = False
) -> Rows:
    """Where rows begin. `every` looks at all lines with quotes, not at odd numbers of them only."""
    follows = np.zeros(len(lines), np.bool_)
    stray = np.zeros(len(lines), np.bool_)
    grammar, done, rest = _grammar(separator), 0, len(lines)
    for first in _suspects(lines, every):
        if first < done or not grammar.opens(lines.text(first)):
            continue
        last = _closing(lines, first, columns, grammar)
        if last is not None:
            follows[first + 1 : last + 1] = True
            done = last + 1
        elif not last_block and first + MOST_JOINED >= len(lines):
            rest = int(first)
            break
        else:
            stray[first] = True
    starts = np.flatnonzero(~follows[:rest])
    return Rows(starts, stray[starts], rest)


def _suspects(lines: Lines, every: bool) -> list[int]:
    quotes = np.frombuffer(lines.block, np.uint8) == _QUOTE
    if every:
        found = np.add.reduceat(quotes, lines.begins, dtype=np.int64) > 0
        return np.flatnonzero(found).tolist()
    # Whether a line has an odd number: a running count, of which the last bit is enough.
    running = np.concatenate([[0], np.cumsum(quotes, dtype=np.uint8)])
    odd = np.diff(running[lines.ends], prepend=np.uint8(0)) & 1
    return np.flatnonzero(odd).tolist()


def _closing(lines: Lines, first: int, columns: int, grammar: _Grammar) -> int | None:
    """The line in which the row that `first` begins is complete; None when it never is."""
    whole = []  # whether each line would be a row of its own
    for last in range(first, min(first + MOST_JOINED, len(lines))):
        whole.append(grammar.plain_count(lines.text(last)) == columns)
        if last == first or b'"' not in lines.text(last):
            continue
        if not grammar.opens(row := lines.text(first, last)):
            fits = grammar.count(row) == columns and not _swallows(whole)
            return last if fits else None
    return None


def _swallows(whole: list[bool]) -> bool:
    """Whether the lines of a joined row look like rows: half of those inside, or both of two."""
    inside = whole[1:-1]
    return 2 * sum(inside) >= len(inside) if inside else all(whole)


class _Grammar:
    """Cells as spreadsheets write them: quoted whole, with quotes inside doubled, or not at all."""

    def __init__(self, separator: bytes) -> None:
        s = re.escape(separator)
        # Nothing is tried twice: a doubled quote is never taken for a closing and an opening one.
        quoted = rb'"(?:[^"]++|"")*+"'
        bare = rb'(?!")[^%s\n]*+' % s
        # After its closing quote a cell may go on, up to the separator.
        cell = rb"(?:%s[^%s\n]*+|%s)" % (quoted, s, bare)
        strict = rb"(?:%s|%s)" % (quoted, bare)
        self._separator = separator
        self._whole = re.compile(rb"%s(?:%s%s)*+" % (cell, s, cell))
        self._strict = re.compile(rb"%s(?:%s%s)*+" % (strict, s, strict))
        self._cell = re.compile(rb"(?:^|%s)%s" % (s, strict))

    def opens(self, text: bytes) -> bool:
        """Whether a quoted cell is not closed at the end of the text."""
        return self._whole.fullmatch(text) is None

    def count(self, text: bytes) -> int:
        """How many cells a complete row has; 0 when something stands behind a closing quote."""
        if self._strict.fullmatch(text) is None:
            return 0
        return sum(1 for _ in self._cell.finditer(text))

    def plain_count(self, text: bytes) -> int:
        """How many cells the text has when quotes mean nothing."""
        return text.count(self._separator) + 1


@lru_cache(maxsize=16)
def _grammar(separator: bytes) -> _Grammar:
    return _Grammar(separator)
