"""One county from nothing to its audit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from core.home import Home, HomeError
from core.progress import Progress, quiet
from simulator.demo import run_demo
from simulator.study.oracle import N_FUTURES
from simulator.study.report import audit
from simulator.world.county import withheld_of
from simulator.world.settings import SETTINGS

# What a county writes when its year is over.
LIVES = "lives.json"
Step = Callable[[str], Any]


def live(
    home: Home, *, households: int, seed: int, setting: str, withheld: Collection[str] = ()
) -> None:
    """The demo county of this seed and setting, with its replayed year of alerts.

    Its bureau never gets the feeds in `withheld`. Raises HomeError for a setting that the world
    does not know, for a home whose county lacks other feeds than these, and for one that was
    stopped half-way: its months would be judged as if they were the whole year.
    """
    if setting not in SETTINGS:
        raise HomeError(f"no setting '{setting}'; choose one of {', '.join(SETTINGS)}")
    _refuse_other_feeds(home, withheld)
    run_demo(home, households=households, seed=seed, setting=setting, withheld=withheld)
    if not (home.reports / LIVES).exists():
        raise HomeError(
            f"the county in {home.root} was stopped half-way and cannot be gone on with: remove "
            "the folder and begin again"
        )


def _refuse_other_feeds(home: Home, withheld: Collection[str]) -> None:
    lacks = withheld_of(home)
    if home.county_file.exists() and set(lacks) != set(withheld):
        told = f"lives without {', '.join(lacks)}" if lacks else "lives with every feed"
        raise HomeError(f"the county in {home.root} {told}; study the other in another --home")


def study(
    home: Home,
    *,
    households: int,
    seed: int,
    setting: str,
    withheld: Collection[str] = (),
    n_futures: int = N_FUTURES,
    workers: int = 2,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Live the county, where the home does not hold it yet, then audit it."""
    live(home, households=households, seed=seed, setting=setting, withheld=withheld)
    return audit(
        home,
        seed=seed,
        setting=setting,
        households=households,
        n_futures=n_futures,
        workers=workers,
        progress=progress,
    )
