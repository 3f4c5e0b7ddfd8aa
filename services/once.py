"""Writes of systems that are done once, however often they are asked for (`core.access.once`)."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.access import once
from core.access.once import Answer, Asked, KeyRefused, asked
from core.db import open_session
from core.errors import Told
from services.context import utc_now
from services.reads.base import home_at

__all__ = ["Answer", "Asked", "KeyRefused", "StillRunning", "asked", "done_once"]

# How long the second of two at once waits for the answer of the first, and how often it looks.
PATIENCE, STEP = 5.0, 0.1  # seconds


class StillRunning(Told):
    """The same request is being done at this moment; its answer comes later."""

    def __init__(self) -> None:
        super().__init__(
            "相同请求正在办理，请几秒后用同一编号重试",
            "the same request is being done; try again with the same key in a few seconds",
        )


def done_once(
    home: str, request: Asked, act: Callable[[], tuple[int, str]]
) -> tuple[int, str, bool]:
    """The answer of `act` (status, body), done now or before; whether it was given before.

    Only what was done is kept: when `act` raises, nothing was, and the key is free again. Raises
    KeyRefused, StillRunning, or what `act` raises.
    """
    folder, until = home_at(home), time.monotonic() + PATIENCE
    while True:
        with open_session(folder) as session:
            before = once.begin(session, request, utc_now())
        if before is None:
            break
        if before.status is not None:
            return before.status, before.body or "", True
        if time.monotonic() >= until:
            raise StillRunning
        time.sleep(STEP)
    try:
        status, body = act()
    except BaseException:
        with open_session(folder) as session:
            once.free(session, request)
        raise
    with open_session(folder) as session:
        once.finish(session, request, status, body)
    return status, body, False
