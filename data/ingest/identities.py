"""Identities of a chunk: each distinct text is cleaned, checked and hidden once.

Well-written numbers are checked as columns of digits; only what is odd is looked at one by one.
Nothing is kept from chunk to chunk but the pseudonyms used last, in memory of a fixed size.
"""

from __future__ import annotations

from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.crypto import Pseudonyms
from data.identity import (
    CHECK_DIGITS,
    EARLIEST_BIRTH,
    WEIGHTS,
    birth_date,
    household_number,
    identify,
    sex_of,
)
from data.vault import Vault

ID_REPAIRS = ("full_width", "stripped", "lower_x", "id15")
PEOPLE = pa.schema(
    [
        ("number", pa.string()),
        ("reason", pa.string()),
        ("born", pa.date32()),
        ("sex", pa.string()),
        ("person", pa.string()),
        *((repair, pa.bool_()) for repair in ID_REPAIRS),
    ]
)
HOMES = pa.schema([("number", pa.string()), ("household", pa.string())])
DWELLINGS = pa.schema([("number", pa.string()), ("dwelling", pa.string())])
ASSETS = pa.schema([("number", pa.string()), ("asset", pa.string())])
_LENGTH, _DIGITS = 18, 17
NOBODY = -1
_REMEMBERED = 400_000  # pseudonyms: some 20 MB


class Coded:
    """What is known of the texts of a chunk: one row for each distinct text, spread on demand."""

    def __init__(self, distinct: pa.Table, rows: pa.Array) -> None:
        self._distinct, self._rows = distinct, rows
        self._columns: dict[str, pa.Array] = {}

    def __getitem__(self, name: str) -> pa.Array:
        """A column with one value a row, null where nothing was written."""
        if name not in self._columns:
            self._columns[name] = _flat(self._distinct[name]).take(self._rows)
        return self._columns[name]

    def nowhere(self, name: str) -> bool:
        """Whether a column of yes and no says yes of no text."""
        return not pc.any(self._distinct[name]).as_py()


class Identities:
    """People, households, dwellings and assets by the text a department wrote."""

    def __init__(self, vault: Vault) -> None:
        self._people = HiddenPeople(vault.person_pseudonyms)
        self._homes = Hidden(vault.household_pseudonyms)
        self._dwellings = Hidden(vault.dwelling_pseudonyms)
        self._assets = Hidden(vault.asset_pseudonyms)

    def people(self, texts: pa.Array) -> Coded:
        """One row of PEOPLE a text, null for null."""
        coded = texts.dictionary_encode()
        return Coded(self._described(coded.dictionary), coded.indices)

    def homes(self, texts: pa.Array) -> Coded:
        """One row of HOMES a text, null for null."""
        return self._numbered(texts, self._homes, HOMES)

    def dwellings(self, texts: pa.Array) -> Coded:
        """One row of DWELLINGS a text, null for null."""
        return self._numbered(texts, self._dwellings, DWELLINGS)

    def assets(self, texts: pa.Array) -> Coded:
        """One row of ASSETS a text, null for null."""
        return self._numbered(texts, self._assets, ASSETS)

    def _numbered(self, texts: pa.Array, pseudonyms: Hidden, schema: pa.Schema) -> Coded:
        coded = texts.dictionary_encode()
        found = map(household_number, coded.dictionary.to_pylist())
        numbers = pa.array(found, pa.string())
        return Coded(pa.table([numbers, pseudonyms.of(numbers)], schema=schema), coded.indices)

    def _described(self, texts: pa.Array) -> pa.Table:
        """PEOPLE of distinct texts."""
        well, key, born, odd_digit = _well_written(texts)
        odd = [identify(text) for text in compress(texts.to_pylist(), ~well)]
        days = [birth_date(found.number) if found.number else None for found in odd]
        sexes = [sex_of(found.number) if found.number else None for found in odd]

        def filled(of_well: pa.Array, of_odd: list, kind: pa.DataType) -> pa.Array:
            return pc.replace_with_mask(of_well, pa.array(~well), pa.array(of_odd, kind))

        key[~well] = [int(found.number[:_DIGITS]) if found.number else NOBODY for found in odd]
        number = filled(texts, [found.number for found in odd], pa.string())
        none, no = pa.nulls(len(texts), pa.string()), pa.repeat(pa.scalar(False), len(texts))
        sex = pa.array(["female", "male"]).take(pa.array(odd_digit.astype(np.int8)))
        columns = [
            number,
            filled(none, [found.reason for found in odd], pa.string()),
            filled(pa.array(born, pa.int32()).cast(pa.date32()), days, pa.date32()),
            filled(sex, sexes, pa.string()),
            self._people.of(number, key),
            *(filled(no, [r in found.repairs for found in odd], pa.bool_()) for r in ID_REPAIRS),
        ]
        return pa.table(columns, schema=PEOPLE)


