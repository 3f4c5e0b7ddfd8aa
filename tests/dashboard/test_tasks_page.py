"""My tasks at the desk: the list, what phones disagree on, sheets to print, the file."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

import services
from core.access.areas import Area
from core.access.roles import Role
from dashboard.app_pages.tasks import book, doubts, sheets
from dashboard.i18n import translator
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.services.test_tasks import all_dispatched, dispatched, sent, task_of, worker

EN, ZH = translator("en"), translator("zh")


def words_of(app) -> str:
    told = [str(getattr(one, "value", "") or "") for one in app.main]
    return "\n".join([*told, *(one.proto.body for one in app.get("html"))])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_how_many_and_shows_them_due_first(
    own_county: Made, open_page, language: str
) -> None:
    all_dispatched(own_county)
    app = open_page(own_county.home.root, "tasks", language, role=Role.TOWNSHIP_WORKER)
    assert not app.exception
    found, total = services.tasks.mine(worker(own_county))
    told = words_of(app)
    assert re.search(rf"待走访 {total} 户|Households to visit: {total};", told)
    places = [told.index(task.number) for task in found]
    assert places == sorted(places)
    assert f'href="/phone/?lang={language}"' in told


def test_without_a_task_it_says_what_to_do(own_county: Made, open_page) -> None:
    area = Area("990321199")  # a township without a household
    app = open_page(own_county.home.root, "tasks", "en", role=Role.TOWNSHIP_WORKER, within=area)
    assert not app.exception
    assert "Nothing to visit now" in "".join(one.value for one in app.info)


@pytest.mark.slow
def test_a_conflict_is_settled_on_the_page(own_county: Made, open_page) -> None:
    dispatched(own_county)
    here = worker(own_county)
    task = task_of(here, own_county.alerted)
    services.tasks.receive(here, task.key, sent(task, "note", "门锁着", "1"))
    team = context(own_county.home.root, own_county.last, "", Role.DISPATCHER)
    services.tasks.receive(team, task.key, sent(task, "note", "已见面", "2"))
    app = open_page(own_county.home.root, "tasks", "en", role=Role.DISPATCHER)
    told = words_of(app)
    assert "门锁着" in told
    assert "已见面" in told
    (conflict,) = services.tasks.conflicts(here)
    app.button(key=f"tasks_other_{conflict.id}").click().run()
    assert not app.exception
    assert services.tasks.conflicts(here) == []
    assert services.tasks.sheets(here, [task])[task.key]["note"]["value"] == "已见面"


def test_values_are_told_in_words(own_county: Made) -> None:
    result = '{"outcome": "false_alarm", "cause": "stale", "needs": {}, "note": "x"}'
    assert doubts.value("result", result, EN) == "False alarm · Data out of date · x"
    step = '{"outcome": "", "cause": "", "needs": {}, "note": "", "action": "return"}'
    assert doubts.value("result", step, ZH) == "退单"
    assert doubts.value("fact:B01", "fact_false", EN) == "Not true"
    assert doubts.value("tick:B01", "", EN) == "nothing"


def test_a_sheet_has_a_page_for_each_household_with_boxes_and_two_signatures(
    own_county: Made,
) -> None:
    all_dispatched(own_county)
    here = worker(own_county)
    keys = [task.key for task in services.tasks.mine(here)[0]]
    page = sheets.asked_for(here, {"keys": keys[:2]}, EN)
    assert page.count('<section class="visit">') == 2
    assert page.count("signature") == 4
    assert "break-after: page" in page
    task = task_of(here, own_county.alerted)
    one = sheets.one(here, task, EN)
    for reason in task.reasons:
        assert EN.label(reason.told) in one.replace("&#x27;", "'").replace("&amp;", "&")
    assert one.count("☐") > len(task.reasons) * 3
    assert "张小三" not in page


def test_the_file_has_a_row_for_each_task(own_county: Made) -> None:
    dispatched(own_county)
    here = worker(own_county)
    made = openpyxl.load_workbook(io.BytesIO(book.asked_for(here, {}, EN)))
    rows = list(made[made.sheetnames[-1]].values)
    found, _ = services.tasks.mine(here)
    assert [row[0] for row in rows[1:]] == [task.number for task in found]
