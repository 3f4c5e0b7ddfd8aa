"""The runner: a process apart that does what waits, and ends only what it started."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from core.home import Home
from core.jobs import State, processes, queue, runner
from tests.core.jobs.works import command


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    last = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < last, "it did not come"
        time.sleep(0.05)


def asked(home: Home, kind: str, to: int = 1) -> int:
    return queue.ask(home, kind, kind, {"to": to}, "zhang.wei")


def state(home: Home, number: int) -> State:
    return queue.find(home, number).told


@pytest.mark.slow
def test_what_waits_is_done_in_order_and_the_runner_ends(home: Home) -> None:
    numbers = [asked(home, "count"), asked(home, "fail"), asked(home, "count", 2)]
    assert runner.work(home, command(home)) == 3
    assert [state(home, n) for n in numbers] == [State.DONE, State.FAILED, State.DONE]
    starts = [queue.find(home, n).started_at for n in numbers]
    assert starts == sorted(starts)
    assert not runner.runner_works(home)


@pytest.mark.slow
def test_a_second_runner_does_nothing(home: Home) -> None:
    number = asked(home, "count", 20)
    first = threading.Thread(target=runner.work, args=(home, command(home)))
    first.start()
    until(lambda: state(home, number) is State.RUNNING)
    assert runner.work(home, command(home)) is None
    assert not runner.ensure_runner(home, ["-c", "raise SystemExit(1)"])
    queue.cancel(home, number, "li.na")
    first.join()
    assert state(home, number) is State.CANCELLED


@pytest.mark.slow
def test_work_that_does_not_listen_is_ended_after_the_grace(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "GRACE", timedelta(seconds=0.5))
    number = asked(home, "deaf")
    thread = threading.Thread(target=runner.work, args=(home, command(home)))
    thread.start()
    until(lambda: queue.find(home, number).label == "not listening")
    job = queue.find(home, number)
    queue.cancel(home, number, "li.na")
    thread.join(timeout=20)
    assert not processes.lives(job.pid, job.mark)
    assert state(home, number) is State.CANCELLED


@pytest.mark.slow
def test_a_process_that_is_killed_from_outside_fails_with_the_reason(home: Home) -> None:
    number = asked(home, "deaf")
    thread = threading.Thread(target=runner.work, args=(home, command(home)))
    thread.start()
    until(lambda: queue.find(home, number).label == "not listening")
    job = queue.find(home, number)
    assert processes.end(job.pid, job.mark, 9)  # type: ignore[arg-type]
    thread.join(timeout=20)
    assert state(home, number) is State.FAILED
    assert "signal 9" in str(queue.find(home, number).error)


@pytest.mark.slow
def test_a_detached_runner_outlives_whoever_started_it(home: Home) -> None:
    number = asked(home, "count", 3)
    script = (
        "import sys; from pathlib import Path; from core.home import Home; "
        "from core.jobs import runner; from tests.core.jobs.works import command; "
        "home = Home(Path(sys.argv[1])); runner.work(home, command(home))"
    )
    starter = (
        "import sys; from pathlib import Path; from core.home import Home; "
        "from core.jobs import runner; "
        f"runner.ensure_runner(Home(Path(sys.argv[1])), ['-c', {script!r}, sys.argv[1]])"
    )
    subprocess.run([sys.executable, "-c", starter, str(home.root)], cwd=runner.ROOT, check=True)
    until(lambda: state(home, number) is State.DONE)
    until(lambda: not runner.runner_works(home))


@pytest.mark.slow
def test_a_job_whose_runner_was_lost_goes_on_and_the_next_waits(home: Home) -> None:
    """The process of a job outlives its runner; the next runner watches it to its end."""
    left, after = asked(home, "count", 8), asked(home, "count")
    queue.claim(home)
    process = subprocess.Popen([sys.executable, *command(home)(left)], cwd=runner.ROOT)
    queue.given_to(home, left, process.pid)
    waiter = threading.Thread(target=process.wait)
    waiter.start()
    assert runner.work(home, command(home)) == 1
    waiter.join()
    first, second = queue.find(home, left), queue.find(home, after)
    assert first.told is second.told is State.DONE
    assert second.started_at >= first.ended_at
