"""The pages of supervision and corrections: what they show, who acts, and the bulletin on paper."""

from __future__ import annotations

import io
import re
import shutil
from datetime import datetime
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from docx import Document
from sqlalchemy import select

import services
from alerts import service
from alerts.models import Alert
from alerts.states import Role as CaseRole
from core.access.roles import Role
from core.db import open_session
from core.home import Home
from core.workflow.calendar import CHINA_TIME
from dashboard.app_pages.data import corrections
from dashboard.app_pages.overview.paper import on_paper
from dashboard.app_pages.supervision import book, bulletin
from dashboard.i18n import translator
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_oversight_pages import shown
from tests.hand_county import build_by_hand

pytestmark = pytest.mark.slow

ZH, EN = translator("zh"), translator("en")


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return build_by_hand(tmp_path_factory.mktemp("by_hand"))[0]


@pytest.fixture
def own(hand: Made, tmp_path: Path) -> Home:
    shutil.copytree(hand.home.root, tmp_path / "own")
    return Home(tmp_path / "own")


def here(home: Home, role: Role = Role.LEADER):
    return context(home.root, LAST, role=role)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_answers_first_and_shows_every_part(hand: Made, open_page, language: str) -> None:
    app = open_page(hand.home.root, "supervision", language, role=Role.LEADER)
    assert not app.exception
    say = translator(language)
    told = shown(app)
    sentence = (
        "7 alerts are open; 5 are past" if language == "en" else "在办预警 7 件，其中逾期 5 件"
    )
    assert sentence in told
    for part in ("Load by place", "Working days per step", "The ten overdue for longest",
                 "Needs by department", "By person", "Reported upwards"):  # fmt: skip
        assert say(part) in {one.value for one in app.header}
    # A link holds the household's key, the words beside it are cut short.
    assert "h" + "0" * 19 + "4" not in re.sub(r"<[^>]*>", "", told)


def test_a_leader_says_why_sees_the_case_named_and_confirms(own: Home, open_page) -> None:
    app = open_page(own.root, "supervision", "en", role=Role.LEADER)
    app.button("supervision_go").click().run()
    assert "Say in one sentence why it is reported upwards." in [w.value for w in app.warning]
    app.text_input("supervision_reason").set_value("three reminders")
    app.button("supervision_go").click().run()
    assert services.supervision.figures(here(own)).since["reported"] == 0  # not yet
    named = [m.value for m in app.markdown if "three reminders" in m.value]
    assert len(named) == 1
    assert "days late" in named[0]
    app.button("supervision_sure").click().run()
    assert not app.exception
    assert services.supervision.figures(here(own)).since["reported"] == 1
    assert "three reminders" in shown(app)


def test_an_analyst_reads_but_has_no_button(hand: Made, open_page) -> None:
    app = open_page(hand.home.root, "supervision", "en", role=Role.ANALYST)
    assert not app.exception
    assert "supervision_go" not in {button.key for button in app.button}


def test_the_workbook_has_a_tab_for_every_table(hand: Made) -> None:
    file = openpyxl.load_workbook(io.BytesIO(book.book(here(hand.home), EN)))
    assert file.sheetnames == [
        "Cover", "Load by place", "Working days per step", "Visit by place",
        "Needs by department", "By band", "By person", "Overdue for longest", "Reported upwards",
        "Referrals",
    ]  # fmt: skip
    rows = list(file["Overdue for longest"].iter_rows(values_only=True))
    assert len(rows) == 1 + 5
    text = str([list(r) for sheet in file for r in sheet.iter_rows(values_only=True)])
    assert "h0000" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("public", [False, True])
def test_the_bulletin_is_one_page_of_a4_and_a_word_file(
    hand: Made, language: str, public: bool
) -> None:
    told = bulletin.bulletin(here(hand.home), translator(language), public)
    with pypdfium2.PdfDocument(on_paper(told, "pdf")) as document:
        assert len(document) == 1
        assert [round(p / 72 * 25.4) for p in document[0].get_size()] == [210, 297]
    words = Document(io.BytesIO(on_paper(told, "docx")))
    assert words.paragraphs[0].text == told.title


def cells(told) -> dict[str, list[list[str]]]:
    return {
        part.title: [list(row) for row in part.table.rows]
        for row in told.rows
        for column in row
        for part in column
        if part.table is not None
    }


