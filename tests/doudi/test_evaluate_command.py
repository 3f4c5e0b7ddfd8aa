"""`doudi evaluate` on the terminal: every figure with its interval, within 80 columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doudi.cli import app as command
from doudi.commands.rolling import tables, tell_folds
from models.risk.measures import Capacity
from models.risk.rolling import county, evaluate_table
from tests.models.risk.conftest import FEATURES, households
from tests.models.risk.rolling.conftest import QUICK, table_of

pytestmark = pytest.mark.slow

WIDTH = 80


@pytest.fixture(scope="module")
def content() -> dict:
    """The report of a real rolling test, one fold of a small table."""
    people = households(n=300, months=14, seed=5)
    table = table_of(
        people.assign(card=people["self_paid"].round()),
        features=FEATURES,
        scorecard="card",
        monotone={"self_paid": 1},
    )
    found = evaluate_table(table, count=1, capacity=Capacity(count=20), way=QUICK)
    return {**found.report, "synthetic": True}


def test_nothing_is_cut_in_a_terminal_of_80_columns(content: dict, capsys) -> None:
    tell_folds("coming", content)
    told = capsys.readouterr()
    assert "coming: 1 fold pooled, 95 % intervals · synthetic" in told.err
    lines = told.out.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert "…" not in told.out
    gap = next(
        row["gap"]
        for row in content["promise"]
        if row["candidate"] == "lightgbm_monotone" and row["fold"] is None
    )
    assert re.search(rf"^lightgbm_monotone .*{re.escape(f'{gap:+.3f}')} \([+-]", told.out, re.M)


def test_the_widest_figures_fit_too(content: dict, capsys) -> None:
    wide = {**content, "question": "existing"}
    for row in (*wide["capacity"], *wide["rows"], *wide["promise"]):
        row |= {name: 9_999 for name in ("k", "n_seen") if name in row}
        for name in ("precision", "ap", "auc", "slope", "gap"):
            if row.get(name) is not None:
                worst = -0.555 if name in ("slope", "gap") else 0.555
                row |= {name: worst, f"{name}_low": worst, f"{name}_high": worst}
    tell_folds("existing", wide)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= WIDTH


def test_a_rank_promises_nothing_and_what_is_unknown_is_a_dash(content: dict) -> None:
    by_heading = {heading.split()[2]: rows for heading, _, rows in tables(content)}
    names = [row[0] for row in by_heading["probability;"]]
    assert "lightgbm" in names
    assert not {"scorecard", "both"} & set(names)
    first = tables({**content, "rows": [], "capacity": [], "promise": []})
    assert all(rows == [] for _, _, rows in first)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [("existing", ["existing"]), ("coming", ["coming"]), ("both", ["existing", "coming"])],
)
def test_each_question_is_tested_that_was_asked(
    content: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, wanted: list[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "county.yaml").write_text("synthetic: true\n", encoding="utf-8")
    told = []

    def evaluated(home, question, **more):
        told.append(question)
        return content

    monkeypatch.setattr(county, "evaluate_question", evaluated)
    monkeypatch.setattr("doudi.commands.rolling.lane_slots", lambda home: {})
    words = ["evaluate", "--question", asked, "--home", str(tmp_path), "--budget", "0"]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert told == wanted
