"""Every page, in both languages, over an invented county and over an empty home."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import update

import services
from alerts.models import Alert
from core.access.roles import Role
from core.db import open_session
from dashboard.app_pages.household import family
from dashboard.i18n import translator
from services.cache import forget_all
from tests.accounts import context

pytestmark = pytest.mark.slow

STEWARD_ONLY = "The rows hold personal data: only a data steward can take them."
ASKED = "Tick the confirmation, then record again."
PAGES = ["overview", "alerts", "household", "precision", "model", "training", "explanations",
         "fairness", "watching", "indicators", "disagreements", "data"]  # fmt: skip
TITLES = {
    "zh": ["总览", "预警列表", "家庭画像", "准确率", "风险模型", "再训练", "模型解释",
           "分群体公平性", "模型监测", "指标体检",
           "规则与模型的分歧", "数据源"],
    "en": ["Overview", "List of alerts", "Household profile", "Precision", "Risk model", "Retrain",
           "Explanations of the model", "Fairness by group", "Model watch",
           "Report cards of the indicators", "Disagreements of scorecard and model", "Feeds"],
}  # fmt: skip


def errors(app) -> list[str]:
    return [e.value for e in app.error] + [str(e.value) for e in app.exception]


def field(widgets, name: str):
    """A field of the household's forms: its key goes on with the alert's number."""
    return next(w for w in widgets if w.key.startswith(f"household_{name}_"))


def page_text(app) -> str:
    """Everything a reader sees as text on the page."""
    kinds = ("markdown", "caption", "info", "warning", "title", "header", "success")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(app, kind)) + "\n".join(
        block.proto.body for block in app.get("html")
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_in_the_chosen_language(county, open_page, page, language) -> None:
    app = open_page(county.home.root, page, language, household_open=county.alerted)

    assert errors(app) == []
    assert [t.value for t in app.title] == [TITLES[language][PAGES.index(page)]]
    assert "合成数据 Synthetic" in page_text(app)
    # Of a model that no registry holds nothing can be explained: the page says what to run.
    told = ["doudi train" in note.value for note in app.info]
    assert told == [True] if page == "explanations" else "dd-answer" in page_text(app)


@pytest.mark.parametrize(("page", "language"), list(zip(PAGES, ["zh", "en"] * 6, strict=True)))
def test_an_empty_home_says_what_to_do_next(tmp_path, open_page, page, language) -> None:
    app = open_page(tmp_path, page, language)

    assert errors(app) == []
    assert ["doudi demo" in note.value for note in app.info] == [True]


@pytest.mark.parametrize("page", PAGES)
def test_a_county_before_its_first_run_says_what_to_run(county, tmp_path, open_page, page) -> None:
    (tmp_path / "data").mkdir()
    for name in ("county.yaml", "regions.geojson", "standards.yaml"):
        source = county.home.data / name
        (tmp_path / "data" / name).write_bytes(source.read_bytes())

    app = open_page(tmp_path, page)

    assert errors(app) == []
    assert any("doudi" in note.value for note in app.info)


def test_every_widget_key_starts_with_the_name_of_its_page(county, open_page) -> None:
    frame = {"lang", "month", "township", "village"}
    kinds = ("button", "selectbox", "multiselect", "text_input", "text_area", "checkbox",
             "number_input", "radio", "toggle")  # fmt: skip
    for page in PAGES:
        app = open_page(county.home.root, page, household_open=county.alerted)
        keys = {w.key for kind in kinds for w in getattr(app, kind)} - frame
        assert [k for k in keys if k is None or not k.startswith(f"{page}_")] == []


def test_a_past_month_is_shown_as_it_was_known_then(county, open_page) -> None:
    app = open_page(county.home.root, "overview", month="2026-03")

    assert errors(app) == []
    assert "2026-03" in page_text(app)


def test_a_filter_narrows_the_list_and_an_impossible_one_says_so(county, open_page) -> None:
    app = open_page(county.home.root, "alerts")
    app.multiselect("alerts_f_bands").set_value(["red"]).run()
    bands = app.dataframe[0].value["等级"].str.slice(2)
    assert set(bands) == {"红"}

    app.multiselect("alerts_f_outcomes").set_value(["refused"]).run()
    assert errors(app) == []
    assert any("没有符合筛选条件" in note.value for note in app.info)


def test_the_area_of_the_top_line_narrows_what_exists(county, open_page) -> None:
    everywhere = open_page(county.home.root, "alerts")
    one = open_page(county.home.root, "alerts", township="990321102")

    assert errors(one) == []
    rows = one.dataframe[0].value
    assert 0 < len(rows) < len(everywhere.dataframe[0].value)
    assert set(rows["所在地"].str.split("\n").str[0]) == {"柳堤镇"}


def test_a_household_of_another_area_is_not_shown(county, open_page) -> None:
    told = []
    for town in ("990321101", "990321102", "990321103"):
        app = open_page(county.home.root, "household", township=town, household_open=county.alerted)
        told += [note.value for note in app.info]
    assert told == ["该户不在所选区域内。"] * 2


def test_a_household_without_an_alert_can_be_looked_at(county, open_page) -> None:
    app = open_page(county.home.root, "household", household_open=county.quiet)

    assert errors(app) == []
    assert "规则怎么看" in [s.value for s in app.header]


def test_names_and_numbers_are_masked(county, open_page) -> None:
    app = open_page(county.home.root, "household", household_open=county.alerted)

    text = page_text(app)
    assert "张*三" in text
    assert "张小三" not in text
    assert "9903***" in text
    assert "9903211970" not in text


def test_recording_an_outcome_changes_the_precision_page(own_county, open_page) -> None:
    root = own_county.home.root
    before = page_text(open_page(root, "precision"))
    app = open_page(root, "household", household_open=own_county.alerted)
    field(app.selectbox, "outcome").set_value("false_alarm").run()
    field(app.selectbox, "cause").set_value("stale")
    field(app.checkbox, "sure").check()
    app.button("household_record").click().run()

    assert errors(app) == []
    assert any("已登记核查结果" in s.value for s in app.success)
    assert page_text(open_page(root, "precision")) != before


def test_a_result_without_confirmation_is_not_recorded(own_county, open_page) -> None:
    app = open_page(own_county.home.root, "household", household_open=own_county.alerted)
    field(app.selectbox, "outcome").set_value("refused").run()
    app.button("household_record").click().run()

    assert [w.value for w in app.warning] == [translator("zh")(ASKED)]


def test_a_note_with_a_phone_number_is_refused_in_words(own_county, open_page) -> None:
    app = open_page(own_county.home.root, "household", household_open=own_county.alerted)
    field(app.selectbox, "outcome").set_value("refused").run()
    field(app.text_area, "note").set_value("电话 13912345678")
    field(app.checkbox, "sure").check()
    app.button("household_record").click().run()

    assert "手机号码" in app.warning[0].value


def test_rows_to_be_corrected_need_a_purpose_and_come_by_a_link(own_county, open_page) -> None:
    app = open_page(own_county.home.root, "data", role=Role.DATA_STEWARD)
    app.button("data_prepare").click().run()
    assert "请写明用途" in app.warning[0].value
    assert "/files/quarantine" not in page_text(app)

    app.text_input("data_purpose").set_value("退回医保局更正")
    app.button("data_prepare").click().run()
    assert errors(app) == []
    assert "/files/quarantine?" in page_text(app)


def test_rows_to_be_corrected_are_for_the_data_steward_alone(own_county, open_page) -> None:
    app = open_page(own_county.home.root, "data", role=Role.LEADER)
    assert errors(app) == []
    assert not [b for b in app.button if b.key == "data_prepare"]
    assert translator("zh")(STEWARD_ONLY) in page_text(app)


def test_an_unforeseen_error_shows_one_line_with_a_number(county, open_page, monkeypatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(services.deliveries, "feeds", broken)
    app = open_page(county.home.root, "data")

    assert len(app.error) == 1
    assert "错误号" in app.error[0].value
    assert "secret" not in app.error[0].value


def test_what_another_program_writes_shows_at_once(own_county) -> None:
    from alerts.service import dispatch_many
    from core.db import open_session
    from core.workflow.calendar import CHINA_TIME

    cases, here = services.cases, context(own_county.home.root, own_county.last)
    where = cases.choice(states=["raised"])
    before = cases.page(here, where, 1, "urgent")
    with open_session(own_county.home) as session:
        ids = [int(before.rows["id"].iloc[0])]
        moment = datetime(2026, 7, 1, 9, tzinfo=CHINA_TIME)
        dispatch_many(session, ids, actor="t", role="dispatcher", now=moment)

    assert cases.page(here, where, 1, "urgent").total == before.total - 1


def test_the_models_voice_tells_one_line_a_fact_and_what_the_rest_adds_up_to(county) -> None:
    home, as_of = str(county.home.root), county.last
    voice = services.voices.model_voice(context(home, as_of), county.alerted)
    assert voice is not None
    assert voice.by_fact["fact"].is_unique
    assert set(voice.by_fact["fact"]) == {"medical_costs", "income", "ages"}
    assert voice.by_fact["zh"].str.contains("；").all()  # each with its source
    assert voice.rest is None  # all three are told
    assert voice.by_category["change"].sum() == pytest.approx(voice.end - voice.start)


def test_the_way_to_the_risk_goes_from_the_largest_effect_to_all_others_together(
    own_county,
) -> None:
    home, as_of = own_county.home, own_county.last
    weights = {"A": 0.1, "B": 2.0, "C": -0.9, "D": 0.05, "E": 1.9, "F": 0.3, "G": -0.2, "X": 3.0}
    risk = 1 / (1 + math.exp(-(sum(weights.values()) - 3)))
    told = pd.DataFrame({"feature": list(weights), "category": list(weights)}).assign(
        household=own_county.alerted, contribution=list(weights.values()), value="1",
        label_zh="因素", label_en="factor", unit="", base_value=-3.0, risk=risk,
        margin=sum(weights.values()) - 3, model_version="1", as_of=as_of,
    )  # fmt: skip
    told.to_parquet(home.monthly("risk", as_of) / "explain.parquet")

    voice = services.voices.model_voice(context(home.root, as_of), own_county.alerted)
    assert voice is not None
    steps = voice.by_category
    assert steps["category"].tolist() == ["B", "E", "C", "F", "G", "A", services.voices.OTHERS]
    sizes = steps["change"].abs().tolist()[:-1]
    assert sizes == sorted(sizes, reverse=True)
    assert (steps["change"] * steps["weight"] > 0).all()
    assert voice.start == pytest.approx(1 / (1 + math.exp(3)))
    assert voice.start + steps["change"].sum() == pytest.approx(voice.end) == pytest.approx(risk)
    told.assign(base_risk=0.04).to_parquet(home.monthly("risk", as_of) / "explain.parquet")
    forget_all()
    voice = services.voices.model_voice(context(home.root, as_of), own_county.alerted)
    assert voice is not None
    assert voice.start == 0.04


def test_precision_tells_the_coming_apart_and_only_when_their_months_have_passed(
    own_county, open_page
) -> None:
    with open_session(own_county.home) as session:
        session.execute(update(Alert).where(Alert.source == "risk").values(question="coming"))
    app = open_page(own_county.home.root, "precision", "en", precision_question="coming")

    assert errors(app) == []
    assert "No alert about need soon is six months old yet." in page_text(app)
    assert "still waiting for their six months" in page_text(app)
    assert "By source" not in [s.value for s in app.header]
    there = open_page(own_county.home.root, "precision", "en")
    assert errors(there) == []
    assert "By handling class" in [s.value for s in there.header]


def test_a_first_month_without_results_is_called_warm_up(county, open_page) -> None:
    app = open_page(county.home.root, "precision", "en", month="2026-02")

    assert errors(app) == []
    assert "No steady state yet" in page_text(app)


def test_without_random_visits_the_page_says_how_to_get_some(county, open_page) -> None:
    app = open_page(county.home.root, "precision", "en")

    assert "What did we miss?" in [s.value for s in app.header]
    assert any("No random visit of these twelve months" in note.value for note in app.info)


def test_what_was_missed_stands_with_its_interval_beside_the_naive(
    county, open_page, monkeypatch
) -> None:
    missed = services.missed
    found = json.loads((Path(__file__).parent / "audited.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(missed, "audited", lambda *_: found)
    monkeypatch.setattr(missed, "true_recall", lambda *_: missed.TrueRecall(200, 90))
    app = open_page(county.home.root, "precision", "en")

    text = page_text(app)
    assert errors(app) == []
    assert found["sentence_en"] in text
    assert "among families our own visits found (naive)" in text
    assert "simulated truth" in text
    assert "40 points wide" in text
    assert "never" in text
    found |= {"calibration": [], "plan": None, "naive": None, "false_rate": None}
    bare = open_page(county.home.root, "precision", "en")
    assert errors(bare) == []
    assert "Too few random visits to plan from." in page_text(bare)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_model_page_asks_one_question_at_a_time(own_county, open_page, language) -> None:
    two_questions(own_county.home)
    root = own_county.home.root
    now = open_page(root, "model", language)
    soon = open_page(root, "model", language, model_question="coming")

    assert errors(now) == errors(soon) == []
    text = page_text(now)
    assert ("同分取舍范围" if language == "zh" else "ties won or lost") in text
    assert "58.0–62.0%" in text
    assert "+3.0" in text
    assert "60%" not in page_text(soon)  # never tested: no figure of the other question
    lacking = "尚无后续月份" if language == "zh" else "has not been tested on a later month yet"
    assert lacking in page_text(soon)


def test_truth_rows_are_labelled_and_hold_the_best_possible(own_county, open_page) -> None:
    two_questions(own_county.home)
    app = open_page(own_county.home.root, "model", "en", model_truth=True)

    assert errors(app) == []
    assert "simulated truth" in page_text(app)
    assert "Oracle (best possible)" in page_text(app)
    assert "of the best possible" in page_text(app)


def test_the_head_of_the_page_tells_what_is_asked_and_why(own_county, open_page) -> None:
    with open_session(own_county.home) as session:
        mine = update(Alert).where(Alert.household == own_county.alerted)
        session.execute(
            mine.values(question="coming", handling=2, expected=0.34, urgent=True, tries=1,
                        state="retry", due_on=date(2026, 7, 8))
        )  # fmt: skip
    app = open_page(own_county.home.root, "household", household_open=own_county.alerted)

    text = page_text(app)
    assert errors(app) == []
    for told in ("紧急", "将至", "第2类 可能符合未纳入", "已访 1 次，共 3 次",
                 "下次走访期限", "2026-07-08", "待再访", "原因"):  # fmt: skip
        assert told in text


@pytest.mark.parametrize(
    ("low", "high", "known", "told"),
    [
        (222.0, 222.0, True, "222 元，低于标准 690 元"),
        (800.0, 800.0, True, "800 元，不低于标准 690 元"),
        (0.0, 3133.0, False, "不明：在 0 至 3,133 元之间；标准 690 元"),
        (100.0, 400.0, False, "100 至 400 元，无论如何低于标准 690 元"),
        (900.0, 2000.0, False, "至少 900 元，不低于标准 690 元"),
    ],
)
def test_income_is_called_low_only_where_that_is_certain(low, high, known, told) -> None:
    income = services.income.Income(known, low, high, 690.0, 0 if known else 2, None, False)
    assert family.income_words(income, translator("zh")) == told


@pytest.mark.parametrize(
    ("support", "zh", "en"),
    [
        (
            services.income.Support(3, 2, 1, 500.0, 500.0, 120.0, 380.0, 120.0),
            [
                "登记在册 3 人，其中有能力 2 人，自身在救助 1 人",
                "每月 500 元，其中 120 元此前未计入收入",
                "每月 380 元，比应付至少少 120 元",
            ],
            [
                "3 on record, 2 able to pay, 1 on assistance themselves",
                "500 yuan a month, 120 of it not in the income before",
                "380 yuan a month, at least 120 less than owed",
            ],
        ),
        # Nothing was told of what is paid, and of one supporter nobody knows the income.
        (
            services.income.Support(1, 1, None, 0.0, 1300.0, 0.0, None, None),
            ["登记在册 1 人，其中有能力 1 人", "不明：每月在 0 至 1,300 元之间"],
            ["1 on record, 1 able to pay", "unknown: somewhere between 0 and 1,300 yuan a month"],
        ),
    ],
)
def test_support_from_outside_is_told_beside_the_income(support, zh, en) -> None:
    for language, expected in (("zh", zh), ("en", en)):
        told = [words for _, words in family.support_facts(support, translator(language))]
        assert told == expected
    income = services.income.Income(True, 900.0, 900.0, 690.0, 0, None, False, support)
    assert zh[1] in family.income_card(income, translator("zh"))


def test_a_rank_is_told_among_those_who_are_ranked(county) -> None:
    home, as_of = str(county.home.root), county.last
    about = services.family.weighed(context(home, as_of), county.alerted)
    table = pq.read_table(
        county.home.monthly("risk", as_of) / "risk.parquet", partitioning=None
    ).to_pandas()
    assert about.at_risk == int(table["rank"].notna().sum())


def two_questions(home) -> None:
    """A report by question: the existing tested with everything it may hold, the coming not."""
    path = home.reports / "model_report.json"
    one = json.loads(path.read_text(encoding="utf-8"))
    seen = {"n_seen": 40, "tie_low": 0.58, "tie_high": 0.62, "precision_random": 0.5, "n_random": 4}
    rows = [{**row, **seen} for row in one["rows"]]
    gate = {"tested": 1, "slots": 10, "minus_logistic": 0.03, "minus_logistic_low": -0.02,
            "minus_logistic_high": 0.08, "n_logistic": 40, "promised": 0.6, "found": 0.55,
            "found_low": 0.4, "found_high": 0.7, "promised_minus_found": 0.05, "slope": 0.9,
            "ece": 0.02}  # fmt: skip
    truth = [{**row, "against": "truth", "synthetic": True} for row in one["truth_rows"]]
    now = {**one, "question": "existing", "rows": rows, "truth_rows": truth, "gate": gate,
           "slots": 10}  # fmt: skip
    soon = {**one, "question": "coming", "rows": [], "truth_rows": [], "reliability": [],
            "gate": {"tested": 0}, "slots": 1, "evaluated_on": "nothing",
            "split": {"train": ["2024-06-30"], "calibrate": [], "test": []}}  # fmt: skip
    content = {**now, "questions": {"existing": now, "coming": soon}}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [(0.0, "0%", "0%"), (0.003, "不到 1%", "under 1%"), (0.006, "1%", "1%"), (None, "–", "–")],
)
def test_a_share_above_zero_is_never_written_as_none(value, zh, en) -> None:
    assert translator("zh").percent(value) == zh
    assert translator("en").percent(value) == en


def test_a_number_rounded_to_nothing_has_no_sign() -> None:
    say = translator("en")
    assert [say.number(v, 1, sign=True) for v in (-0.04, 0.04, 0.0)] == ["0.0"] * 3
    assert [say.number(v, 1, sign=True) for v in (-0.06, 0.06)] == ["-0.1", "+0.1"]
    assert say.number(-0.4) == "0"
