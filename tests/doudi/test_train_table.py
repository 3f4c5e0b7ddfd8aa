"""`doudi train --profile`: a table of one's own from the terminal."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import doudi.commands.external as command
from doudi.cli import app
from doudi.errors import explain_error
from models.risk import external
from models.risk.external import reading
from models.risk.run import TrainResult
from tests.dashboard.test_external_page import report
from tests.models.risk.external.conftest import people, written


@pytest.fixture
def table(tmp_path):
    return written(people(n=40), tmp_path).path


def run(tmp_path, *options):
    return CliRunner().invoke(app, ["train", "--home", str(tmp_path / "home"), *map(str, options)])


@pytest.fixture
def asked(monkeypatch) -> list:
    """What reaches the training, which is not made here."""
    seen: list = []

    def stand_in(home, wanted, *, synthetic, progress):
        reading.read_external(wanted)
        seen.append((wanted, synthetic))
        flag = {"feature": "closed", "kind": "alone", "auc": 0.99, "compared": None,
                "label_zh": "结案", "label_en": "closed"}  # fmt: skip
        told = report(flags=[flag], faults=[{"zh": "泄漏", "en": "looks like a leak"}])
        return TrainResult("3", "run", None, None, told)  # type: ignore[arg-type]

    monkeypatch.setattr("models.risk.external.training.train_from_file", stand_in)
    return seen


def test_every_option_reaches_the_training(tmp_path, table, asked) -> None:
    directions = tmp_path / "way.yaml"
    directions.write_text("self_paid: 1\n", encoding="utf-8")
    found = run(tmp_path, "--profile", table, "--horizon", 2, "--gap", 1, "--group", "household",
                "--population", "heating", "--monotone", directions, "--folds", 3,
                "--drop", "unknown_often", "--synthetic",
                "--report", tmp_path / "out.html", "--lang", "en")  # fmt: skip
    assert found.exception is None, found.exception
    wanted, synthetic = asked[0]
    assert synthetic
    assert wanted == external.External(
        table, group="household", population="heating", horizon=2, gap=1,
        monotone={"self_paid": 1}, drop=("unknown_often",), folds=3,
    )  # fmt: skip
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "Folds by time" in page
    assert "closed: it alone tells the label (AUC 0.990)" in page
    assert "leak? closed: it alone tells the label (AUC 0.990)" in " ".join(found.output.split())
    assert "gate: looks like a leak" in found.output
    assert "models:/doudi-risk/3" in found.output


def test_json_is_the_report(tmp_path, table, asked) -> None:
    found = run(tmp_path, "--profile", table, "--horizon", 2, "--json")
    assert json.loads(found.stdout)["table"] == "复查.csv"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--time", "self_paid"], "column self_paid is no time"),
        (["--label", "n_members"], "column n_members must hold 0 and 1"),
        (["--group", "family"], "no column family"),
        (["--horizon", "9"], "at least 19 are needed"),
        (["--queue"], "not for a table of one's own"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, table, asked, options, what) -> None:
    found = run(tmp_path, "--profile", table, "--horizon", 2, *options)
    assert found.exit_code != 0
    told = explain_error(found.exception)
    assert what in told
    assert "unexpected" not in told
    assert asked == []


def test_a_table_option_without_a_table_is_refused(tmp_path) -> None:
    found = run(tmp_path, "--group", "household")
    assert "--group is for a table of one's own: give --profile" in explain_error(found.exception)


def test_a_county_with_questions_is_not_told_to_promote_it(monkeypatch, capsys) -> None:
    given = command.Given(None, "", "", "", 0, 0, "", None, 4, None, None, command.Language.zh,
                          False)  # fmt: skip
    result = TrainResult("3", "run", None, None, report())  # type: ignore[arg-type]
    for has, told in ((True, "scores no month here"), (False, "doudi promote 3")):
        monkeypatch.setattr("models.risk.registry.has_questions", lambda home, has=has: has)
        command.tell(None, result, given)  # type: ignore[arg-type]
        shown = " ".join(capsys.readouterr().err.split())
        assert told in shown
        assert ("doudi promote" in shown) is not has
