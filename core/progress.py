"""How long work tells how far it is, and is stopped, without knowing who watches."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# (label, done, total): what is being worked on, how many are done, of how many (0: not known).
# It may raise Cancelled: whoever watches wants the work to stop.
Progress = Callable[[str, int, int], None]


class Cancelled(BaseException):
    """Somebody asked the work to stop.

    Not an Exception, so that no handler of errors takes it for one and carries on.
    """


def quiet(label: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


class Steps:
    """Counts the steps of a work whose parts do not know of one another."""

    def __init__(self, tell: Progress, total: int) -> None:
        self.tell, self.total, self.done = tell, total, 0

    def __call__(self, label: str) -> None:
        """The next step begins."""
        self.tell(label, min(self.done, self.total), self.total)
        self.done += 1

    def again(self, label: str) -> None:
        """Still the same step: a chance to be stopped, and something new to tell."""
        self.tell(label, max(0, min(self.done, self.total) - 1), self.total)


@contextmanager
def unbroken() -> Iterator[None]:
    """A block that SIGTERM does not break in the middle: it is heard when the block has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
