"""The list of alerts: questions, handling, urgent marks, and visits that stay blind."""

from __future__ import annotations

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

import services
from core.access.areas import Area
from core.access.roles import Role
from core.db import open_session
from dashboard.app_pages.alerts import book as alerts_book
from dashboard.i18n import translator
from services.cache import forget_all
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors, page_text

TELLING = {"预计发现", "合计得分", "风险概率"}


@pytest.fixture
def mixed(own_county: Made) -> Made:
    """Alerts of every kind: drawn, ranked, urgent, tried in vain."""
    with open_session(own_county.home) as session:
        for number, change in enumerate(
            (
                "source = 'audit', question = 'existing', expected = 0.03, band = 'none', "
                "rule_score = 1, risk = 0.01",
                "source = 'risk', question = 'coming', expected = 0.62, handling = 1",
                "source = 'secured', question = 'existing', expected = 0.55, handling = 4",
                "source = 'event', question = NULL, urgent = 1, handling = 2",
                "source = 'explore', question = 'existing', state = 'retry', tries = 2, "
                "band = 'none', rule_score = 2, risk = 0.02",
            )
        ):
            session.execute(
                text(f"UPDATE alert SET {change} WHERE state <> 'closed' AND id % 5 = {number}")
            )
    forget_all()
    return own_county


def test_the_list_for_visits_does_not_tell_which_were_drawn(mixed, open_page) -> None:
    app = open_page(mixed.home.root, "alerts")

    assert errors(app) == []
    rows = app.dataframe[0].value
    assert set(rows["来源"]) == {"走访", "事件直报"}
    assert not (TELLING | {"现存/将至"}) & set(rows.columns)
    assert "alerts_f_questions" not in {box.key for box in app.multiselect}
    assert set(app.multiselect("alerts_f_sources").options) <= {"走访", "事件直报"}
    orders = app.selectbox("alerts_sort").options
    assert "数据覆盖由低到高" in orders
    assert not any(told in order for told in TELLING | {"规则得分"} for order in orders)
    assert "走访人员不应知道" in page_text(app) or "随机抽取" in page_text(app)


def test_who_visits_is_not_offered_the_county_team_s_list(mixed, open_page) -> None:
    town = Area("990321101")
    app = open_page(
        mixed.home.root, "alerts", role=Role.TOWNSHIP_WORKER, within=town, alerts_sight="team"
    )
    assert errors(app) == []
    assert set(app.dataframe[0].value["来源"]) <= {"走访", "事件直报"}
    assert not TELLING & set(app.dataframe[0].value.columns)
    here = context(mixed.home.root, LAST, town.code, Role.TOWNSHIP_WORKER)
    asked = services.cases.page(here, services.cases.choice(), 1, "urgent", sighted=True)
    assert asked.rows[["expected", "rule_score", "risk"]].isna().all(axis=None)
    assert set(asked.rows["source"]) <= {"visit", "event", "report"}


def test_no_filter_or_order_tells_who_visits_which_were_drawn(mixed) -> None:
    """The pages offer none; whoever asks for one by other ways gets what a page would show."""
    page, choice = services.cases.page, services.cases.choice
    here = context(mixed.home.root, LAST, "990321101", Role.TOWNSHIP_WORKER)
    visits = page(here, choice(sources=["visit"]), 1, "urgent")
    drawn = page(here, choice(sources=["audit"]), 1, "urgent")
    assert drawn.total == visits.total > 0
    asked = page(here, choice(questions=["existing"]), 1, "urgent")
    assert asked.total == page(here, choice(), 1, "urgent").total > 0
    telling = page(here, choice(), 1, "expected").rows["id"].tolist()
    assert telling == page(here, choice(), 1, services.cases.BLIND_SORTS[0]).rows["id"].tolist()


