"""Everything that waits in the queue of jobs: who does it, and that somebody is at it."""

from __future__ import annotations

from collections.abc import Mapping

from core import jobs
from core.db.store import ready
from core.home import Home
from services.reads import fairness, training

# Kind of job -> what is done.
WORKS: Mapping[str, jobs.Work] = {
    training.KIND: training.train,
    fairness.KIND: fairness.work,
}


def start(home: Home) -> bool:
    """See that a process works on what waits in a home; whether one was started."""
    return ready(home) and jobs.ensure_runner(home, command(home))


def command(home: Home) -> list[str]:
    """Arguments of our interpreter that do what waits in a home."""
    return ["-m", "doudi.cli", "jobs", "work", "--home", str(home.root)]
