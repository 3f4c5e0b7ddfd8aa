"""Locks between processes that end with whoever holds them, on any system.

The lock is a file of its own beside what it protects: a file that is locked itself could not be
read on Windows meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_PRIVATE = 0o600


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock file `path` for as long as the block lasts; yields whether it is held.

    With `wait` the block begins when the lock is free. Without, it begins at once, and False says
    that another process (or another block of this one) holds it. Raises OSError when the file
    cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=-1 if wait else 0, mode=_PRIVATE)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
