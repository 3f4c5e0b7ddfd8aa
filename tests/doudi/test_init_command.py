"""`doudi init`: a county from nothing, by questions, options or a file; `doudi feeds template`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.access.roles import Role
from core.home import Home
from data.contracts import all_feeds
from data.regions import Regions
from data.setup.answers import TEMPLATE
from data.standards import Standards
from doudi.cli import app
from tests.data.setup.made import TABLE

RUN = CliRunner()


def run(home: Path, *words: str, typed: str | None = None):
    return RUN.invoke(app, ["init", "--home", str(home), *words], input=typed)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A file of answers with its table beside it."""
    (tmp_path / "regions.xlsx").write_text(TABLE, encoding="utf-8")
    path = tmp_path / "answers.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def test_a_file_sets_the_county_up(tmp_path: Path, told: Path) -> None:
    done = run(tmp_path / "home", "--from", str(told), "--json")
    assert done.exit_code == 0, done.output
    about = json.loads(done.stdout)
    assert (about["townships"], about["villages"], about["standards"]) == (2, 3, 12)
    assert Home(tmp_path / "home").county["name_zh"] == "示例县"


@pytest.mark.slow
def test_nothing_is_overwritten_unasked(tmp_path: Path, told: Path) -> None:
    home = tmp_path / "home"
    run(home, "--from", str(told))
    told.write_text(TEMPLATE.replace("示例县", "清江县"), encoding="utf-8")
    assert run(home, "--from", str(told), typed="n\n").exit_code == 1
    assert Home(home).county["name_zh"] == "示例县"
    assert run(home, "--from", str(told), typed="y\n").exit_code == 0
    assert Home(home).county["name_zh"] == "清江县"
    assert run(home, "--from", str(told), "--force").exit_code == 0
    assert run(home, "--undo", "1").exit_code == 0
    assert Home(home).county["name_zh"] == "示例县"


def test_problems_come_one_a_line_and_nothing_is_written(tmp_path: Path, told: Path) -> None:
    wrong = TEMPLATE.replace("value: 750", "value: 7500").replace("deaths,", "taxes,")
    told.write_text(wrong, encoding="utf-8")
    done = run(tmp_path / "home", "--from", str(told))
    assert done.exit_code == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("wrong:")]
    assert len(lines) == 2
    assert not Home(tmp_path / "home").county_file.exists()


def test_options_are_enough_for_a_script(tmp_path: Path, told: Path) -> None:
    home = tmp_path / "home"
    done = run(
        home,
        *("--code", "421234", "--name", "清河县"),
        *("--regions", str(told.with_name("regions.xlsx"))),
        *("--standard", "S both 2026-01-01 700 清民发〔2026〕1号 关于低保标准的通知"),
        *("--feeds", "population_register,deaths"),
    )
    assert done.exit_code == 0, done.output
    assert "not given yet: D (urban), D (rural), M (urban)" in done.stderr
    assert Home(home).county["feeds"] == ["population_register", "deaths"]
    entry = Standards.load(Home(home)).series["421234", "rural", "S"][0]
    assert (entry.value, entry.reference) == (700, "清民发〔2026〕1号 关于低保标准的通知")


def test_without_options_it_asks_step_by_step(tmp_path: Path, told: Path) -> None:
    figures = [["700", "600", "2026-01-01", "清民发〔2026〕1号", "2025-12-20", ""]]
    figures += [["", ""]] * 5
    typed = ["421234", "清河县", "", "某省", "某市", str(told.with_name("regions.xlsx"))]
    typed += [one for figure in figures for one in figure]
    typed += ["1,2,3"]
    done = run(tmp_path / "home", typed="\n".join(typed) + "\n")
    assert done.exit_code == 0, done.output
    home = Home(tmp_path / "home")
    assert home.county["feeds"] == all_feeds()[:3]
    assert (home.county["city_zh"], len(Regions.load(home).townships)) == ("某市", 2)


@pytest.mark.parametrize(
    "text", ["S urban 2026-01-01", "S urban soon 700 x", "S urban 2026-01-01 x y"]
)
def test_a_standard_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    done = run(tmp_path, "--code", "421234", "--name", "清河县", "--standard", text)
    assert done.exit_code != 0
    assert "\n" not in str(done.exception)


def test_who_set_the_county_up_is_in_the_record(tmp_path: Path, told: Path) -> None:
    from core.audit import reads
    from core.audit.reads import Sought
    from core.db import open_session

    home = tmp_path / "home"
    run(home, "--from", str(told))
    with open_session(Home(home)) as session:
        events = reads.page(session, Sought(), 1, 50).events
    (event,) = [one for one in events if one.object_kind == "county"]
    assert (event.action, event.object, event.role) == (
        "set_up_county",
        "421234",
        Role.ADMINISTRATOR,
    )


@pytest.mark.slow
def test_the_departments_get_their_workbooks(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["feeds", "template", str(tmp_path / "all")])
    assert done.exit_code == 0
    assert len(list((tmp_path / "all").glob("*.xlsx"))) == len(all_feeds())
    again = RUN.invoke(app, ["feeds", "template", str(tmp_path / "all")])
    assert "is there already" in str(again.exception)
    one = tmp_path / "one"
    assert RUN.invoke(app, ["feeds", "template", str(one), "--feed", "deaths"]).exit_code == 0
    assert [path.name for path in one.iterdir()] == ["死亡殡葬.xlsx"]
    wrong = RUN.invoke(app, ["feeds", "template", str(one), "--feed", "taxes"])
    assert "there is no feed 'taxes'" in str(wrong.exception)
