"""The states of a job, in words, and the error that a job's reader sees."""

from __future__ import annotations

from core.errors import Told
from core.words import Worded


class JobError(Told):
    """A job cannot be asked for, found or cancelled so."""


class State(Worded):
    """Where a job is."""

    WAITING = ("waiting", "排队中", "Waiting")
    RUNNING = ("running", "进行中", "Running")
    DONE = ("done", "已完成", "Done")
    FAILED = ("failed", "失败", "Failed")
    CANCELLED = ("cancelled", "已取消", "Cancelled")
    LOST = ("lost", "中断", "Lost")


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.LOST})
