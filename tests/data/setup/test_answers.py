"""Answers about a county: read from a file, checked, written, and brought back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from core.home import Home
from data.regions import Regions
from data.setup import writing
from data.setup.answers import TEMPLATE, SetupError, hints, problems, read_answers
from data.setup.figures import Figure
from data.standards import Standards
from tests.data.setup.made import TABLE, answers, figures

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


def test_the_file_handed_out_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "regions.xlsx").write_bytes(TABLE.encode())
    (tmp_path / "answers.yaml").write_text(TEMPLATE, encoding="utf-8")
    told = read_answers(tmp_path / "answers.yaml")
    assert problems(told) == []
    assert hints(told) == []
    assert (told.code, told.townships, told.villages) == ("421234", 2, 3)
    assert told.figures[0].document == "示例民发〔2026〕1号（2025-12-20） https://example.gov.cn/1"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("county: {code: 1, kode: 2}", "there is no key 'kode'"),
        ("standards: [{name: S, side: urban, since: 1.1.2026, value: 7}]", "since is no date"),
        ("standards: [{name: S, side: urban, since: 2026-01-01, value: x}]", "value is no number"),
        ("standards: {S: 700}", "standards must be a list"),
        ("regions: nowhere.csv", "there is no table of regions"),
        ("county: [", "no readable YAML"),
        ("- 1", "of the form 'key: value'"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_line(
    tmp_path: Path, line: str, told: str
) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(SetupError, match=told) as refused:
        read_answers(path)
    assert "\n" not in refused.value.en


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"code": "4212"}, "'4212' is no county's code"),
        ({"name": " "}, "give the county's name"),
        ({"feeds": ("taxes",)}, "there is no feed 'taxes'"),
        ({"figures": figures() + figures()[:1]}, "is given 2 times"),
    ],
)
def test_what_cannot_be_is_named(other: dict, told: str) -> None:
    assert told in " ".join(one.en for one in problems(answers(**other)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": 8400.0}, "lies between 100 and 5000 (yuan/person/month), not 8400"),
        ({"number": " "}, "name the document"),
        ({"link": "ftp://x"}, "begins with http"),
        ({"side": "town"}, "the side is one of urban, rural"),
        ({"region": "429999"}, "lies neither within 421234 nor around it"),
        ({"number": "110101199003072316"}, "no ID number"),
    ],
)
def test_a_figure_that_cannot_be_is_named_with_its_day(change: dict, told: str) -> None:
    wrong = replace(figures()[0], **change)
    (found,) = problems(answers(figures=(wrong,)))
    assert told in found.en
    assert found.en.startswith("S (")


def test_what_is_missing_is_a_hint_and_no_problem() -> None:
    bare = answers(places=(), figures=())
    assert problems(bare) == []
    (table, standards) = (one.en for one in hints(bare))
    assert table.startswith("no table of townships")
    assert standards.count("(urban)") == standards.count("(rural)") == 6


def test_a_county_is_written_and_read_by_the_rooms(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert writing.save(home, answers(), "li", AT) is None
    assert home.county["region"] == "421234"
    assert len(Regions.load(home).villages) == 3
    standards = Standards.load(home)
    assert standards.value("S", "421234100", "rural", date(2026, 6, 30)) == 700
    entry = standards.entry("S", "421234", "urban", date(2026, 6, 30))
    assert entry is not None
    assert entry.reference == "清民发〔2026〕1号（2025-12-20）"
    assert replace(writing.current(home), figures=()) == replace(
        answers(figures=()), places=tuple(replace(p, row=0, parent="") for p in answers().places)
    )


def test_what_is_replaced_is_kept_and_comes_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    writing.save(home, answers(), "li", AT)
    before = {path.name: path.read_bytes() for path in sorted(home.data.glob("*.*"))}
    assert writing.save(home, answers(name="清江县"), "wang", AT) == 1
    (kept,) = writing.previous(home)
    assert (kept.name, kept.by, kept.until) == ("清河县", "wang", "2026-07-01 09:30")
    assert writing.bring_back(home, 1, "li", AT) == 2
    assert {path.name: path.read_bytes() for path in sorted(home.data.glob("*.*"))} == before
    with pytest.raises(SetupError, match="no previous version 9"):
        writing.bring_back(home, 9, "li", AT)


def test_once_a_month_was_run_old_figures_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    writing.save(home, answers(), "li", AT)
    home.monthly("profile", date(2026, 6, 30)).mkdir(parents=True)
    july = Figure("S", "urban", date(2026, 7, 1), 760, "清民发〔2026〕9号")
    seen = writing.preview(home, answers(figures=(july,)))
    assert "standards: 1 added, 0 with another value, 0 left out" in [c.en for c in seen.changes]
    writing.save(home, answers(figures=(july,)), "li", AT)
    standards = Standards.load(home)
    assert standards.value("S", "421234", "urban", date(2026, 6, 30)) == 700
    assert standards.value("S", "421234", "urban", date(2026, 7, 31)) == 760


def test_a_series_ended_by_hand_stays_ended(tmp_path: Path) -> None:
    home = Home(tmp_path)
    writing.save(home, answers(), "li", AT)
    content = yaml.safe_load(home.standards_file.read_text(encoding="utf-8"))
    content["421234"]["rural"]["M"]["values"]["2026-06-01"] = {"value": None, "reference": "ended"}
    home.standards_file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    writing.save(home, writing.current(home), "li", AT)
    assert Standards.load(home).value("M", "421234", "rural", date(2026, 5, 1)) == 9_000
    entry = Standards.load(home).entry("M", "421234", "rural", date(2026, 7, 1))
    assert entry is None or entry.value is None


def test_a_home_with_data_stays_the_same_county(tmp_path: Path) -> None:
    home = Home(tmp_path)
    writing.save(home, answers(), "li", AT)
    home.lake.mkdir()
    (home.lake / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SetupError, match="cannot become 421235"):
        writing.save(home, answers(code="421235", places=()), "li", AT)
    assert home.county["region"] == "421234"


def test_an_invented_county_is_not_turned_into_a_real_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    home.county_file.write_text("{region: '990321', synthetic: true}", encoding="utf-8")
    with pytest.raises(SetupError, match="an invented county"):
        writing.save(home, answers(), "li", AT)
