"""The numbers of each monthly run, kept beside the reports that pages read.

`data/reports/run_<as_of>.json`: what was raised, what waits and why, who is followed, what is late.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from core.atomic import write_text
from core.home import Home


def run_file(home: Home, as_of: date) -> Path:
    """Where a month's numbers are kept."""
    return home.reports / f"run_{as_of.isoformat()}.json"


def write_run(home: Home, as_of: date, numbers: Mapping[str, Any]) -> Path:
    """Keep a run's numbers; its path.

    A repeated run raises nothing, so what the first one raised is kept and only what stands now
    (waiting, followed, late) is renewed.
    """
    path = run_file(home, as_of)
    kept = dict(numbers)
    before = read_run(home, as_of)
    if before is not None and not numbers.get("raised") and before.get("raised"):
        kept = {**before, **{k: v for k, v in numbers.items() if k in _STANDING}}
    write_text(path, json.dumps(kept, ensure_ascii=False, indent=1))
    return path


_STANDING = frozenset({"in_process", "unanswered", "followed", "below", "overdue", "watched"})


def read_run(home: Home, as_of: date) -> dict[str, Any] | None:
    """A month's numbers, or None when it was not run, or by a version that kept none."""
    path = run_file(home, as_of)
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
