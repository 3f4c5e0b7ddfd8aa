"""Refused rows, to be given back to the department that sent them.

They hold personal data: only people who may see it call this, and the caller records who and why.
At rest a batch's rows lie in one file, encrypted and bound to its place: MAGIC, four bytes with the
number of its seal, then one part after the other, each its length in four bytes and a sealed
Parquet file, bound to its number as well; an empty part bound as the last one ends the file. Homes
from before have one part without a length (MAGIC_BEFORE), or plain files.
Photos of visits (`data.photos`) are sealed alike in a folder of their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from core.atomic import PRIVATE, atomic, put_in_place
from core.home import Home
from data.crypto import DecryptionError
from data.vault import PHOTOS, Vault, bound_to

MAGIC, MAGIC_BEFORE = b"DOUDI-SEALED-2\n", b"DOUDI-SEALED-1\n"
_NUMBER = _LENGTH = 4  # bytes
_LAST = b""
_SEALED_NOTHING = 12 + 16  # bytes of a sealed empty text: nonce and tag, with either cipher
SEALED, PLAIN, ASIDE = ".sealed", ".parquet", ".aside"


class QuarantineError(Exception):
    """There is no such list, or it is not what was written; the message names the batch."""


def quarantined(home: Home, feed: str, batch: str) -> pa.Table:
    """Refused rows of a batch: row_no, reason_code, reason_field, reason_zh, reason_en, then the
    columns as delivered.

    Raises QuarantineError when the batch has none, or when its file was changed or swapped.
    """
    vault = Vault(home)
    folder = vault.quarantine / feed
    for path in (folder / f"{batch}{SEALED}", folder / f"{batch}{PLAIN}"):
        try:
            parts = [pq.read_table(pa.BufferReader(p)) for p in read_private(vault, path)]
        except FileNotFoundError:
            continue
        return parts[0] if len(parts) == 1 else pa.concat_tables(parts, promote_options="default")
    raise QuarantineError(f"batch {batch} of {feed} has no quarantined rows")


def write_private(vault: Vault, rows: pa.Table, feed: str, batch: str) -> None:
    """Keep refused rows of a batch, encrypted and in one step."""
    seal_file(vault, vault.quarantine / feed / f"{batch}{SEALED}", [_packed(rows)])


class SealedRows:
    """Refused rows of a batch on their way: sealed part by part in a file aside, until kept.

    A context manager: what was not kept when the block ends is gone.
    """

    def __init__(self, vault: Vault, feed: str, batch: str) -> None:
        self._vault = vault
        self._path = vault.quarantine / feed / f"{batch}{SEALED}"
        self._aside = self._path.with_name(f".{self._path.name}{ASIDE}")
        self._file: BinaryIO | None = None
        self._seal = self._parts = 0

    def __enter__(self) -> SealedRows:
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.close()
            self._aside.unlink(missing_ok=True)

    def add(self, rows: pa.Table) -> None:
        """Seal some rows, in the order of the file."""
        if rows.num_rows:
            if self._file is None:
                self._begin()
            self._write(_packed(rows))

    def keep(self) -> None:
        """Put the file in its place, in one step; nothing where no row was refused."""
        if self._file is None:
            return
        self._write(_LAST)
        self._file.flush()
        with self._vault.sealer() as number:
            if number == self._seal:
                self._file.close()
                put_in_place(self._aside, self._path)
                self._path.with_suffix(PLAIN).unlink(missing_ok=True)
                return
        # A rotation went on meanwhile.
        seal_file(self._vault, self._path, _parts(self._vault, self._aside, self._path))

    def _begin(self) -> None:
        _private_folder(self._path.parent)
        handle = os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        self._file, self._seal = os.fdopen(handle, "wb"), self._vault.seals.current.number
        self._file.write(MAGIC + self._seal.to_bytes(_NUMBER, "big"))

    def _write(self, plain: bytes) -> None:
        assert self._file is not None  # noqa: S101 - for mypy
        owner = bound_to(_part(self._path, self._parts, plain))
        sealed = self._vault.seals.seal(self._seal, plain, owner)
        self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._parts += 1


def seal_file(vault: Vault, path: Path, parts: Iterable[bytes]) -> None:
    """Put parts in a sealed file; a plain file of the same batch goes."""
    _private_folder(path.parent)
    with vault.sealer() as seal, atomic(path, private=True) as aside, aside.open("wb") as file:
        file.write(MAGIC + seal.to_bytes(_NUMBER, "big"))
        for n, plain in enumerate((*parts, _LAST)):
            sealed = vault.seals.seal(seal, plain, bound_to(_part(path, n, plain)))
            file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
    path.with_suffix(PLAIN).unlink(missing_ok=True)


def sweep_quarantine(vault: Vault) -> None:
    """Remove what interrupted runs left aside."""
    for aside in vault.quarantine.glob(f"*/.*{ASIDE}"):
        aside.unlink(missing_ok=True)


def _private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for each in (folder, folder.parent):
        each.chmod(0o700)


def _packed(rows: pa.Table) -> bytes:
    made = pa.BufferOutputStream()
    pq.write_table(rows, made, compression="zstd")
    return made.getvalue().to_pybytes()


def seal_anew(vault: Vault, path: Path) -> None:
    """Put a file under the seal in use. A plain one beside its sealed successor only goes."""
    sealed = path.with_suffix(SEALED)
    if path != sealed and sealed.exists():
        path.unlink(missing_ok=True)
    else:
        seal_file(vault, sealed, read_private(vault, path))


def read_private(vault: Vault, path: Path) -> list[bytes]:
    """The plain parts of a sealed or old file.

    Raises QuarantineError for one that was changed or swapped, FileNotFoundError for none.
    """
    return list(_parts(vault, path, path))


def _parts(vault: Vault, path: Path, place: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        start = file.read(len(MAGIC) + _NUMBER)
        number = _number(start)
        if number is None:
            if place.suffix == SEALED:
                raise _changed(place)
            yield start + file.read()
        elif start.startswith(MAGIC_BEFORE):
            yield _opened(vault, number, file.read(), _place(place), place)
        else:
            yield from _opened_parts(vault, number, file, place)


def _opened_parts(vault: Vault, number: int, file: BinaryIO, place: Path) -> Iterator[bytes]:
    n = 0
    while True:
        sealed = file.read(int.from_bytes(file.read(_LENGTH), "big"))
        if not sealed:
            raise _changed(place)
        last = len(sealed) <= _SEALED_NOTHING
        plain = _opened(vault, number, sealed, _part(place, n, _LAST if last else b"x"), place)
        if last:
            break
        yield plain
        n += 1
    if file.read(1):
        raise _changed(place)


def _opened(vault: Vault, number: int, sealed: bytes, owner: str, path: Path) -> bytes:
    try:
        return vault.seals.open(number, sealed, bound_to(owner))
    except DecryptionError:
        raise _changed(path) from None


def files(vault: Vault) -> Iterator[tuple[Path, int | None]]:
    """Every file of rows or photo with the number of its seal, None for a plain one."""
    for path in sorted([*vault.quarantine.glob("*/*"), *vault.photos.glob("*/*")]):
        if path.suffix in (SEALED, PLAIN) and not path.name.startswith("."):
            with path.open("rb") as file:
                yield path, _number(file.read(len(MAGIC) + _NUMBER))


def _number(stored: bytes) -> int | None:
    end = len(MAGIC) + _NUMBER
    if not stored.startswith((MAGIC, MAGIC_BEFORE)) or len(stored) < end:
        return None
    return int.from_bytes(stored[len(MAGIC) : end], "big")


def _place(path: Path) -> str:
    """Kind, folder and name (of rows: feed and batch): what a file is bound to in any home."""
    return f"{path.parent.parent.name}/{path.parent.name}/{path.stem}"


def _part(path: Path, n: int, plain: bytes) -> str:
    """What a part is bound to: its file, its number, and whether it is the last."""
    return f"{_place(path)} {n}{'' if plain else ' last'}"


def _changed(path: Path) -> QuarantineError:
    told = f"the quarantined rows of batch {path.stem} of {path.parent.name} do not open"
    if path.parent.parent.name == PHOTOS:
        told = f"the photo {path.stem} does not open"
    return QuarantineError(
        f"{told}: the file was changed or belongs elsewhere; restore it from a backup"
    )
