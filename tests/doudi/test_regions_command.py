"""`doudi regions`: check a table, import it, list what is there, go on from it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.home import Home
from data.setup import writing
from doudi.cli import app
from tests.data.setup.made import answers
from tests.data.setup.test_dated_regions import TABLE

RUN = CliRunner()


def run(home: Path, *words: str):
    return RUN.invoke(app, ["regions", *words, "--home", str(home)])


@pytest.mark.slow
def test_a_table_is_checked_imported_and_listed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    writing.save(Home(home), answers(), "os-clerk", datetime.fromisoformat("2026-06-30"))
    file = tmp_path / "table.csv"
    file.write_text(TABLE.replace("2025-01-01,421234100\n", "2025-01-01,421234300\n"), "utf-8")
    wrong = run(home, "check", str(file))
    assert wrong.exit_code == 1
    assert "problem: row 10: 421234300" in wrong.output
    file.write_text(TABLE, "utf-8")
    right = run(home, "check", str(file), "--json")
    assert right.exit_code == 0
    assert json.loads(right.stdout)["in_force"]["township"] == 2
    assert not Home(home).region_table.exists()
    assert run(home, "import", str(file)).exit_code == 0
    listed = run(home, "list", "--ended", "--json")
    assert [e["became"] for e in json.loads(listed.stdout)] == [["421234100"], ["421234100201"]]
    out = tmp_path / "out.csv"
    assert run(home, "list", "--out", str(out)).exit_code == 0
    again = run(home, "check", str(out), "--json")
    assert json.loads(again.stdout)["changes"] == {"added": 0, "changed": 0, "left_out": 0}
