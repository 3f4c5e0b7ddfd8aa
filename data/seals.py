"""Under which key and cipher each value of the vault lies.

A seal is one key version with one cipher. Every value carries the number of its seal, so all of
them stay readable while a rotation moves them from one seal to the next. The secrets that
pseudonyms and marks are made with come from the first key and travel from seal to seal: a
rotation renames nobody.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from core.home import Home
from core.keys import KeyRing, KeyRingError, new_ring
from data.crypto import CIPHERS, Cipher, keyed_hash
from data.manifest import read_manifest
from data.vault_keys import VaultError, check_of, key_source, ring_of
from data.vault_tables import META, SEAL, VaultStore

_SECRETS = b"secrets"  # what they are bound to
_HALF = 32  # bytes of each of the two secrets


@dataclass(frozen=True)
class Seal:
    """One key version with one cipher, and the secrets locked under it."""

    number: int
    key_version: int
    cipher: str
    key_check: str
    secrets: bytes


@dataclass(frozen=True)
class Secrets:
    """What pseudonyms and marks are keyed with; the same for the vault's whole life."""

    pseudonym: bytes
    mark: bytes


class Seals:
    """Seals and opens the values of one vault."""

    def __init__(self, home: Home, store: VaultStore, wanted_cipher: str) -> None:
        self._home, self._store, self._wanted = home, store, wanted_cipher
        self._seals: dict[int, Seal] = {}
        self._ciphers: dict[int | None, Cipher] = {}
        self._ring: KeyRing | None = None

    def ready(self) -> None:
        """Begin the vault where it has not been; else read which seals it has.

        Raises VaultError when the key is missing or of another vault.
        """
        if self._seals:
            return
        with self._store.reading() as db:
            begun = db.scalar(select(func.count()).select_from(SEAL))
        if not begun:
            with self._store.writing(alone=True) as db:
                self._begin(db)
        with self._store.reading() as db:
            self._load(db)

    @property
    def all(self) -> list[Seal]:
        """Every seal that is still kept, oldest first."""
        self.ready()
        return [self._seals[number] for number in sorted(self._seals)]

    @property
    def current(self) -> Seal:
        """The seal in use when last looked at; `in_use` looks."""
        return self.all[-1]

    @property
    def secrets(self) -> Secrets:
        """What pseudonyms and marks are keyed with."""
        seal = self.current
        both = self._cipher(seal.number).decrypt(seal.secrets, _SECRETS)
        return Secrets(both[:_HALF], both[_HALF:])

    def in_use(self, db: Connection) -> int:
        """The number of the seal to write under, for as long as this writing transaction lasts."""
        number = db.scalar(select(func.max(SEAL.c.number)))
        if number != max(self._seals, default=None):
            self._load(db, fresh=True)
        return int(number)

    def seal(self, number: int, plain: bytes, bound: bytes) -> bytes:
        """A value under a seal, bound to what it belongs to."""
        return self._cipher(number).encrypt(plain, bound)

    def seal_many(self, number: int, values: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
        """`seal` under one seal for many (plain, bound)."""
        return self._cipher(number).encrypt_many(values)

    def open(self, number: int | None, sealed: bytes, bound: bytes) -> bytes:
        """A value. Without a number it is from before seals were kept, and not bound.

        Raises DecryptionError, or VaultError when the key it needs is not there.
        """
        return self._cipher(number).decrypt(sealed, b"" if number is None else bound)

    def add(self, db: Connection, key_version: int, key: bytes, cipher: str, known: Secrets) -> int:
        """A new seal to write under, in a transaction that is alone; returns its number."""
        number = 1 + (db.scalar(select(func.max(SEAL.c.number))) or 0)
        locked = _cipher(key, cipher).encrypt(known.pseudonym + known.mark, _SECRETS)
        row = Seal(number, key_version, cipher, check_of(key), locked)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        db.execute(SEAL.insert().values(**vars(row), began=now))
        return number

    def reload(self, db: Connection) -> None:
        """Read seals and keys anew. Raises VaultError when the key is missing or foreign."""
        self._ciphers = {}
        self._load(db, fresh=True)

    @property
    def _keys(self) -> KeyRing:
        if self._ring is None:
            raise VaultError("the vault has not been opened")
        return self._ring

    def _cipher(self, number: int | None) -> Cipher:
        if number not in self._ciphers:
            self.ready()
            if number not in self._seals and number is not None:
                with self._store.reading() as db:
                    self._load(db, fresh=True)  # another process has rotated meanwhile
            self._ciphers[number] = self._made(number)
        return self._ciphers[number]

    def _made(self, number: int | None) -> Cipher:
        wanted = 1 if number is None else number
        seal = self._seals.get(wanted)
        if seal is None:
            raise VaultError(
                f"a value in the vault lies under seal {wanted}, which is no longer kept; "
                "restore the vault and its key from the same backup"
            )
        try:
            key = self._keys.key(seal.key_version)
        except KeyRingError as error:
            raise VaultError(str(error)) from None
        if number is None:
            return CIPHERS[seal.cipher](keyed_hash(key, "cipher"))
        return _cipher(key, seal.cipher)

    def _load(self, db: Connection, *, fresh: bool = False) -> None:
        columns = [SEAL.c[name] for name in Seal.__dataclass_fields__]
        self._seals = {row.number: Seal(*row) for row in db.execute(select(*columns))}
        vault_id = _meta(db)["id"]
        newest = self._seals[max(self._seals)]
        ring = ring_of(self._home, vault_id, fresh=fresh)
        if newest.key_version not in ring.keys:
            ring = ring_of(self._home, vault_id, fresh=True)
        self._ring = ring
        if newest.key_version in ring.keys:
            self._refuse_foreign(ring, newest)

    def _refuse_foreign(self, ring: KeyRing, seal: Seal) -> None:
        if check_of(ring.key(seal.key_version)) != seal.key_check:
            raise self._foreign(ring)

    def _foreign(self, ring: KeyRing) -> VaultError:
        return VaultError(
            f"the key does not belong to the vault in {self._store.where}; "
            f"restore the right one to {ring.where}"
        )

    def _begin(self, db: Connection) -> None:
        """Give the vault its id, its first seal and, where it never had one, its key."""
        if db.scalar(select(func.count()).select_from(SEAL)):
            return  # another process was quicker
        known = _meta(db)
        vault_id = known.get("id") or secrets.token_hex(8)
        if known.get("key_check"):
            self._ring = ring_of(self._home, vault_id)
        else:
            self._ring = self._first_ring(vault_id)
        version = self._own_version(known.get("key_check"))
        key = self._ring.key(version)
        first = Secrets(keyed_hash(key, "pseudonym"), keyed_hash(key, "card"))
        if "id" not in known:
            db.execute(META.insert().values(name="id", value=vault_id))
        self.add(db, version, key, known.get("cipher", self._wanted), first)

    def _own_version(self, check: str | None) -> int:
        """The version that a vault from before was begun with, else the newest."""
        ring = self._keys
        if check is None:
            return ring.newest
        own = [version for version, key in ring.keys.items() if check_of(key) == check]
        if not own:
            raise self._foreign(ring)
        return own[0]

    def _first_ring(self, vault_id: str) -> KeyRing:
        """The ring of a vault that is about to begin; a new key is made here and nowhere else."""
        filled = any(b.accepted for b in read_manifest(self._home.lake / "manifest.json").batches)
        if filled or any((self._home.vault / "quarantine").glob("*/*.sealed")):
            raise VaultError(
                f"the lake in {self._home.lake} was filled with a vault that is not in "
                f"{self._store.where}; restore it (from a file: 'doudi vault to-database'), or "
                "take the department files in afresh in an empty home"
            )
        try:
            source = key_source(self._home, vault_id)
            ring = source.read()
            if ring is None:
                ring = new_ring(source.where)
                source.write(ring)
        except KeyRingError as error:
            raise VaultError(str(error)) from None
        return ring


def _meta(db: Connection) -> dict[str, str]:
    return {row.name: row.value for row in db.execute(select(META))}


def _cipher(key: bytes, name: str) -> Cipher:
    # A key of its own for each cipher: none is used in two algorithms.
    return CIPHERS[name](keyed_hash(key, f"cipher {name}"))
