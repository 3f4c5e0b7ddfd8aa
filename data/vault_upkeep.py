"""Looking after the vault: new keys, another cipher, the key moved out of the data folder.

A rotation adds a seal and moves every value under it, batch by batch. It may be killed at any
moment: each value carries the number of its seal, so all stay readable, and running it again
goes on where it stopped. Old keys go only when asked, once nothing lies under them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, or_, select, tuple_

from core.home import Home
from core.keys import KeyRing, KeyRingError, KeySource
from data import quarantine
from data.crypto import CIPHERS
from data.seals import Seal
from data.vault import Vault, bound_to
from data.vault_keys import VaultError, key_source, old_key, outside_source, ring_of
from data.vault_tables import META, SEAL, SEALED

Progress = Callable[[str, int, int], None]
BATCH = 2_000  # values re-encrypted in one transaction: a fraction of a second for whoever waits


@dataclass(frozen=True)
class Under:
    """How much lies under one seal. Seal 0: values from before, not bound; plain files."""

    seal: int
    key_version: int | None
    cipher: str
    values: dict[str, int]
    files: int


@dataclass(frozen=True)
class Status:
    """Where a vault's key is kept and what lies under which version."""

    cipher: str
    key_version: int
    ring: tuple[int, ...]
    key_from: str
    key_is_ours: bool
    key_beside_data: bool
    stored_in: str
    under: tuple[Under, ...]

    def to_dict(self) -> dict[str, Any]:
        """For --json."""
        return asdict(self)


def status(home: Home) -> Status:
    """What a vault is encrypted with. Raises VaultError where there is none or its key is gone."""
    vault = _existing(home)
    current, (source, ring) = vault.seals.current, _keys(vault)
    stored, files = _stored(vault), _files(vault)
    seals: list[Seal | None] = [None, *vault.seals.all]
    under = [
        Under(
            seal.number if seal else 0,
            seal.key_version if seal else None,
            seal.cipher if seal else "",
            {table: count for (table, at), count in stored.items() if at == number},
            files[number],
        )
        for seal in seals
        for number in [seal.number if seal else None]
    ]
    return Status(
        current.cipher,
        current.key_version,
        tuple(sorted(ring.keys)),
        source.where,
        source.writable,
        source == old_key(home),
        vault.store.where,
        tuple(u for u in under if u.seal or u.files or u.values),
    )


def rotate(
    home: Home, *, drop_old: bool = False, progress: Progress | None = None, cipher: str = ""
) -> Status:
    """Encrypt everything anew under a new key version, or under another `cipher`.

    Goes on with a rotation that was interrupted; with `drop_old` an earlier one is only ended:
    the old versions leave the ring and the tables. A ring that is not ours to write must have
    been given its new version where it is kept. Raises VaultError.
    """
    vault = _existing(home)
    if not (_unfinished(vault) or (drop_old and _older(vault))):
        _begin(vault, cipher)
    elif cipher and cipher != vault.seals.current.cipher:
        raise VaultError(
            "a rotation was interrupted; run 'doudi vault rotate' first, then change the cipher"
        )
    _move_all(vault, progress)
    if drop_old:
        _drop_old(vault)
    return status(home)


def change_cipher(home: Home, cipher: str, *, progress: Progress | None = None) -> Status:
    """Encrypt everything anew with another cipher under the same key. Raises VaultError."""
    if cipher not in CIPHERS:
        raise VaultError(f"no cipher '{cipher}'; there are {' and '.join(sorted(CIPHERS))}")
    vault = _existing(home)
    if cipher == vault.seals.current.cipher and not _unfinished(vault):
        raise VaultError(f"the vault is encrypted with {cipher} already")
    return rotate(home, cipher=cipher, progress=progress)


def move_key(home: Home) -> str:
    """Move the key of a home from before out of its data folder; says where to.

    Raises VaultError where there is none to move, or where another key waits at the new place.
    """
    vault, beside = _existing(home), old_key(home)
    ring = _read(beside)
    with vault.store.reading() as db:
        source = outside_source(home, _vault_id(db))
    if ring is None:
        raise VaultError(f"the key lies outside the data folder already: {source.where}")
    _hand_over(vault, ring, source)
    beside.path.unlink()
    return source.where


def _hand_over(vault: Vault, ring: KeyRing, source: KeySource) -> None:
    """See to it that `source` holds every key of `ring`, by writing it where nothing is yet."""
    there = _read(source)
    if there is None:
        source.write(ring)
        there = _read(source)
    if there is None or any(there.keys.get(v) != key for v, key in ring.keys.items()):
        raise VaultError(
            f"{source.where} holds another key than {old_key(vault.home).path}; "
            "put the old one there first, or name another place"
        )


def _read(source: KeySource) -> KeyRing | None:
    try:
        return source.read(fresh=True)
    except KeyRingError as error:
        raise VaultError(str(error)) from None


def _existing(home: Home) -> Vault:
    vault = Vault(home)
    if not vault.exists():
        raise VaultError(f"no vault in {home.root} yet: it begins with 'doudi ingest DIR'")
    vault.seals.ready()
    return vault


def _vault_id(db: Connection) -> str:
    return str(db.scalar(select(META.c.value).where(META.c.name == "id")))


