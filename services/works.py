"""Everything that waits in the queue of jobs: who does it, and that somebody is at it."""

from __future__ import annotations

from collections.abc import Mapping

from core import jobs
from core.db.store import ready
from core.home import Home
from services.reads import explanations, fairness, training, watching

# Kind of job -> what is done.
WORKS: Mapping[str, jobs.Work] = {
    training.KIND: training.train,
    fairness.KIND: fairness.work,
    watching.KIND: watching.work,
    explanations.KIND: explanations.work,
}
# What the record calls asking for a job of a kind, and cancelling it.
ASKED: Mapping[str, str] = {
    training.KIND: "ask_training",
    fairness.KIND: "ask_fairness",
    watching.KIND: "ask_watch",
    explanations.KIND: "ask_explanation",
}
CANCELLED: Mapping[str, str] = {
    training.KIND: "cancel_training",
    fairness.KIND: "cancel_fairness",
    watching.KIND: "cancel_watch",
    explanations.KIND: "cancel_explanation",
}


def start(home: Home) -> bool:
    """See that a process works on what waits in a home; whether one was started."""
    return ready(home) and jobs.ensure_runner(home, command(home))


def command(home: Home) -> list[str]:
    """Arguments of our interpreter that do what waits in a home."""
    return ["-m", "doudi.cli", "jobs", "work", "--home", str(home.root)]
