"""Long work that is asked for, waits its turn, and goes on when whoever asked has left.

    ask ──▶ waiting ──claim──▶ running ──▶ done | failed | cancelled | lost

Jobs are rows of the home's database. A runner (`runner.work`), a process apart from the web server,
takes them in order, one at a time, and does each in a process of its own (`doing.do`). What a job
is about its kind says; this room does not know.
"""

from core.jobs.doing import Work, do
from core.jobs.models import Job
from core.jobs.queue import (
    ahead,
    ask,
    ask_within,
    cancel,
    cancel_within,
    find,
    listed,
    now,
    waiting,
)
from core.jobs.runner import ensure_runner, runner_works, work
from core.jobs.states import ENDED, JobError, State

__all__ = [
    "ENDED",
    "Job",
    "JobError",
    "State",
    "Work",
    "ahead",
    "ask",
    "ask_within",
    "cancel",
    "cancel_within",
    "do",
    "ensure_runner",
    "find",
    "listed",
    "now",
    "runner_works",
    "waiting",
    "work",
]
