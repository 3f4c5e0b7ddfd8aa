"""What a delivery's good rows tell the vault that it did not know.

Chunk by chunk, columns at a time: the vault is asked for the people and households of one chunk,
never for all, and what a chunk says is put aside until the delivery was read to its end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Field
from data.identity import plain_address, same_name
from data.ingest.apart import Apart, VaultHas
from data.ingest.seen import Hasher, Seen, last_of_each
from data.ingest.shape import Checked
from data.manifest import Batch
from data.vault import Vault
from data.vault_names import Names
from data.vault_news import Telling
from data.vault_tables import ADDRESS, PERSON

REGISTER = "population_register"  # knows best who someone is
_UNKNOWN = 9  # the rank of what the vault does not know
_QUOTED = r'["\\\x00-\x1f]'  # characters that JSON writes in another way


class News:
    """Tells the vault what deliveries say, each thing once; remembers a part of what it knows."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._hasher = Hasher()
        self._names = Names(vault)
        # By rank: who is known well enough for a row of this rank to say nothing new.
        self._people, self._homes = {1: Seen()}, {1: Seen(), 2: Seen()}
        self._vault_has = VaultHas()

    def begin(self, batch: Batch) -> Hearing:
        """What a delivery says: to be heard chunk by chunk, then kept or forgotten."""
        telling = Telling(self._vault, batch.feed, batch.batch, batch.delivered_on)
        apart = Apart(self._names, self._hasher, telling, batch, self._vault_has)
        return Hearing(self._vault, self._hasher, self._people, self._homes, telling, apart)


class Hearing:
    """One delivery."""

    def __init__(
        self,
        vault: Vault,
        hasher: Hasher,
        people: dict[int, Seen],
        homes: dict[int, Seen],
        telling: Telling,
        apart: Apart,
    ) -> None:
        self._vault, self._hasher, self._telling = vault, hasher, telling
        self._people, self._homes = people, homes
        self._apart = apart
        self._said = Seen()  # cards of this delivery that lie aside already

    def hear(self, checked: Checked) -> None:
        """Put aside new or changed names, phones, heads, certificate numbers and addresses."""
        self._hear_cards(checked)
        self._hear_heads(checked)
        self._hear_papers(checked)
        self._hear_addresses(checked)

    def settle(self, checked: Checked) -> None:
        """Tell people apart who share a number, before their rows are put anywhere."""
        self._apart.settle(checked)

    def keep(self) -> None:
        """Let the vault have it, in one transaction."""
        self._telling.keep()

    def _hear_cards(self, checked: Checked) -> None:
        """The register may correct itself, others only speak of people not yet known."""
        for field in checked.contract.people:
            self._hear_cards_of(checked, field)

    def _hear_cards_of(self, checked: Checked, field: Field) -> None:
        rank = 0 if checked.contract.feed == REGISTER else 1
        person, role = checked.value[field.lake_name], field.role_name
        said = [person, checked.people[role]["number"]]
        said += [_text(checked, "name", role), _text(checked, "phone", role)]
        wanted = pc.and_(checked.good, pc.is_valid(person))
        rows = pa.table(said, ["person", "number", "name", "phone"]).filter(wanted)
        if not rows.num_rows:
            return
        rows = rows.take(last_of_each(_flat(rows["person"])))
        whose, says = self._hasher.of(list(map(_flat, rows.columns)), [0], [2, 3])
        fresh = ~self._said.same(whose, says)
        if rank:
            fresh &= ~self._people[rank].same(whose)
        rows, whose, says = rows.filter(pa.array(fresh)), whose[fresh], says[fresh]
        if rows.num_rows:
            self._tell_cards(rows, rank, whose, says)

    def _tell_cards(self, rows: pa.Table, rank: int, whose: np.ndarray, says: np.ndarray) -> None:
        persons = rows["person"].to_pylist()
        mark, known = _ranked(self._vault.marks(persons), persons)
        if rank:
            told = known > rank
            self._people[rank].note(whose[~told])
        else:
            told = np.ones(len(persons), bool)
        rows = rows.filter(pa.array(told))
        cards = _cards(rows, self._vault)
        if not rank:
            told = np.array(
                [k > 0 or m != c[2] for k, m, c in zip(known, mark, cards, strict=True)], bool
            )
            self._telling.take_back(PERSON, list(compress(persons, ~told)))
            cards = list(compress(cards, told))
        self._telling.cards(cards, rank)
        self._said.note(*((whose[told], says[told]) if rank else (whose, says)))

    def _hear_heads(self, checked: Checked) -> None:
        for place, homes in enumerate(checked.homes.values()):
            wanted = pc.and_(checked.good, pc.is_valid(homes["household"]))
            person = _first_named(checked)
            said = [homes["household"], homes["number"], person, _ranks(checked)]
            rows = pa.table(said, ["household", "number", "head", "rank"]).filter(wanted)
            for rank in (0, 1, 2):
                of_rank = rows.filter(pc.equal(rows["rank"], rank))
                if of_rank.num_rows:
                    self._tell_heads(of_rank, rank, place)

    def _tell_heads(self, rows: pa.Table, rank: int, place: int) -> None:
        """A head weighs more than who was spoken to, who more than anyone; see `Telling.heads`."""
        if rank:
            (whose,) = self._hasher.of([_flat(rows["household"])], [0])
            fresh = ~self._homes[rank].same(whose)
            rows, whose = rows.filter(pa.array(fresh)), whose[fresh]
            if not rows.num_rows:
                return
        homes = _flat(rows["household"])
        head, known = _ranked(self._vault.heads(pc.unique(homes).to_pylist()), homes.to_pylist())
        told = known > rank
        if rank:
            self._homes[rank].note(whose[~told])
        else:
            told |= (known == 0) & (head != np.array(rows["head"].to_pylist(), object))
        rows = rows.filter(pa.array(told))
        rows = rows.take(_first_of_each(_flat(rows["household"])))
        columns = (rows[n].to_pylist() for n in ("household", "number", "head"))
        self._telling.heads((*row, rank, place) for row in zip(*columns, strict=True))

    def _hear_addresses(self, checked: Checked) -> None:
        """An empty cell, or no such column, leaves the address known."""
        for person in checked.contract.people:
            if field := checked.contract.identifying("address", person.role_name):
                self._hear_addresses_of(checked.value[person.lake_name], checked, field)

    def _hear_addresses_of(self, person: pa.Array, checked: Checked, field: Field) -> None:
        text = checked.text[field.name]
        wanted = pc.and_(checked.good, pc.and_(pc.is_valid(person), pc.is_valid(text)))
        person, text = person.filter(wanted), text.filter(wanted)
        last = last_of_each(person)
        persons, written = person.take(last).to_pylist(), text.take(last).to_pylist()
        known, plain = dict(self._vault.address_marks(persons)), list(map(plain_address, written))
        marks = self._vault.address_marks_of(zip(persons, plain, strict=True))
        told, back = [], []
        for whose, address, mark in zip(persons, plain, marks, strict=True):
            if address and known.get(whose) != mark:
                told.append((whose, address, mark))
            else:
                back.append(whose)
        self._telling.take_back(ADDRESS, back)
        self._telling.addresses(told)

    def _hear_papers(self, checked: Checked) -> None:
        """A number without a role is that of the row, and so of everyone it names."""
        for field in checked.contract.fields:
            if field.identifies != "document":
                continue
            for person in checked.contract.people:
                if field.role is None or field.role == person.role:
                    self._hear_papers_of(checked.value[person.lake_name], checked, field)

    def _hear_papers_of(self, person: pa.Array, checked: Checked, field: Field) -> None:
        text = checked.text[field.name]
        wanted = pc.and_(checked.good, pc.and_(pc.is_valid(person), pc.is_valid(text)))
        pairs = pa.table([person.filter(wanted), text.filter(wanted)], ["who", "number"])
        greatest = pairs.group_by("who").aggregate([("number", "max")])
        numbers = zip(*(greatest[c].to_pylist() for c in ("who", "number_max")), strict=True)
        self._telling.papers(f"{checked.contract.feed}.{field.name}", dict(numbers))


