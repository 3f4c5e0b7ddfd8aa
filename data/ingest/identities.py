"""Identities of a chunk: each distinct text is cleaned, checked and hidden once.

Well-written numbers are checked as columns of digits; only what is odd is looked at one by one.
Nothing is kept from chunk to chunk but the pseudonyms used last, in memory of a fixed size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
_LENGTH = 18
_REMEMBERED = 400_000  # pseudonyms: some 60 MB


class Identities:
    """People, households, dwellings and assets by the text a department wrote."""

    def __init__(self, vault: Vault) -> None:
        self._people, self._homes = (
            Hidden(vault.person_pseudonyms),
            Hidden(vault.household_pseudonyms),
        )
        self._dwellings = Hidden(vault.dwelling_pseudonyms)
        self._assets = Hidden(vault.asset_pseudonyms)

    def people(self, texts: pa.Array) -> pa.Table:
        """One row of PEOPLE a text, null for null."""
        coded = texts.dictionary_encode()
        return self._described(coded.dictionary).take(coded.indices)

    def homes(self, texts: pa.Array) -> pa.Table:
        """One row of HOMES a text, null for null."""
        return self._numbered(texts, self._homes, HOMES)

    def dwellings(self, texts: pa.Array) -> pa.Table:
        """One row of DWELLINGS a text, null for null."""
        return self._numbered(texts, self._dwellings, DWELLINGS)

    def assets(self, texts: pa.Array) -> pa.Table:
        """One row of ASSETS a text, null for null."""
        return self._numbered(texts, self._assets, ASSETS)

    def _numbered(self, texts: pa.Array, pseudonyms: Hidden, schema: pa.Schema) -> pa.Table:
        coded = texts.dictionary_encode()
        numbers = list(map(household_number, coded.dictionary.to_pylist()))
        hidden = iter(pseudonyms.of(number for number in numbers if number))
        found = [next(hidden) if number else None for number in numbers]
        arrays = [pa.array(numbers, pa.string()), pa.array(found, pa.string())]
        return pa.table(arrays, schema=schema).take(coded.indices)

    def _described(self, texts: pa.Array) -> pa.Table:
        """PEOPLE of distinct texts."""
        well, born, odd_digit = _well_written(texts)
        number, reason, days, sex, *repairs = (
            [],
            [],
            [],
            [],
            *([] for _ in ID_REPAIRS),
        )  # of those not well written
        for text in compress(texts.to_pylist(), ~well):
            found = identify(text)
            number.append(found.number)
            reason.append(found.reason)
            days.append(birth_date(found.number) if found.number else None)
            sex.append(sex_of(found.number) if found.number else None)
            for name, column in zip(ID_REPAIRS, repairs, strict=True):
                column.append(name in found.repairs)
        good, bad = pa.array(np.flatnonzero(well)), pa.array(np.flatnonzero(~well))
        plain = texts.take(good)
        first = [
            plain,
            pa.nulls(len(plain), pa.string()),
            pa.array(born[well], pa.int32()).cast(pa.date32()),
            pa.array(["female", "male"]).take(pa.array(odd_digit[well].astype(np.int8))),
        ]
        then = [number, reason, days, sex, *repairs]
        rest = [pa.array(c, PEOPLE.field(n).type) for n, c in zip(_DESCRIBED, then, strict=True)]
        none = pa.repeat(pa.scalar(False), len(plain))
        known = pa.table([*first, *[none for _ in ID_REPAIRS]], list(_DESCRIBED))
        both = pa.concat_tables([known, pa.table(rest, list(_DESCRIBED))])
        both = both.take(pc.sort_indices(pa.concat_arrays([good, bad])))
        valid = both["number"].combine_chunks()
        hidden = pa.array(self._people.of(valid.drop_null().to_pylist()), pa.string())
        places = pc.subtract(pc.cumulative_sum(pc.cast(pc.is_valid(valid), pa.int64())), 1)
        person = hidden.take(pc.if_else(pc.is_valid(valid), places, None))
        return both.append_column("person", person).select(PEOPLE.names)


_DESCRIBED = ("number", "reason", "born", "sex", *ID_REPAIRS)


class Hidden:
    """Pseudonyms of many texts at once; those used last are remembered."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._of: Callable[[str], str] = pseudonyms.of
        self._known: dict[str, str] = {}

    def of(self, texts: Iterable[str]) -> list[str]:
        """The pseudonym of each text."""
        texts = list(texts)
        if len(self._known) > _REMEMBERED:
            self._known = {}
        known, of = self._known, self._of
        for text in texts:
            if text not in known:
                known[text] = of(text)
        return [known[text] for text in texts]


def _well_written(texts: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each text: whether it is a valid number as it stands, its birth in days since 1970, and
    whether its 17th digit is odd. As `data.identity` has it, digit by digit in columns."""
    long = pc.equal(pc.binary_length(texts), _LENGTH).to_numpy(zero_copy_only=False)
    digits = _characters(texts.filter(pa.array(long)))
    first = digits[:, :17].astype(np.int16) - ord("0")
    check = np.frombuffer(CHECK_DIGITS.encode(), np.uint8)
    sums = (first @ np.array(WEIGHTS, np.int16)) % len(check)
    right = ((first >= 0) & (first <= 9)).all(axis=1) & (check[sums] == digits[:, 17])
    born, real = _days(first)
    well, days, odd = long.copy(), np.zeros(len(texts), np.int32), np.zeros(len(texts), bool)
    well[long], days[long], odd[long] = right & real, born, first[:, 16] % 2 == 1
    return well, days, odd


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
