"""Rows that went back to their department: how the file that brings them again is understood.

The workbook that is handed out has columns of its own (COLUMNS) beside those delivered: which
delivery a row is from, and where it stood in that file. No contract knows them; ingest reads them
here. A row without them, in the department's own new file, is the same row when it has the key
that the contract declares, or else the same person and day. The keys are compared while a file is
taken in and are not kept: kept are row numbers alone.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from core.home import Home
from core.words import Text
from data.contracts import Contract, Field, plain_header
from data.manifest import REJECTED, WAITING, Batch
from data.quarantine import QuarantineError, quarantined
from data.values import TRUE, tidy, tidy_field

# Columns of the workbook that are ours, not the department's.
COLUMNS: dict[str, Text] = {
    "batch": Text("退回批次", "Returned delivery"),
    "sheet": Text("原工作表", "Original sheet"),
    "row_no": Text("原行号", "Original row"),
    "reason": Text("退回原因", "Reason of return"),
    "field": Text("退回列", "Returned for column"),
    "void": Text("作废填“是”", "Void: yes"),
}
# What became of a row (`Batch.answers`); OWN are the numbers, in the answering file itself, of
# rows that are still wrong or void: they belong to the older delivery's ticket.
RIGHT, AGAIN, VOID, OWN = "right", "again", "void", "own"
_NAMES = {plain_header(t): name for name, text in COLUMNS.items() for t in (text.zh, text.en)}
_APART = "\x1f"
Answers = dict[str, dict[str, list[str]]]


def ours(headers: Iterable[str]) -> dict[str, str]:
    """Our columns among the headers of a file: what each is to its header."""
    found: dict[str, str] = {}
    for header in headers:
        name = _NAMES.get(plain_header(header))
        if name is not None:
            found.setdefault(name, header)
    return found


def is_returned(headers: Iterable[str]) -> bool:
    """Whether a file has the columns that say which returned rows it brings."""
    return {"batch", "row_no"} <= set(ours(headers))


def void(table: pa.Table) -> pa.Array:
    """Which rows of a returned workbook their department declares void."""
    found = ours(table.column_names)
    if "void" not in found or not is_returned(table.column_names):
        return pa.repeat(pa.scalar(False), table.num_rows)
    said = tidy(_flat(table[found["void"]]))
    return pc.fill_null(pc.is_in(said, value_set=pa.array([*TRUE, "作废"])), False)


def place(row_no: int, sheet: str | None) -> str:
    """Where a row stands, as the department finds it: `15`, or `东镇!15` with several sheets."""
    return f"{sheet}!{row_no}" if sheet else str(row_no)


def places(rows: pa.Table) -> list[str]:
    """Where the rows of a quarantine list stand."""
    numbers = rows["row_no"].to_pylist()
    named = "sheet" in rows.column_names
    sheets = rows["sheet"].to_pylist() if named else [None] * len(numbers)
    return [place(n, s) for n, s in zip(numbers, sheets, strict=True)]


@dataclass(frozen=True)
class Origin:
    """Refused rows of an earlier delivery: where each stands, and by key which rows it names."""

    batch: str
    places: frozenset[str]
    by_key: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def origins(home: Home, contract: Contract, batches: Sequence[Batch], batch: Batch) -> list[Origin]:
    """The earlier deliveries of a delivery's month with rows that wait to be put right.

    A list that is gone or was changed is left out: nothing can be said about its rows.
    """
    found = []
    for one in batches:
        same = (one.feed, one.period) == (batch.feed, batch.period) and one.batch != batch.batch
        turned_away = one.status == REJECTED and one.decided_on is not None
        if same and one.quarantined and one.status != WAITING and not turned_away:
            try:
                rows = quarantined(home, one.feed, one.batch)
            except QuarantineError:
                continue
            found.append(_origin(contract, one, rows))
    return found


def _origin(contract: Contract, batch: Batch, rows: pa.Table) -> Origin:
    carried = own_rows(batch.answers)
    keys = keys_of_texts(contract, rows).to_pylist()
    by_key: dict[str, tuple[str, ...]] = {}
    stands = places(rows)
    for key, where in zip(keys, stands, strict=True):
        if key is not None and where not in carried:
            by_key[key] = (*by_key.get(key, ()), where)
    return Origin(batch.batch, frozenset(stands) - carried, by_key)


def own_rows(answers: Answers, of: Container[str] | None = None) -> frozenset[str]:
    """Rows of an answering file that belong to the tickets of older deliveries (those named)."""
    listed = (told.get(OWN, ()) for name, told in answers.items() if of is None or name in of)
    return frozenset(where for spans in listed for where in each(spans))


def key_fields(contract: Contract) -> list[Field]:
    """What tells a row from others in its department's own terms: its key, or person and day."""
    if contract.keys:
        return [contract.field(name) for name in contract.keys]
    whose = contract.subjects
    return [*whose, contract.field(contract.happened_on)] if whose else []


def keys_of_texts(contract: Contract, rows: pa.Table) -> pa.Array:
    """The key of each row as delivered; null where a part is empty or was not delivered."""
    matched = contract.match_headers(rows.column_names)
    fields = key_fields(contract)
    if not fields or any(f.name not in matched for f in fields):
        return pa.nulls(rows.num_rows, pa.string())
    return key_texts([tidy(tidy_field(_flat(rows[matched[f.name]]), f)) for f in fields])


def key_texts(parts: Sequence[pa.Array]) -> pa.Array:
    """One text a row for the parts of a key; null where a part is."""
    return pc.binary_join_element_wise(*(p.cast(pa.string()) for p in parts), _APART)


def spans(rows: Iterable[str]) -> list[str]:
    """Row numbers in few words: 3, 7-9, 东镇!3-5."""
    by_sheet: dict[str, list[int]] = {}
    for row in rows:
        sheet, _, number = row.rpartition("!")
        by_sheet.setdefault(sheet, []).append(int(number))
    told = []
    for sheet, numbers in sorted(by_sheet.items()):
        for first, last in _runs(sorted(set(numbers))):
            text = str(first) if first == last else f"{first}-{last}"
            told.append(f"{sheet}!{text}" if sheet else text)
    return told


def each(told: Iterable[str]) -> list[str]:
    """The rows that `spans` told."""
    rows = []
    for span in told:
        sheet, _, numbers = span.rpartition("!")
        first, _, last = numbers.partition("-")
        rows += [place(n, sheet) for n in range(int(first), int(last or first) + 1)]
    return rows


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
