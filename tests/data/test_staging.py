"""A file sent in pieces arrives whole, whatever happens on the way, or not at all."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from core.home import Home
from data import staging
from data.staging import StagingError

NAME = "医保结算2026年6月.csv"


def test_pieces_in_any_repetition_make_the_file(tmp_path: Path) -> None:
    home, content = Home(tmp_path), bytes(n % 251 for n in range(10_000))
    upload = staging.begin(home, "li", NAME, len(content))
    chance = random.Random(5)  # noqa: S311 (a repeatable test)
    while not upload.whole:
        at = chance.randint(0, upload.have)
        part = content[at : at + chance.randint(1, 900)]
        upload = staging.add(home, staging.find(home, upload.id), at, part)
    assert staging.content_of(home, upload.id).read_bytes() == content


def test_a_broken_upload_goes_on_where_it_stopped(tmp_path: Path) -> None:
    home = Home(tmp_path)
    upload = staging.begin(home, "li", NAME, 10)
    staging.add(home, upload, 0, b"abcd")
    again = staging.begin(home, "li", f"C:\\报送\\{NAME}", 10)
    assert (again.id, again.have) == (upload.id, 4)
    assert staging.begin(home, "wang", NAME, 10).id != upload.id


@pytest.mark.parametrize(("at", "content"), [(5, b"x"), (0, b"x" * 11), (-1, b"x")])
def test_a_piece_that_does_not_fit_is_refused(tmp_path: Path, at: int, content: bytes) -> None:
    home = Home(tmp_path)
    upload = staging.begin(home, "li", NAME, 10)
    with pytest.raises(StagingError, match="go on from byte 0"):
        staging.add(home, upload, at, content)
    assert staging.find(home, upload.id).have == 0


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("照片.jpg", 10, "CSV, Excel or Parquet"),
        (NAME, 0, "empty"),
        (NAME, 3 * 1024**3, "more than"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, size: int, why: str) -> None:
    with pytest.raises(StagingError, match=why):
        staging.begin(Home(tmp_path), "li", name, size)


def test_what_nobody_finishes_goes_after_two_days(tmp_path: Path) -> None:
    home = Home(tmp_path)
    broken, whole = (staging.begin(home, "li", f"{n}.csv", 1) for n in ("a", "b"))
    staging.add(home, whole, 0, b"x")
    for upload in (broken, whole):
        old = time.time() - 3 * 24 * 3600
        os.utime(staging.content_of(home, upload.id), (old, old))
    assert [u.name for u in staging.staged(home)] == ["b.csv"]
    assert not staging.content_of(home, broken.id).exists()


def test_an_account_cannot_fill_the_disk_with_names(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for n in range(staging.MOST):
        staging.begin(home, "li", f"{n}.csv", 5)
    with pytest.raises(StagingError, match="wait to be dealt with"):
        staging.begin(home, "li", "more.csv", 5)


@pytest.mark.parametrize("upload", ["", "../../vault/key", "0" * 23])
def test_an_id_names_nothing_outside_the_folder(tmp_path: Path, upload: str) -> None:
    with pytest.raises(StagingError):
        staging.content_of(Home(tmp_path), upload)


def test_only_the_owner_can_read_what_was_sent(tmp_path: Path) -> None:
    home = Home(tmp_path)
    path = staging.content_of(home, staging.begin(home, "li", NAME, 5).id)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
