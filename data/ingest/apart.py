"""A number that comes with another name is somebody else until a person says otherwise.

The first name a number came with is its holder's; the register's outweighs it. A row with another
name keeps its number and gets a pseudonym of its own, so nothing is merged by itself and nothing is
lost: a steward's decision joins the two, or leaves them apart (`data.same_person`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.identity import same_name
from data.ingest.seen import Hasher, Seen, last_of_each
from data.ingest.shape import Checked
from data.manifest import Batch
from data.person_names import alike
from data.vault_names import OTHER_RANK, REGISTER_RANK, Name, Names
from data.vault_news import Telling

REGISTER = "population_register"
DIFFERS = "name_differs"
_PAIR = ["person", "number", "name"]


class VaultHas:
    """Pairs of a person and a name that are right by what lies in the vault, in its own memory.

    Of one run, over its deliveries; by the rank of who says so. What a delivery tells is not among
    them before another delivery has found it there: a delivery may yet be refused.
    """

    def __init__(self) -> None:
        self._of = {REGISTER_RANK: Seen(), OTHER_RANK: Seen()}

    def right(self, rank: int, whose: np.ndarray, says: np.ndarray) -> np.ndarray:
        """Which pairs need no second look."""
        return self._of[rank].same(whose, says)

    def note(self, rank: int, whose: np.ndarray, says: np.ndarray) -> None:
        """These pairs are right by the vault."""
        self._of[rank].note(whose, says)

    def doubt(self, whose: np.ndarray) -> None:
        """Another name was told of these people: whatever is said of them is looked at again."""
        for seen in self._of.values():
            seen.note(whose)


@dataclass
class _Chunk:
    """What one chunk says of names: what was known of its people, and what is found out."""

    known: dict[str, Name]
    plain: dict[str, str] = field(default_factory=dict)
    told: dict[str, Name] = field(default_factory=dict)
    others: dict[tuple[str, str], str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    """People nobody knew before, with one name."""
    same: set[tuple[str, str]] = field(default_factory=set)
    """Pairs that the vault has just so."""

    def tell(self, name: Name, written: str) -> None:
        self.known[name.person] = self.told[name.person] = name
        self.plain[name.person] = written


class Apart:
    """Tells the people of one delivery apart who share a number."""

    def __init__(
        self, names: Names, hasher: Hasher, telling: Telling, batch: Batch, vault_has: VaultHas
    ) -> None:
        self._names, self._hasher, self._telling = names, hasher, telling
        self._batch = batch
        self._rank = REGISTER_RANK if batch.feed == REGISTER else OTHER_RANK
        self._right = Seen()  # pairs of this delivery that were found right
        self._vault_has = vault_has

    def settle(self, checked: Checked) -> None:
        """Give rows whose name is not their number's a pseudonym of their own."""
        rows = self._unknown(checked)
        if rows is None:
            return
        grouped = rows.group_by(_PAIR, use_threads=False).aggregate([])
        pairs = list(zip(*(grouped[c].to_pylist() for c in _PAIR), strict=True))
        names_of = Counter(person for person, _, _ in pairs)
        aside = self._telling.named_aside(list(names_of))
        found = _Chunk(self._names.known(list(names_of)) | aside)
        plain = [p for p in pairs if names_of[p[0]] == 1 and p[0] not in found.known]
        self._hold(found, plain)
        for pair in pairs if len(plain) < len(pairs) else ():
            if pair[0] not in found.held:
                self._weigh(found, *pair)
        self._telling.names(found.told.values())
        _mark(checked, rows, found)
        self._note(rows, found, set(aside))

    def _hold(self, found: _Chunk, pairs: list[tuple[str, str, str]]) -> None:
        """People nobody knew, each with one name: it is theirs."""
        marks = self._names.marks((number, name) for _, number, name in pairs)
        for (person, _, name), mark in zip(pairs, marks, strict=True):
            found.tell(Name(person, mark, self._rank, None, self._batch.feed), name)
        found.held.update(person for person, _, _ in pairs)

    def _weigh(self, found: _Chunk, person: str, number: str, name: str) -> None:
        """What one number with one name is: known, new, the register's word, or another's."""
        mark = self._names.mark(number, name)
        held = found.known.get(person)
        own = Name(person, mark, self._rank, None, self._batch.feed)
        if held is None or (held.mark == mark and self._rank < held.rank):
            found.tell(own, name)
        elif held.mark == mark:
            found.same.add((person, name))
        elif self._rank == REGISTER_RANK:
            found.tell(own, name)  # the register corrects itself; its last word counts
        elif not alike(self._plain(found, person), name):
            other = self._names.variant(number, name)
            found.others[person, name] = other
            if other not in found.known:
                found.tell(Name(other, mark, self._rank, person, own.feed), name)

    def _unknown(self, checked: Checked) -> pa.Table | None:
        """(person, number, name, row, whose, says) of good rows not yet known to be right."""
        named = checked.contract.identifying("name")
        people = checked.people.get("")
        if named is None or people is None:
            return None
        written = checked.text[named.name].dictionary_encode()
        tidy = pa.array([same_name(n) for n in written.dictionary.to_pylist()], pa.string())
        name = pc.fill_null(tidy.take(written.indices), "")
        columns = [checked.value["person"], people["number"], name]
        table = pa.table(columns, _PAIR)
        table = table.append_column("row", pa.array(np.arange(checked.rows)))
        filled = pc.and_(pc.is_valid(columns[0]), pc.not_equal(name, ""))
        table = table.filter(pc.and_(filled, checked.good))
        if not table.num_rows:
            return None
        pair = [table[c].combine_chunks() for c in ("person", "name")]
        whose, says = self._hasher.of(pair, [0], [0, 1])
        table = table.append_column("whose", pa.array(whose)).append_column("says", pa.array(says))
        if self._rank == REGISTER_RANK:
            table = table.take(last_of_each(table["person"].combine_chunks()))
        else:
            table = table.filter(pa.array(~self._right.same(whose, says)))
        seen = self._vault_has.right(self._rank, *_hashes(table))
        table = table.filter(pa.array(~seen))
        return table if table.num_rows else None

    def _plain(self, found: _Chunk, person: str) -> str:
        """The name a person is known by, in the clear: of this chunk, delivery, or the card."""
        if person not in found.plain:
            told = self._telling.names_aside([person]) or self._names.names_of([person])
            found.plain[person] = told.get(person, "")
        return found.plain[person]

    def _note(self, rows: pa.Table, found: _Chunk, aside: set[str]) -> None:
        right = rows
        if found.others:
            others = np.array([pair in found.others for pair in _pairs(rows)], bool)
            right = rows.filter(pa.array(~others))
        self._right.note(*_hashes(right))
        if found.told:
            told = pc.is_in(rows["person"], pa.array(list(found.told), pa.string()))
            self._vault_has.doubt(_hashes(rows.filter(told))[0])
        if found.same:
            kept = [
                p not in found.told and p not in aside and (p, n) in found.same
                for p, n in _pairs(rows)
            ]
            self._vault_has.note(self._rank, *_hashes(rows.filter(pa.array(kept))))


def _hashes(rows: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Whose each row is, and what it says."""
    return rows["whose"].to_numpy(), rows["says"].to_numpy()


def _pairs(rows: pa.Table) -> Iterator[tuple[str, str]]:
    return zip(rows["person"].to_pylist(), rows["name"].to_pylist(), strict=True)


def _mark(checked: Checked, rows: pa.Table, found: _Chunk) -> None:
    if not found.others:
        return
    person = np.array(checked.value["person"].to_pylist(), object)
    differs = np.zeros(checked.rows, bool)
    for row, (who, name) in zip(rows["row"].to_pylist(), _pairs(rows), strict=True):
        other = found.others.get((who, name))
        if other is not None:
            person[row], differs[row] = other, True
    checked.value["person"] = pa.array(person, pa.string())
    checked.marks[DIFFERS] = pa.array(differs)
