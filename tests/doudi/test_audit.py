"""`doudi audit`, and the script that checks an exported record without our code."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.audit import Entry, record_many
from core.db import engine_of, open_session
from core.home import Home
from doudi.cli import app
from tests.databases import home, migrated

__all__ = ["home", "migrated"]
SCRIPT = Path(__file__).parents[2] / "docs" / "check_record.py"


@pytest.fixture
def anchors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "elsewhere" / "anchors.jsonl"
    monkeypatch.setenv("DOUDI_AUDIT_ANCHOR", str(path))
    return path


@pytest.fixture
def kept(home: Home, anchors: Path) -> Home:
    """A home with ten events, anchored."""
    with open_session(home) as session:
        record_many(session, [Entry("王", "look", detail={"n": n}) for n in range(10)])
    assert audit(home, "anchor").exit_code == 0
    return home


def audit(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["audit", *words, "--home", str(home.root)])


def tamper(home: Home, *statements: str) -> None:
    engine_of(home).dispose()
    database = sqlite3.connect(home.workflow_db)
    for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type='trigger'"
    ).fetchall():
        database.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def script(*words: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", SCRIPT, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_whole_record_passes(kept: Home) -> None:
    done = audit(kept, "verify", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["ok"], told["events"], told["anchored"], told["findings"]) == (True, 10, 10, [])
    assert audit(kept, "verify").exit_code == 0
    again = json.loads(audit(kept, "anchor", "--json").stdout)
    assert again["anchored"] is False


def test_what_is_found_is_placed_and_ends_with_code_1(kept: Home) -> None:
    tamper(kept, "UPDATE audit_event SET account = 'li' WHERE seq = 4")
    done = audit(kept, "verify", "--json")
    assert done.exit_code == 1
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["kind"], finding["seq"], finding["until"]) == ("edited", 4, 4)
    assert finding["zh"].startswith("第 4 条的内容")
    assert audit(kept, "verify").exit_code == 1


def test_another_anchors_file_can_be_named(kept: Home, anchors: Path, tmp_path: Path) -> None:
    moved = anchors.rename(tmp_path / "brought back.jsonl")
    tamper(
        kept,
        "DELETE FROM audit_event WHERE seq > 7",
        "UPDATE audit_head SET seq = 7, hash = (SELECT hash FROM audit_event WHERE seq = 7)",
    )
    assert audit(kept, "verify").exit_code == 0  # the file is gone, the record short: a note only
    done = audit(kept, "verify", "--json", "--anchors", str(moved))
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["kind"], finding["seq"], finding["until"]) == ("truncated", 8, 10)


@pytest.mark.slow
def test_an_export_is_recorded_and_checked_without_our_code(
    kept: Home, anchors: Path, tmp_path: Path
) -> None:
    file = tmp_path / "record.jsonl"
    told = json.loads(audit(kept, "export", str(file), "--json").stdout)
    assert told["events"] == 10
    with open_session(kept) as session:
        row = (
            session.connection()
            .exec_driver_sql("SELECT action, rows, detail FROM audit_event WHERE seq = 11")
            .one()
        )
    assert tuple(row) == (
        "export",
        10,
        json.dumps({"sha256": told["sha256"]}, separators=(",", ":")),
    )

    for words in ((file, anchors), (file,), (kept.workflow_db, anchors)):
        done = script(*words)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith(" events, 0 findings\n")

    lines = file.read_text().splitlines(keepends=True)
    for changed, words in (
        ([*lines[:3], lines[3].replace("王", "李"), *lines[4:]], "event 4: changed after"),
        ([*lines[:3], *lines[4:]], "events 4 to 4: missing"),
        ([lines[1], lines[0], *lines[2:]], "event 1: out of order"),
        (lines[:7], "events 8 to 10: cut off from the end"),
    ):
        file.write_text("".join(changed))
        done = script(file, anchors)
        assert done.returncode == 1
        assert words in done.stdout


def test_the_script_says_in_one_line_what_it_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    file.write_text("not JSON")
    done = script(file)
    assert done.returncode == 1
    assert done.stderr.startswith("cannot read the record or the anchors any further")
    assert "Check Doudi's record" in script().stderr


def test_the_script_is_short_and_needs_the_standard_library_only() -> None:
    text = SCRIPT.read_text()
    assert len(text.splitlines()) < 100
    imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))}
    assert imports <= sys.stdlib_module_names


def test_a_home_without_a_database_is_told(tmp_path: Path) -> None:
    assert "give --home DIR" in str(audit(Home(tmp_path), "verify").exception)
    assert not (tmp_path / "data").exists()
