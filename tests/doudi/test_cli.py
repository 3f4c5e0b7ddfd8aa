"""The command line says what is wrong and what would be right, in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import Told
from core.home import HomeError
from doudi.cli import app
from doudi.errors import explain_error
from doudi.tables import listed
from services.reads.base import NothingYet


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doudi.cli", *words], capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_home_without_a_county_is_told_in_one_line(tmp_path: Path) -> None:
    done = run("status", "--home", str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    message = " ".join(done.stderr.split())
    assert message.startswith("doudi: no county in")
    assert "doudi demo" in message
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    assert "Traceback" in run("--debug", "status", "--home", str(tmp_path)).stderr


@pytest.mark.parametrize("word", ["2026-13", "June", "202606"])
def test_a_month_must_be_written_as_a_month(tmp_path: Path, word: str) -> None:
    (tmp_path / "data" / "lake").mkdir(parents=True)
    (tmp_path / "data" / "lake" / "manifest.json").write_text("{}")
    result = CliRunner().invoke(app, ["run", "--as-of", word, "--home", str(tmp_path)])
    assert "is not a month; write it like 2026-06" in str(result.exception)


def test_ingest_wants_a_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ingest", str(tmp_path / "none"), "--home", str(tmp_path)])
    assert "is not a folder" in str(result.exception)


def test_simulate_does_not_overwrite_a_county(tmp_path: Path) -> None:
    (tmp_path / "data" / "incoming").mkdir(parents=True)
    result = CliRunner().invoke(app, ["simulate", str(tmp_path)])
    assert "already holds a county" in str(result.exception)


def test_the_demo_refuses_a_home_with_real_data(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "county.yaml").write_text("synthetic: false\nname_en: Real\n")
    result = CliRunner().invoke(app, ["demo", "--no-serve", "--home", str(tmp_path)])
    assert "holds the data of a real county" in str(result.exception)


def test_a_defect_of_ours_is_told_without_a_traceback() -> None:
    assert explain_error(ZeroDivisionError("division by zero")) == (
        "unexpected ZeroDivisionError: division by zero (run again with --debug for details)"
    )


def test_an_error_of_any_room_speaks_for_itself() -> None:
    for error in (
        HomeError("no county here"),
        NothingYet("county"),
        Told("无此月份", "no such month"),
    ):
        assert explain_error(error) == str(error)


@pytest.mark.slow
def test_every_command_explains_itself() -> None:
    for words in (
        ["--help"],
        ["demo", "--help"],
        ["benchmark", "eph", "--help"],
        ["study", "--help"],
        ["study", "promises", "--help"],
        ["study", "candidates", "--help"],
        ["study", "pairs", "--help"],
    ):
        assert CliRunner().invoke(app, words).exit_code == 0


@pytest.mark.slow
def test_deadlines_want_a_county_and_a_day(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["overdue", "--home", str(tmp_path)])
    assert "no county in" in str(result.exception)
    assert not (tmp_path / "data").exists()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "county.yaml").write_text("synthetic: true\nname_en: Wanghe\n")
    result = CliRunner().invoke(app, ["overdue", "--now", "June", "--home", str(tmp_path)])
    assert "'June' is not a day; write it like 2026-06-15" in str(result.exception)
    result = CliRunner().invoke(
        app, ["overdue", "--now", "2026-06-15", "--json", "--home", str(tmp_path)]
    )
    assert '"lapsed": 0' in result.stdout


def test_counts_are_listed_in_one_cell() -> None:
    assert listed({"rule": 12, "risk": 0, "event": 3}) == "rule 12, event 3"
    assert listed({"held": {"A03": 2}, "waiting": {}}) == "held: A03 2"
    assert listed({}) == "–"
    assert listed(7) == "7"
