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


# The same for a part of a work that does not know how many steps there are.
Step = Callable[[str], None]


def unseen(label: str) -> None:
    """A step that nobody watches."""


class Steps:
    """Counts the steps of a work whose parts do not know of one another.

    `before` is told first at every step, and may stop the work as the callback may.
    """

    def __init__(
        self, tell: Progress, total: int, before: Callable[[], None] = lambda: None
    ) -> None:
        self.tell, self.total, self.before, self.done = tell, total, before, 0

    def __call__(self, label: str) -> None:
        """The next step begins."""
        self.before()
        self.tell(label, min(self.done, self.total), self.total)
        self.done += 1

    def of(self, part: str) -> Step:
        """Steps of a part that has a name."""
        return lambda label: self(f"{part} {label}")

    def reach(self, done: int) -> None:
        """So many steps are done now: a part may have left some out."""
        self.done = done


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
