"""Processes by number and time of start: whether one still lives, and ending one of our own."""

from __future__ import annotations

import os
import signal
import subprocess
from os import getpid
from pathlib import Path

_PROC = Path("/proc")
_BOOT = _PROC / "sys" / "kernel" / "random" / "boot_id"
# Places after the name in /proc/PID/stat: the state, and the start in ticks since the machine's.
_STATE, _START = 0, 19


def mark_of(pid: int) -> str | None:
    """What tells a process from any other that has or had its number; None when it is gone.

    A process that has ended and was not yet waited for counts as gone.
    """
    if not _BOOT.exists():
        return _asked_of_ps(pid)
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    if fields[_STATE] in "ZX":
        return None
    return f"{_BOOT.read_text()[:8]}-{fields[_START]}"


def own() -> tuple[int, str]:
    """Number and mark of this process."""
    pid = getpid()
    return pid, mark_of(pid) or ""


def _asked_of_ps(pid: int) -> str | None:
    """The same where there is no /proc: the start as `ps` writes it."""
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]  # a number and fixed words
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    state, _, start = done.stdout.strip().partition(" ")
    return None if not state or state[0] in "ZX" else start.strip()


def lives(pid: int | None, mark: str | None) -> bool:
    """Whether the very process that was noted still runs."""
    return pid is not None and mark is not None and mark_of(pid) == mark


def end(pid: int | None, mark: str | None, how: signal.Signals) -> bool:
    """Send a signal to a process that was noted; False when it is gone or not the same."""
    if pid is None or not lives(pid, mark):
        return False
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return False
    return True
