"""The model card: every figure with its n and interval, who decided and why, in both languages."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from doudi.cli import app
from models.risk import gate, registry
from models.risk.card import card_html, gather
from models.risk.errors import RiskError
from models.risk.portable import keeping
from models.risk.tracking import log_and_register, open_client
from tests.models.risk.test_gate import GOOD

pytestmark = pytest.mark.slow

CONTENT = {
    "question": "existing",
    "as_of_trained": "2025-06-30",
    "horizon": 6,
    "synthetic": True,
    "slots": 95,
    "split": {"train": ["2024-12-31"], "calibrate": ["2025-03-31"], "test": ["2025-07-31"]},
    "training": {"n_train": 16016, "prior_train": 0.097, "calibration": "isotonic", "rounds": 40},
    "choices": {"weights": "inverse", "monotone": True},
    "gate": GOOD | {"found": 0.68, "found_low": 0.62},
    "rows": [
        {"population": "all", "scorer": "model", "n_test": 3269, "prevalence": 0.165, "k": 380,
         "n_seen": 272, "precision_at_k": 0.682, "precision_low": 0.620, "precision_high": 0.739,
         "recall_at_k": 0.32, "ap": 0.587, "auc": 0.839},
        {"population": "all", "scorer": "logistic", "n_test": 3269, "precision_at_k": 0.667},
    ],
    "by_month": [{"month": "2025-07-31", "n_seen": 70, "precision_at_k": 0.7,
                  "precision_low": 0.58, "precision_high": 0.79}],
    "reliability": [{"scorer": "model", "mean_risk": 0.2, "observed": 0.25, "n": 327}],
    "importance": [{"feature": "self_paid", "mean_abs_shap": 0.4}],
}  # fmt: skip
FEATURE_LIST = [
    {"name": "self_paid", "label_zh": "自付医疗费", "label_en": "Self-paid", "category": "C",
     "monotone": 1, "code": "abc123abc123"},
    {"name": "n_members", "label_zh": "人口数", "label_en": "Members", "category": "A",
     "monotone": 0, "code": "def456def456"},
]  # fmt: skip
GROUPS = {
    "version": "1",
    "as_of": "2026-06-30",
    "dimensions": [{"code": "sex", "zh": "户主性别", "en": "Sex of head",
                    "groups": [{"code": "f", "zh": "女", "en": "female"}]}],
    "figures": [
        {"ruler": "cutoff", "measure": "recall", "dimension": "sex", "group": "f",
         "crossed": False, "value": 0.2, "low": 0.1, "high": 0.3, "n": 61, "rest": 0.4,
         "worse": True, "small": False},
    ],
}  # fmt: skip


@pytest.fixture
def stored(home, fitted):
    home.data.mkdir()
    home.county_file.write_text("name_zh: 望禾县\nname_en: Wanghe\nsynthetic: true\n", "utf-8")
    kept = log_and_register(
        home, fitted, metrics=gate.figures(GOOD), question="existing", features=FEATURE_LIST
    )
    keeping.keep(home, kept.run_id, CONTENT)
    return home


def told(home, language: str) -> str:
    return card_html(gather(home, "1", "existing"), language)


def test_a_share_never_stands_without_its_n_and_interval(stored) -> None:
    page = told(stored, "en")
    assert re.search(r"3,269</td>.*380</td>.*272</td>.*68\.2% \(62\.0–73\.9%\)", page)
    assert re.search(r"2025-07</td>.*70</td>.*70\.0% \(58\.0–79\.0%\)", page)
    assert "95% interval" in page


def test_it_says_what_for_of_what_data_and_what_was_chosen(stored) -> None:
    page = told(stored, "en")
    for words in ("Never to grant", "2024-12", "16,016", "isotonic", "inverse chance", "Wanghe"):
        assert words in page, words
    assert "合成数据 Synthetic" in page


def test_in_chinese_no_english_sentence_is_left(stored) -> None:
    page = re.sub(r"<style>.*</style>", "", told(stored, "zh"))
    words = re.sub(r"<[^>]+>", " ", page)
    assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", words)
    assert "用途" in words


def test_features_stand_by_category_with_the_version_of_their_code(stored) -> None:
    page = told(stored, "en")
    assert page.index("Members") < page.index("Self-paid")  # A before C
    assert "abc123abc123" in page


def test_who_promoted_it_and_why(stored) -> None:
    assert "never put to use" in told(stored, "en")
    registry.promote(stored, "1", reason="<b>better</b>", actor="zhang", question="existing")
    page = told(stored, "en")
    assert "in use (champion)" in page
    assert "&lt;b&gt;better" in page
    assert "zhang" in page
    # Whoever opens MLflow finds the same document with the run.
    run = registry.version_of(stored, "1", "existing").run_id
    files = {one.path for one in open_client(stored).list_artifacts(run, "model_card")}
    assert files == {"model_card/zh.html", "model_card/en.html"}


def test_figures_by_group_stand_where_they_were_made(stored) -> None:
    assert "No figures by group yet" in told(stored, "en")
    stored.reports.mkdir()
    path = stored.reports / "groups_existing.json"
    path.write_text(json.dumps(GROUPS), encoding="utf-8")
    page = told(stored, "en")
    assert re.search(r"Sex of head: female.*61.*20\.0% \(10\.0–30\.0%\).*worse", page)
    assert "户主性别：女" in told(stored, "zh")
    assert "Version 1, as of 2026-06-30" in page


@pytest.mark.parametrize(
    ("version", "said"),
    [("7", "are of version 7, not of this one"), (None, "judge no version of the model")],
)
def test_figures_by_group_of_another_version_are_left_out(stored, version, said) -> None:
    stored.reports.mkdir()
    path = stored.reports / "groups_existing.json"
    path.write_text(json.dumps({**GROUPS, "version": version}), encoding="utf-8")
    page = told(stored, "en")
    assert said in page
    assert "Sex of head: female" not in page


def test_what_the_gate_says_stands_in_it(home, fitted) -> None:
    metrics = gate.figures({**GOOD, "slope": 0.2})
    log_and_register(home, fitted, metrics=metrics, question="existing")
    assert "校准斜率为 0.20" in told(home, "zh")
    # The run kept no report: the card says what it has.
    assert "尚无训练之后的月份" in told(home, "zh")


def test_nothing_is_loaded_from_anywhere(stored) -> None:
    assert not re.search(r"(src|href)=|url\(|@import|<script", told(stored, "zh"))


def test_an_unknown_version_is_told(stored) -> None:
    with pytest.raises(RiskError, match="no risk model version 9"):
        gather(stored, "9", "existing")


def test_the_command_writes_the_file(stored, tmp_path) -> None:
    out = tmp_path / "card.html"
    words = ["card", "1", "--question", "existing", "--lang", "en", "--out", str(out)]
    done = CliRunner().invoke(app, [*words, "--home", str(stored.root)])
    assert done.exit_code == 0, done.output
    assert "Model card" in out.read_text(encoding="utf-8")
