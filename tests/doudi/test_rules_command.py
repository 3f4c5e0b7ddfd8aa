"""`doudi rules` and `doudi bands fit` where the office keeps its own version."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.home import Home
from doudi.cli import app
from models.scorecard import RuleSet, load_rules
from services import operator, rules
from tests.models.scorecard.test_fitting import PAST, county

runner = CliRunner()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = county(tmp_path, load_rules(PAST))
    made.county_file.write_text(
        "region: '990321'\nname_zh: 望禾县\nname_en: Wanghe\nsynthetic: true\n", encoding="utf-8"
    )
    return made


def run(*words: str) -> str:
    done = runner.invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def versions(home: Home) -> list[dict[str, object]]:
    return json.loads(run("rules", "list", "--home", str(home.root), "--json"))


@pytest.mark.slow
def test_out_as_yaml_and_in_again_as_a_draft(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "rules.zip"
    assert versions(home) == []
    run("rules", "export", str(out), "--home", str(home.root))
    run("rules", "import", str(out), "--title", "一稿", "--home", str(home.root))
    (found,) = versions(home)
    assert (found["name"], found["state"], found["in_force"]) == ("一稿", "draft", False)


@pytest.mark.slow
def test_a_fit_is_a_draft_where_the_office_has_its_own_version(home: Home) -> None:
    here = operator.context(str(home.root), PAST)
    run("bands", "fit", "--as-of", "2025-06", "--home", str(home.root))
    assert home.bands_file.exists()
    own: RuleSet = load_rules(date(2025, 7, 31), home=home)
    number = rules.draft(here, "一稿", [rules.Bars(999, 998, 997, 996)])
    _put_in_force(home, number)
    shown = run("bands", "show", "--as-of", "2025-07", "--home", str(home.root), "--json")
    assert json.loads(shown)["bars"]["red"] == 999
    before = home.bands_file.read_text()
    said = run("bands", "fit", "--as-of", "2025-06", "--home", str(home.root))
    # The program's own rules were kept as version 2, so that there is a way back.
    assert "kept as draft 3" in said
    assert home.bands_file.read_text() == before
    assert rules.rules(here, 3).bars == own.bars
    assert load_rules(date(2025, 7, 31), home=home).bars.red == 999


def _put_in_force(home: Home, number: int) -> None:
    from core.access.principal import Grant, Principal
    from core.access.roles import Role
    from services import Context

    def who(name: str) -> Context:
        return Context(Principal(name, name, (Grant(Role.ANALYST),)), str(home.root), PAST)

    def seen() -> int:
        return rules.version(who("wang"), number).last_event

    rules.tried(who("li"), number, {}, seen())
    rules.approve(who("wang"), number, "同意", seen())
    rules.activate(who("li"), number, "试行", seen())
