"""The vault: who a pseudonym is. Kept apart from the lake, readable by its owner only.

Layout: `vault/key` (random, 0600; or the environment variable DOUDI_VAULT_KEY),
`vault/vault.db` (SQLite; names, numbers, phones, certificates encrypted at rest),
`vault/quarantine/` (rows to give back to their department). Features and models never come
here; the dashboard shows `masked` values and calls `reveal` only with a stated purpose.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from data.crypto import CIPHERS, KEY_BYTES, Cipher, Pseudonyms, keyed_hash
from data.home import Home
from data.identity import household_number, identify
from data.masking import mask_name, mask_number, mask_phone

KEY_VARIABLE = "DOUDI_VAULT_KEY"
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS person (
  person TEXT PRIMARY KEY, sealed BLOB NOT NULL, rank INTEGER NOT NULL, seen_on TEXT NOT NULL,
  mark TEXT);
CREATE TABLE IF NOT EXISTS household (
  household TEXT PRIMARY KEY, sealed BLOB NOT NULL, head TEXT, rank INTEGER NOT NULL,
  seen_on TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS document (
  person TEXT NOT NULL, kind TEXT NOT NULL, sealed BLOB NOT NULL, seen_on TEXT NOT NULL,
  PRIMARY KEY (person, kind));
CREATE TABLE IF NOT EXISTS lookup (
  at TEXT NOT NULL, actor TEXT NOT NULL, person TEXT NOT NULL, purpose TEXT NOT NULL);
"""
_PUT_PERSON = """
INSERT INTO person (person, sealed, rank, seen_on, mark) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (person) DO UPDATE SET
  sealed = excluded.sealed, rank = excluded.rank, seen_on = excluded.seen_on, mark = excluded.mark
WHERE excluded.rank < rank OR (excluded.rank = rank AND excluded.seen_on >= seen_on)"""
_PUT_HOUSEHOLD = """
INSERT INTO household VALUES (?, ?, ?, ?, ?) ON CONFLICT (household) DO UPDATE SET
  head = excluded.head, rank = excluded.rank, seen_on = excluded.seen_on
WHERE excluded.rank < rank OR (excluded.rank = rank AND excluded.seen_on >= seen_on)"""
_PUT_DOCUMENT = """
INSERT INTO document VALUES (?, ?, ?, ?) ON CONFLICT (person, kind) DO UPDATE SET
  sealed = excluded.sealed, seen_on = excluded.seen_on WHERE excluded.seen_on >= seen_on"""


class VaultError(Exception):
    """The vault's key is missing, malformed or of another vault; the message says which."""


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


