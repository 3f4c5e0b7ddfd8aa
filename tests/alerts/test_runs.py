"""The numbers of a run, kept for pages and status."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from alerts.runs import read_run, write_run
from core.home import Home

APRIL = date(2026, 4, 30)


def test_what_a_run_raised_is_kept_when_it_is_repeated(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert read_run(home, APRIL) is None
    first = {"raised": 7, "by_source": {"rule": 7}, "waiting": {"risk": 3}, "in_process": 5}
    path = write_run(home, APRIL, first)
    assert path.name == "run_2026-04-30.json"
    assert read_run(home, APRIL) == first
    write_run(home, APRIL, {"raised": 0, "by_source": {}, "waiting": {}, "in_process": 6})
    assert read_run(home, APRIL) == {**first, "in_process": 6}
    assert [p.name for p in home.reports.iterdir()] == ["run_2026-04-30.json"]
