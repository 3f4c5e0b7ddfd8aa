"""Doing one job in this process: progress to its row, stopping when asked, one line on failure."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from core.errors import Told
from core.home import Home
from core.jobs import queue
from core.jobs.states import State
from core.progress import Cancelled, Progress
from core.words import Text

# Kind of job -> what is done: home, configuration, who asked, progress; gives the result.
Work = Callable[[Home, Mapping[str, Any], str, Progress], Mapping[str, Any]]
WRITTEN_EVERY, LOOKED_EVERY = 1.0, 0.2  # seconds
LOG = logging.getLogger("doudi.jobs")


class Reporting:
    """A progress callback that writes to the job's row and stops the work when that is asked.

    Written at most once a second; looked for a request to stop at most five times a second.
    """

    def __init__(self, home: Home, number: int) -> None:
        self.home, self.number = home, number
        self._written = self._looked = float("-inf")

    def __call__(self, label: str, done: int, total: int) -> None:
        """Raises Cancelled when somebody asked the job to stop."""
        moment = time.monotonic()
        if moment - self._looked >= LOOKED_EVERY:
            self._looked = moment
            if queue.asked_to_stop(self.home, self.number):
                raise Cancelled
        if moment - self._written >= WRITTEN_EVERY:
            self._written = moment
            queue.told(self.home, self.number, label, done, total)


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends the work as a request to stop does, with everything cleared away."""

    def stop(_number: int, _frame: object) -> None:
        raise Cancelled

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def do(home: Home, number: int, works: Mapping[str, Work]) -> State:
    """Do a job that was claimed; its state afterwards. An error is told on its row, not raised."""
    job = queue.find(home, number)
    try:
        with _stoppable():
            given = works[job.kind](home, job.asked_for, job.asked_by, Reporting(home, number))
    except Cancelled:
        return _end(home, number, State.CANCELLED)
    except Exception as error:
        LOG.error("job %s failed", number, exc_info=error)
        return _end(home, number, State.FAILED, error=one_line(error))
    return _end(home, number, State.DONE, result=given)


def _end(home: Home, number: int, state: State, **more: Any) -> State:
    queue.ended(home, number, state, **more)
    return state


def one_line(error: BaseException) -> Text:
    """What went wrong, in one line: an error's own words, or that it was unforeseen."""
    if isinstance(error, Told):
        return Text(" ".join(error.zh.split()), " ".join(error.en.split()))
    words = " ".join(str(error).split())[:300]
    if type(error).__module__.split(".")[0] not in ("builtins", "sqlalchemy"):
        return Text(f"未能完成：{words}", words)
    unforeseen = f"{type(error).__name__}: {words}"
    return Text(f"意外错误：{unforeseen}", f"unforeseen: {unforeseen}")
