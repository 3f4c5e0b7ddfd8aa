"""What is kept is computed once, copied for each caller, and told apart by every argument."""

from __future__ import annotations

import threading
import time

import pytest

from services.cache import kept, shared


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
