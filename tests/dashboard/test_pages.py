"""Every page, in both languages, over an invented county and over an empty home."""

from __future__ import annotations

from datetime import datetime

import pytest

from dashboard import services
from dashboard.services import base

PAGES = ["overview", "alerts", "household", "precision", "model", "data"]
TITLES = {
    "zh": ["总览", "预警列表", "家庭画像", "准确率", "风险模型", "数据源"],
    "en": ["Overview", "List of alerts", "Household profile", "Precision", "Risk model", "Feeds"],
}


def errors(app) -> list[str]:
    return [e.value for e in app.error] + [str(e.value) for e in app.exception]


def page_text(app) -> str:
    """Everything a reader sees as text on the page."""
    kinds = ("markdown", "caption", "info", "warning", "title", "subheader", "success")
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
    assert page == "household" or "dd-answer" in page_text(app)


@pytest.mark.parametrize(("page", "language"), list(zip(PAGES, ["zh", "en"] * 3, strict=True)))
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
    assert set(rows["村居"].str.split("\n").str[-1]) == {"柳堤镇"}


def test_a_household_of_another_area_is_not_shown(county, open_page) -> None:
    for town in ("990321101", "990321102", "990321103"):
        app = open_page(county.home.root, "household", township=town, household_open=county.alerted)
        if not app.info:
            continue
        assert "不在所选区域" in app.info[0].value
        return
    pytest.fail("the household was shown in every township")


def test_a_household_without_an_alert_can_be_looked_at(county, open_page) -> None:
    app = open_page(county.home.root, "household", household_open=county.quiet)

    assert errors(app) == []
    assert "规则怎么看" in [s.value for s in app.subheader]


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
    app.selectbox("household_outcome").set_value("false_alarm").run()
    app.selectbox("household_cause").set_value("stale")
    app.text_input("household_actor").set_value("tester")
    app.checkbox("household_sure").check()
    app.button("household_record").click().run()

    assert errors(app) == []
    assert any("已登记核查结果" in s.value for s in app.success)
    assert page_text(open_page(root, "precision")) != before


def test_a_result_without_name_or_confirmation_is_not_recorded(own_county, open_page) -> None:
    app = open_page(own_county.home.root, "household", household_open=own_county.alerted)
    app.selectbox("household_outcome").set_value("refused").run()
    app.button("household_record").click().run()

    assert [w.value for w in app.warning] == ["请填写姓名并勾选确认，然后再次登记。"]


def test_a_note_with_a_phone_number_is_refused_in_words(own_county, open_page) -> None:
    app = open_page(own_county.home.root, "household", household_open=own_county.alerted)
    app.selectbox("household_outcome").set_value("refused").run()
    app.text_area("household_note").set_value("电话 13912345678")
    app.text_input("household_actor").set_value("tester")
    app.checkbox("household_sure").check()
    app.button("household_record").click().run()

    assert "手机号码" in app.warning[0].value


def test_a_household_gone_from_the_newest_month_is_shown_as_of_its_last(
    own_county, open_page
) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    home, gone = own_county.home, own_county.alerted
    file = home.monthly("profile", own_county.last) / "household.parquet"
    table = pq.read_table(file, partitioning=None)
    pq.write_table(table.filter(pc.not_equal(table["household"], gone)), file)

    app = open_page(home.root, "household", household_open=gone)
    before = app.selectbox("month").value
    app.button("household_month").click().run()

    assert errors(app) == []
    assert app.selectbox("month").value < before
    assert any(h.value == "规则怎么看" for h in app.subheader)


def test_the_quarantine_list_needs_a_purpose_and_leaves_a_trace(own_county, open_page) -> None:
    app = open_page(own_county.home.root, "data")
    app.button("data_prepare").click().run()
    assert "都会记入日志" in app.warning[0].value

    app.text_input("data_purpose").set_value("退回医保局更正")
    app.text_input("data_actor").set_value("tester")
    app.button("data_prepare").click().run()
    assert errors(app) == []
    log = (own_county.home.vault / "access.jsonl").read_text(encoding="utf-8")
    assert "退回医保局更正" in log


def test_the_quarantine_list_is_a_workbook_whose_numbers_stay_text(own_county) -> None:
    import io

    from python_calamine import CalamineWorkbook

    from dashboard.services import deliveries
    from tests.dashboard.factory import LAST

    home = str(own_county.home.root)
    feed, batch = deliveries.quarantined(home, LAST).iloc[0][["feed", "batch"]]
    content = deliveries.quarantine_list(
        home, feed, batch, actor="tester", role="steward", purpose="退回更正"
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "行号"
    assert len(rows) > 1
    assert all(isinstance(cell, str) for row in rows for cell in row)


def test_an_unforeseen_error_shows_one_line_with_a_number(county, open_page, monkeypatch) -> None:
    from dashboard.services import deliveries

    def broken(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(deliveries, "feeds", broken)
    app = open_page(county.home.root, "data")

    assert len(app.error) == 1
    assert "错误号" in app.error[0].value
    assert "secret" not in app.error[0].value


def test_what_another_program_writes_shows_at_once(own_county) -> None:
    from alerts.service import dispatch_many
    from alerts.states import CHINA_TIME
    from alerts.store import open_session
    from dashboard.services import cases

    here = (str(own_county.home.root), own_county.last, "")
    where = cases.choice(states=["raised"])
    before = cases.page(*here, where, 1, "urgent")
    with open_session(own_county.home) as session:
        ids = [int(before.rows["id"].iloc[0])]
        moment = datetime(2026, 7, 1, 9, tzinfo=CHINA_TIME)
        dispatch_many(session, ids, actor="t", role="dispatcher", now=moment)

    assert cases.page(*here, where, 1, "urgent").total == before.total - 1


def test_the_models_voice_tells_one_line_a_fact_and_what_the_rest_adds_up_to(county) -> None:
    home, as_of = str(county.home.root), county.last
    voice = services.voices.model_voice(home, as_of, base.COUNTY, county.alerted)
    assert voice is not None
    assert voice.by_fact["fact"].is_unique
    assert set(voice.by_fact["fact"]) == {"medical_costs", "income", "ages"}
    assert voice.by_fact["zh"].str.contains("；").all()  # each with its source
    assert voice.rest is None  # all three are told
    assert voice.by_category["change"].sum() == pytest.approx(voice.end - voice.start)
