"""Which feed a file is likely to be, and which field each of its columns.

Two things speak for a field: how much the header looks like the ones the contract knows, and how
many of the first cells can be read as such a field. Each field is given to one column at most, so
that the sum is the largest (the assignment problem).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.optimize import linear_sum_assignment

from data.contracts import Contract, Field, all_feeds, load_contract, plain_header
from data.identity import identify
from data.values import parse, tidy_field

LIKELY = 0.5  # below, no suggestion is made
_PHONE = r"^1[3-9]\d{9}$"
_NAME = r"^\p{Han}[\p{Han}·]{1,7}$"


@dataclass(frozen=True)
class Column:
    """A column's likeliest field and how likely it is, 0 to 1; None where nothing is likely."""

    header: str
    field: str | None
    likeness: float


@dataclass(frozen=True)
class Guess:
    """The likeliest feed of a table, 0 to 1, and its columns in their order."""

    feed: str
    likeness: float
    columns: tuple[Column, ...]

    @property
    def headers(self) -> dict[str, str]:
        """Header -> field, "" where none is likely."""
        return {c.header: c.field or "" for c in self.columns}


def guess(sample: pa.Table, feed: str | None = None) -> Guess:
    """The likeliest reading of the first rows of a table (text columns); of `feed` if given."""
    found = [_reading(sample, load_contract(f)) for f in ([feed] if feed else all_feeds())]
    return max(found, key=lambda g: g.likeness)


def _reading(sample: pa.Table, contract: Contract) -> Guess:
    fields, headers = contract.fields, sample.column_names
    fits = np.array([[_likeness(sample[h], h, f) for f in fields] for h in headers])
    columns = {h: Column(h, None, 0.0) for h in headers}
    if fits.size:
        for row, place in zip(*linear_sum_assignment(-fits), strict=True):
            likeness = float(fits[row, place])
            if likeness >= LIKELY:
                columns[headers[row]] = Column(headers[row], fields[place].name, likeness)
    return Guess(contract.feed, _of_feed(contract, columns), tuple(columns.values()))


def _of_feed(contract: Contract, columns: Mapping[str, Column]) -> float:
    """Half for the required fields that were found, half for the columns that were understood."""
    by_field = {c.field: c.likeness for c in columns.values() if c.field}
    required = sum(by_field.get(f, 0.0) for f in contract.required) / len(contract.required)
    return (required + sum(by_field.values()) / max(len(columns), 1)) / 2


def _likeness(cells: pa.ChunkedArray, header: str, field: Field) -> float:
    named, read = _header_likeness(header, field), _share_read(cells, field)
    if read is None:
        return 0.9 * named
    return 0.6 * named + 0.4 * read if read >= 0.5 else 0.3 * named


def _header_likeness(header: str, field: Field) -> float:
    plain = plain_header(header)
    if plain in field.headers:
        return 1.0
    return max(_alike(plain, known) for known in field.headers)


def _alike(one: str, other: str) -> float:
    """0 to 0.9: how much two headers share; one within the other counts for more."""
    if not one or not other:
        return 0.0
    shared = SequenceMatcher(None, one, other).ratio()
    within = min(len(one), len(other)) >= 2 and (one in other or other in one)
    return min(0.9, shared + (0.3 if within else 0.0))


def _share_read(cells: pa.ChunkedArray, field: Field) -> float | None:
    """Share of filled cells that can be such a field; None where any text can, or all are empty."""
    text = tidy_field(cells.combine_chunks(), field)
    filled = text.drop_null()
    if not len(filled):
        return None
    if field.identifies == "person":
        return sum(identify(t).number is not None for t in filled.to_pylist()) / len(filled)
    if field.identifies in ("phone", "name"):
        pattern = _PHONE if field.identifies == "phone" else _NAME
        return pc.mean(pc.match_substring_regex(filled, pattern)).as_py()
    if field.codes or field.kind != "string":
        read = parse(filled, field)
        return (len(read) - read.null_count) / len(read)
    return None
