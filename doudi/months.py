"""Building many months at once: one process per processor, because planning a month's profile is
single-threaded work and the months do not depend on each other."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial

import pyarrow.parquet as pq

from core.home import Home
from core.progress import Progress, quiet
from data.backends import connect
from features.profile import newer_feeds, write_profile
from models.scorecard import load_rules, score_month

# A month of 50,000 households needs about a gigabyte; two at a time stay well below eight.
WORKERS = max(1, min(2, os.cpu_count() or 1))
MEMORY = "3GB"


def missing(home: Home, kind: str, as_of: date, name: str) -> bool:
    """Whether a month's table is still to be built."""
    return not (home.monthly(kind, as_of) / name).exists()


def build_month(
    home: Home, as_of: date, *, again: bool = False, scored: bool = True, threads: int = 2
) -> list[str]:
    """Profile and, if `scored`, rule scores of one month, where missing or if `again`.

    A profile of which more is known by now is built anew as well; returns the feeds that did it.
    """
    newer = newer_feeds(home, as_of)
    if again or newer or missing(home, "profile", as_of, "household.parquet"):
        write_profile(home, as_of, connect(threads, MEMORY))
        again = True
    if scored and (
        again or missing(home, "scores", as_of, "scores.parquet") or outdated(home, as_of)
    ):
        score_month(home, as_of, connect(threads, MEMORY))
    return newer


def outdated(home: Home, as_of: date) -> bool:
    """Whether a month's scores were made by other rules than those that hold for it now.

    A month may have been scored ahead of its run; rules put in force meanwhile count.
    """
    path = home.monthly("scores", as_of) / "scores.parquet"
    stored = pq.read_table(path, columns=["rule_version"]).column(0)
    return len(stored) > 0 and stored[0].as_py() != load_rules(as_of, home=home).version


class Building:
    """Months on their way, each either in another process or built here when it is waited for."""

    def __init__(self, finish: Mapping[date, Callable[[], object]]) -> None:
        self._finish = dict(finish)

    def wait(self, months: Iterable[date], report: Progress = quiet) -> None:
        """Return when these months are there; raises what stopped one."""
        due = [month for month in months if month in self._finish]
        for number, month in enumerate(due):
            report(f"{month:%Y-%m}", number, len(due))
            self._finish.pop(month)()
        report("", len(due), len(due))


@contextmanager
def building(home: Home, months: Mapping[date, bool]) -> Iterator[Building]:
    """Begin to build months in this order, with rule scores where the value is true.

    The caller goes on and waits for each month when it needs it. What exists is left alone unless
    more is known of it by now. A month that only teaches the model gets no scores, so that pages do
    not offer it.
    """
    todo = {
        month: scored
        for month, scored in months.items()
        if missing(home, "profile", month, "household.parquet")
        or newer_feeds(home, month)
        or (scored and missing(home, "scores", month, "scores.parquet"))
    }
    if len(todo) < 2 or WORKERS < 2:
        here = {m: partial(build_month, home, m, scored=scored) for m, scored in todo.items()}
        yield Building(here)
        return
    # Fresh processes: DuckDB and Ibis connections do not survive a fork.
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            begun = {
                month: pool.submit(build_month, home, month, scored=scored, threads=1)
                for month, scored in todo.items()
            }
            yield Building({month: future.result for month, future in begun.items()})
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def build_months(home: Home, months: Mapping[date, bool], report: Progress = quiet) -> None:
    """Profiles of several months, with rule scores where the value is true; see `building`."""
    with building(home, months) as built:
        built.wait(months, report)
