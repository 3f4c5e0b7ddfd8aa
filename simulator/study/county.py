"""One county from nothing to its audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.home import Home, HomeError
from core.progress import Progress, quiet
from simulator.demo import run_demo
from simulator.study.oracle import N_FUTURES
from simulator.study.report import audit
from simulator.world.settings import SETTINGS

# What a county writes when its year is over.
LIVES = "lives.json"
Step = Callable[[str], Any]


def live(home: Home, *, households: int, seed: int, setting: str) -> None:
    """The demo county of this seed and setting, with its replayed year of alerts.

    Raises HomeError for a setting that the world does not know, and for a home whose county was
    stopped half-way: its months would be judged as if they were the whole year.
    """
    if setting not in SETTINGS:
        raise HomeError(f"no setting '{setting}'; choose one of {', '.join(SETTINGS)}")
    run_demo(home, households=households, seed=seed, setting=setting)
    if not (home.reports / LIVES).exists():
        raise HomeError(
            f"the county in {home.root} was stopped half-way and cannot be gone on with: remove "
            "the folder and begin again"
        )


def study(
    home: Home,
    *,
    households: int,
    seed: int,
    setting: str,
    n_futures: int = N_FUTURES,
    workers: int = 2,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Live the county, where the home does not hold it yet, then audit it."""
    live(home, households=households, seed=seed, setting=setting)
    return audit(
        home,
        seed=seed,
        setting=setting,
        households=households,
        n_futures=n_futures,
        workers=workers,
        progress=progress,
    )
