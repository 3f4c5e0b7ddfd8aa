"""The folds on the Model page: what holds over time, and what choosing costs."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dashboard.app_pages.model import book
from dashboard.i18n import translator
from doudi.cli import app as command
from tests.accounts import context
from tests.dashboard.test_books import read, table
from tests.dashboard.test_pages import errors, page_text, two_questions


def figures(name: str, value: float) -> dict[str, float]:
    return {name: value, f"{name}_low": value - 0.05, f"{name}_high": value + 0.05}


def kept(flags: list[dict]) -> dict:
    names = ["lightgbm_monotone", "logistic", "scorecard"]
    values = dict(zip(names, (0.41, 0.36, 0.22), strict=True))
    fold = {"known_by": "2025-12-31", "parts": 3, "teach": ["2024-12-31", "2025-06-30"],
            "curve": ["2025-09-30"], "n_judged": 400, "n_cases": 40}  # fmt: skip
    return {
        "question": "existing", "synthetic": True, "reference": "logistic", "candidates": names,
        "folds": [{**fold, "number": 1, "test": ["2025-12-31"]},
                  {**fold, "number": 2, "test": ["2026-03-31"]}],
        "rows": [{"candidate": n, "population": "all", **figures("ap", v), **figures("auc", 0.7)}
                 for n, v in values.items()],
        "capacity": [{"candidate": n, "fold": None, "capacity": c, "k": 80, "n_seen": 33,
                      "tie_low": 0.2, "tie_high": 0.9, "recall": 0.3, **figures("precision", v)}
                     for n, v in values.items() for c in ("real", "0.01", "0.05")],
        "differences": [{"candidate": "lightgbm_monotone", "measure": "ap", "n": 800,
                         "difference": 0.05, "difference_low": -0.01, "difference_high": 0.11}],
        "promise": [{"candidate": "logistic", "fold": None, "promised": 0.5, "found": 0.4,
                     **figures("gap", 0.1)}],
        "regret": [{"fold": 2, "measure": "ap", "chosen": "logistic", "best": "lightgbm_monotone",
                    "chosen_value": 0.33, "best_value": 0.38, "regret": 0.05}],
        "leaks": {"n": 900, "compared": 120, "flags": flags},
    }  # fmt: skip


def put(home, flags=()) -> None:
    two_questions(home)
    text = json.dumps(kept(list(flags)), ensure_ascii=False)
    (home.reports / "rolling_existing.json").write_text(text, encoding="utf-8")


def test_before_the_first_test_the_page_says_how_to_make_one(own_county, open_page) -> None:
    two_questions(own_county.home)
    app = open_page(own_county.home.root, "model", "en")
    assert errors(app) == []
    assert "doudi evaluate --question existing" in page_text(app)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_folds_are_told_in_words(own_county, open_page, language) -> None:
    put(own_county.home)
    app = open_page(own_county.home.root, "model", language)
    text = page_text(app)
    assert errors(app) == []
    wanted = {
        "en": ["Over 2 folds LightGBM, monotone ranks best", "+0.050 (-0.010 to +0.110)",
               "that may be luck", "synthetic county", "Judged by 800 visits, 80 of which",
               "+10.0 (+5 to +15)", "No feature alone separates", "20–90%"],
        "zh": ["在 2 折中，", "可能出于偶然", "合成县数据", "选择损失", "没有单独即可区分的特征"],
    }[language]  # fmt: skip
    for words in wanted:
        assert words in text


def test_a_feature_that_knows_too_much_is_named(own_county, open_page) -> None:
    flag = {"feature": "closed", "kind": "alone", "auc": 0.99, "compared": None, "n": 900,
            "label_zh": "已结案", "label_en": "Case closed"}  # fmt: skip
    put(own_county.home, [flag])
    app = open_page(own_county.home.root, "model", "en")
    assert "Case closed alone tells need from no need (AUC 0.99)" in page_text(app)
    assert "No feature alone separates" not in page_text(app)


def test_the_command_refuses_a_random_split_in_one_line(own_county) -> None:
    root = str(own_county.home.root)
    found = CliRunner().invoke(command, ["evaluate", "--home", root, "--split", "persons"])
    assert found.exit_code != 0
    assert "a random split over persons is refused" in str(found.exception)


def test_the_lead_stands_in_months_with_its_n_and_in_the_workbook(own_county, open_page) -> None:
    put(own_county.home)
    path = own_county.home.reports / "rolling_existing.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for row in content["capacity"]:
        row |= {"lead_days": 45.0, "n_lead": 6}
    path.write_text(json.dumps(content), encoding="utf-8")
    text = page_text(open_page(own_county.home.root, "model", "en"))
    assert "1.5 (n=6)" in text
    assert "/files/folds?" in text

    here = context(own_county.home.root, own_county.last)
    made = book.folds_asked_for(here, {"question": "existing"}, translator("en"))
    rows = table(read(made)[2])
    assert [round(row["Lead, months"], 1) for row in rows[:3]] == [1.5, 1.5, 1.5]
    assert rows[0]["Capacity"] == "this county's visits"


def test_without_days_of_need_no_lead_is_told(own_county, open_page) -> None:
    put(own_county.home)
    assert "Lead, months" not in page_text(open_page(own_county.home.root, "model", "en"))
