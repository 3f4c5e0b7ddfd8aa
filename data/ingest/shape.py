"""From a chunk of a department's text columns to checked rows, column by column.

Nothing here knows files, folders or the vault: a delivery's text and the identities come in,
and what the lake gets, what is refused and why, and what was repaired come out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from data.checks import beyond, doubtful_unit, misread
from data.contracts import HOUSEHOLDS, PSEUDONYMS, Contract, Field
from data.crosschecks import cross_checks
from data.deliveries.returned import void
from data.ingest.identities import ID_REPAIRS, Coded, Identities
from data.lake import lake_fields, lake_schema
from data.manifest import Batch
from data.personal import personal_faults, ringing
from data.places import Places
from data.readers.raw import REPLACEMENT, Chunk, RawTable
from data.remarks import remarks
from data.values import is_blank, parse, tidy_field

_APART = "\x1f"
NONE_TORN = pa.array([], pa.int64())
Fault = tuple[pa.Array, str | pa.Array, str]  # which rows, reason code(s), field


@dataclass
class Checked:
    """A chunk of a delivery after checking: everything by row, in the order delivered.

    `text` is tidy text by field (identifying numbers as written), `value` the lake's columns,
    `people` (by role, '' for the row's one person), `homes` and `numbered` (dwellings, assets)
    what is known of each identity, `marks` repairs and warnings.
    """

    contract: Contract
    row_no: pa.Array
    text: dict[str, pa.Array]
    value: dict[str, pa.Array] = field(default_factory=dict)
    people: dict[str, Coded] = field(default_factory=dict)
    homes: dict[str, Coded] = field(default_factory=dict)
    numbered: dict[str, Coded] = field(default_factory=dict)
    marks: dict[str, pa.Array] = field(default_factory=dict)
    reason_code: pa.Array | None = None
    reason_field: pa.Array | None = None

    @property
    def rows(self) -> int:
        """Rows that could be read, good or not."""
        return len(self.row_no)

    @cached_property
    def good(self) -> pa.Array:
        """Whether nothing is wrong with each row."""
        return pc.is_null(self.reason_code)

    @cached_property
    def lake(self) -> pa.Table:
        """Good rows as the lake keeps them, repeats too."""
        schema = lake_schema(self.contract.feed).to_pyarrow()
        columns = [self.value[n] for n in schema.names]
        return pa.table(columns, schema=schema).filter(self.good).combine_chunks()

    @cached_property
    def compared(self) -> list[pa.Array]:
        """What makes two good rows the same fact, column by column.

        Everything the lake keeps must be equal; without a person, their names too. What is the
        same for the whole delivery is left out.
        """
        names = [n for n in self.lake.column_names if n not in ("known_on", "batch")]
        columns = [self.lake[n].combine_chunks() for n in names]
        return [*columns, self._whose().filter(self.good)]

    def refused(self) -> pa.Table:
        """row_no, reason_code, reason_field of refused rows, in file order."""
        columns = [self.row_no, self.reason_code, self.reason_field]
        names = ["row_no", "reason_code", "reason_field"]
        return pa.table(columns, names).filter(pc.invert(self.good))

    def count(self, *marks: str) -> int:
        """Good rows with any of these marks."""
        hit = pa.repeat(pa.scalar(False), self.rows)
        for mark in marks:
            if mark in self.marks:
                hit = pc.or_(hit, self.marks[mark])
        return pc.sum(pc.and_(hit, self.good)).as_py() or 0

    def _whose(self) -> pa.Array:
        """The names of people without a pseudonym, as one column; null where there are none."""
        named = []
        for person in self.contract.people:
            if name := self.contract.identifying("name", person.role_name):
                unknown = pc.is_null(self.value[person.lake_name])
                named.append(pc.if_else(unknown, self.text[name.name], None))
        if len(named) < 2:
            return named[0] if named else pa.nulls(self.rows, pa.string())
        return pc.binary_join_element_wise(*(pc.fill_null(n, "") for n in named), _APART)


def check(
    contract: Contract,
    raw: RawTable,
    chunk: Chunk,
    batch: Batch,
    identities: Identities,
    torn: pa.Array = NONE_TORN,
    places: Places | None = None,
) -> Checked:
    """Type every cell, name every person and household, and find what is wrong with each row.

    `torn`: row numbers of rows whose key another row of the file has for something else. Raises
    ReadError (personal_data) for a column that holds what it must not.
    """
    rows = _flat(chunk.table["row_no"])
    result = Checked(contract, rows, _texts(contract, raw, chunk.table))
    _identify(result, identities)
    typed = [f for f in contract.fields if not f.personal]
    parsed = {f.name: parse(result.text[f.name], f) for f in typed}
    faults: list[Fault] = [(void(chunk.table), "void", ""), (_damaged(chunk), "bad_encoding", "")]
    faults += _remarks(result, chunk.table)
    faults += [*_identity_faults(result), *_missing(result)]
    matched = contract.match_headers(raw.headers)
    for f in typed:
        if _in_ten_thousands(f, matched.get(f.name), raw):
            faults.append((doubtful_unit(f, parsed[f.name]), "doubtful_unit", f.name))
        faults += _wrong(f, result.text[f.name], parsed[f.name], batch.delivered_on)
    born = {role: people["born"] for role, people in result.people.items()}
    found = cross_checks(contract, parsed, born, batch.delivered_on, places)
    faults += [*found.faults, *personal_faults(contract, result.text, parsed)]
    parsed |= found.value
    result.marks |= found.marks
    _ring(result)
    result.reason_code, result.reason_field = _first(faults, result.rows)
    _fill_lake(result, parsed, batch)
    _refuse_torn(result, torn)
    return result


def _ring(result: Checked) -> None:
    """Leave out phones that nobody can ring."""
    for f in result.contract.fields:
        if f.identifies == "phone":
            result.text[f.name], wrong = ringing(result.text[f.name])
            _mark(result, "bad_phone", wrong)


def _mark(result: Checked, mark: str, hit: pa.Array) -> None:
    """Mark rows; those marked for another of their people stay so."""
    before = result.marks.get(mark)
    result.marks[mark] = hit if before is None else pc.or_(before, hit)


def _texts(contract: Contract, raw: RawTable, table: pa.Table) -> dict[str, pa.Array]:
    """Tidy text by field; null where a column was not delivered.

    万元 in a header is kept, and in a title above, for amounts whose header names no unit.
    """
    matched, rows = contract.match_headers(raw.headers), table.num_rows
    texts = {}
    for f in contract.fields:
        header = matched.get(f.name)
        if header is None:
            texts[f.name] = pa.nulls(rows, pa.string())
            continue
        written = _flat(table[header])
        if f.identifies in PSEUDONYMS:
            texts[f.name] = pc.if_else(is_blank(written), None, written)
            continue
        text = tidy_field(written, f)
        scaled = _in_ten_thousands(f, header, raw)
        texts[f.name] = pc.binary_join_element_wise(text, "万", "") if scaled else text
    return texts


def _in_ten_thousands(f: Field, header: str | None, raw: RawTable) -> bool:
    """Whether a column's amounts count in 万元, by its header or else by a title above."""
    told = header if header and "元" in header else raw.title_unit or ""
    return header is not None and f.unit == "yuan" and "万元" in told


def _identify(result: Checked, identities: Identities) -> None:
    """Pseudonyms and what the ID number itself tells."""
    contract = result.contract
    for f in contract.people:
        people = result.people[f.role_name] = identities.people(result.text[f.name])
        result.value[f.lake_name] = people["person"]
        for repair in ID_REPAIRS:
            if not people.nowhere(repair):
                _mark(result, repair, pc.fill_null(people[repair], False))
    for what in HOUSEHOLDS:
        if f := contract.identifying(what):
            result.homes[what] = identities.homes(result.text[f.name])
    for what, hidden in (("dwelling", identities.dwellings), ("asset", identities.assets)):
        if f := contract.identifying(what):
            result.numbered[what] = hidden(result.text[f.name])
            result.value[what] = result.numbered[what][what]
    if "household" in result.homes:
        result.value["household"] = result.homes["household"]["household"]
    if "living_household" in result.homes:
        result.value["household_registered"] = result.value["household"]
        living = result.homes["living_household"]["household"]
        result.value["household_living"] = living
        result.value["household"] = pc.coalesce(living, result.value["household"])
    if "insured_household" in result.homes:
        result.value["household_insured"] = result.homes["insured_household"]["household"]


def _remarks(result: Checked, delivered: pa.Table) -> Iterator[Fault]:
    one = result.people.get("")
    people = None if one is None else one["number"]
    fields = (result.contract.identifying(what) for what in HOUSEHOLDS)
    homes = [result.text[f.name] for f in fields if f is not None]
    if people is not None or homes:
        yield from remarks(delivered.drop_columns(["row_no"]), people, homes)


def _identity_faults(result: Checked) -> Iterator[Fault]:
    for f in result.contract.people:
        reason = result.people[f.role_name]["reason"]
        yield pc.is_valid(reason), reason, f.name
    for what, numbers in (*result.homes.items(), *result.numbered.items()):
        name = result.contract.identifying(what).name  # type: ignore[union-attr]
        damaged = pc.and_(pc.is_valid(result.text[name]), pc.is_null(numbers["number"]))
        yield damaged, "damaged_number", name


def _missing(result: Checked) -> Iterator[Fault]:
    """Required fields; where person and household may each be empty, one must be there."""
    fields = result.contract.fields
    for f in fields:
        if f.required:
            yield pc.is_null(result.text[f.name]), "missing_required", f.name
    whose = [f for f in fields if f.identifies in ("person", "household")]
    if whose and not any(f.required for f in whose):
        nobody = pc.is_null(pc.coalesce(*(result.text[f.name] for f in whose)))
        yield nobody, "missing_required", whose[0].name


def _wrong(f: Field, text: pa.Array, value: pa.Array, known_on: date) -> Iterator[Fault]:
    if f.codes or f.kind != "string":
        yield from ((hit, codes, f.name) for hit, codes in misread(f, text, value))
    yield from ((hit, code, f.name) for hit, code in beyond(f, value, known_on))


def _first(faults: list[Fault], rows: int) -> tuple[pa.Array, pa.Array]:
    """Reason code and field of the first fault of each row; null for good rows."""
    code, where = pa.nulls(rows, pa.string()), pa.nulls(rows, pa.string())
    for hit, reason, name in faults:
        hit = pc.fill_null(hit, False)
        if not pc.any(hit).as_py():
            continue
        fresh = pc.and_(hit, pc.is_null(code))
        code = pc.if_else(fresh, reason, code)
        where = pc.if_else(fresh, name, where)
    return _flat(code), _flat(where)


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _fill_lake(result: Checked, parsed: dict[str, pa.Array], batch: Batch) -> None:
    """The lake's columns, with what the ID number can add, and marks for what it contradicts."""
    contract, value, rows = result.contract, result.value, result.rows
    for f in lake_fields(contract):
        value[f.name] = parsed[f.name]
    person = result.people.get("")
    if person is not None and "sex" in value:
        sex, from_id = value["sex"], person["sex"]
        result.marks["sex_from_id"] = pc.and_(pc.is_null(sex), pc.is_valid(from_id))
        result.marks["sex_mismatch"] = pc.fill_null(pc.not_equal(sex, from_id), False)
        value["sex"] = pc.coalesce(sex, from_id)
    if "born_on" in parsed and person is not None:
        born, from_id = parsed["born_on"], person["born"]
        result.marks["born_from_id"] = pc.and_(pc.is_null(born), pc.is_valid(from_id))
        result.marks["birth_mismatch"] = pc.fill_null(pc.not_equal(born, from_id), False)
        value["born_month"] = pc.floor_temporal(pc.coalesce(born, from_id), unit="month")
    period_start = date(int(batch.period[:4]), int(batch.period[4:]), 1)
    happened = parsed[contract.happened_on]
    value["happened_on"] = happened
    result.marks["late"] = pc.fill_null(pc.less(happened, pa.scalar(period_start)), False)
    value["known_on"] = pa.repeat(pa.scalar(batch.delivered_on, pa.date32()), rows)
    value["batch"] = pa.repeat(pa.scalar(batch.batch), rows)


def _refuse_torn(result: Checked, torn: pa.Array) -> None:
    """Rows of one file that share a key and differ: nobody here can say which of them is right."""
    if len(torn):
        hit = pc.and_(pc.is_in(result.row_no, value_set=torn), pc.is_null(result.reason_code))
        field = next(f.name for f in result.contract.fields if f.key)
        result.reason_code = _flat(pc.if_else(hit, "key_conflict", result.reason_code))
        result.reason_field = _flat(pc.if_else(hit, field, result.reason_field))


def _damaged(chunk: Chunk) -> pa.Array:
    """Rows with a character that did not survive the transfer."""
    hit = pa.repeat(pa.scalar(False), chunk.table.num_rows)
    if chunk.damaged:
        for text in chunk.table.drop_columns(["row_no"]).columns:
            hit = pc.or_(hit, pc.fill_null(pc.match_substring(_flat(text), REPLACEMENT), False))
    return hit
