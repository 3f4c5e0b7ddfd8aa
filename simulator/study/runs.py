"""Many counties, one after the other, each a process of its own and a JSON file of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.atomic import write_text
from core.keys import FILE_VARIABLE, VARIABLES


@dataclass(frozen=True)
class Run:
    """One county to be studied."""

    seed: int
    setting: str
    households: int

    def file(self, folder: Path) -> Path:
        """Its result."""
        return folder / f"{self.setting}-{self.seed}.json"

    def words(self) -> list[str]:
        """What `doudi study` is told of it."""
        words = ["--seed", self.seed, "--setting", self.setting, "--households", self.households]
        return [str(word) for word in words]

    def __str__(self) -> str:
        return f"{self.setting} seed {self.seed}"


def run_all(
    runs: Sequence[Run],
    out: Path,
    *,
    jobs: int = 1,
    n_futures: int = 100,
    tell: Callable[[str], None] = print,
) -> list[Run]:
    """Study every county whose result is not in `out` yet; returns those that failed.

    A failure leaves its messages beside the results and does not stop the others.
    """
    out.mkdir(parents=True, exist_ok=True)
    todo = [run for run in runs if not run.file(out).exists()]
    tell(f"{len(runs) - len(todo)} of {len(runs)} counties are there already")

    def one(run: Run) -> bool:
        done = _study(run, out, n_futures)
        tell(f"{run}: {'done' if done else 'failed'}")
        return done

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        finished = list(pool.map(one, todo))
    return [run for run, done in zip(todo, finished, strict=True) if not done]


def _study(run: Run, out: Path, n_futures: int) -> bool:
    words = [*run.words(), "--futures", str(n_futures), "--json"]
    with tempfile.TemporaryDirectory(prefix="doudi-study-") as scratch:
        command = [sys.executable, "-m", "doudi.cli", "study", *words, "--home", scratch]
        # The key of a county that is thrown away goes with it.
        own = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        own[FILE_VARIABLE] = f"{scratch}/scratch.key"
        done = subprocess.run(  # noqa: S603 - our own interpreter and command
            command, env=own, capture_output=True, text=True, check=False
        )
    failed = run.file(out).with_suffix(".failed.txt")
    if done.returncode:
        write_text(failed, done.stderr)
        return False
    failed.unlink(missing_ok=True)
    write_run(run.file(out), json.loads(done.stdout))
    return True


def write_run(file: Path, found: dict[str, Any]) -> None:
    """Keep the result of one county."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps(found, ensure_ascii=False, indent=1))


def read_run(file: Path) -> dict[str, Any] | None:
    """The result of one county; None where there is none yet."""
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def read_runs(folder: Path) -> list[dict[str, Any]]:
    """Every result in a folder, by setting and seed."""
    found = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda r: (str(r.get("setting")), r.get("seed") or 0))
