"""Asking for jobs, taking them in order, telling how far they are, and how they ended.

Every function is one short transaction of its own, so that whoever works holds no lock meanwhile.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import open_session
from core.home import Home
from core.jobs import processes
from core.jobs.models import Job
from core.jobs.states import JobError, State
from core.words import Text

# A job on another machine cannot be looked at: without a sign of life so long it is lost.
SILENT = timedelta(seconds=60)
SHOWN = 50
LOST = Text(
    "执行进程已不在（可能是服务器重启或进程被终止），没有留下任何未完成的结果；请重新提交",
    "its process is gone (the machine restarted, or somebody ended it) and left nothing behind; "
    "ask for it again",
)


def now() -> datetime:
    """This moment in UTC without a zone, as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def ask(home: Home, kind: str, title: str, configuration: Mapping[str, Any], who: str) -> int:
    """Put a job at the end of the queue; returns its number."""
    with open_session(home) as session:
        return ask_within(session, kind, title, configuration, who)


def ask_within(
    session: Session, kind: str, title: str, configuration: Mapping[str, Any], who: str
) -> int:
    """The same within a transaction of the caller's."""
    text = json.dumps(configuration, ensure_ascii=False, sort_keys=True)
    job = Job(
        kind=kind,
        title=title[:120],
        configuration=text,
        asked_by=who,
        asked_at=now(),
        state=State.WAITING,
    )
    session.add(job)
    session.flush()
    return job.id


def listed(home: Home, kind: str | None = None, most: int = SHOWN) -> list[Job]:
    """The newest jobs, newest first; those whose process is gone are told as lost from now on."""
    sweep(home)
    query = select(Job).order_by(Job.id.desc()).limit(most)
    with open_session(home) as session:
        return list(session.scalars(query if kind is None else query.where(Job.kind == kind)))


def find(home: Home, number: int) -> Job:
    """One job. Raises JobError when there is none of that number."""
    with open_session(home) as session:
        return _job(session, number)


def _job(session: Session, number: int) -> Job:
    job = session.get(Job, number)
    if job is None:
        raise JobError(f"没有编号为 {number} 的任务", f"there is no job {number}")
    return job


def cancel(home: Home, number: int, who: str) -> State:
    """Take a waiting job out of the queue, or ask a running one to stop; its state now.

    Raises JobError for a job that has ended.
    """
    with open_session(home) as session:
        return cancel_within(session, number, who)


def cancel_within(session: Session, number: int, who: str) -> State:
    """The same within a transaction of the caller's."""
    moment = now()
    gone = {"state": State.CANCELLED, "ended_at": moment}
    asked = {"cancelled_by": who, "cancel_at": moment}
    # Each in one statement: between looking and writing a runner may take the job.
    for state, values in ((State.WAITING, gone | asked), (State.RUNNING, asked)):
        query = update(Job).where(Job.id == number, Job.state == state).values(values)
        if session.execute(query).rowcount:  # type: ignore[attr-defined]
            return State.CANCELLED if state is State.WAITING else State.RUNNING
    job = _job(session, number)
    raise JobError(
        f"任务 {number} 已结束（{job.told.zh}），不能取消",
        f"job {number} has ended ({job.told.en.lower()}) and cannot be cancelled",
    )


def asked_to_stop(home: Home, number: int) -> bool:
    """Whether somebody asked a job to stop."""
    with open_session(home) as session:
        return session.scalar(select(Job.cancel_at).where(Job.id == number)) is not None


def claim(home: Home) -> Job | None:
    """Take the oldest waiting job, for this process; None when none waits or another job runs."""
    oldest = select(Job.id).where(Job.state == State.WAITING).order_by(Job.id).limit(1)
    moment, (pid, mark) = now(), processes.own()
    values = {
        "state": State.RUNNING,
        "started_at": moment,
        "heard_at": moment,
        "host": socket.gethostname(),
        "pid": pid,
        "mark": mark,
    }
    mine = update(Job).where(Job.id == oldest.scalar_subquery(), Job.state == State.WAITING)
    try:
        with open_session(home) as session:
            number = session.scalar(mine.values(values).returning(Job.id))
            return None if number is None else session.get(Job, number)
    except IntegrityError:  # the database allows one running job, and there is one
        return None


def given_to(home: Home, number: int, pid: int) -> None:
    """Note which process does a running job."""
    _set(home, number, pid=pid, mark=processes.mark_of(pid), heard_at=now())


def heard(home: Home, number: int) -> None:
    """A sign of life of a running job."""
    _set(home, number, heard_at=now())


def told(home: Home, number: int, label: str, done: int, total: int) -> None:
    """How far a running job is."""
    _set(home, number, label=label[:120], done=done, total=total, heard_at=now())


def ended(
    home: Home,
    number: int,
    state: State,
    *,
    result: Mapping[str, Any] | None = None,
    error: Text | None = None,
) -> bool:
    """How a running job ended; False when it had ended already."""
    text = None if result is None else json.dumps(result, ensure_ascii=False)
    why = (
        None if error is None else json.dumps({"zh": error.zh, "en": error.en}, ensure_ascii=False)
    )
    return _set(home, number, state=state, ended_at=now(), result=text, error=why)


def _set(home: Home, number: int, **values: Any) -> bool:
    query = update(Job).where(Job.id == number, Job.state == State.RUNNING).values(values)
    with open_session(home) as session:
        return bool(session.execute(query).rowcount)  # type: ignore[attr-defined]


def running(home: Home) -> Job | None:
    """The job that runs, if one does."""
    with open_session(home) as session:
        return session.scalar(select(Job).where(Job.state == State.RUNNING))


def waiting(home: Home) -> int:
    """How many jobs wait."""
    with open_session(home) as session:
        return len(list(session.scalars(select(Job.id).where(Job.state == State.WAITING))))


def ahead(home: Home, number: int) -> int:
    """How many jobs a waiting one waits for, of whatever kind: the one that runs and those asked
    for earlier; a job whose process is gone is not among them."""
    sweep(home)
    before = (Job.state == State.WAITING) & (Job.id < number)
    query = select(func.count()).where((Job.state == State.RUNNING) | before, Job.id != number)
    with open_session(home) as session:
        return int(session.scalar(query) or 0)


def sweep(home: Home) -> None:
    """Tell a running job whose process is gone as lost, or as cancelled if that was asked."""
    job = running(home)
    if job is None or _is_there(job):
        return
    if job.cancel_at is not None:
        ended(home, job.id, State.CANCELLED)
    else:
        ended(home, job.id, State.LOST, error=LOST)


def _is_there(job: Job) -> bool:
    if job.host == socket.gethostname():
        return processes.lives(job.pid, job.mark)
    return job.heard_at is not None and now() - job.heard_at < SILENT
