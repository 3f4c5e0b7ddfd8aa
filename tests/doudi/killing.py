"""Runs a county's ingest and month again and again, killed at a random moment each time.

A process of its own, which imports everything once and forks: `killing.py ROOT KILLS SEED` works on
ROOT/start (never touched), and prints one JSON line for every home that was seen through after
kills: what it holds, to be held against ROOT/calm.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq

from core.home import Home
from data.ingest import ingest_directory
from doudi.months import build_month
from tests.data.test_ingest_pieces import state

JUNE = date(2026, 6, 30)
MOST_SECONDS = 120.0


def ingest(home: Home) -> None:
    """Take in all files."""
    ingest_directory(home, home.incoming)


def month(home: Home) -> None:
    """Take in all files and build the month."""
    ingest(home)
    build_month(home, JUNE, threads=1)


def apart(act: Callable[[Home], object], home: Home, after: float | None) -> bool:
    """Whether `act` ended by itself in a process of its own, which is killed `after` seconds."""
    child = os.fork()
    if child == 0:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
        act(home)
        os._exit(0)
    limit = time.monotonic() + (MOST_SECONDS if after is None else after)
    while time.monotonic() < limit:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def shown(label: str, home: Home) -> None:
    """Print a digest of each part of what a home holds."""
    held = {
        part: _digest(json.dumps(sorted(map(str, _listed(told)))))
        for part, told in state(home).items()
    }
    for path in sorted(home.monthly("profile", JUNE).glob("*.parquet")):
        key = path.stem
        held[path.name] = _digest(str(pq.read_table(path).sort_by(key).to_pylist()))
    left = [*home.lake.glob("*/.aside/*"), *home.vault.rglob("*.aside")]
    sys.stdout.write(f"{label} {json.dumps(held | {'left': [p.name for p in left]})}\n")
    sys.stdout.flush()


def _listed(told: dict | list) -> list:
    return list(told.items()) if isinstance(told, dict) else told


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main(root: Path, kills: int, seed: int) -> None:
    """See the calm home through, then others with kills; ends after `kills` kills."""
    luck = random.Random(seed)  # noqa: S311 - moments to kill at
    seconds = {}
    for act in (ingest, month):
        calm = Home(root / f"calm-{act.__name__}")
        shutil.copytree(root / "start", calm.root)
        began = time.monotonic()
        assert apart(act, calm, None), "the undisturbed run failed"
        seconds[act] = time.monotonic() - began
    homes = (Home(root / f"killed-{number}") for number in count())
    for act, share in ((ingest, 0.8), (month, 1.0)):
        left = round(kills * share) if act is ingest else kills
        while kills > 0 and left > 0:
            home = next(homes)
            shutil.copytree(root / "start", home.root)
            while left > 0 and not apart(act, home, luck.uniform(0, seconds[act] * 0.9)):
                left, kills = left - 1, kills - 1
            if left == 0:
                assert apart(act, home, None), "the last run failed"
            apart(partial(shown, act.__name__), home, None)
    for act in (ingest, month):
        calm = Home(root / f"calm-{act.__name__}")
        apart(partial(shown, f"calm {act.__name__}"), calm, None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
