"""The case history on the household page and on paper, and the help that does not match."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import pytest

import services
from core.access.principal import Refused
from core.access.roles import Role
from core.home import Home
from dashboard.app_pages.household import paper, story
from dashboard.app_pages.precision import mismatch
from dashboard.charts.case_line import case_line
from dashboard.i18n import translator
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors, page_text
from tests.services.one_family import FAMILY, MONTHS, build
from tests.services.test_case_history import TOWN, blind, whole

EN = translator("en")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return build(tmp_path_factory.mktemp("family") / "home")


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", markup)))


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.LEADER])
def test_the_page_has_one_list_in_place_of_three(county: Made, open_page, role: Role) -> None:
    app = open_page(
        county.home.root, "household", "en", role=role, household_open=county.alerted
    )  # fmt: skip
    assert errors(app) == []
    heads = [one.value for one in app.header]
    assert heads.count("Case history") == 1
    assert not {"Chain of help", "Help received", "What happened, 24 months"} & set(heads)
    assert "Alert raised" in page_text(app)


@pytest.mark.slow
def test_paper_tells_the_county_team_the_scores_and_visitors_none(home: Home) -> None:
    asked = {"household": FAMILY, "span": "24"}
    team = paper.asked_for(context(home.root, MONTHS[-1], role=Role.DISPATCHER), asked, EN)
    own = context(home.root, MONTHS[-1], TOWN, Role.TOWNSHIP_WORKER)
    visitor = paper.asked_for(own, asked, EN)
    for sheet in (team, visitor):
        assert "<svg" in sheet
        assert "http" not in sheet  # nothing is loaded
        assert "Medical aid: costs refunded or waived 1,500 yuan" in plain(sheet)
        assert "not yet" in plain(sheet)
        assert "not known" in plain(sheet)
    assert "Band from yellow to red" in plain(team)
    for word in ("Band from", "Risk ", "risk_rank", "Risk model", "score 61"):
        assert word not in plain(visitor), word


def test_the_picture_has_a_row_of_bands_only_for_who_may_know_them(home: Home) -> None:
    rows = {}
    for name, found in (("team", whole(home)), ("visitor", blind(home))):
        figure = case_line(*story.drawn(found, EN), story.until(found), EN)
        rows[name] = {y for trace in figure.data for y in trace.y}
    assert rows["team"] - rows["visitor"] == {"Band"}
    assert rows["visitor"] == {"Facts", "Alerts", "Visits", "Help"}


def test_the_filter_shows_what_was_chosen_and_nothing_chosen_is_everything(home: Home) -> None:
    found = whole(home)
    assert {one.part for one in found.of(("help",))} == {"help"}
    assert len(found.of(("help", "scores"))) == 2 + 4
    assert len(found.of(())) == len(found.entries)


def test_a_mismatch_is_a_sentence_with_reason_day_and_what_was_given_instead() -> None:
    row = {"category": "C", "why": "not_asked", "visited_on": date(2026, 4, 1),
           "due_on": date(2026, 4, 30), "helped": ["emergency_aid"], "asked": True}  # fmt: skip
    assert story.mismatch(row, EN) == (
        "Help does not match the reason: Illness, found at the visit of 2026-04-01, and no help of "
        "that kind by 2026-04-30 (no such need was confirmed). Given instead: Emergency aid."
    )
    assert "strongest reason" in story.mismatch(row | {"asked": False}, EN)


def test_the_counts_are_those_of_the_list_and_of_the_workbook(county: Made) -> None:
    here = context(county.home.root, LAST, role=Role.DISPATCHER)
    found = services.matching.summary(here)
    listed = services.matching.missing(here)
    assert len(listed) > 0
    assert sum(one.missing for one in found) == len(listed)
    sheet = openpyxl.load_workbook(io.BytesIO(mismatch.book(here, EN)))["Families"]
    texts = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert sum(row[2] in set(listed["number"]) for row in texts) == len(listed)
    whole_text = str(texts)
    assert not any(household in whole_text for household in listed["household"])


@pytest.mark.slow
def test_the_list_is_on_the_precision_page_and_only_for_who_may_see_families(
    own_county: Made, open_page
) -> None:
    app = open_page(own_county.home.root, "precision", "en", role=Role.LEADER)
    assert errors(app) == []
    assert "Help that does not match the reason" in [one.value for one in app.header]
    assert "their help does not match the reason" in page_text(app)
    here = context(own_county.home.root, LAST, role=Role.DATA_SCIENTIST)
    assert not services.matching.may_list(here)
    assert isinstance(services.matching.summary(here), list)
    for read in (services.matching.missing, services.matching.everything):
        with pytest.raises(Refused):
            read(here)


def test_without_alerts_there_is_nothing_to_count(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    here = context(tmp_path, LAST, role=Role.LEADER)
    assert services.matching.summary(here) == []
