"""What one delivery tells the vault: put aside while it is read, then kept in one transaction.

So a stop on the way leaves the vault as it was, however long the delivery, and memory holds one
chunk of it. A delivery that is taken in again, because the stop came between the vault and the
manifest, tells nothing twice: what it said first was measured against what was known before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, Table, select

from data.vault import Vault, bound_to
from data.vault_names import Name, row_of
from data.vault_tables import ADDRESS, ASIDE, DOCUMENT, HOUSEHOLD, NAMED, PERSON, SEALED, TOLD

_RULES = {
    PERSON: "rank",
    HOUSEHOLD: "rank",
    DOCUMENT: "day",
    ADDRESS: "day",
    NAMED: "rank",
}
_PIECE = 5_000  # rows encrypted anew at a time


class Telling:
    """The news of one delivery. Needs the vault kept open."""

    def __init__(self, vault: Vault, feed: str, batch: str, seen_on: date) -> None:
        self._vault, self._store = vault, vault.store
        self._feed, self._batch, self._day = feed, batch, seen_on.isoformat()
        self._number = 0  # of the seal that what lies aside is under; 0: nothing does

    def cards(self, rows: Iterable[tuple[str, bytes, str]], rank: int) -> None:
        """(person, JSON of number, name and phone, mark): the last one told of a person counts."""
        given, day = list(rows), self._day
        sealed = self._sealed((plain, ("person", who)) for who, plain, _ in given)
        number = self._number
        self._put(
            PERSON,
            [
                (who, kept, rank, day, mark, number)
                for (who, _, mark), kept in zip(given, sealed, strict=True)
            ],
        )

    def heads(self, rows: Iterable[tuple[str, str, str | None, int, int]]) -> None:
        """(household, number, head, rank, place): lowest rank, then lowest place, then first."""
        given, day = list(rows), self._day
        sealed = self._sealed((_listed(no), ("household", home)) for home, no, *_ in given)
        number = self._number
        self._put(
            HOUSEHOLD,
            [
                (home, kept, head, rank, day, number, place)
                for (home, _, head, rank, place), kept in zip(given, sealed, strict=True)
            ],
        )

    def papers(self, kind: str, numbers: Mapping[str, str]) -> None:
        """A number of each person: of several numbers of one kind the greatest counts."""
        known = self._papers_aside(kind, list(numbers))
        given = [(who, no) for who, no in numbers.items() if no > known.get(who, "")]
        sealed = self._sealed((_listed(no), ("document", who, kind)) for who, no in given)
        number, day = self._number, self._day
        self._put(
            DOCUMENT,
            [(who, kind, kept, day, number) for (who, _), kept in zip(given, sealed, strict=True)],
        )

    def addresses(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """(person, address, mark): the last one told of a person counts."""
        given, day = list(rows), self._day
        sealed = self._sealed((_listed(where), (ADDRESS.name, who)) for who, where, _ in given)
        number = self._number
        self._put(
            ADDRESS,
            [
                (who, kept, day, mark, number)
                for (who, _, mark), kept in zip(given, sealed, strict=True)
            ],
        )

    def names(self, rows: Iterable[Name]) -> None:
        """Which name a number has, by its mark."""
        told = [row_of(name, self._day) for name in rows]
        if told:
            self._begin()
            self._put(NAMED, told)

    def named_aside(self, persons: Sequence[str]) -> dict[str, Name]:
        """The names that this delivery told of some people."""
        if not self._number:
            return {}
        aside = ASIDE[NAMED.name]
        columns = [aside.c[n] for n in ("person", "mark", "rank", "of", "feed")]
        query = select(*columns).where(self._store.among(aside.c.person, persons))
        with self._store.reading() as db:
            return {row[0]: Name(*row) for row in db.execute(query)}

    def names_aside(self, persons: Sequence[str]) -> dict[str, str]:
        """Names in the clear that this delivery told, to compare with."""
        if not self._number:
            return {}
        aside = ASIDE[PERSON.name]
        query = select(aside.c.person, aside.c.sealed, aside.c.seal).where(
            self._store.among(aside.c.person, persons)
        )
        with self._store.reading() as db:
            found = list(db.execute(query))
        opened = self._vault.seals.open
        return {
            who: json.loads(opened(seal, sealed, bound_to("person", who)))[1]
            for who, sealed, seal in found
        }

    def take_back(self, table: Table, persons: Sequence[str]) -> None:
        """The delivery ends by saying of these persons what the vault knows already."""
        if self._number and persons:
            aside = ASIDE[table.name]
            with self._store.reading() as db:
                db.execute(aside.delete().where(self._store.among(aside.c.person, persons)))

    def keep(self) -> None:
        """Put what was told into the vault, all or nothing, and once only."""
        if not self._number:
            return
        with self._store.writing() as db:
            own = (TOLD.c.feed == self._feed) & (TOLD.c.batch == self._batch)
            if db.scalar(select(TOLD.c.batch).where(own)) is None:
                self._seal_anew(db)
                for table, rule in _RULES.items():
                    self._store.keep_aside(db, table, rule)
                self._store.begin_aside(db)
                db.execute(TOLD.insert().values(feed=self._feed, batch=self._batch))
        self._number = 0

    def _put(self, table: Table, rows: list[tuple]) -> None:
        with self._store.reading() as db:
            self._store.put_aside(db, table, rows)

    def _begin(self) -> None:
        if not self._number:
            self._number = self._vault.seals.current.number
            with self._store.reading() as db:
                self._store.begin_aside(db)

    def _sealed(self, values: Iterable[tuple[bytes, tuple[str, ...]]]) -> list[bytes]:
        """(plain, whose) sealed, in the same order; begins the aside."""
        self._begin()
        owned = ((plain, bound_to(*owner)) for plain, owner in values)
        return self._vault.seals.seal_many(self._number, owned)

    def _papers_aside(self, kind: str, persons: list[str]) -> dict[str, str]:
        if not self._number:
            return {}
        aside = ASIDE[DOCUMENT.name]
        query = select(aside.c.person, aside.c.sealed, aside.c.seal).where(
            aside.c.kind == kind, self._store.among(aside.c.person, persons)
        )
        with self._store.reading() as db:
            found = list(db.execute(query))
        opened = self._vault.seals.open
        return {
            who: json.loads(opened(seal, sealed, bound_to("document", who, kind)))[0]
            for who, sealed, seal in found
        }

    def _seal_anew(self, db: Connection) -> None:
        """Where a rotation went on meanwhile, put what lies aside under the seal now in use."""
        number = self._vault.seals.in_use(db)
        if number == self._number:
            return
        for table in SEALED:
            aside = ASIDE[table.name]
            keys = list(aside.primary_key.columns)
            for rows in db.execute(select(*keys, aside.c.sealed)).partitions(_PIECE):
                for *key, sealed in rows:
                    owner = bound_to(table.name, *key)
                    plain = self._vault.seals.open(self._number, sealed, owner)
                    own = [column == part for column, part in zip(keys, key, strict=True)]
                    anew = self._vault.seals.seal(number, plain, owner)
                    db.execute(aside.update().where(*own).values(sealed=anew, seal=number))


def _listed(value: str) -> bytes:
    """The value as JSON has it in a list."""
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'["{value}"]'.encode()
    return json.dumps([value], ensure_ascii=False).encode("utf-8")
