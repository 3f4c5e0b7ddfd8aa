"""Keeping what was read, for pages, command line and REST alike.

A kept read names everything it depends on in its arguments: home, month and area, because what is
kept is shared by everybody. Nobody's rights are part of it: those are checked before it is asked.
"""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Any, Protocol, cast

from cachetools import TTLCache

TTL_SECONDS = 600
MOST, MOST_SHARED = 256, 16
_ALL: list[Kept] = []


class Kept(Protocol):
    """A function whose answers are kept."""

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The kept answer, or a new one."""

    def clear(self) -> None:
        """Forget every answer."""


def kept(function: Callable[..., Any]) -> Kept:
    """Keep a read for ten minutes; every caller gets a copy of its own."""
    return _keeping(function, MOST, pickle.dumps, pickle.loads)


def shared(function: Callable[..., Any]) -> Kept:
    """Keep one object for all callers, where it is large and nobody changes it."""
    return _keeping(function, MOST_SHARED, lambda value: value, lambda value: value)


def forget_all() -> None:
    """Forget every kept answer of this process, as after files were changed under it."""
    for read in _ALL:
        read.clear()


def _keeping(
    function: Callable[..., Any],
    most: int,
    put_in: Callable[[Any], Any],
    take_out: Callable[[Any], Any],
) -> Kept:
    answers: TTLCache[Hashable, Any] = TTLCache(most, TTL_SECONDS)
    waiting: dict[Hashable, Lock] = {}
    door, signature, nothing = Lock(), inspect.signature(function), object()

    @wraps(function)
    def read(*args: Any, **named: Any) -> Any:
        bound = signature.bind(*args, **named)
        bound.apply_defaults()
        key = tuple(bound.arguments.values())
        with door:
            found = answers.get(key, nothing)
            own = waiting.setdefault(key, Lock()) if found is nothing else None
        if own is None:
            return take_out(found)
        with own:  # the first caller reads, the others wait for its answer
            found = answers.get(key, nothing)
            if found is not nothing:
                return take_out(found)
            try:
                value = function(*args, **named)
                with door:
                    answers[key] = put_in(value)
            finally:
                with door:
                    waiting.pop(key, None)
        return value

    def clear() -> None:
        with door:
            answers.clear()

    read.clear = clear  # type: ignore[attr-defined]
    _ALL.append(cast(Kept, read))
    return cast(Kept, read)
