"""An invented county lives in another process and hands over each month's files when written.

Living and ingest each keep one processor busy; side by side they take the time of the longer.
"""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from core.home import Home, HomeError
from simulator.world import simulate

PATIENCE_SECONDS = 1.0


def deliveries(
    home: Home,
    *,
    households: int,
    seed: int,
    setting: str,
    months: int,
    end: str,
    households_change: bool = False,
    withheld: Collection[str] = (),
) -> Iterator[Path]:
    """Each month's folder of department files, as soon as it is complete.

    The county lives `months` months up to `end`; its last state is kept, to be lived on. Of the
    feeds in `withheld` no file is written. Raises HomeError when the county could not be simulated.
    """
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    wanted = {"households": households, "seed": seed, "setting": setting}
    wanted |= {"months": months, "end": end, "households_change": households_change}
    wanted |= {"withheld": tuple(withheld)}
    county = context.Process(target=_live, args=(told, home, wanted), daemon=True)
    county.start()
    try:
        while (folder := _next(told, county)) is not None:
            yield folder
        county.join()
    finally:
        if county.is_alive():
            county.terminate()
            county.join()


def _live(told: multiprocessing.Queue, home: Home, wanted: dict[str, Any]) -> None:
    try:
        simulate(home, **wanted, save_every=wanted["months"], delivered=told.put)
    except Exception as error:
        told.put(f"{type(error).__name__}: {error}")
        raise
    told.put(None)


def _next(told: multiprocessing.Queue, county: multiprocessing.process.BaseProcess) -> Path | None:
    """The next folder; None at the end. A county that died without a word is noticed, too."""
    while True:
        alive = county.is_alive()
        try:
            answer = told.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            if alive:
                continue
            answer = f"the process ended with code {county.exitcode}"
        if isinstance(answer, str):
            raise HomeError(f"the county could not be simulated: {answer}")
        return answer
