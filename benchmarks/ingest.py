"""How fast files are taken in, and in how much memory, beside plain pandas.

`python -m benchmarks.ingest [--rows 200000] [--households 20000] [--json]`, in a folder that is
thrown away; `--rows 2000000 --households 600000` are the sizes the aims are set for. Each
measurement runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import ingest_files, ingest_pandas
from core.home import Home

ROWS, HOUSEHOLDS, ROWS_A_PERSON = 200_000, 20_000, 4


def measure(rows: int, households: int) -> dict[str, dict[str, float]]:
    """One employment file by us and by pandas; then a county's register and employment by us."""
    with tempfile.TemporaryDirectory(prefix="doudi-ingest-") as scratch:
        root = Path(scratch)
        ingest_files.employment(root / "file", rows, max(1, rows // ROWS_A_PERSON))
        ours, pandas = _run("ours", root / "file", root), _run("pandas", root / "file", root)
        found = {"file": ours | {"times_pandas": ours["rows_per_s"] / pandas["rows_per_s"]}}
        found["pandas"] = pandas
        if households:
            ingest_files.register(root / "county", households)
            ingest_files.employment(root / "county", rows, households * 28 // 10)
            found["county"] = _run("ours", root / "county", root)
    return found


def _run(side: str, files: Path, root: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ingest", "--side", side, "--files", str(files)]
    with tempfile.TemporaryDirectory(dir=root) as out:
        environment = os.environ | {"DOUDI_VAULT_KEY_FILE": f"{out}/key"}
        made = subprocess.run(
            [*command, "--out", f"{out}/home"], env=environment, check=True, capture_output=True
        )
    return json.loads(made.stdout.splitlines()[-1])


def _one(side: str, files: Path, out: Path) -> dict[str, float]:
    """In this process: rows a second and the peak of memory."""
    out.mkdir()
    # What either needs is loaded first: the clock is for files.
    import data.ingest  # noqa: F401

    before, began, spent = _peak_mb(), time.perf_counter(), time.process_time()
    if side == "pandas":
        rows = sum(ingest_pandas.take_in(path, out) for path in sorted(files.iterdir()))
    else:
        from data.ingest import ingest_directory

        rows = ingest_directory(Home(out), files).received
    seconds = time.perf_counter() - began
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "processor_s": round(time.process_time() - spent, 2),
        "rows_per_s": round(rows / seconds),
        "peak_mb": round(_peak_mb()),
        "before_mb": round(before),
    }


def _peak_mb() -> float:
    """Peak of this process alone: what a parent held before counts for nothing here."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Print the figures; `rows_per_s`, `peak_mb`, `times_pandas` are those of the one file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--files", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        print(json.dumps(_one(given.side, given.files, given.out)))
        return
    found = measure(given.rows, given.households)
    if given.json:
        kept = {name: found["file"][name] for name in ("rows_per_s", "peak_mb", "times_pandas")}
        print(json.dumps(kept | found, indent=2))
        return
    for name, figures in found.items():
        print(f"{name:8}", *(f"{key} {value:,.6g}" for key, value in figures.items()), sep="  ")


if __name__ == "__main__":
    main()