class HiddenPeople:
    """Pseudonyms of people; those used last are remembered.

    A person is known by the 17 digits of the number, the 18th being made from them.
    """

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._many = pseudonyms.many
        self._forget()

    def of(self, numbers: pa.Array, keys: np.ndarray) -> pa.Array:
        """The pseudonym of each number, null for null; `keys` are their digits, or NOBODY."""
        told = keys != NOBODY
        if (new := self._unknown(keys) & told).any():
            if len(self._keys) + new.sum() > _REMEMBERED:
                self._forget()
                new = told
            self._remember(numbers.filter(pa.array(new)), keys[new])
        if not told.any():
            return pa.nulls(len(numbers), pa.string())
        places = np.searchsorted(self._keys, np.where(told, keys, self._keys[0]))
        hidden = pa.array(self._hidden[places], pa.binary()).cast(pa.string())
        return pc.if_else(pa.array(told), hidden, None)

    def _unknown(self, keys: np.ndarray) -> np.ndarray:
        if not len(self._keys):
            return np.ones(len(keys), bool)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return self._keys[places] != keys

    def _remember(self, numbers: pa.Array, keys: np.ndarray) -> None:
        keys, first = np.unique(keys, return_index=True)
        texts = numbers.take(pa.array(first)).cast(pa.binary()).to_pylist()
        hidden = np.array(self._many(texts), self._hidden.dtype)
        both = np.concatenate([self._keys, keys])
        order = np.argsort(both, kind="stable")
        self._keys, self._hidden = both[order], np.concatenate([self._hidden, hidden])[order]

    def _forget(self) -> None:
        self._keys, self._hidden = np.empty(0, np.int64), np.empty(0, "S21")


class Hidden:
    """Pseudonyms of numbers of any form; those used last are remembered."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._many = pseudonyms.many
        self._forget()

    def of(self, texts: pa.Array) -> pa.Array:
        """The pseudonym of each text, null for null."""
        places = pc.index_in(texts, value_set=self._texts)
        new = texts.filter(pc.and_(pc.is_null(places), pc.is_valid(texts)))
        if len(new):
            if len(self._texts) + len(new) > _REMEMBERED:
                self._forget()
                new = texts.drop_null()
            self._remember(pc.unique(new))
            places = pc.index_in(texts, value_set=self._texts)
        return self._hidden.take(places)

    def _remember(self, texts: pa.Array) -> None:
        hidden = pa.array(self._many(texts.cast(pa.binary()).to_pylist()), pa.string())
        self._texts = pa.concat_arrays([self._texts, texts])
        self._hidden = pa.concat_arrays([self._hidden, hidden])

    def _forget(self) -> None:
        self._texts = self._hidden = pa.array([], pa.string())


def _well_written(texts: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each text: whether it is a valid number as it stands, its first 17 digits as a number, its
    birth in days since 1970, and whether its 17th digit is odd. As `data.identity` has it, digit by
    digit in columns."""
    long = pc.equal(pc.binary_length(texts), _LENGTH).to_numpy(zero_copy_only=False)
    digits = _characters(texts.filter(pa.array(long)))
    first = digits[:, :_DIGITS].astype(np.int16) - ord("0")
    check = np.frombuffer(CHECK_DIGITS.encode(), np.uint8)
    sums = (first @ np.array(WEIGHTS, np.int16)) % len(check)
    right = ((first >= 0) & (first <= 9)).all(axis=1) & (check[sums] == digits[:, _DIGITS])
    born, real = _days(first)
    well, odd = long.copy(), np.zeros(len(texts), bool)
    key, days = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int32)
    well[long], days[long], odd[long] = right & real, born, first[:, _DIGITS - 1] % 2 == 1
    key[long] = first.astype(np.int64) @ 10 ** np.arange(_DIGITS)[::-1]
    return well, key, days, odd


def _characters(texts: pa.Array) -> np.ndarray:
    """Texts of `_LENGTH` bytes as a table of bytes."""
    whole = pa.concat_arrays([texts.cast(pa.binary())]).cast(pa.binary(_LENGTH))
    held = whole.buffers()[1]
    found = np.frombuffer(held, np.uint8) if held is not None else np.empty(0, np.uint8)
    start = whole.offset * _LENGTH
    return found[start : start + len(whole) * _LENGTH].reshape(-1, _LENGTH)


def _days(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days since 1970 of the birth dates in the digits, and which are real dates."""
    year = first[:, 6:10].astype(np.int64) @ np.array([1000, 100, 10, 1])
    month, day = first[:, 10] * 10 + first[:, 11], first[:, 12] * 10 + first[:, 13]
    may_be = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1) & (year <= 9999)
    months = np.where(may_be, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    date = months.astype("datetime64[D]") + np.where(may_be, day - 1, 0)
    real = may_be & (date.astype("datetime64[M]") == months)
    real &= date >= np.datetime64(EARLIEST_BIRTH)
    return date.astype(np.int64).astype(np.int32), real


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
