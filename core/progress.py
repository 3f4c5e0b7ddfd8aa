"""How long work tells how far it is, without knowing who watches."""

from __future__ import annotations

from collections.abc import Callable

# (label, done, total): what is being worked on, how many are done, of how many (0: not known).
Progress = Callable[[str, int, int], None]


def quiet(label: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
