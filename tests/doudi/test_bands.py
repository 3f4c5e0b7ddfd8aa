"""`doudi bands`: fitted, shown, and refused in one line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.home import Home, HomeError
from core.words import Text
from doudi.cli import app
from models.scorecard.bands import BandCheck, Expectation, Fit, write_fit
from models.scorecard.schema import Bars

SINCE = date(2025, 6, 30)
FIT = Fit(
    bars=Bars(red=90, orange=70, yellow=50, blue=30),
    reference=Text(zh="试", en="trial"),
    known_by=SINCE,
    months=(date(2025, 5, 31),),
    household_months=1000,
    check={
        "red": BandCheck(share=0.007, visits=20, found=10),
        "none": BandCheck(share=0.85, visits=0, found=0),
    },
    falling="yes",
    expected=Expectation(intercept=-2.5, slope=0.01, unwatched=-0.5, visits=500, found=40),
)


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["bands", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_the_table_shows_what_visits_found_with_its_interval(tmp_path: Path) -> None:
    write_fit(Home(tmp_path), SINCE, FIT)
    told = json.loads(run("show", "--home", str(tmp_path), "--as-of", "2025-07", "--json"))
    assert (told["since"], told["falling"]) == ("2025-06-30", "yes")
    red, none = told["check"]
    assert (red["from"], red["visits"], red["found_share"]) == (90, 20, 0.5)
    assert red["low"] == pytest.approx(0.299, abs=1e-3)
    assert red["high"] == pytest.approx(0.701, abs=1e-3)
    assert (none["from"], none["found_share"], none["low"]) == (None, None, None)
    assert "falls from band to band" in run("show", "--home", str(tmp_path), "--as-of", "2025-07")


def test_before_any_fit_the_delivered_bars_are_shown(tmp_path: Path) -> None:
    told = json.loads(run("show", "--home", str(tmp_path), "--as-of", "2025-07", "--json"))
    assert told["since"] is None
    assert set(told["bars"]) == {"red", "orange", "yellow", "blue"}


def test_without_a_scored_month_it_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="give --as-of"):
        run("show", "--home", str(tmp_path))
