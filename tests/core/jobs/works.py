"""Kinds of work for tests, and the process that does one: `python -m tests.core.jobs.works`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.home import Home
from core.jobs import do
from core.progress import Progress


def count(home: Home, asked: Mapping[str, Any], who: str, tell: Progress) -> dict[str, Any]:
    """Counts to `to`, a tenth of a second each."""
    for number in range(asked["to"]):
        tell(f"number {number}", number, asked["to"])
        time.sleep(0.1)
    return {"counted": asked["to"], "for": who}


def deaf(home: Home, asked: Mapping[str, Any], who: str, tell: Progress) -> dict[str, Any]:
    """Never looks whether it should stop, nor hears SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tell("not listening", 0, 0)
    time.sleep(120)
    return {}


def fail(home: Home, asked: Mapping[str, Any], who: str, tell: Progress) -> dict[str, Any]:
    raise ValueError("a number\nis missing")


WORKS = {"count": count, "deaf": deaf, "fail": fail}


def command(home: Home) -> Any:
    """What the runner starts for a job."""
    return lambda number: ["-m", "tests.core.jobs.works", str(home.root), str(number)]


if __name__ == "__main__":
    do(Home(Path(sys.argv[1])), int(sys.argv[2]), WORKS)
