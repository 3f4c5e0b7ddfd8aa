"""What is kept is computed once, copied for each caller, and told apart by every argument."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from services.cache import kept, shared
from services.reads.base import cached_models


def test_an_answer_is_computed_once_for_the_same_arguments() -> None:
    asked: list[tuple[int, int]] = []

    @kept
    def add(a: int, b: int = 1) -> list[int]:
        asked.append((a, b))
        return [a, b]

    assert add(1) == add(1, 1) == add(a=1, b=1) == [1, 1]
    assert add(2) == [2, 1]
    assert asked == [(1, 1), (2, 1)]
    add.clear()
    add(1)
    assert len(asked) == 3


def test_a_caller_who_changes_an_answer_changes_only_their_own() -> None:
    @kept
    def listed() -> list[int]:
        return [1]

    listed().append(2)
    first = listed()
    first.append(3)
    assert listed() == [1]


def test_a_shared_object_is_the_same_for_everybody() -> None:
    @shared
    def made() -> object:
        return object()

    assert made() is made()


def test_an_error_is_not_kept() -> None:
    tries: list[int] = []

    @kept
    def fails() -> None:
        tries.append(1)
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011
            fails()
    assert len(tries) == 2


def test_callers_at_once_wait_for_one_answer() -> None:
    count: list[int] = []

    @kept
    def slow() -> int:
        time.sleep(0.1)
        count.append(1)
        return len(count)

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(slow())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 8


def test_what_another_process_writes_about_models_is_read_again(tmp_path: Path) -> None:
    """A training runs apart from the pages: their kept answers must notice what it registered."""
    store = tmp_path / "mlruns" / "mlflow.db"
    store.parent.mkdir()
    store.write_bytes(b"one")
    told: list[bytes] = []

    @cached_models
    def versions(home: str) -> bytes:
        told.append(store.read_bytes())
        return told[-1]

    assert versions(str(tmp_path)) == versions(str(tmp_path)) == b"one"
    store.write_bytes(b"two")
    os.utime(store, ns=(1, 1))  # a moment of its own, however coarse the clock of the disk
    assert versions(str(tmp_path)) == b"two"
    assert len(told) == 2
    versions.clear()
    assert versions(str(tmp_path)) == b"two"
    assert len(told) == 3
