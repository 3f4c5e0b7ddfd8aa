"""`doudi study --without` and `doudi study pairs`: what they ask for, and one-line refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from doudi.cli import app
from simulator.study import runs
from simulator.study.runs import Run

WITHHELD = ["tax", "vehicles"]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["study", *words])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--without", "boats"), "no feed 'boats'"),
        (("pairs", "--out", "x", "--without", "boats"), "no feed 'boats'"),
        (("pairs", "--out", "x", "--seeds", "one"), "'one' are not seeds"),
        (("pairs", "--out", "x", "--settings", "mild"), "no setting 'mild'"),
        (("pairs", "--out", "x", "--households", "50"), "50 households is too small"),
    ],
)
def test_what_cannot_be_studied_is_refused_before_anything_is_lived(
    words: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told in str(run(*words).exception)
    assert list(tmp_path.iterdir()) == []


def test_a_finished_county_is_not_lived_without_feeds_afterwards(tmp_path: Path) -> None:
    found = run("--audit-only", "--home", str(tmp_path), "--without", "tax")
    assert "--audit-only reads what it lacks" in str(found.exception)


@pytest.mark.slow
def test_pairs_are_lived_one_by_one_and_the_page_tells_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived = []

    def study(half: Run, out: Path, _: int) -> bool:
        lived.append(half.words())
        found = {"seed": half.seed, "setting": half.setting, "households": half.households}
        found |= {"withheld": WITHHELD if "--without" in half.words() else []}
        runs.write_run(half.file(out), found | {"precision_steady": 0.5 + half.seed / 100})
        return True

    monkeypatch.setattr(runs, "_study", study)
    page = tmp_path / "0007-feeds.md"
    words = ["pairs", "--out", str(tmp_path / "runs"), "--without", "vehicles,tax"]
    words += ["--seeds", "1,2", "--households", "1500", "--page", str(page), "--json"]
    told = json.loads(run(*words).stdout)
    assert len(lived) == 4
    assert [line[-1] for line in lived[1::2]] == ["tax, vehicles"] * 2
    (group,) = told
    assert (group["withheld"], group["seeds"]) == (WITHHELD, [1, 2])
    assert "without tax, vehicles (seeds 1, 2)" in page.read_text(encoding="utf-8")
    run(*words)
    assert len(lived) == 4  # nothing is lived twice


def test_what_is_finished_can_be_told_while_the_rest_is_missing(tmp_path: Path) -> None:
    out = tmp_path / "runs"
    words = ["pairs", "--out", str(out), "--seeds", "1", "--households", "1500", "--finished"]
    assert "2 of 2 counties have no result" in str(run(*words).exception)
