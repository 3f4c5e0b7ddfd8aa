"""The list of alerts: questions, handling, urgent marks, and visits that stay blind."""

from __future__ import annotations

import io

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from alerts.store import open_session
from dashboard import services
from dashboard.i18n import translator
from dashboard.services import Here
from dashboard.show import cases
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors, page_text

TELLING = {"预计发现", "合计得分", "风险概率"}


@pytest.fixture
def mixed(own_county: Made) -> Made:
    """Alerts of every kind: drawn, ranked, urgent, tried in vain."""
    with open_session(own_county.home) as session:
        for number, change in enumerate(
            (
                "source = 'audit', question = 'existing', expected = 0.03",
                "source = 'risk', question = 'coming', expected = 0.62, handling = 1",
                "source = 'secured', question = 'existing', expected = 0.55, handling = 4",
                "source = 'event', question = NULL, urgent = 1, handling = 2",
                "source = 'explore', question = 'existing', state = 'retry', tries = 2",
            )
        ):
            session.execute(
                text(f"UPDATE alert SET {change} WHERE state <> 'closed' AND id % 5 = {number}")
            )
    services.base.st.cache_data.clear()
    return own_county


def test_the_list_for_visits_does_not_tell_which_were_drawn(mixed, open_page) -> None:
    app = open_page(mixed.home.root, "alerts")

    assert errors(app) == []
    rows = app.dataframe[0].value
    assert set(rows["来源"]) == {"走访", "事件直报"}
    assert not TELLING & set(rows.columns)
    assert set(app.multiselect("alerts_f_sources").options) <= {"走访", "事件直报"}
    orders = app.selectbox("alerts_sort").options
    assert "按规则得分" not in orders
    assert "还没有登录" in page_text(app)


def test_the_county_team_sees_sources_and_expected_findings(mixed, open_page) -> None:
    app = open_page(mixed.home.root, "alerts", alerts_sight="team")

    assert errors(app) == []
    rows = app.dataframe[0].value
    assert {"抽查", "从未走访或收入不明", "保障后仍困难", "风险模型"} <= set(rows["来源"])
    assert {round(v) for v in rows["预计发现"].dropna()} >= {3, 55, 62}


def test_question_handling_and_urgency_narrow_the_list(mixed, open_page) -> None:
    app = open_page(mixed.home.root, "alerts", alerts_sight="team")
    app.multiselect("alerts_f_questions").set_value(["coming"]).run()
    assert set(app.dataframe[0].value["现存/将至"]) == {"将至"}

    app.multiselect("alerts_f_questions").set_value([]).run()
    app.multiselect("alerts_f_handlings").set_value([4]).run()
    assert set(app.dataframe[0].value["处置类别"]) == {"第4类 可能不再符合"}

    app.multiselect("alerts_f_handlings").set_value([]).run()
    app.checkbox("alerts_f_urgent").check().run()
    assert app.dataframe[0].value["等级"].str.contains("紧急").all()
    assert errors(app) == []


def test_a_chosen_source_survives_the_change_of_view(mixed, open_page) -> None:
    app = open_page(mixed.home.root, "alerts", alerts_sight="team")
    app.multiselect("alerts_f_sources").set_value(["audit"]).run()
    assert set(app.dataframe[0].value["来源"]) == {"抽查"}

    app.segmented_control("alerts_sight").set_value("visit").run()
    assert errors(app) == []
    assert set(app.dataframe[0].value["来源"]) == {"走访"}


def test_a_family_not_met_is_told_with_its_tries(mixed, open_page) -> None:
    app = open_page(mixed.home.root, "alerts")
    app.multiselect("alerts_f_states").set_value(["retry"]).run()
    assert set(app.dataframe[0].value["状态"]) == {"待再访\n未遇1次", "待再访\n未遇2次"}


@pytest.mark.parametrize("seen", [False, True])
def test_the_download_is_as_blind_as_the_list(mixed, seen) -> None:
    here = Here(str(mixed.home.root), LAST, "")
    content = cases.download(here, services.cases.choice(), "urgent", seen, translator("zh"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    header, *rows = sheet.to_python()
    assert {"现存/将至", "处置类别", "紧急", "未遇次数"} <= set(header)
    assert (set(header) >= TELLING) is seen
    sources = {row[header.index("来源")] for row in rows}
    assert ("抽查" in sources) is seen
