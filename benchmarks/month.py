"""Time one month's profile, rule scores and risk on a county that is already ingested.

python benchmarks/month.py --home DIR [--as-of 2026-06]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import models.risk
from core.home import Home, month_end
from features.profile import write_profile
from models.scorecard import score_month

RUNS = 3


def timed(act: Callable[[], object]) -> float:
    """Median seconds of RUNS runs."""
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> None:
    """Print one line per step."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, default=Path())
    parser.add_argument("--as-of", default="")
    given = parser.parse_args()
    home = Home(given.home.resolve())
    as_of = month_end(given.as_of or home.county["last_as_of"])
    steps: dict[str, Callable[[], object]] = {
        "profile": lambda: write_profile(home, as_of),
        "rule scores": lambda: score_month(home, as_of),
    }
    if models.risk.champion_version(home) is not None:
        steps["risk"] = lambda: models.risk.score_month(home, as_of)
    for name, act in steps.items():
        print(f"{name:12} {timed(act):6.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{'peak memory':12} {peak:6.2f} GB")


if __name__ == "__main__":
    main()
