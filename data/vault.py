"""The vault: who a pseudonym is. Kept apart from the lake, readable by its owner only.

Names, numbers, phones, addresses and certificates lie encrypted in the tables of `vault_tables`,
each bound to the row it belongs to; the key lies outside the data folder (`vault_keys`).
`quarantine/` holds, encrypted as well, rows to give back to their department, `photos/` what
visitors photographed. Features and models never come here; the dashboard shows `masked` values;
`reveal` and `addresses` are the only ways to plain ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Column, bindparam, select

from core.home import Home
from data.crypto import Pseudonyms
from data.identity import household_number, identify
from data.masking import mask_name, mask_number, mask_phone
from data.seals import Seals, Secrets
from data.vault_keys import VaultError
from data.vault_tables import ADDRESS, DOCUMENT, HOUSEHOLD, PERSON, VaultStore

__all__ = ["PHOTOS", "Card", "Dwelling", "HeadOf", "Vault", "VaultError", "bound_to"]
PHOTOS = "photos"
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Card:
    """What the vault knows of a person in the clear. Handle only for a stated purpose."""

    person: str
    number: str
    name: str
    phone: str
    rank: int = 0


@dataclass(frozen=True)
class HeadOf:
    """A household's number and its head, or who stands in for one (higher rank)."""

    household: str
    number: str
    head: str | None
    rank: int


@dataclass(frozen=True)
class Dwelling:
    """Where a person lives, in the clear, and the day of the delivery that said so last."""

    address: str
    seen_on: date


