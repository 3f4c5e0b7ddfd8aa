"""The first rows of a file, for a person who decides what its columns are.

Cells are shown as far as is needed to recognise a column: names, numbers and phones are masked,
whatever column they stand in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from data.contracts import Field, all_feeds, load_contract
from data.identity import identify
from data.masking import mask_name, mask_number, mask_phone
from data.readers import open_table
from data.values import parse, tidy_field

SAMPLE_ROWS = 200
SHOWN = 3  # cells of a column
_LONG_NUMBER, _HAN = re.compile(r"\d{7,}[\dXx]?"), re.compile(r"^[\u4e00-\u9fff·]{2,4}$")


@dataclass(frozen=True)
class Sample:
    """A file's columns and first rows as text, and what the reader noticed."""

    table: pa.Table
    encoding: str
    flags: tuple[str, ...]


def look(path: Path) -> Sample:
    """The first rows. Raises ReadError for what is no table, OSError for what cannot be read."""
    known = frozenset(h for f in all_feeds() for x in load_contract(f).fields for h in x.headers)
    with open_table(path, known, SAMPLE_ROWS) as raw:
        first = next(iter(raw.chunks()), None)
        headers = list(raw.headers)
        empty = pa.table({h: pa.array([], pa.string()) for h in headers})
        table = empty if first is None else first.table.select(headers).slice(0, SAMPLE_ROWS)
        return Sample(table, raw.encoding, raw.flags)


def shown(cells: pa.ChunkedArray, field: Field | None) -> list[tuple[str, str | None]]:
    """Up to three different cells of a column: masked, and what each becomes as `field`.

    The second is None where the cell cannot be read as that field, and where there is no field.
    """
    texts = [t for t in dict.fromkeys(cells.to_pylist()) if t and t.strip()][:SHOWN]
    return [(masked(t, field), None if field is None else _becomes(t, field)) for t in texts]


def masked(text: str, field: Field | None = None) -> str:
    """A cell in which no person can be recognised, whatever field the column is taken for."""
    text = text.strip()
    identifies = field.identifies if field else None
    if identifies == "name" or (not _has_values(field) and _HAN.match(text)):
        return mask_name(text)
    if identifies == "phone":
        return mask_phone(text)
    if identifies is not None:
        return mask_number(text) if len(text) > 8 else f"{text[:1]}{'*' * (len(text) - 1)}"
    return _LONG_NUMBER.sub(lambda m: mask_number(m[0]) if len(m[0]) > 8 else "*" * len(m[0]), text)


def _has_values(field: Field | None) -> bool:
    """Whether the field's cells are codes, dates or numbers and can be no name."""
    return field is not None and bool(field.codes or field.kind != "string")


def _becomes(text: str, field: Field) -> str | None:
    if field.identifies == "person":
        found = identify(text)
        return mask_number(found.number) if found.number else None
    if field.personal:
        return masked(text, field)
    value = parse(tidy_field(pa.array([text], pa.string()), field), field)[0].as_py()
    if value is None:
        return None
    label = next((c.zh for c in field.codes if c.value == value), None)
    return label or masked(str(value), field)
