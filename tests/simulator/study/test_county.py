"""A county of a study is lived whole, or not judged."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from core.home import Home, HomeError
from simulator.study import county, report


def test_a_county_that_was_stopped_half_way_is_not_judged(tmp_path: Path, monkeypatch) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(county, "run_demo", lambda *_, **__: None)  # it holds months already
    lived = {"households": 500, "seed": 1, "setting": "calm"}
    with pytest.raises(HomeError, match=r"stopped half-way .* remove the folder"):
        county.live(home, **lived)
    home.reports.mkdir(parents=True)
    (home.reports / county.LIVES).write_text("{}", encoding="utf-8")
    county.live(home, **lived)


def test_a_home_of_a_county_with_other_feeds_is_refused(tmp_path: Path, monkeypatch) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(county, "run_demo", lambda *_, **__: None)
    home.reports.mkdir(parents=True)
    (home.reports / county.LIVES).write_text("{}", encoding="utf-8")
    lived = {"households": 500, "seed": 1, "setting": "calm"}
    county.live(home, **lived, withheld=("tax",))  # nothing stands here yet
    for stands, asked in (("[tax]", ()), ("[]", ("tax",)), ("[tax]", ("tax", "firms"))):
        home.county_file.write_text(f"withheld: {stands}", encoding="utf-8")
        with pytest.raises(HomeError, match="study the other in another --home"):
            county.live(home, **lived, withheld=asked)
    home.county_file.write_text("withheld: [tax, firms]", encoding="utf-8")
    county.live(home, **lived, withheld=("firms", "tax"))


def test_the_audit_says_which_feeds_the_bureau_never_got(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    home.county_file.write_text("withheld: [tax, firms]", encoding="utf-8")
    record = SimpleNamespace(home=home, months=[2025 * 12 + 6, 2026 * 12 + 5])
    told = report.about(record, 1, "calm", 500)
    assert told["withheld"] == ("tax", "firms")
    assert (told["first_month"], told["last_month"]) == ("2025-07", "2026-06")
