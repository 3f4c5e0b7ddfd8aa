"""Two people at once in a real browser: ticks stay on their families, an old page does nothing.

Each test drives two browser contexts, as two people at two desks, and compares the table of
events before and after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts import service
from alerts.models import Alert, AlertEvent
from core.access import accounts
from core.access.principal import Grant
from core.access.roles import Role
from core.db import open_session
from dashboard.app_pages.alerts.table import ROW_HEIGHT
from services.context import utc_now
from tests.dashboard.factory import HOUSEHOLDS, TOWNS, Made, household_key
from tests.dashboard.test_acts import alert_of, suspect
from tests.dashboard.walking import (
    ONE_TABLE,
    PATIENCE,
    chromium,
    drawn,
    pick,
    serving,
    settled,
    sign_in_with,
)

pytestmark = pytest.mark.slow
WANG, LI, PASSWORD = "wang.a", "li.b", "Lantern-river-7"
HEADER, MARKER = 36, 16  # pixels of the table's head, and to the middle of its tick boxes
HOUSEHOLD = 2  # column of the list, the ticks being column 0
Events = list[tuple[int, str, str, str]]


@pytest.fixture
def busy_county(own_county: Made) -> Made:
    """More alerts to dispatch than one page holds: villages report most households."""
    morning = datetime.combine(own_county.last, time(10))
    with open_session(own_county.home) as session:
        for number in range(HOUSEHOLDS):
            town = f"990321{TOWNS[number % 3][0]}"
            service.report(
                session,
                household_key(number),
                f"村里上报第{number}户",
                actor="village",
                role="worker",
                now=morning,
                township_code=town,
                village_code=f"{town}20{number % 2}",
            )
    return own_county


@pytest.fixture
def server(own_county: Made, tmp_path: Path) -> Iterator[str]:
    """The dashboard of the county; its address."""
    with open_session(own_county.home) as session:
        for name in (WANG, LI):
            made = accounts.create(
                session, name, name, utc_now(), password=PASSWORD, must_change=False
            )
            accounts.set_grants(session, made, [Grant(Role.DISPATCHER)], "test", utc_now())
    with serving(own_county.home.root, tmp_path / "server.log") as address:
        yield address


@pytest.fixture
def desks(server: str) -> Iterator[Callable[[str], object]]:
    """Opens a desk of its own: another context shares neither session nor cookies.

    Two dispatchers work there, wang.a and li.b.
    """
    with chromium() as browser:

        def desk(account: str):
            page = browser.new_context(viewport={"width": 1440, "height": 1600}).new_page()
            page.set_default_timeout(PATIENCE)
            sign_in_with(page, server, account, PASSWORD)
            return page

        yield desk


def events(made: Made) -> Events:
    with open_session(made.home) as session:
        columns = (AlertEvent.id, Alert.household, AlertEvent.action, AlertEvent.actor)
        query = select(*columns).join(Alert, Alert.id == AlertEvent.alert_id)
        return [tuple(row) for row in session.execute(query.order_by(AlertEvent.id))]


def short(households: list[str]) -> set[str]:
    return {h[:8] for h in households}


def open_list(page, server: str) -> None:
    """The list of alerts that wait to be dispatched."""
    page.goto(f"{server}/alerts?states=raised")
    drawn(page)


def choose_state(page, word: str) -> None:
    states = page.get_by_test_id("stMultiSelect").filter(
        has=page.get_by_text("状态", exact=True)
    )  # fmt: skip
    states.locator("input").click()
    page.get_by_role("option", name=word, exact=True).click()
    page.keyboard.press("Escape")
    settled(page)


def grid(page):
    return page.get_by_test_id("stDataFrame").first.locator("canvas").first


def household_at(page, row: int) -> str:
    """The household that a row shows now, as the reader sees it."""
    cell = page.locator(f'[data-testid="glide-cell-{HOUSEHOLD}-{row}"]').first
    return re.search(r"h[0-9a-f]{7}", cell.text_content()).group()


def place_of_grid(page) -> dict[str, float]:
    """Where the list is drawn; it is taken away for a moment while a script runs again."""
    for _ in range(50):
        grid(page).wait_for()
        box: dict[str, float] | None = grid(page).bounding_box()
        if box:
            return box
        page.wait_for_timeout(100)
    raise AssertionError("the list was not drawn")


def tick(page, row: int) -> str:
    """Tick the box of a row; returns the household that the row showed."""
    drawn(page)  # a list that is drawn anew would swallow the click
    shown = household_at(page, row)
    box = place_of_grid(page)
    page.mouse.click(box["x"] + MARKER, box["y"] + HEADER + (row + 0.5) * ROW_HEIGHT)
    named(page).filter(has_text=shown).wait_for()
    drawn(page)
    return shown


def named(page):
    """The lines that name whom a dispatch is for."""
    return page.locator(".st-key-alerts_dispatch_box .dd")


def names(page) -> set[str]:
    found = named(page).all_inner_texts()
    return {re.search(r"h[0-9a-f]{7}", text).group() for text in found}


def dispatch(page) -> None:
    form = page.get_by_test_id("stForm").filter(has_text="户派单")
    form.get_by_role("button", name="户派单").click()


def test_the_second_of_two_who_ticked_the_same_rows_dispatches_nobody_else(
    busy_county, server, desks
) -> None:
    first, second = desks(WANG), desks(LI)
    for page in (first, second):
        open_list(page, server)
    chosen = [{tick(page, row) for row in range(3)} for page in (first, second)]
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 3
    assert names(second) == chosen[1]
    before = events(busy_county)

    dispatch(first)
    first.get_by_text("已派单 3 户").first.wait_for()
    after_one = events(busy_county)
    new = after_one[len(before) :]
    assert short([h for _, h, _, _ in new]) == chosen[0]
    assert {(action, actor) for _, _, action, actor in new} == {("dispatch", WANG)}

    # The other desk still shows the three rows ticked. Its click must not reach the three below.
    dispatch(second)
    second.get_by_text("未派单 3 户").wait_for()
    told = second.get_by_test_id("stAlert").filter(has_text="未派单").inner_text()
    assert told.count(f"{WANG} 刚刚派单") == 3
    assert all(household in told for household in chosen[1])
    assert events(busy_county) == after_one
    settled(second)
    assert named(second).count() == 0  # nothing stays ticked after an act


def test_a_click_reaches_the_ticked_who_are_left_and_no_other(busy_county, server, desks) -> None:
    first, second = desks(WANG), desks(LI)
    for page in (first, second):
        open_list(page, server)
    mine = {tick(second, row) for row in range(4)}
    theirs = {tick(first, row) for row in (0, 2)}
    assert theirs < mine
    before = events(busy_county)
    dispatch(first)
    first.get_by_text("已派单 2 户").first.wait_for()

    # Ticking once more draws the list anew, without the two that are gone.
    mine.add(tick(second, 6))
    assert names(second) == mine
    dispatch(second)
    second.get_by_text("未派单 2 户").wait_for()
    second.get_by_text("已派单 3 户").first.wait_for()

    new = events(busy_county)[len(before) :]
    assert short([h for _, h, _, actor in new if actor == WANG]) == theirs
    assert short([h for _, h, _, actor in new if actor == LI]) == mine - theirs
    assert {action for _, _, action, _ in new} == {"dispatch"}


def test_after_sorting_ordering_and_paging_exactly_the_ticked_go(
    busy_county, server, desks
) -> None:
    page = desks(WANG)
    open_list(page, server)
    chosen = {tick(page, 1), tick(page, 4)}

    # The whole list by place: a click on the head of that column.
    left = place_of_grid(page)
    page.mouse.click(left["x"] + 262, left["y"] + HEADER / 2)
    page.wait_for_url("**order=place**")
    page.wait_for_function(ONE_TABLE)
    settled(page)
    assert names(page) == chosen
    row = next(n for n in range(8) if household_at(page, n) not in chosen)
    chosen.add(tick(page, row))
    assert names(page) == chosen

    pick(page, "排序", "到期日由早到晚")
    settled(page)
    assert names(page) == chosen
    row = next(n for n in range(8) if household_at(page, n) not in chosen)
    chosen.add(tick(page, row))

    pager = page.get_by_label("页码")
    pager.fill("2")
    pager.press("Enter")
    settled(page)
    page.get_by_text("其他页勾选").wait_for()
    unwanted = tick(page, 0)
    chosen.add(tick(page, 3))
    assert names(page) == chosen | {unwanted}
    line = page.locator(".st-key-alerts_dispatch_box [data-testid=stHorizontalBlock]")
    line.filter(has_text=unwanted).get_by_role("button", name="去掉").click()
    named(page).filter(has_text=unwanted).wait_for(state="detached")
    settled(page)
    assert names(page) == chosen

    before = events(busy_county)
    dispatch(page)
    page.get_by_text(f"已派单 {len(chosen)} 户").first.wait_for()
    new = events(busy_county)[len(before) :]
    assert short([h for _, h, _, _ in new]) == chosen
    assert {action for _, _, action, _ in new} == {"dispatch"}
    assert len(new) == len(chosen)


def test_another_filter_takes_the_ticks_away_and_says_so(busy_county, server, desks) -> None:
    page = desks(WANG)
    open_list(page, server)
    lost = {tick(page, row) for row in range(3)}
    choose_state(page, "已派单")  # nobody yet, beside those who wait
    page.get_by_text("原先勾选的 3 户已取消勾选").wait_for()
    assert named(page).count() == 0

    chosen = {tick(page, 5)}
    assert not chosen & lost
    before = events(busy_county)
    dispatch(page)
    page.get_by_text("已派单 1 户").first.wait_for()
    assert short([h for _, h, _, _ in events(busy_county)[len(before) :]]) == chosen


def open_household(page, server: str, household: str) -> None:
    page.goto(f"{server}/household?household={household}")
    settled(page)
    page.get_by_role("heading", name="登记核查结果").wait_for()


def result_form(page):
    return page.get_by_test_id("stForm").filter(has_text="登记结果")


def record(page) -> None:
    form = result_form(page)
    form.get_by_text("以上由两人入户核实").click()
    form.get_by_role("button", name="登记结果").click()


def test_a_second_result_is_refused_with_the_reason_and_the_text_stays(
    own_county, server, desks
) -> None:
    suspect(own_county, "basic_living", "medical_aid")
    first, second = desks(WANG), desks(LI)
    for page in (first, second):
        open_household(page, server, own_county.alerted)

    pick(second, "走访结果", "属实-符合")
    form = result_form(second)
    assert form.locator("input[type=radio]:checked").count() == 0  # nobody has said anything yet
    answers = form.get_by_role("radiogroup")
    answers.nth(0).get_by_text("属实，应救未救").click()
    answers.nth(1).get_by_text("不属实").click()
    note = "家中只有老人，药费自付较多，邻居可证"
    form.get_by_label("备注").fill(note)

    pick(first, "走访结果", "误报")
    pick(first, "误报原因", "数据过时")
    record(first)
    first.get_by_text("已登记核查结果：误报").first.wait_for()
    after_one = events(own_county)

    record(second)
    told = result_form(second).get_by_test_id("stAlert")
    told.wait_for()
    assert f"{WANG} 刚刚登记核查结果“误报”" in told.inner_text()
    assert events(own_county) == after_one
    form = result_form(second)
    assert form.get_by_label("备注").input_value() == note
    assert form.locator("input[type=radio]:checked").count() == 2
    assert form.get_by_role("button", name="登记结果").is_disabled()
    second.get_by_text(WANG, exact=False).first.wait_for()  # in the history: the newest state

    form.get_by_role("button", name="已看过最新情况，继续").click()
    result_form(second).wait_for(state="detached")
    settled(second)
    second.get_by_text("其他步骤").click()
    assert second.get_by_label("说明", exact=True).last.input_value() == note
    with open_session(own_county.home) as session:
        assert session.get_one(Alert, alert_of(own_county)).outcome == "false_alarm"


def test_a_result_on_a_page_that_saw_no_acceptance_waits_for_a_look(
    own_county, server, desks
) -> None:
    first, second = desks(WANG), desks(LI)
    for page in (first, second):
        open_household(page, server, own_county.alerted)
    pick(second, "走访结果", "本人拒绝")
    result_form(second).get_by_label("备注").fill("本人不愿说明")

    first.get_by_text("其他步骤").click()
    settled(first)
    steps = first.get_by_test_id("stForm").filter(has_text="步骤")
    steps.get_by_role("button", name="办理", exact=True).click()
    first.get_by_text("已完成：派单").first.wait_for()
    before = events(own_county)

    record(second)
    result_form(second).get_by_text(f"{WANG} 刚刚派单").wait_for()
    assert events(own_county) == before
    result_form(second).get_by_role("button", name="已看过最新情况，继续").click()
    settled(second)
    assert result_form(second).get_by_label("备注").input_value() == "本人不愿说明"
    result_form(second).get_by_role("button", name="登记结果").click()
    second.get_by_text("已登记核查结果：本人拒绝").first.wait_for()
    assert [(a, who) for _, _, a, who in events(own_county)[len(before) :]][-1] == ("refuse", LI)
