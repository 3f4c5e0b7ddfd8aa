"""The process that takes jobs in order and does each in a process of its own.

One runner per home: it holds a lock that the system lets go of when it ends, however it ends. It
ends no process but the one it started for a job, or that an earlier runner noted on the job's row.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from core.atomic import PRIVATE
from core.home import Home
from core.jobs import processes, queue
from core.jobs.models import Job
from core.jobs.states import State
from core.locks import locked
from core.words import Text

ROOT = Path(__file__).resolve().parents[2]  # where the packages lie, for `python -m`
GRACE = timedelta(seconds=15)  # to stop by itself, then again after SIGTERM
LOOK_EVERY, BEAT_EVERY = 0.3, 5.0  # seconds
# Starts the command in a session of its own and ends at once, so that it is nobody's child.
_DETACH = (
    "import subprocess, sys; out = open(sys.argv[1], 'ab'); "
    "subprocess.Popen(sys.argv[2:], start_new_session=True, stdin=subprocess.DEVNULL, "
    "stdout=out, stderr=out)"
)


@contextmanager
def _the_only_one(home: Home) -> Iterator[bool]:
    """Whether this process is the home's runner, for as long as the block lasts."""
    with locked(home.data / "jobs.lock", wait=False) as mine:
        yield mine


def runner_works(home: Home) -> bool:
    """Whether a runner is there."""
    with _the_only_one(home) as mine:
        return not mine


def ensure_runner(home: Home, command: Sequence[str]) -> bool:
    """Start a runner, detached from this process, where jobs wait and none is there.

    `command` are the arguments of our own interpreter. Returns whether one was started.
    """
    if not queue.waiting(home) or runner_works(home):
        return False
    log = home.data / "jobs.log"
    os.close(os.open(log, os.O_CREAT | os.O_APPEND, PRIVATE))
    detached = [sys.executable, "-c", _DETACH, str(log), sys.executable, *command]
    subprocess.run(detached, cwd=ROOT, check=True)  # noqa: S603 - our own interpreter and commands
    return True


def work(home: Home, child: Callable[[int], Sequence[str]], *, stay: bool = False) -> int | None:
    """Do what waits, in order; returns how many jobs were done, None where another runner is.

    `child` gives, for a job's number, the arguments of our interpreter that do it. With `stay` it
    waits for new jobs for ever, as a service does.
    """
    count = 0
    while True:
        with _the_only_one(home) as mine:
            if not mine:
                return count or None
            count += _in_order(home, child, stay)
        # Whoever asked in the moment before the lock was let go found a runner and started none.
        if not queue.waiting(home):
            return count


def _in_order(home: Home, child: Callable[[int], Sequence[str]], stay: bool) -> int:
    """Take one job after the other until none waits; how many."""
    count = 0
    while True:
        queue.sweep(home)
        if left := queue.running(home):  # an earlier runner's, whose process still works
            _watch(home, left.id, None)
        elif (job := queue.claim(home)) is not None:
            _do(home, job, child(job.id))
            count += 1
        elif not stay:
            return count
        else:
            time.sleep(2.0)


def _do(home: Home, job: Job, command: Sequence[str]) -> None:
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT)  # noqa: S603 - as above
    queue.given_to(home, job.id, process.pid)
    _watch(home, job.id, process)
    code = process.wait()
    if queue.find(home, job.id).cancel_at is not None:
        queue.ended(home, job.id, State.CANCELLED)
    why = f"exit {code}" if code >= 0 else f"signal {-code}"
    told = Text(
        f"执行进程意外结束（{why}），可能是内存不足；没有留下未完成的结果，请重新提交",
        f"its process ended unexpectedly ({why}), perhaps for want of memory; nothing half done "
        "was left, ask for it again",
    )
    queue.ended(home, job.id, State.FAILED, error=told)  # says nothing where the job told its end


def _watch(home: Home, number: int, process: subprocess.Popen[bytes] | None) -> None:
    """Until the job's process has ended: beat for it, and end it when it does not stop itself."""
    beaten = time.monotonic()
    while True:
        job = queue.find(home, number)
        gone = process.poll() is not None if process else not processes.lives(job.pid, job.mark)
        if gone or (process is None and job.told is not State.RUNNING):
            return
        if job.cancel_at is not None:
            waited = queue.now() - job.cancel_at
            how = signal.SIGKILL if waited > 2 * GRACE else signal.SIGTERM
            if waited > GRACE:
                processes.end(job.pid, job.mark, how)
        if time.monotonic() - beaten > BEAT_EVERY:
            beaten = time.monotonic()
            queue.heard(home, number)
        time.sleep(LOOK_EVERY)
