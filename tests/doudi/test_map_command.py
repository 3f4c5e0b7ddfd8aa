"""`doudi feeds map FILE`: shows, saves and takes in, on a synthetic county too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.db import upgrade
from core.home import Home
from data.lake import Lake
from data.mapping import read_mappings
from doudi.cli import app
from tests.data.mapping.test_ingest import HEADERS, write

NAME = "医保中心结算明细2026年6月.csv"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.data.mkdir(parents=True)
    made.county_file.write_text(
        "region: '990321'\nname_zh: 测\nname_en: T\nsynthetic: true\nlast_as_of: '2026-06-30'\n",
        encoding="utf-8",
    )
    upgrade(made)
    return made


def run(home: Home, *words: str) -> str:
    told = CliRunner().invoke(app, ["feeds", "map", *words, "--home", str(home.root)])
    assert told.exit_code == 0, told.output
    return told.stdout


def test_it_only_shows_until_it_is_told_to_save(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path, NAME, 6)
    told = json.loads(run(home, str(path), "--feed", "medical_claims", "--json"))
    assert (told["feed"], told["period"], told["known"]) == ("medical_claims", "202606", False)
    assert "王小明" not in json.dumps(told, ensure_ascii=False)
    assert read_mappings(home) == []


@pytest.mark.slow
def test_what_is_set_is_saved_and_the_file_taken(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path, NAME, 6)
    sets = [word for header, field in HEADERS.items() for word in ("--set", f"{header}={field}")]
    told = run(home, str(path), "--feed", "medical_claims", *sets, "--take", "2026-06")
    assert "accepted 4" in told
    (kept,) = read_mappings(home)
    assert kept.headers == HEADERS
    assert [b.accepted for b in Lake(home).current("medical_claims")] == [4]
    assert "taken in before" in run(home, str(path), "--take", "2026-06")


@pytest.mark.slow
def test_a_header_that_is_not_there_is_named(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path, NAME, 6)
    words = ["feeds", "map", str(path), "--set", "没有=name", "--home", str(home.root)]
    told = CliRunner().invoke(app, words)
    assert told.exit_code != 0
    assert "没有=name" in str(told.exception)
