"""Whose number a number is: one number with two names, two numbers with one name and birth date.

Names stay in the vault. What is kept beside them are keyed marks and pseudonyms, which say that two
records may be one person's and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import func, select

from data.crypto import Pseudonyms
from data.identity import birth_date
from data.person_names import alike, far, plain
from data.vault import Vault
from data.vault_tables import NAMED, PERSON

REGISTER_RANK, OTHER_RANK = 0, 1


class Name(NamedTuple):
    """A name that a number has: its mark, and the rank of who said so (0: the register)."""

    person: str
    mark: str
    rank: int
    of: str | None = None
    feed: str | None = None


@dataclass(frozen=True)
class Candidate:
    """Two pseudonyms that may be one person's, and why (`kind`).

    number: one number came with two names, `other` is its holder. alike: two numbers, one name and
    birth date.
    """

    kind: str
    person: str
    other: str
    feed: str
    seen_on: date


def row_of(name: Name, seen_on: str) -> tuple[str | int | None, ...]:
    """A name as a row of its table."""
    return name.person, name.mark, name.rank, seen_on, name.of, name.feed


class Names:
    """The names of a vault's people."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def mark(self, number: str, name: str) -> str:
        """Mark of a name with the birth date its number tells, or with the number itself."""
        return self._marks.of(_marked(number, name))

    def marks(self, told: Iterable[tuple[str, str]]) -> list[str]:
        """`mark` of many (number, name)."""
        return self._marks.many(_marked(*one).encode() for one in told)

    def variant(self, number: str, name: str) -> str:
        """Pseudonym of whoever uses a number under a name that is not its holder's."""
        return self._vault.person_pseudonyms.of(f"{number}\n{plain(name)}")

    def known(self, persons: Sequence[str]) -> dict[str, Name]:
        """The names of those persons that have one; of an older vault by their cards."""
        columns = [NAMED.c[n] for n in ("person", "mark", "rank", "of", "feed")]
        found = {row[0]: Name(*row) for row in self._vault.select(columns, persons)}
        missing = [p for p in persons if p not in found]
        for card in self._vault.cards(missing) if missing and self._vault.exists() else ():
            if card.name:
                mark = self.mark(card.number, card.name)
                found[card.person] = Name(card.person, mark, card.rank)
        return found

    def names_of(self, persons: Sequence[str]) -> dict[str, str]:
        """Names in the clear, to compare with; they are not to leave the vault's own code."""
        return {c.person: c.name for c in self._vault.cards(persons)}

    def _keep(self, names: Iterable[Name]) -> None:
        rows = [row_of(name, date.min.isoformat()) for name in names]
        if rows:
            with self._vault.store.writing() as db:
                self._vault.store.put(db, NAMED, rows, "rank")

    def mark_older(self) -> int:
        """Mark the people of a vault from before names were kept apart; how many there were."""
        if not self._vault.exists():
            return 0
        there = select(NAMED.c.person)
        with self._vault.store.reading() as db:
            older = list(db.scalars(select(PERSON.c.person).where(PERSON.c.person.not_in(there))))
        found = self.known(older)
        self._keep(found.values())
        return len(found)

    def candidates(self) -> list[Candidate]:
        """Everything that somebody should look at, in a fixed order; decisions lie elsewhere."""
        if not self._vault.exists():
            return []
        self.mark_older()
        columns = (NAMED.c.person, NAMED.c.mark, NAMED.c.of, NAMED.c.feed, NAMED.c.seen_on)
        twice = select(NAMED.c.mark).group_by(NAMED.c.mark).having(func.count() > 1)
        with self._vault.store.reading() as db:
            apart = db.execute(select(*columns).where(NAMED.c.of.is_not(None)))
            found = [
                Candidate("number", p, of, feed or "", _day(on)) for p, _, of, feed, on in apart
            ]
            same = db.execute(select(*columns).where(NAMED.c.mark.in_(twice)))
            found += _pairs([tuple(row) for row in same])
        return sorted(found, key=lambda c: (c.kind, c.person, c.other))

    def difference(self, one: str, other: str) -> int | None:
        """In how many characters two people's names differ; None where one has no name."""
        names = self.names_of([one, other])
        if not (names.get(one) and names.get(other)):
            return None
        return 0 if alike(names[one], names[other]) else far(names[one], names[other])

    @cached_property
    def _marks(self) -> Pseudonyms:
        return self._vault.name_marks()


def _marked(number: str, name: str) -> str:
    """What a mark is made of."""
    born = birth_date(number)
    return f"{plain(name)}\n{born.isoformat() if born else number}"


def _pairs(rows: Sequence[tuple[str, str, str | None, str | None, str]]) -> list[Candidate]:
    """Each person of a mark with the first of it."""
    first: dict[str, tuple[str, ...]] = {}
    found = []
    for person, mark, _, feed, seen_on in sorted(rows, key=lambda r: (r[1], r[0])):
        if mark not in first:
            first[mark] = (person,)
            continue
        found.append(Candidate("alike", person, first[mark][0], feed or "", _day(seen_on)))
    return found


def _day(text: str | None) -> date:
    return date.fromisoformat(text) if text else date.min
