"""Identities met in one run: each distinct text is cleaned, checked and hidden exactly once.

The loops here run over texts never met before, not over rows. Names and numbers stay in
memory while the run lives; the vault keeps them encrypted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa

from data.identity import birth_date, household_number, identify, sex_of
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


class Register:
    """Texts met so far and what is known of each; `place` counts them in order of meeting."""

    def __init__(self, schema: pa.Schema, describe: Callable[[str], tuple]) -> None:
        self._describe = describe
        self._places: dict[str, int] = {}
        self._known = schema.empty_table()

    def look_up(self, texts: pa.Array) -> pa.Table:
        """One row per text, null for null: the schema's columns and `place`."""
        coded = texts.dictionary_encode()
        distinct = coded.dictionary.to_pylist()
        self._meet([t for t in distinct if t not in self._places])
        places = pa.array([self._places[t] for t in distinct], pa.int64()).take(coded.indices)
        return self._known.take(places).append_column("place", places)

    def _meet(self, new: Sequence[str]) -> None:
        if not new:
            return
        for text in new:
            self._places[text] = len(self._places)
        columns = zip(*map(self._describe, new), strict=True)
        schema = self._known.schema
        arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
        grown = pa.concat_tables([self._known, pa.table(arrays, schema=schema)])
        self._known = grown.combine_chunks()


class Identities:
    """People, households and dwellings by the text a department wrote."""

    def __init__(self, vault: Vault) -> None:
        self._people, self._homes = vault.person_pseudonyms, vault.household_pseudonyms
        self.people = Register(PEOPLE, self._person)
        self._dwellings = vault.dwelling_pseudonyms
        self.homes = Register(HOMES, self._home)
        self.dwellings = Register(DWELLINGS, self._dwelling)

    def _person(self, text: str) -> tuple:
        found = identify(text)
        number = found.number
        repairs = tuple(name in found.repairs for name in ID_REPAIRS)
        if number is None:
            return (None, found.reason, None, None, None, *repairs)
        born, sex = birth_date(number), sex_of(number)
        return (number, None, born, sex, self._people.of(number), *repairs)

    def _home(self, text: str) -> tuple:
        number = household_number(text)
        return number, self._homes.of(number) if number else None

    def _dwelling(self, text: str) -> tuple:
        number = household_number(text)
        return number, self._dwellings.of(number) if number else None
