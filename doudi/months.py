"""Building many months at once: one process per processor, because planning a month's profile is
single-threaded work and the months do not depend on each other."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable
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


def build_month(home: Home, as_of: date, *, again: bool = False, threads: int = 2) -> None:
    """Profile and rule scores of one month, where missing or if `again`."""
    if again or missing(home, "profile", as_of, "household.parquet"):
        write_profile(home, as_of, connect(threads, MEMORY))
        again = True
    if again or missing(home, "scores", as_of, "scores.parquet"):
        score_month(home, as_of, connect(threads, MEMORY))


def build_months(home: Home, months: Iterable[date], report: Report = quiet) -> None:
    """Profiles and rule scores of several months; those that exist are left alone."""
    todo = [
        month
        for month in sorted(set(months))
        if missing(home, "profile", month, "household.parquet")
        or missing(home, "scores", month, "scores.parquet")
    ]
    if len(todo) < 2 or WORKERS < 2:
        for number, month in enumerate(todo):
            report(f"{month:%Y-%m}", number, len(todo))
            build_month(home, month)
        return
    # Fresh processes: DuckDB and Ibis connections do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        running = {pool.submit(build_month, home, month, threads=1): month for month in todo}
        for number, done in enumerate(as_completed(running), 1):
            done.result()
            report(f"{running[done]:%Y-%m}", number, len(todo))