def _keys(vault: Vault) -> tuple[KeySource, KeyRing]:
    """Where the vault's ring comes from, and the ring as it is there now."""
    with vault.store.reading() as db:
        vault_id = _vault_id(db)
    return key_source(vault.home, vault_id), ring_of(vault.home, vault_id, fresh=True)


def _stored(vault: Vault) -> Counter[tuple[str, int | None]]:
    """Values by table and seal."""
    with vault.store.reading() as db:
        return _count(db)


def _count(db: Connection) -> Counter[tuple[str, int | None]]:
    found: Counter[tuple[str, int | None]] = Counter()
    for table in SEALED:
        query = select(table.c.seal, func.count()).group_by(table.c.seal)
        found.update({(table.name, seal): count for seal, count in db.execute(query)})
    return found


def _files(vault: Vault) -> Counter[int | None]:
    """Files of rows and photos by seal, None for plain ones."""
    return Counter(number for _, number in quarantine.files(vault))


def _older(vault: Vault) -> bool:
    """Whether there are seals or key versions besides the ones in use."""
    source, ring = _keys(vault)
    behind = source.writable and min(ring.keys) < vault.seals.current.key_version
    return len(vault.seals.all) > 1 or behind


def _unfinished(vault: Vault) -> bool:
    """Whether a rotation was begun and something still lies under an older seal.

    In a home from before, where none was ever begun, all may lie unbound: that is no rotation.
    """
    current = vault.seals.current.number
    left = {seal for _, seal in _stored(vault)} | set(_files(vault))
    return current > 1 and bool(left - {current})


def _begin(vault: Vault, cipher: str) -> None:
    """Add a seal: of a new key version, or of the same one with another cipher.

    Alone, so that two rotations at once cannot make two keys of one version.
    """
    seen, known = vault.seals.current.number, vault.seals.secrets
    with vault.store.writing(alone=True) as db:
        vault.seals.reload(db)
        current = vault.seals.current
        if current.number != seen:
            return  # another process has just begun one; help to finish it
        vault_id = _vault_id(db)
        source = key_source(vault.home, vault_id)
        ring = ring_of(vault.home, vault_id, fresh=True)
        if cipher:
            version = current.key_version
        else:
            ring = ring if ring.newest > current.key_version else _grown(source, ring)
            version = ring.newest
        vault.seals.add(db, version, ring.key(version), cipher or current.cipher, known)


def _grown(source: KeySource, ring: KeyRing) -> KeyRing:
    if not source.writable:
        raise VaultError(
            f"{source.where} is not ours to change: add a line "
            f"'{ring.newest + 1}:<64 hexadecimal digits>' to the ring there, then run this again"
        )
    grown = ring.grown()
    _write(source, grown)
    return grown


def _write(source: KeySource, ring: KeyRing) -> None:
    try:
        source.write(ring)
    except KeyRingError as error:
        raise VaultError(str(error)) from None


def _move_all(vault: Vault, progress: Progress | None) -> None:
    tell = progress or (lambda label, done, total: None)
    total, done = sum(_stored(vault).values()), 0
    for table in SEALED:
        last: tuple[str, ...] = ()
        while moved := _move_batch(vault, table, last):
            last, done = moved[-1], done + len(moved)
            tell(table.name, done, total)
    found = list(quarantine.files(vault))
    current = vault.seals.current.number
    for place, (path, number) in enumerate(found, start=1):
        if number != current:
            with suppress(FileNotFoundError):  # a photo whose time was over a moment ago
                quarantine.seal_anew(vault, path)
        tell("files", place, len(found))


def _move_batch(vault: Vault, table: Table, after: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Re-encrypt the next values behind the key `after`; returns their keys, none at the end."""
    keys = list(table.primary_key.columns)
    with vault.store.writing() as db:
        number = vault.seals.in_use(db)
        left = or_(table.c.seal.is_(None), table.c.seal != number)
        query = select(*keys, table.c.sealed, table.c.seal).where(left).order_by(*keys)
        if after:
            query = query.where(tuple_(*keys) > tuple_(*after))
        rows = db.execute(query.limit(BATCH).with_for_update()).all()
        moved = []
        for *key, sealed, seal in rows:
            owner = bound_to(table.name, *key)
            plain = vault.seals.open(seal, sealed, owner)
            values = {"now": vault.seals.seal(number, plain, owner)}
            moved.append(values | {f"key{n}": part for n, part in enumerate(key)})
        if moved:
            own = [column == bindparam(f"key{n}") for n, column in enumerate(keys)]
            changed = table.update().where(*own).values(sealed=bindparam("now"), seal=number)
            db.execute(changed, moved)
    return [tuple(row[: len(keys)]) for row in rows]


def _drop_old(vault: Vault) -> None:
    """Forget older seals and keys. Raises VaultError while anything lies under them."""
    with vault.store.writing(alone=True) as db:
        vault.seals.reload(db)
        current = vault.seals.current
        values = sum(n for (_, seal), n in _count(db).items() if seal != current.number)
        files = sum(n for number, n in _files(vault).items() if number != current.number)
        if values or files:
            raise VaultError(
                f"{values} values and {files} files still lie under older keys; "
                "run 'doudi vault rotate' again before dropping them"
            )
        db.execute(SEAL.delete().where(SEAL.c.number < current.number))
        vault.seals.reload(db)
    vault.store.compact()
    source, ring = _keys(vault)
    old = {version for version in ring.keys if version < current.key_version}
    if old and source.writable:
        _write(source, ring.without(old))
