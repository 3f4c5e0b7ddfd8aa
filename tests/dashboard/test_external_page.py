"""A table of one's own on the Model page: what holds over time, what is suspected, the file."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from dashboard.door import files, routes
from dashboard.door.guard import Guard
from tests.dashboard.test_files import link, signed_in
from tests.dashboard.test_pages import errors, page_text, two_questions
from tests.dashboard.test_rolling_page import figures, kept


def report(**more) -> dict:
    """What a training of a table keeps, with the folds of the county's own test."""
    folds = kept(more.pop("flags", []))
    for fold in folds["folds"]:
        fold |= {"n_taught": 300}
    folds["rows"] = [{**r, "n": 400, "n_cases": 40, "prevalence": 0.1} for r in folds["rows"]]
    folds["rows"] += [{**r, "population": "山区", "n": 90} for r in folds["rows"]]
    bins = [{"scorer": s, "n": 40, "mean_risk": v, **figures("observed", v)}
            for s in ("model", "logistic") for v in (0.1, 0.3)]  # fmt: skip
    return {
        "table": "复查.csv", "version": "3", "synthetic": False, "n_rows": 900, "n_labelled": 800,
        "n_cases": 80, "n_groups": 120, "folds_report": {**folds, "n_features": 5},
        "folds_reliability": bins, "faults": [], "importance": [],
        "asked": {"label": "返贫", "time": "月份", "group": None, "population": "区域",
                  "horizon": 2, "gap": 1, "monotone": {}, "folds": 4},
        **more,
    }  # fmt: skip


def put(home, **more) -> None:
    home.reports.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report(**more), ensure_ascii=False)
    (home.reports / "table_report.json").write_text(text, encoding="utf-8")


def test_before_the_first_table_the_page_says_the_command(own_county, open_page) -> None:
    two_questions(own_county.home)
    app = open_page(own_county.home.root, "model", "en")
    assert errors(app) == []
    assert "doudi train --profile FILE --label COLUMN --time COLUMN" in page_text(app)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_last_table_is_told(own_county, open_page, language) -> None:
    two_questions(own_county.home)
    put(own_county.home)
    app = open_page(own_county.home.root, "model", language)
    text = page_text(app)
    assert errors(app) == []
    wanted = {
        "en": ["A table of one's own", "复查.csv: 800 rows with a label, 80 of them 1, of 120",
               "The gate has nothing against this version", "until a label arrives: 1",
               "4 folds were asked for; the months allow 2", "of them labelled", "山区",
               "Judged by 800 rows, 80 of them 1"],
        "zh": ["自带数据表", "门槛没有不利意见", "要求 4 折，现有月份只够 2 折", "其中有标签",
               "山区"],
    }[language]  # fmt: skip
    plain = text.replace("&#x27;", "'")
    for words in wanted:
        assert words in plain
    assert "synthetic data" not in text
    assert "/files/external?" in text


def test_a_leak_and_the_refusal_are_told_and_invented_data_are_called_so(
    own_county, open_page
) -> None:
    two_questions(own_county.home)
    flag = {"feature": "closed", "kind": "alone", "auc": 0.99, "compared": None, "n": 900,
            "label_zh": "结案", "label_en": "closed"}  # fmt: skip
    put(own_county.home, flags=[flag], faults=[{"zh": "疑似泄漏", "en": "it looks like a leak"}],
        synthetic=True)  # fmt: skip
    text = page_text(open_page(own_county.home.root, "model", "en"))
    assert "The gate refuses this version:" in text
    assert "it looks like a leak" in text
    assert "closed alone tells need from no need (AUC 0.99)" in text
    assert "synthetic data" in text


def test_a_table_is_shown_before_the_county_was_ever_trained(own_county, open_page) -> None:
    (own_county.home.reports / "model_report.json").unlink()
    put(own_county.home)
    text = page_text(open_page(own_county.home.root, "model", "en"))
    assert "复查.csv: 800 rows" in text


def test_the_report_is_a_file_of_its_own(own_county, monkeypatch) -> None:
    monkeypatch.setenv("DOUDI_HOME", str(own_county.home.root))
    put(own_county.home)
    site = Starlette(routes=[*routes.ROUTES, *files.ROUTES], middleware=[Middleware(Guard)])
    for role, status in (("data_scientist", 200), ("township_worker", 403)):
        client = signed_in(site, role)
        answer = client.get(link(client, own_county, "external", any="1"))
        assert answer.status_code == status
        assert ("复查.csv" in answer.text) is (status == 200)
