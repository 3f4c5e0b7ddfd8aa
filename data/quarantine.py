"""Refused rows, to be given back to the department that sent them.

They hold personal data: only people who may see it call this, and the caller records who and why.
At rest a batch's rows are one Parquet file encrypted as a whole and bound to its place: MAGIC,
four bytes with the number of its seal, the sealed content. Homes from before have plain files.
Photos of visits (`data.photos`) are sealed alike in a folder of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.atomic import atomic
from core.home import Home
from data.crypto import DecryptionError
from data.vault import PHOTOS, Vault, bound_to

MAGIC = b"DOUDI-SEALED-1\n"
_NUMBER = 4
SEALED, PLAIN = ".sealed", ".parquet"


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
            return pq.read_table(pa.BufferReader(read_private(vault, path)))
        except FileNotFoundError:
            continue
    raise QuarantineError(f"batch {batch} of {feed} has no quarantined rows")


def write_private(vault: Vault, rows: pa.Table, feed: str, batch: str) -> None:
    """Keep refused rows of a batch, encrypted and in one step."""
    made = pa.BufferOutputStream()
    pq.write_table(rows, made, compression="zstd")
    seal_file(vault, vault.quarantine / feed / f"{batch}{SEALED}", made.getvalue().to_pybytes())


def seal_file(vault: Vault, path: Path, content: bytes) -> None:
    """Put content in a sealed file; a plain file of the same batch goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in (path.parent, path.parent.parent):
        folder.chmod(0o700)
    with vault.sealer() as seal:
        number, sealed = seal(content, _place(path))
        with atomic(path, private=True) as aside:
            aside.write_bytes(MAGIC + number.to_bytes(_NUMBER, "big") + sealed)
    path.with_suffix(PLAIN).unlink(missing_ok=True)


def seal_anew(vault: Vault, path: Path) -> None:
    """Put a file under the seal in use. A plain one beside its sealed successor only goes."""
    sealed = path.with_suffix(SEALED)
    if path != sealed and sealed.exists():
        path.unlink(missing_ok=True)
    else:
        seal_file(vault, sealed, read_private(vault, path))


def read_private(vault: Vault, path: Path) -> bytes:
    """The plain content of a sealed or old file.

    Raises QuarantineError for one that was changed or swapped, FileNotFoundError for none.
    """
    stored = path.read_bytes()
    number = _number(stored)
    if number is None:
        if path.suffix == SEALED:
            raise _changed(path)
        return stored
    sealed = stored[len(MAGIC) + _NUMBER :]
    try:
        return vault.seals.open(number, sealed, bound_to(_place(path)))
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
    if not stored.startswith(MAGIC) or len(stored) < end:
        return None
    return int.from_bytes(stored[len(MAGIC) : end], "big")


def _place(path: Path) -> str:
    """Kind, folder and name (of rows: feed and batch): what a file is bound to in any home."""
    return f"{path.parent.parent.name}/{path.parent.name}/{path.stem}"


def _changed(path: Path) -> QuarantineError:
    told = f"the quarantined rows of batch {path.stem} of {path.parent.name} do not open"
    if path.parent.parent.name == PHOTOS:
        told = f"the photo {path.stem} does not open"
    return QuarantineError(
        f"{told}: the file was changed or belongs elsewhere; restore it from a backup"
    )
