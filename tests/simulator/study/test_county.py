"""A county of a study is lived whole, or not judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home, HomeError
from simulator.study import county


def test_a_county_that_was_stopped_half_way_is_not_judged(tmp_path: Path, monkeypatch) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(county, "run_demo", lambda *_, **__: None)  # it holds months already
    lived = {"households": 500, "seed": 1, "setting": "calm"}
    with pytest.raises(HomeError, match=r"stopped half-way .* remove the folder"):
        county.live(home, **lived)
    home.reports.mkdir(parents=True)
    (home.reports / county.LIVES).write_text("{}", encoding="utf-8")
    county.live(home, **lived)
