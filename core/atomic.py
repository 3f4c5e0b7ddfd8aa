"""Files and folders that appear whole or not at all: written aside, then moved into place.

The one way to write what another process may be reading.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE = 0o600
_NOTHING_FOR_OTHERS = 0o077


def close_to_others() -> None:
    """From now on what this process and its children create is readable by its owner only.

    For entry points: lake, profiles and databases tell of real families. Files that libraries
    write follow as well, which no chmod afterwards could see to.
    """
    os.umask(_NOTHING_FOR_OTHERS)


@contextmanager
def atomic(target: Path, *, private: bool = False) -> Iterator[Path]:
    """A path aside to write to; at the end of the block it becomes `target` in one step.

    The path aside lies in the same folder, so the move never crosses a disk. An exception in the
    block leaves `target` as it was and nothing aside. What was written is on the disk before it
    is moved, and the move before the block ends: a power cut takes nothing back. `private` files
    are readable by their owner only, from the first byte.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last: some writers go by it.
    aside = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
    try:
        if private:
            os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE))
        yield aside
        put_in_place(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def put_in_place(aside: Path, target: Path) -> None:
    """Make a finished file aside, in the same folder, `target`; on the disk when this returns."""
    _sync(aside)
    aside.replace(target)
    _sync_folder(target.parent)


def write_text(target: Path, text: str) -> None:
    """Put UTF-8 `text` at `target` in one step."""
    with atomic(target) as aside:
        aside.write_text(text, encoding="utf-8")


@contextmanager
def atomic_folder(target: Path, aside: Path | None = None) -> Iterator[Path]:
    """An empty folder to fill; at the end of the block it becomes `target`.

    A folder already at `target` is replaced; a reader sees the old or the new, for an instant
    none, never a mixture. `aside` names the folder to fill where another place is swept after
    interrupted runs; it must lie on the same disk. An exception leaves `target` as it was. As with
    `atomic`, all of it is on the disk when the block ends.
    """
    aside = aside or target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        move_folder(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def move_folder(aside: Path, target: Path) -> None:
    """Put a finished folder in the place of `target`, which is removed where it exists."""
    old = aside.with_name(f"{aside.name}.old")
    for folder, _, names in os.walk(aside):
        for name in names:
            _sync(Path(folder, name))
        _sync_folder(Path(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(old)
    aside.rename(target)
    _sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    # Windows syncs only what is open for writing.
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """See to it that a name in `folder` outlives a power cut; Windows has no such call."""
    if os.name != "nt":
        _sync(folder)