def test_the_public_bulletin_tells_no_small_count_and_no_mean_of_few(hand: Made) -> None:
    inside = cells(bulletin.bulletin(here(hand.home), EN))
    outside = cells(bulletin.bulletin(here(hand.home), EN, public=True))
    assert "Reported upwards" in inside
    assert "Reported upwards" not in outside
    dispatch = [row for row in inside["Working days per step"] if row[0].startswith("Dispatch")]
    assert dispatch == [["Dispatch (from raising)", "1.2", "4", "1.3", "6"]]
    for rows in outside.values():
        numbers = [cell for row in rows for cell in row[1:]]
        # In this county every count is below 8: nothing but zeros, "<8" and dashes may stand.
        assert set(numbers) <= {"0", "<8", "–"}, rows
    lead = bulletin.bulletin(here(hand.home), EN, public=True).lead
    assert not re.search(r"[1-7] alerts are open", lead)
    assert "working days on average" not in lead


def test_the_steward_closes_a_ticket_on_the_page_of_feeds(own: Home, open_page) -> None:
    """Of the two false alarms of the table that lie in the data one told a fact of the rules."""
    before = services.corrections.tickets(here(own, Role.DATA_STEWARD))
    assert before[["code", "cause", "state"]].to_numpy().tolist() == [
        ["wages_12m", "stale", "opened"],  # number 2
        ["C02", "data_wrong", "opened"],  # number 8
    ]
    app = open_page(own.root, "data", "en", role=Role.DATA_STEWARD)
    assert not app.exception
    app.selectbox("data_ticket_step_opened").set_value("close").run()
    app.button("data_ticket_go").click().run()
    assert "Say in one sentence" in app.warning[-1].value
    app.text_input("data_ticket_note").set_value("corrected in June's file")
    app.button("data_ticket_go").click().run()
    assert not app.exception
    after = services.corrections.tickets(here(own, Role.DATA_STEWARD))
    assert sorted(after["state"]) == ["closed", "opened"]
    assert "corrected in June's file" in after["note"].tolist()


def test_a_leader_sees_tickets_without_families_and_moves_none(hand: Made, open_page) -> None:
    app = open_page(hand.home.root, "data", "en", role=Role.LEADER)
    assert not app.exception
    assert "data_ticket_go" not in {button.key for button in app.button}
    text = corrections.book(here(hand.home), EN)
    file = openpyxl.load_workbook(io.BytesIO(text))
    assert file.sheetnames == ["Cover", "Correction tickets", "By feed"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_precision_shows_every_measure_with_its_words_and_the_worked_example(
    hand: Made, open_page, language: str
) -> None:
    app = open_page(hand.home.root, "precision", language, role=Role.LEADER)
    assert not app.exception
    told = shown(app)
    for one in services.trust.MEASURES:
        assert (one.en if language == "en" else one.zh) in told
    assert "44%*" in told  # 4 of 9 verified: few
    example = "What it does not say" if language == "en" else "它没有说明"
    assert example in told
    assert "404" in told


@pytest.mark.parametrize(("role", "page"), [(Role.DISPATCHER, "supervision"), (None, "tasks")])
def test_a_referral_is_answered_where_it_is_listed(
    own: Home, open_page, role: Role | None, page: str
) -> None:
    morning = datetime(2026, 7, 1, 9, tzinfo=CHINA_TIME)
    with open_session(own) as session:
        alert = session.scalars(select(Alert.id).where(Alert.state == "retry")).one()
        by = {"actor": "chen", "role": CaseRole.WORKER, "now": morning}
        service.record_outcome(session, alert, "referred", needs=["student_aid"], **by)
    services.reads.base.forget()
    app = open_page(own.root, page, "en", role=role or Role.DISPATCHER)
    assert not app.exception
    waiting = int(services.referrals.referrals(here(own, Role.DISPATCHER))["open"].sum())
    (told,) = [one.value for one in app.markdown if "Referrals without an answer" in one.value]
    assert waiting
    assert str(waiting) in told
    app.button(f"{page}_referral_go").click().run()
    assert "Say in one sentence what was done, or why." in [w.value for w in app.warning]
    app.text_input(f"{page}_referral_note").set_value("granted by the school")
    app.button(f"{page}_referral_go").click().run()
    assert not app.exception
    found = services.referrals.referrals(here(own, Role.DISPATCHER))
    assert int(found["open"].sum()) == waiting - 1
    assert found.loc[found["state"] == "done", "note"].tolist() == ["granted by the school"]