class Vault:
    """One home's vault. Making one creates nothing; it begins, with its key, on first use."""

    def __init__(self, home: Home, cipher: str = "aes-256-gcm") -> None:
        self.home, self.folder = home, home.vault
        self.store = VaultStore(home)
        self.seals = Seals(home, self.store, cipher)
        self._all_marked = False

    @property
    def quarantine(self) -> Path:
        """Folder of rows given back to departments; they hold personal data."""
        return self.folder / "quarantine"

    @property
    def photos(self) -> Path:
        """Folder of photos from visits, sealed (`data.photos`)."""
        return self.folder / PHOTOS

    def exists(self) -> bool:
        """Whether there is a vault yet; asking begins none."""
        return self.store.exists()

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep one connection for many writes; each `remember` is still its own transaction."""
        with self.store.kept_open():
            yield

    def person(self, id_number: str) -> str:
        """Pseudonym of a person: 'p' and 20 hex digits. Repairs the number as ingest does.

        Raises VaultError when it is no valid ID number.
        """
        number = identify(id_number).number
        if number is None:
            raise VaultError("not a valid ID number: 18 characters with a correct check digit")
        return self.person_pseudonyms.of(number)

    def household(self, household_no: str) -> str:
        """Pseudonym of a household: 'h' and 20 hex digits. Raises VaultError when empty."""
        number = household_number(household_no)
        if number is None:
            raise VaultError("not a household number: empty, or damaged by a spreadsheet")
        return self.household_pseudonyms.of(number)

    @cached_property
    def person_pseudonyms(self) -> Pseudonyms:
        """For bulk use by ingest, on cleaned 18-character numbers."""
        return Pseudonyms(self._secrets.pseudonym, "p")

    @cached_property
    def household_pseudonyms(self) -> Pseudonyms:
        """For bulk use by ingest, on cleaned household numbers."""
        return Pseudonyms(self._secrets.pseudonym, "h")

    @cached_property
    def dwelling_pseudonyms(self) -> Pseudonyms:
        """For bulk use by ingest, on cleaned dwelling numbers: many are made from the household's
        number, which would reverse its pseudonym.
        """
        return Pseudonyms(self._secrets.pseudonym, "d")

    @cached_property
    def asset_pseudonyms(self) -> Pseudonyms:
        """For bulk use by ingest, on cleaned numbers of plates, certificates, accounts and firms:
        the same number is the same asset in every feed.
        """
        return Pseudonyms(self._secrets.pseudonym, "a")

    def masked(self, person: str) -> dict[str, str]:
        """{name: 张*三, id: 9903**********1234, phone: 138****5678}; blanks for a stranger."""
        return self.masked_many([person])[person]

    def masked_many(self, persons: Iterable[str]) -> dict[str, dict[str, str]]:
        """`masked` for many people at once."""
        asked = list(dict.fromkeys(persons))
        cards = {c.person: c for c in self._cards(asked)}
        return {p: _masked(cards.get(p)) for p in asked}

    def household_display_name(self, household: str) -> str:
        """Masked name of the household's head, or of whoever stands in; '' when unknown."""
        return self.household_display_names([household])[household]

    def household_display_names(self, households: Iterable[str]) -> dict[str, str]:
        """`household_display_name` for many households at once."""
        asked = list(dict.fromkeys(households))
        heads = dict(self._select([HOUSEHOLD.c.household, HOUSEHOLD.c.head], asked))
        names = self.masked_many(h for h in heads.values() if h)
        return {h: names[heads[h]]["name"] if heads.get(h) else "" for h in asked}

    def reveal(self, person: str) -> dict[str, str]:
        """Name, ID number and phone in the clear. The caller records who asks and why first.

        Raises VaultError when the vault does not know the person.
        """
        found = self._cards([person])
        if not found:
            raise VaultError(f"the vault does not know {person}")
        return {"name": found[0].name, "id": found[0].number, "phone": found[0].phone}

    def addresses(self, persons: Iterable[str]) -> dict[str, Dwelling]:
        """The newest known address of each person, in the clear; who has none is left out.

        As with `reveal`, the caller records who asks and why first.
        """
        columns = [ADDRESS.c.person, ADDRESS.c.sealed, ADDRESS.c.seal, ADDRESS.c.seen_on]
        found = {}
        for person, sealed, seal, day in self._select(columns, list(dict.fromkeys(persons))):
            plain = self.seals.open(seal, sealed, bound_to(ADDRESS.name, person))
            found[person] = Dwelling(json.loads(plain)[0], date.fromisoformat(day))
        return found

    def with_address(self, persons: Iterable[str]) -> set[str]:
        """Those of the persons whose address is known; opens none."""
        asked = list(dict.fromkeys(persons))
        return {person for (person,) in self._select([ADDRESS.c.person], asked)}

    def address_mark(self, person: str, address: str) -> str:
        """`mark` of an address."""
        return self.address_marks_of([(person, address)])[0]

    def address_marks_of(self, lives: Iterable[tuple[str, str]]) -> list[str]:
        """`address_mark` of many (person, address)."""
        return self._marks.many(f"{p}\n{ADDRESS.name}\n{where}".encode() for p, where in lives)

    def address_marks(self, persons: Sequence[str] | None = None) -> list[tuple[str, str]]:
        """(person, mark of the address) of those (or of everybody) whose address is known."""
        return self._select([ADDRESS.c.person, ADDRESS.c.mark], persons)

    def mark(self, person: str, name: str, phone: str) -> str:
        """A keyed mark of what a card says: ingest tells a change by it and opens no card."""
        return self._marks.of(f"{person}\n{name}\n{phone}")

    def marks_of(self, said: pa.Array) -> list[str]:
        """`mark` of many cards, each person, name and phone on lines of their own."""
        return self._marks.many(said.cast(pa.binary()).to_pylist())

    def marks(self, persons: Sequence[str] | None = None) -> list[tuple[str, str, int]]:
        """(person, mark, rank) of those persons (or of all) whom the vault knows."""
        self._mark_older()
        return self._select([PERSON.c.person, PERSON.c.mark, PERSON.c.rank], persons)

    def cards(self, persons: Sequence[str]) -> list[Card]:
        """What the vault knows of some people, in the clear: for comparing names within the vault,
        never for showing."""
        return self._cards(persons)

    def name_marks(self) -> Pseudonyms:
        """For marks of names alone (`data.vault_names`)."""
        return Pseudonyms(self._secrets.mark, "n")

    def select(self, columns: list[Column], wanted: Sequence[str] | None = None) -> list[Any]:
        """Rows of a table of the vault in the order of their first column; see `_select`."""
        return self._select(columns, wanted)

    def heads(self, households: Sequence[str] | None = None) -> list[tuple[str, str | None, int]]:
        """(household, head, rank) of those households (or of all) that are known, as pseudonyms."""
        columns = [HOUSEHOLD.c.household, HOUSEHOLD.c.head, HOUSEHOLD.c.rank]
        return self._select(columns, households)

    def remember(
        self,
        seen_on: date,
        cards: Iterable[Card] = (),
        heads: Iterable[HeadOf] = (),
        documents: Iterable[tuple[str, str, str]] = (),
        addresses: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Keep what a delivery of `seen_on` says, in one transaction.

        A lower rank outweighs a higher one (0: the register, or the head), then the later
        delivery the earlier. `documents` are (person, kind, number), `addresses` (person, address);
        of these only the later delivery counts.
        """
        day, marked, seals = seen_on.isoformat(), self.mark, self.seals
        seals.ready()
        with self.store.writing() as db:
            number = seals.in_use(db)

            def sealed(values: list[str], *owner: str) -> bytes:
                return seals.seal(number, _AS_JSON(values).encode("utf-8"), bound_to(*owner))

            def put(c: Card) -> tuple[Any, ...]:
                kept = sealed([c.number, c.name, c.phone], "person", c.person)
                return c.person, kept, c.rank, day, marked(c.person, c.name, c.phone), number

            homes = (
                (h.household, sealed([h.number], "household", h.household), h.head, h.rank, day)
                for h in heads
            )
            papers = (
                (person, kind, sealed([paper], "document", person, kind), day, number)
                for person, kind, paper in documents
            )
            dwellings = (
                (p, sealed([where], ADDRESS.name, p), day, self.address_mark(p, where), number)
                for p, where in addresses
            )
            self.store.put(db, PERSON, map(put, cards), "rank")
            self.store.put(db, HOUSEHOLD, ((*home, number) for home in homes), "rank")
            self.store.put(db, DOCUMENT, papers, "day")
            self.store.put(db, ADDRESS, dwellings, "day")

    @contextmanager
    def sealer(self) -> Iterator[int]:
        """For files: the number of the seal in use, for as long as the block lasts.

        A rotation waits until it ends, so that no file is put in place behind its back.
        """
        self.seals.ready()
        with self.store.writing() as db:
            yield self.seals.in_use(db)

    def _mark_older(self) -> None:
        """Mark the cards of a vault from before marks were kept, once."""
        if self._all_marked or not self.exists():
            return
        self._all_marked = True
        unmarked = select(PERSON.c.person).where(PERSON.c.mark.is_(None)).order_by(PERSON.c.person)
        with self.store.reading() as db:
            older = list(db.scalars(unmarked))
        rows = [
            {"who": card.person, "told": self.mark(card.person, card.name, card.phone)}
            for card in (self._cards(older) if older else [])
        ]
        if rows:
            marked = PERSON.update().where(PERSON.c.person == bindparam("who"))
            with self.store.writing() as db:
                db.execute(marked.values(mark=bindparam("told")), rows)

    def _cards(self, persons: Sequence[str]) -> list[Card]:
        columns = [PERSON.c.person, PERSON.c.sealed, PERSON.c.seal, PERSON.c.rank]
        found = []
        for person, sealed, seal, rank in self._select(columns, persons):
            plain = self.seals.open(seal, sealed, bound_to("person", person))
            number, name, phone = json.loads(plain)
            found.append(Card(person, number, name, phone, rank))
        return found

    def _select(self, columns: list[Column], wanted: Sequence[str] | None = None) -> list[Any]:
        """Rows in the order of their first column; all, or those whose first column is wanted."""
        if not self.exists():
            return []
        query = select(*columns).order_by(columns[0])
        if wanted is not None:
            query = query.where(self.store.among(columns[0], wanted))
        with self.store.reading() as db:
            return [tuple(row) for row in db.execute(query)]

    @cached_property
    def _marks(self) -> Pseudonyms:
        return Pseudonyms(self._secrets.mark, "c")

    @cached_property
    def _secrets(self) -> Secrets:
        self.seals.ready()
        return self.seals.secrets


def bound_to(*owner: str) -> bytes:
    """What a sealed value is bound to: its table and key, or its file's place."""
    return "\n".join(owner).encode("utf-8")


def _masked(card: Card | None) -> dict[str, str]:
    if card is None:
        return {"name": "", "id": "", "phone": ""}
    return {
        "name": mask_name(card.name),
        "id": mask_number(card.number),
        "phone": mask_phone(card.phone),
    }