class Vault:
    """One home's vault. Making one creates nothing; the key is made on first use."""

    def __init__(self, home: Home, cipher: str = "aes-256-gcm") -> None:
        self.folder = home.vault
        self._wanted_cipher = cipher
        self._kept: sqlite3.Connection | None = None

    @property
    def quarantine(self) -> Path:
        """Folder of rows given back to departments; they hold personal data."""
        return self.folder / "quarantine"

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep one connection for many writes; each `remember` is still its own transaction."""
        self._kept = self._connect()
        try:
            yield
        finally:
            self._kept.close()
            self._kept = None

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
        return Pseudonyms(keyed_hash(self._master, "pseudonym"), "p")

    @cached_property
    def household_pseudonyms(self) -> Pseudonyms:
        """For bulk use by ingest, on cleaned household numbers."""
        return Pseudonyms(keyed_hash(self._master, "pseudonym"), "h")

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
        found = self._select("SELECT household, head FROM household", "household", asked)
        heads = dict(found)
        names = self.masked_many(h for h in heads.values() if h)
        return {h: names[heads[h]]["name"] if heads.get(h) else "" for h in asked}

    def reveal(self, person: str, purpose: str, actor: str = "") -> dict[str, str]:
        """Name, ID number and phone in the clear; who asked and why is kept for good.

        Raises VaultError without a purpose, or when the vault does not know the person.
        """
        if not purpose.strip():
            raise VaultError("revealing a person needs a purpose, for example the alert's number")
        found = self._cards([person])
        if not found:
            raise VaultError(f"the vault does not know {person}")
        with self._connection() as db, db:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            db.execute("INSERT INTO lookup VALUES (?, ?, ?, ?)", (now, actor, person, purpose))
        return {"name": found[0].name, "id": found[0].number, "phone": found[0].phone}

    def lookups(self, person: str) -> list[dict[str, str]]:
        """Who had this person revealed, when and why, oldest first."""
        rows = self._select("SELECT at, actor, person, purpose FROM lookup", "person", [person])
        return [dict(zip(("at", "actor", "person", "purpose"), r, strict=True)) for r in rows]

    def mark(self, person: str, name: str, phone: str) -> str:
        """A keyed mark of what a card says: ingest tells a change by it and opens no card."""
        return self._marks.of(f"{person}\n{name}\n{phone}")

    def marks(self) -> list[tuple[str, str, int]]:
        """(person, mark, rank) of everybody the vault knows."""
        self._mark_older()
        return self._select("SELECT person, mark, rank FROM person", "person", None)

    def heads(self) -> list[tuple[str, str | None, int]]:
        """(household, head, rank) of every known household, as pseudonyms."""
        return self._select("SELECT household, head, rank FROM household", "household", None)

    def remember(
        self,
        seen_on: date,
        cards: Iterable[Card] = (),
        heads: Iterable[HeadOf] = (),
        documents: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        """Keep what a delivery of `seen_on` says, in one transaction.

        A lower rank outweighs a higher one (0: the register, or the head), then the later
        delivery the earlier. `documents` are (person, kind, number).
        """
        day, cipher = seen_on.isoformat(), self._cipher

        def seal(values: list[str]) -> bytes:
            return cipher.encrypt(_AS_JSON(values).encode("utf-8"))

        def put(card: Card) -> tuple[str, bytes, int, str, str]:
            mark = self.mark(card.person, card.name, card.phone)
            sealed = seal([card.number, card.name, card.phone])
            return card.person, sealed, card.rank, day, mark

        homes = ((h.household, seal([h.number]), h.head, h.rank, day) for h in heads)
        papers = ((person, kind, seal([number]), day) for person, kind, number in documents)
        with self._connection() as db, db:
            db.executemany(_PUT_PERSON, map(put, cards))
            db.executemany(_PUT_HOUSEHOLD, homes)
            db.executemany(_PUT_DOCUMENT, papers)

    def _mark_older(self) -> None:
        """Mark the cards of a vault from before marks were kept, once."""
        older = self._select("SELECT sealed, person FROM person WHERE mark IS NULL", "person", None)
        opened = ((self._open(sealed), person) for sealed, person in older)
        rows = [(self.mark(person, name, phone), person) for (_, name, phone), person in opened]
        if rows:
            with self._connection() as db, db:
                db.executemany("UPDATE person SET mark = ? WHERE person = ?", rows)

    def _cards(self, persons: list[str]) -> list[Card]:
        rows = self._select("SELECT person, sealed, rank FROM person", "person", persons)
        return [Card(person, *self._open(sealed), rank) for person, sealed, rank in rows]

    def _open(self, sealed: bytes) -> tuple[str, str, str]:
        number, name, phone = json.loads(self._cipher.decrypt(sealed))
        return number, name, phone

    def _select(self, query: str, key: str, wanted: list[str] | None) -> list[tuple]:
        if not (self.folder / "vault.db").exists():
            return []
        order = f" ORDER BY {key}"
        with self._connection() as db:
            if wanted is None:
                return db.execute(query + order).fetchall()
            chosen = f" WHERE {key} IN (SELECT value FROM json_each(?))"  # noqa: S608 - own names
            return db.execute(query + chosen + order, (json.dumps(wanted),)).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._kept:
            yield self._kept
            return
        with closing(self._connect()) as db:
            yield db

    def _connect(self) -> sqlite3.Connection:
        self._prepare()
        path = self.folder / "vault.db"
        fresh = not path.exists()
        db = sqlite3.connect(path, timeout=30)
        if fresh:
            path.chmod(0o600)
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_TABLES)
        elif "mark" not in {row[1] for row in db.execute("PRAGMA table_info(person)")}:
            db.execute("ALTER TABLE person ADD COLUMN mark TEXT")
        db.execute("PRAGMA synchronous = NORMAL")
        return db

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    @cached_property
    def _marks(self) -> Pseudonyms:
        return Pseudonyms(keyed_hash(self._master, "card"), "c")

    @cached_property
    def _cipher(self) -> Cipher:
        """The cipher the vault was begun with, after checking that the key is its own."""
        check = keyed_hash(self._master, "vault check").hex()
        with self._connection() as db, db:
            known = dict(db.execute("SELECT name, value FROM meta"))
            if not known:
                known = {"key_check": check, "cipher": self._wanted_cipher}
                db.executemany("INSERT INTO meta VALUES (?, ?)", known.items())
        if known["key_check"] != check:
            raise VaultError(
                f"the key does not belong to the vault in {self.folder}; "
                f"restore its file 'key' or set {KEY_VARIABLE}"
            )
        return CIPHERS[known["cipher"]](keyed_hash(self._master, "cipher"))

    @cached_property
    def _master(self) -> bytes:
        given, path = os.environ.get(KEY_VARIABLE), self.folder / "key"
        if not given and not path.exists():
            self._prepare()
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(KEY_BYTES))
        text = given or path.read_text(encoding="ascii")
        try:
            key = bytes.fromhex(text.strip())
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            where = KEY_VARIABLE if given else str(path)
            raise VaultError(f"{where} must hold {KEY_BYTES * 2} hexadecimal digits")
        return key


def _masked(card: Card | None) -> dict[str, str]:
    if card is None:
        return {"name": "", "id": "", "phone": ""}
    return {
        "name": mask_name(card.name),
        "id": mask_number(card.number),
        "phone": mask_phone(card.phone),
    }
