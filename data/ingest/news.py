"""What a delivery's good rows tell the vault that it did not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from data.identity import plain_address, same_name
from data.ingest.shape import Checked
from data.vault import Card, HeadOf, Vault

REGISTER = "population_register"  # knows best who someone is
_NOBODY = ("", 9)


class News:
    """Remembers what the vault holds, so that a run tells it each thing once."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._cards = {person: (mark, rank) for person, mark, rank in vault.marks()}
        self._heads = {household: (head, rank) for household, head, rank in vault.heads()}
        self._papers: set[tuple[str, str, str]] = set()
        self._addresses = dict(vault.address_marks())
        self._settled = pa.array([], pa.int64())  # places of texts whose person is known

    def tell(self, checked: Checked, seen_on: date) -> None:
        """Hand over new or changed names, phones, heads, certificate numbers and addresses."""
        cards, heads = list(self._new_cards(checked)), list(self._new_heads(checked))
        papers = list(self._new_papers(checked))
        addresses = list(self._new_addresses(checked))
        if cards or heads or papers or addresses:
            self._vault.remember(seen_on, cards, heads, papers, addresses)

    def _new_cards(self, checked: Checked) -> Iterator[Card]:
        if checked.people is None:
            return
        rank = 0 if checked.contract.feed == REGISTER else 1
        wanted = pc.and_(checked.good, pc.is_valid(checked.value["person"]))
        place = checked.people["place"].combine_chunks()
        if rank:  # the register may correct itself, others only speak of people not yet known
            wanted = pc.and_(wanted, pc.invert(pc.is_in(place, value_set=self._settled)))
        columns = (checked.value["person"], checked.people["number"].combine_chunks())
        rows = [*columns, _text(checked, "name"), _text(checked, "phone")]
        chosen = [column.filter(wanted).to_pylist() for column in rows]
        last = {row[0]: row for row in zip(*chosen, strict=True)}
        for person, number, name, phone in last.values():
            known, known_rank = self._cards.get(person, _NOBODY)
            if rank > known_rank or rank == known_rank != 0:
                continue
            card = Card(person, number, same_name(name or ""), phone or "", rank)
            mark = self._vault.mark(person, card.name, card.phone)
            if rank < known_rank or mark != known:
                self._cards[person] = (mark, rank)
                yield card
        if last:
            self._settled = pc.unique(pa.concat_arrays([self._settled, place.filter(wanted)]))

    def _new_heads(self, checked: Checked) -> Iterator[HeadOf]:
        told: dict[str, HeadOf] = {}
        for household, number, head, rank in _who_stands_for_whom(checked):
            known_head, known_rank = self._heads.get(household, (None, 9))
            if rank > known_rank or (rank == known_rank and (rank or head == known_head)):
                continue
            if household not in told or rank < told[household].rank:
                told[household] = HeadOf(household, number, head, rank)
        self._heads |= {h.household: (h.head, h.rank) for h in told.values()}
        yield from told.values()

    def _new_addresses(self, checked: Checked) -> Iterator[tuple[str, str]]:
        """(person, address); an empty cell, or no such column, leaves the address known."""
        field, person = checked.contract.identifying("address"), checked.value.get("person")
        if field is None or person is None:
            return
        text = checked.text[field.name]
        wanted = pc.and_(checked.good, pc.and_(pc.is_valid(person), pc.is_valid(text)))
        last = zip(person.filter(wanted).to_pylist(), text.filter(wanted).to_pylist(), strict=True)
        for whose, written in dict(last).items():
            address = plain_address(written)
            mark = self._vault.address_mark(whose, address)
            if address and self._addresses.get(whose) != mark:
                self._addresses[whose] = mark
                yield whose, address

    def _new_papers(self, checked: Checked) -> Iterator[tuple[str, str, str]]:
        person = checked.value.get("person")
        if person is None:
            return
        for field in checked.contract.fields:
            if field.identifies != "document":
                continue
            text = checked.text[field.name]
            wanted = pc.and_(checked.good, pc.and_(pc.is_valid(person), pc.is_valid(text)))
            kind = f"{checked.contract.feed}.{field.name}"
            pairs = zip(
                person.filter(wanted).to_pylist(), text.filter(wanted).to_pylist(), strict=True
            )
            new = {(whose, kind, number) for whose, number in pairs} - self._papers
            self._papers |= new
            yield from sorted(new)


def _who_stands_for_whom(checked: Checked) -> Iterator[tuple[str, str, str | None, int]]:
    """household, its number, a person, rank: head 0, the one spoken to 1, anyone 2."""
    good, rows = checked.good, checked.rows
    person = checked.value.get("person", pa.nulls(rows, pa.string()))
    relation = checked.value.get("relation")
    ranks = pa.repeat(pa.scalar(1), rows)
    if relation is not None:
        ranks = pc.if_else(pc.fill_null(pc.equal(relation, "head"), False), 0, 2)
    for homes in checked.homes.values():
        columns = (homes["household"], homes["number"], person, ranks)
        wanted = pc.and_(good, pc.is_valid(homes["household"].combine_chunks()))
        yield from zip(*(c.filter(wanted).to_pylist() for c in columns), strict=True)


def _text(checked: Checked, what: str) -> pa.Array:
    field = checked.contract.identifying(what)
    return checked.text[field.name] if field else pa.nulls(checked.rows, pa.string())