@pytest.mark.slow
def test_what_tells_the_drawn_apart_changes_nothing_in_the_list_for_visits(mixed) -> None:
    where = services.cases.choice(open_only=True)
    here = context(mixed.home.root, LAST)
    shown = ["household", "band", "due_on", "each_reason_zh"]

    def lists() -> dict[str, list]:
        forget_all()
        return {
            sort: services.cases.page(here, where, 1, sort).rows[shown].to_numpy().tolist()
            for sort in services.cases.BLIND_SORTS
        }

    before = lists()
    assert {row[1] for row in before["newest"]} >= {"lower", "red"}
    assert services.cases.page(here, services.cases.choice(bands=["none"]), 1, "due").total == 0
    with open_session(mixed.home) as session:
        session.execute(
            text(
                "UPDATE alert SET source = 'risk', band = 'blue', rule_score = 90, risk = 0.9, "
                "expected = 0.9, stratum = NULL WHERE source IN ('audit', 'explore')"
            )
        )
    assert lists() == before


def test_the_county_team_sees_sources_and_expected_findings(mixed, open_page) -> None:
    app = open_page(mixed.home.root, "alerts", alerts_sight="team")

    assert errors(app) == []
    rows = app.dataframe[0].value
    assert {"抽查", "从未走访或收入不明", "保障后仍困难", "风险模型"} <= set(rows["来源"])
    assert {round(v) for v in rows["预计发现"].dropna()} >= {3, 55, 62}


@pytest.mark.slow
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


@pytest.mark.slow
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
    here = context(mixed.home.root, LAST)
    where = services.cases.choice()
    content = alerts_book.book(here, where, "urgent", seen, [], translator("zh"))
    cover, table = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    header, *rows = read.get_sheet_by_name(table).to_python()
    assert {"处置类别", "紧急", "未遇次数"} <= set(header)
    assert ("现存/将至" in header) is seen
    assert (set(header) >= TELLING) is seen
    sources = {row[header.index("来源")] for row in rows}
    assert ("抽查" in sources) is seen
    told = str(read.get_sheet_by_name(cover).to_python())
    assert ("仅限县级监测专班" in told) is seen
    assert ("来源一律写“走访”" in told) is not seen
    # Nothing else in the file may tell either: not the cover, not a hidden part.
    texts = b"".join(_parts(content)).decode("utf-8", "ignore")
    assert ("风险概率" in texts) is seen
    assert ("抽查" in texts) is seen
    # What the model expects of a visit is told of ranked alerts, never of drawn ones.
    reasons = [row[header.index("主要原因")] for row in rows]
    assert any("模型判断" in told for told in reasons) is seen
    assert all(reasons)


def test_numbers_of_alerts_do_not_follow_the_record(mixed) -> None:
    """Visits drawn at random are raised last: a running number would tell which they are."""
    here = context(mixed.home.root, LAST)
    found = services.cases.everything(here, services.cases.choice(), "newest")
    rows = found.rows[found.rows["as_of"] == LAST].sort_values("id")
    assert len(rows) > 5
    assert rows["number"].is_unique
    assert not rows["number"].is_monotonic_increasing
    assert list(rows["number"].str[:7]) == ["202606-"] * len(rows)
    again = services.cases.numbers(here, tuple(rows["id"][::-1]))
    assert again == list(rows["number"])[::-1]


def test_a_second_alert_of_a_family_in_one_month_has_a_number_of_its_own(mixed) -> None:
    with open_session(mixed.home) as session:
        first, second = session.execute(
            text("SELECT id, household FROM alert WHERE as_of = :day ORDER BY id LIMIT 2"),
            {"day": LAST.isoformat()},
        ).all()
        session.execute(text("UPDATE alert SET state = 'closed' WHERE id = :id"), {"id": first.id})
        change = text("UPDATE alert SET household = :household WHERE id = :id")
        session.execute(change, {"household": first.household, "id": second.id})
    forget_all()
    here = context(mixed.home.root, LAST)
    one, two = services.cases.numbers(here, (first.id, second.id))
    assert two == f"{one}-2"


def _parts(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return [packed.read(name) for name in packed.namelist()]
