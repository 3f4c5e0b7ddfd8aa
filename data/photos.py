"""Photos that visitors took: checked by what they are, kept encrypted, handed to nobody by itself.

They are personal data: who may see one is asked before this is called, and the caller records the
look. They lie beside the vault's quarantine, one sealed file each, bound to its name, and go along
when the vault gets a new key. Nothing of them reaches the lake, the models or a log.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from core.errors import Told
from core.home import Home
from data.quarantine import SEALED, QuarantineError, read_private, seal_file
from data.vault import Vault

LONGEST = 1280  # pixels of the longer side, as the phone's page makes them
LARGEST = 700_000  # bytes
KIND = "image/jpeg"
_QUALITY = 85  # of JPEG, of 100
_NAME = re.compile(r"[0-9A-Za-z-]{8,40}")


class PhotoRefused(Told):
    """What was sent is no photo that is kept here."""


def cleaned(content: bytes) -> bytes:
    """The picture alone, drawn anew: no place, no device, nothing hidden behind it.

    Raises PhotoRefused for what is no JPEG by its content, or too large.
    """
    if len(content) > LARGEST:
        raise PhotoRefused(
            f"照片超过 {LARGEST // 1000} KB，请重新拍摄或选择",
            f"the photo is larger than {LARGEST // 1000} kB; take or choose it again",
        )
    try:
        with Image.open(BytesIO(content), formats=["JPEG"]) as photo:
            if max(photo.size) > LONGEST:
                raise PhotoRefused(
                    f"照片长边超过 {LONGEST} 像素，请更新页面后重新选择",
                    f"the photo's longer side has more than {LONGEST} pixels; reload the page and "
                    "choose it again",
                )
            made = BytesIO()
            photo.convert("RGB").save(made, "JPEG", quality=_QUALITY)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise PhotoRefused(
            "这不是可读取的照片，只接受 JPEG 格式", "this is no readable photo; only JPEG is taken"
        ) from None
    return made.getvalue()


def keep(home: Home, name: str, photo: bytes) -> None:
    """Put a cleaned photo away, sealed, in one step; the same name again replaces it."""
    vault = Vault(home)
    seal_file(vault, _path(vault, name), [photo])


def stored(home: Home, name: str) -> bytes:
    """A photo in the clear. Raises FileNotFoundError for none, PhotoRefused for a changed one."""
    vault = Vault(home)
    try:
        return b"".join(read_private(vault, _path(vault, name)))
    except QuarantineError:
        raise PhotoRefused(
            "照片文件已损坏或被替换，请联系系统管理员从备份恢复",
            "the photo's file is damaged or was swapped; the administrator must restore it from a "
            "backup",
        ) from None


def remove(home: Home, name: str) -> None:
    """Remove a photo for good; none is no error. Backups made before keep theirs until restored."""
    _path(Vault(home), name).unlink(missing_ok=True)


def forget(home: Home, known: set[str], before: float) -> None:
    """Remove pictures that no longer belong to anything known, put there before a moment.

    A younger one may be on its way to being known. `before` in seconds since 1970.
    """
    for path in Vault(home).photos.glob(f"*/*{SEALED}"):
        if path.stem not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _path(vault: Vault, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError("no name of a photo")
    return vault.photos / name[:2].lower() / f"{name}{SEALED}"
