"""What a delivery says of rows that went back: put right, still wrong, or void."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract
from data.deliveries.returned import (
    AGAIN,
    OWN,
    RIGHT,
    VOID,
    Answers,
    Origin,
    is_returned,
    key_fields,
    key_texts,
    ours,
    place,
    spans,
)
from data.ingest.shape import Checked
from data.readers.raw import SHEET_STEP, Chunk
from data.values import tidy


class Answering:
    """One delivery, heard chunk by chunk."""

    def __init__(self, contract: Contract, origins: Sequence[Origin], headers: list[str]) -> None:
        self._contract, self._origins = contract, {o.batch: o for o in origins}
        self._columns = ours(headers) if is_returned(headers) else {}
        self._rows: dict[str, dict[str, set[str]]] = {}
        self._named = self._all = 0

    @property
    def is_answer(self) -> bool:
        """Whether the file is a returned workbook: most rows name a row that went back."""
        return self._named * 2 > self._all

    @property
    def answers(self) -> Answers:
        """By delivery and outcome, the rows; a row that came right is not still wrong."""
        told: Answers = {}
        for batch, found in self._rows.items():
            found[AGAIN] = found.get(AGAIN, set()) - found.get(RIGHT, set())
            told[batch] = {k: spans(rows) for k, rows in found.items() if rows}
        return told

    def hear(self, checked: Checked, chunk: Chunk) -> None:
        """Note which rows of a chunk are about rows that went back."""
        self._all += chunk.rows
        if not self._origins or not checked.rows:
            return
        by_number = self._by_number(chunk.table)
        if by_number is not None:
            hits = list(by_number.items())
            self._named += len(hits)
        else:
            hits = self._by_key(checked)
        if not hits:
            return
        at = pa.array([n for n, _ in hits])
        codes = checked.reason_code.take(at).to_pylist()
        numbers = checked.row_no.take(at).to_pylist()
        for (_, named), code, number in zip(hits, codes, numbers, strict=True):
            own = place(number % SHEET_STEP if chunk.sheet else number, chunk.sheet)
            for batch, where in named:
                self._note(batch, where, code, own)

    def _note(self, batch: str, where: str, code: str | None, own: str) -> None:
        found = self._rows.setdefault(batch, {})
        outcome = RIGHT if code is None else VOID if code == VOID else AGAIN
        found.setdefault(outcome, set()).add(where)
        if code is not None:
            found.setdefault(OWN, set()).add(own)

    def _by_number(self, table: pa.Table) -> dict[int, list[tuple[str, str]]] | None:
        """Rows of the chunk by the numbers in our columns; None for a file without them."""
        if not self._columns:
            return None
        batches, numbers = (
            tidy(table[self._columns[c]].combine_chunks()).to_pylist() for c in ("batch", "row_no")
        )
        named = self._columns.get("sheet")
        sheets = tidy(table[named].combine_chunks()).to_pylist() if named else [None] * len(numbers)
        found = {}
        for n, (batch, number, sheet) in enumerate(zip(batches, numbers, sheets, strict=True)):
            origin = self._origins.get(batch or "")
            whole = (number or "").removesuffix(".0")
            if origin and whole.isdecimal() and place(int(whole), sheet) in origin.places:
                found[n] = [(origin.batch, place(int(whole), sheet))]
        return found

    def _by_key(self, checked: Checked) -> list[tuple[int, list[tuple[str, str]]]]:
        """Rows that have the key of a row that went back."""
        fields = key_fields(self._contract)
        if not fields:
            return []
        wanted = pa.array({k for o in self._origins.values() for k in o.by_key}, pa.string())
        # Identifying numbers are kept as written until they are hidden.
        keys = key_texts([tidy(checked.text[f.name]) for f in fields])
        hit = pc.fill_null(pc.is_in(keys, value_set=wanted), False)
        at = list(compress(range(len(keys)), hit.to_pylist())) if pc.any(hit).as_py() else []
        return [(n, self._rows_with(keys[n].as_py())) for n in at]

    def _rows_with(self, key: str) -> list[tuple[str, str]]:
        origins = self._origins.values()
        return [(o.batch, where) for o in origins for where in o.by_key.get(key, ())]
