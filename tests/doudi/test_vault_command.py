"""`doudi vault` in words, and a home that no other user of the machine can read."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.home import Home
from core.keys import KEY_VARIABLE
from data.vault import Vault
from doudi.cli import app
from doudi.errors import explain_error
from tests.data.offices import csv_bytes, post, resident
from tests.data.vaults import begin_as_before, fill

FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO
OPEN_UMASK = 0o022  # what most machines begin with


def doudi(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doudi.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **given},
        umask=OPEN_UMASK,
    )


def vault(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["vault", *words, "--home", str(home.root)])


def told(done: Result) -> dict:
    return json.loads(done.stdout)


def words_of(done: Result) -> str:
    return " ".join(done.output.split())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    fill(Vault(made))
    return made


def test_the_status_says_cipher_versions_and_what_lies_under_which(home):
    found = told(vault(home, "status", "--json"))
    assert (found["cipher"], found["key_version"], found["ring"]) == ("aes-256-gcm", 1, [1])
    assert found["under"] == [
        {
            "seal": 1,
            "key_version": 1,
            "cipher": "aes-256-gcm",
            "values": {"person": 7, "household": 7, "document": 7, "address": 7},
            "files": 0,
        }
    ]
    shown = words_of(vault(home, "status"))
    assert "1 aes-256-gcm 7 7 7 7 0" in shown
    assert f"key from {found['key_from']}" in shown


def test_a_rotation_asks_to_back_up_the_key_and_then_to_forget_the_old_one(home):
    shown = words_of(vault(home, "rotate"))
    assert "2 aes-256-gcm 7 7 7 7 0" in shown
    assert "Back up the key: " in shown
    assert "doudi vault rotate --drop-old" in shown
    found = told(vault(home, "rotate", "--drop-old", "--json"))
    assert (found["key_version"], found["ring"]) == (2, [2])


def test_the_cipher_is_changed_by_name_and_a_wrong_name_is_told(home):
    assert "7 7 7 0" in words_of(vault(home, "cipher", "sm4-gcm"))
    assert told(vault(home, "status", "--json"))["cipher"] == "sm4-gcm"
    wrong = vault(home, "cipher", "des").exception
    assert explain_error(wrong) == "no cipher 'des'; there are aes-256-gcm and sm4-gcm"


@pytest.mark.slow
def test_a_wrong_key_is_told_in_one_line(home):
    refused = doudi("vault", "status", "--home", str(home.root), **{KEY_VARIABLE: "ab" * 32})
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith("doudi: the key does not belong to the vault in")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_home_from_before_is_warned_in_one_line_until_its_key_has_moved(tmp_path):
    home = Home(tmp_path)
    begin_as_before(home)
    post(home.incoming, "population_register", csv_bytes("population_register", [resident(9)]))
    warned = doudi("ingest", str(home.incoming), "--home", str(home.root)).stderr.splitlines()
    assert sum("run 'doudi vault move-key' to move it out" in line for line in warned) == 1
    assert "lies beside what it opens" in words_of(vault(home, "status"))
    assert "Back up the key: " in words_of(vault(home, "move-key"))
    assert "move-key" not in words_of(vault(home, "status"))
    again = doudi("ingest", str(home.incoming), "--home", str(home.root))
    assert (again.returncode, "move-key" in again.stderr) == (0, False)
    assert not (home.vault / "key").exists()


def open_to_others(root: Path) -> list[str]:
    return [str(p) for p in (root, *root.rglob("*")) if p.stat().st_mode & FOR_OTHERS]


@pytest.mark.slow
def test_nobody_else_can_read_what_an_ingest_leaves_behind(tmp_path):
    sent, home = tmp_path / "sent", Home(tmp_path / "county")
    rows = [resident(1), resident(2, id_number="bad")]
    post(sent, "population_register", csv_bytes("population_register", rows))
    done = doudi("ingest", str(sent), "--home", str(home.root))
    assert done.returncode == 0, done.stderr
    assert list(home.lake.rglob("*.parquet"))
    assert list(home.vault.rglob("*.sealed"))
    assert open_to_others(home.root) == []


@pytest.mark.slow
def test_nobody_else_can_read_what_a_run_leaves_behind(tmp_path):
    """Files of libraries too: Parquet, DuckDB, SQLite, MLflow."""
    root = tmp_path / "county"
    at = ("--home", str(root))
    for words in (
        ("simulate", str(root), "--households", "500", "--months", "13"),
        ("ingest", str(root / "data" / "incoming"), *at),
        ("run", "--as-of", "2026-06", *at),
    ):
        done = doudi(*words)
        assert done.returncode == 0, done.stderr
    made = {p.name for p in root.rglob("*")}
    assert {"lake", "vault", "truth", "profile", "scores", "doudi.db"} <= made
    assert open_to_others(root) == []


@pytest.mark.slow
def test_the_server_leaves_nothing_open_either(tmp_path):
    script = (
        "import os, sys; os.umask(0o022); import dashboard.app\n"
        "open(sys.argv[1], 'w').close(); os.mkdir(sys.argv[2])"
    )
    made = [tmp_path / "file", tmp_path / "folder"]
    subprocess.run([sys.executable, "-c", script, *map(str, made)], check=True)
    assert [stat.S_IMODE(p.stat().st_mode) & FOR_OTHERS for p in made] == [0, 0]
