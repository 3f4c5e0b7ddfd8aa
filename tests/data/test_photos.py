"""Photos of visits at rest: only pictures, without their hidden parts, sealed, and gone on time."""

from __future__ import annotations

import shutil
from io import BytesIO

import pytest
from PIL import Image

from core.home import Home
from data import photos
from data.photos import LARGEST, LONGEST, PhotoRefused, cleaned, keep, stored
from data.quarantine import MAGIC, files
from data.vault import Vault
from data.vault_upkeep import rotate, status
from tests.pictures import HERE, jpeg

NAME = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
OTHER = "ffb2c3d4e5f60718293a4b5c6d7e8f90"


def test_a_photo_loses_its_place_and_its_device() -> None:
    sent = jpeg(exif=True)
    assert HERE in sent
    kept = cleaned(sent)
    assert HERE not in kept
    with Image.open(BytesIO(kept)) as photo:
        assert (photo.format, photo.size, dict(photo.getexif())) == ("JPEG", (640, 480), {})


def test_what_is_appended_to_a_photo_goes_too() -> None:
    hidden = b"<script>alert(1)</script>"
    assert hidden not in cleaned(jpeg() + hidden)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        b"%PDF-1.7",
        jpeg()[:400],
        jpeg(kind="PNG"),
        jpeg(kind="GIF"),
    ],
    ids=["nothing", "three bytes", "svg", "pdf", "cut off", "png", "gif"],
)
def test_only_a_whole_jpeg_is_a_photo(content: bytes) -> None:
    with pytest.raises(PhotoRefused, match="no readable photo"):
        cleaned(content)


def test_a_photo_that_is_too_large_is_refused() -> None:
    with pytest.raises(PhotoRefused, match=f"more than {LONGEST} pixels"):
        cleaned(jpeg(LONGEST + 1, 10))
    with pytest.raises(PhotoRefused, match="larger than 700 kB"):
        cleaned(jpeg() + bytes(LARGEST))
    assert cleaned(jpeg(LONGEST, 10))


def test_at_rest_nobody_can_see_it(home: Home, vault: Vault) -> None:
    keep(home, NAME, cleaned(jpeg()))
    (path,) = [p for p in (home.vault / "photos").rglob("*") if p.is_file()]
    assert path.read_bytes().startswith(MAGIC)
    assert b"JFIF" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert stored(home, NAME) == cleaned(jpeg())


def test_a_swapped_photo_does_not_open(home: Home, vault: Vault) -> None:
    for name, width in ((NAME, 10), (OTHER, 20)):
        keep(home, name, cleaned(jpeg(width, 10)))
    folder = home.vault / "photos"
    shutil.copy(folder / "ff" / f"{OTHER}.sealed", folder / "a1" / f"{NAME}.sealed")
    with pytest.raises(PhotoRefused, match="damaged or was swapped"):
        stored(home, NAME)


def test_photos_go_along_with_a_new_key(home: Home, vault: Vault) -> None:
    keep(home, NAME, cleaned(jpeg()))
    assert [(u.seal, u.files) for u in status(home).under] == [(1, 1)]
    rotate(home, drop_old=True)
    assert [number for _, number in files(vault)] == [2]
    assert stored(home, NAME) == cleaned(jpeg())


def test_only_pictures_of_nobody_are_forgotten_and_only_old_ones(home: Home, vault: Vault) -> None:
    for name in (NAME, OTHER):
        keep(home, name, cleaned(jpeg()))
    photos.forget(home, {NAME}, before=0)
    assert stored(home, OTHER)
    photos.forget(home, {NAME}, before=4e9)
    assert stored(home, NAME)
    with pytest.raises(FileNotFoundError):
        stored(home, OTHER)


@pytest.mark.parametrize("name", ["../../doudi", "a", "x" * 50, ""])
def test_a_name_leads_nowhere_else(home: Home, vault: Vault, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        keep(home, name, b"")