def _ranks(checked: Checked) -> pa.Array:
    """What a row knows of its household: its head 0, someone who was spoken to 1, anyone 2."""
    relation = checked.value.get("relation")
    if relation is None:
        return pa.repeat(pa.scalar(1), checked.rows)
    return pc.if_else(pc.fill_null(pc.equal(relation, "head"), False), 0, 2)


def _cards(rows: pa.Table, vault: Vault) -> list[tuple[str, bytes, str]]:
    """(person, JSON of number, name and phone, mark) of each row."""
    names = _flat(rows["name"]).dictionary_encode()
    tidy = pa.array([same_name(n) for n in names.dictionary.to_pylist()], pa.string())
    name = pc.fill_null(tidy.take(names.indices), "")
    phone, number = pc.fill_null(_flat(rows["phone"]), ""), _flat(rows["number"])
    person = _flat(rows["person"])
    marks = vault.marks_of(pc.binary_join_element_wise(person, name, phone, "\n"))
    return list(zip(person.to_pylist(), _as_json(number, name, phone), marks, strict=True))


def _as_json(*columns: pa.Array) -> Iterable[bytes]:
    """Each row as a JSON list of texts."""
    if any(pc.any(pc.match_substring_regex(column, _QUOTED)).as_py() for column in columns):
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return [json.dumps(row, ensure_ascii=False).encode("utf-8") for row in rows]
    inside = pc.binary_join_element_wise(*columns, '", "')
    lists: Sequence[bytes] = pc.binary_join_element_wise('["', inside, '"]', "").cast(pa.binary())
    return lists.to_pylist()


def _ranked(known: list[tuple[str, str | None, int]], asked: list[str]) -> tuple[np.ndarray, ...]:
    """What the vault says of each one asked for, and of which rank it is."""
    said = {who: (what, rank) for who, what, rank in known}
    found = [said.get(who, (None, _UNKNOWN)) for who in asked]
    return np.array([f[0] for f in found], object), np.array([f[1] for f in found], np.int64)


def _first_of_each(keys: pa.Array) -> pa.Array:
    codes = keys.dictionary_encode()
    places = np.empty(len(codes.dictionary), np.int64)
    indices = codes.indices.to_numpy()
    places[indices[::-1]] = np.arange(len(indices))[::-1]
    return pa.array(np.sort(places))


def _first_named(checked: Checked) -> pa.Array:
    """The row's person, or the first of those it names."""
    named = [checked.value[f.lake_name] for f in checked.contract.people]
    return pc.coalesce(*named) if named else pa.nulls(checked.rows, pa.string())


def _text(checked: Checked, what: str, role: str) -> pa.Array:
    field = checked.contract.identifying(what, role)
    return checked.text[field.name] if field else pa.nulls(checked.rows, pa.string())


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
