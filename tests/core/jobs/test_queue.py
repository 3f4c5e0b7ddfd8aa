"""The queue of long work: in order, one at a time, cancelled, lost; on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.db import open_session
from core.home import Home
from core.jobs import JobError, State, doing, processes, queue
from core.jobs.models import Job
from core.jobs.states import ENDED
from core.progress import Cancelled
from tests.core.jobs.works import WORKS

pytestmark = pytest.mark.slow


def asked(home: Home, to: int = 1, kind: str = "count") -> int:
    return queue.ask(home, kind, f"count to {to}", {"to": to}, "zhang.wei")


def changed(home: Home, number: int, **values: object) -> None:
    with open_session(home) as session:
        session.execute(update(Job).where(Job.id == number).values(values))


def test_jobs_are_taken_in_the_order_in_which_they_were_asked(database: Home) -> None:
    first, second = asked(database, 1), asked(database, 2)
    taken = queue.claim(database)
    assert (taken.id, taken.told, taken.pid) == (first, State.RUNNING, os.getpid())
    assert queue.claim(database) is None  # one runs
    assert queue.ended(database, first, State.DONE, result={"counted": 1})
    assert queue.claim(database).id == second


def test_the_database_itself_allows_only_one_running_job(database: Home) -> None:
    first, second = asked(database), asked(database)
    queue.claim(database)
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        changed(database, second, state=State.RUNNING)
    assert queue.running(database).id == first


def test_a_waiting_job_is_cancelled_at_once_and_never_taken(database: Home) -> None:
    number = asked(database)
    assert queue.cancel(database, number, "li.na") is State.CANCELLED
    assert queue.claim(database) is None
    job = queue.find(database, number)
    assert (job.told, job.cancelled_by) == (State.CANCELLED, "li.na")
    with pytest.raises(JobError, match=r"has ended \(cancelled\)"):
        queue.cancel(database, number, "li.na")


def test_a_running_job_stops_at_its_next_word(database: Home) -> None:
    number = asked(database)
    queue.claim(database)
    tell = doing.Reporting(database, number)
    tell("begun", 0, 3)
    assert queue.cancel(database, number, "li.na") is State.RUNNING
    tell._looked = float("-inf")
    with pytest.raises(Cancelled):
        tell("goes on", 1, 3)


def test_progress_is_written_at_most_once_a_second(
    database: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, written = asked(database), []
    queue.claim(database)
    monkeypatch.setattr(queue, "told", lambda *given: written.append(given[2:]))
    tell = doing.Reporting(database, number)
    for done in range(200):
        tell("fast", done, 200)
    assert written == [("fast", 0, 200)]


def test_done_failed_and_cancelled_jobs_say_so(database: Home) -> None:
    done, failed = asked(database, 2), asked(database, kind="fail")
    for number in (done, failed):
        assert queue.claim(database).id == number
        assert doing.do(database, number, WORKS) in ENDED
    first, second = queue.find(database, done), queue.find(database, failed)
    assert (first.told, first.gave) == (State.DONE, {"counted": 2, "for": "zhang.wei"})
    assert second.told is State.FAILED
    assert second.error is not None
    assert '"en": "unforeseen: ValueError: a number is missing"' in second.error


def test_a_job_whose_process_is_gone_is_told_as_lost_with_what_to_do(database: Home) -> None:
    number = asked(database)
    queue.claim(database)
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    queue.given_to(database, number, process.pid)
    assert queue.listed(database)[0].told is State.RUNNING
    process.kill()
    process.communicate()
    lost = queue.listed(database)[0]
    assert lost.told is State.LOST
    assert "ask for it again" in lost.error
    assert queue.claim(database) is None  # not taken a second time


def test_another_process_with_the_same_number_is_not_the_job(database: Home) -> None:
    number = asked(database)
    queue.claim(database)
    changed(database, number, mark="before-the-restart")
    assert queue.listed(database)[0].told is State.LOST


def test_a_job_on_another_machine_is_lost_when_it_is_silent(database: Home) -> None:
    number = asked(database)
    queue.claim(database)
    changed(database, number, host="elsewhere", pid=1, mark="x")
    assert queue.listed(database)[0].told is State.RUNNING
    changed(database, number, heard_at=queue.now() - queue.SILENT - timedelta(seconds=1))
    assert queue.listed(database)[0].told is State.LOST


def test_a_process_is_known_by_number_and_start() -> None:
    own = os.getpid()
    assert processes.lives(own, processes.mark_of(own))
    assert not processes.lives(own, "another start")
    assert not processes.end(own, "another start", 0)  # type: ignore[arg-type]
