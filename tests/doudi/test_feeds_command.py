"""`doudi ingest` says what is left and how it ended; `doudi feeds` decides what waits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.home import Home
from data.lake import Lake
from doudi.cli import app
from tests.data.offices import csv_bytes
from tests.data.sending import claims, known

SOMETHING_LEFT = 2


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def doudi(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home.root)])


def arrive(home: Home, name: str, content: bytes) -> Result:
    folder = home.root.parent / "came"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return doudi(home, "ingest", str(folder))


def words_of(done: Result) -> str:
    return " ".join(done.output.split())


@pytest.mark.slow
def test_ingest_ends_with_0_when_all_is_taken_and_2_when_something_is_left(home):
    whole = arrive(home, "医保结算_202606_20260628.csv", csv_bytes("medical_claims", claims(1, 80)))
    assert whole.exit_code == 0
    assert "what needs somebody" not in whole.output
    few = csv_bytes("medical_claims", claims(81, 85))
    waits = arrive(home, "医保结算_202606_20260705.csv", few)
    assert waits.exit_code == SOMETHING_LEFT
    assert "would replace 80 rows by 5" in words_of(waits)
    assert "doudi feeds decide" in words_of(waits)
    assert arrive(home, "备忘.csv", b"a,b\r\n").exit_code == SOMETHING_LEFT


@pytest.mark.slow
def test_what_waits_is_listed_decided_and_undone_from_the_command_line(home):
    arrive(home, "医保结算_202606_20260628.csv", csv_bytes("medical_claims", claims(1, 80)))
    arrive(home, "医保结算_202606_20260705.csv", csv_bytes("medical_claims", claims(81, 85)))
    (one,) = json.loads(doudi(home, "feeds", "waiting", "--json").stdout)
    assert (one["doubt"], one["kind"]) == ("smaller", "supplement")
    assert one["would_zh"].startswith("将以 5 行替换现有 80 行")

    why = ("--reason", "医保局来电说明为迟到结算")
    done = doudi(home, "feeds", "decide", one["batch"], "--as", "supplement", *why)
    assert done.exit_code == 0, done.output
    assert len(known(home)) == 85
    assert "no delivery waits" in doudi(home, "feeds", "waiting").output

    name = f"medical_claims/{one['batch']}"
    assert doudi(home, "feeds", "undo", name, *why).exit_code == 0
    assert len(known(home)) == 80
    assert doudi(home, "feeds", "redo", name, *why).exit_code == 0
    assert len(known(home)) == 85
    assert not Lake(home).manifest().find("medical_claims", one["batch"]).undone()


@pytest.mark.slow
def test_a_decision_wants_a_reason_without_a_person_and_a_delivery_there_is(home):
    arrive(home, "医保结算_202606_20260628.csv", csv_bytes("medical_claims", claims(1, 80)))
    batch = Lake(home).batches()[0].batch
    for reason in ("", "身份证 11010519491231002X"):
        refused = doudi(home, "feeds", "undo", batch, "--reason", reason)
        assert refused.exit_code != 0
    assert len(known(home)) == 80
    lost = doudi(home, "feeds", "undo", "nothing", "--reason", "试一试看")
    assert "no delivery 'nothing'" in str(lost.exception)
