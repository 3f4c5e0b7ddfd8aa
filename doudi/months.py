"""Building many months at once: one process per processor, because planning a month's profile is
single-threaded work and the months do not depend on each other."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date

from data.backends import connect
from data.home import Home
from doudi.progress import Report, quiet
from features.profile import write_profile
from models.scorecard import score_month

# A month of 50,000 households needs about a gigabyte; two at a time stay well below eight.
WORKERS = max(1, min(2, os.cpu_count() or 1))
MEMORY = "3GB"


def missing(home: Home, kind: str, as_of: date, name: str) -> bool:
    """Whether a month's table is still to be built."""
    return not (home.monthly(kind, as_of) / name).exists()


def build_month(
    home: Home, as_of: date, *, again: bool = False, scored: bool = True, threads: int = 2
) -> None:
    """Profile and, if `scored`, rule scores of one month, where missing or if `again`."""
    if again or missing(home, "profile", as_of, "household.parquet"):
        write_profile(home, as_of, connect(threads, MEMORY))
        again = True
    if scored and (again or missing(home, "scores", as_of, "scores.parquet")):
        score_month(home, as_of, connect(threads, MEMORY))


def build_months(home: Home, months: Mapping[date, bool], report: Report = quiet) -> None:
    """Profiles of several months, with rule scores where the value is true.

    What exists is left alone. A month that only teaches the model gets no scores, so that pages do
    not offer it.
    """
    todo = {
        month: scored
        for month, scored in sorted(months.items())
        if missing(home, "profile", month, "household.parquet")
        or (scored and missing(home, "scores", month, "scores.parquet"))
    }
    if len(todo) < 2 or WORKERS < 2:
        for number, (month, scored) in enumerate(todo.items()):
            report(f"{month:%Y-%m}", number, len(todo))
            build_month(home, month, scored=scored)
        return
    # Fresh processes: DuckDB and Ibis connections do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        running = {
            pool.submit(build_month, home, month, scored=scored, threads=1): month
            for month, scored in todo.items()
        }
        for number, done in enumerate(as_completed(running), 1):
            done.result()
            report(f"{running[done]:%Y-%m}", number, len(todo))
