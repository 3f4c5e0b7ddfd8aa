"""The work of an alert by three people in a real browser: the centre, a worker's phone, the leader.

One county, one server: an alert is sent out, accepted, visited where no network is, helped and
closed, and the leader's figures say so. Then two people act on one alert, and whoever comes second
is told, at the desk as on the phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from alerts.models import Alert, AlertEvent, Help, Need
from alerts.visits.models import VisitConflict
from core.db import open_session
from dashboard.app_pages.alerts.table import ROW_HEIGHT
from tests.dashboard.factory import Made
from tests.dashboard.walking import (
    PATIENCE,
    answer,
    choose,
    chromium,
    drawn,
    pick,
    serving,
    shows,
    sign_in,
)

pytestmark = pytest.mark.slow
DESK = {"viewport": {"width": 1440, "height": 1600}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
HEADER, MARKER = 36, 16  # pixels of the table's head, and to the middle of its tick boxes
HOUSEHOLD = 2  # column of the list, the ticks being column 0
WORKER, CENTRE = "demo-township-worker", "demo-dispatcher"
TOWNSHIP = "990321101"  # where the worker works
AMOUNT = 1500


class Desks(NamedTuple):
    """Who takes part: each a page of a browser of their own."""

    centre: object
    worker: object
    leader: object


@pytest.fixture
def server(own_county: Made, tmp_path: Path) -> Iterator[str]:
    with serving(own_county.home.root, tmp_path / "server.log") as address:
        yield address


@pytest.fixture
def people(server: str) -> Iterator[Desks]:
    with chromium() as browser:
        pages = []
        for role, screen in (("dispatcher", DESK), ("township_worker", PHONE), ("leader", DESK)):
            page = browser.new_context(**screen).new_page()
            page.set_default_timeout(PATIENCE)
            sign_in(page, server, role)
            pages.append(page)
        yield Desks(*pages)


def opened(page, server: str, where: str, last: str = "") -> None:
    """Open a page and wait until it is drawn, and `last` stands there."""
    page.goto(f"{server}/{where}")
    drawn(page, last)


def newest(made: Made, household: str) -> Alert:
    with open_session(made.home) as session:
        query = select(Alert).where(Alert.household == household).order_by(Alert.id.desc())
        return session.scalars(query).first()


def doings(made: Made, household: str) -> list[tuple[str, str]]:
    """What happened to a household's newest alert: action and by whom."""
    alert = newest(made, household).id
    with open_session(made.home) as session:
        query = select(AlertEvent).where(AlertEvent.alert_id == alert, AlertEvent.need_id.is_(None))
        return [(e.action, e.actor) for e in session.scalars(query.order_by(AlertEvent.id))]


# --- the leader's figures ---


def precision(page, server: str) -> tuple[int, int]:
    """Verified alerts, and those of them with a confirmed unmet need."""
    opened(page, server, "precision?lang=en")
    told = re.search(r"of ([\d,]+) verified alerts, ([\d,]+) had", answer(page))
    assert told, answer(page)
    n, confirmed = told.groups()
    return int(n.replace(",", "")), int(confirmed.replace(",", ""))


def supervision(page, server: str) -> tuple[int, int]:
    """Open alerts, and families still to be visited."""
    opened(page, server, "supervision?lang=en")
    told = re.search(r"([\d,]+) alerts are open.*?([\d,]+) families", answer(page))
    assert told, answer(page)
    n, owed = told.groups()
    return int(n.replace(",", "")), int(owed.replace(",", ""))


# --- the centre ---


def send_out(page, server: str, made: Made) -> list[str]:
    """Dispatch two alerts of the worker's township to the worker by name; their households."""
    opened(page, server, f"alerts?states=raised&view=all&township={TOWNSHIP}&lang=zh")
    grid = page.get_by_test_id("stDataFrame").first.locator("canvas").first
    chosen = []
    for row in range(2):
        cell = page.locator(f'[data-testid="glide-cell-{HOUSEHOLD}-{row}"]').first
        shown = re.search(r"h[0-9a-f]{7}", cell.text_content()).group()
        box = grid.bounding_box()
        page.mouse.click(box["x"] + MARKER, box["y"] + HEADER + (row + 0.5) * ROW_HEIGHT)
        page.locator(".st-key-alerts_dispatch_box .dd").filter(has_text=shown).wait_for()
        drawn(page)
        chosen.append(shown)
    choose(page, page.locator(".st-key-alerts_dispatch_to"), WORKER)
    page.locator(".st-key-alerts_dispatch_go button").click()
    shows(page, "已派单 2 户")
    return [whole(made, shown) for shown in chosen]


def whole(made: Made, shown: str) -> str:
    """The household whose pseudonym begins as a page shows it."""
    with open_session(made.home) as session:
        found = session.scalars(select(Alert.household).where(Alert.household.startswith(shown)))
        (household,) = set(found)
    return household


def begin(page, server: str, household: str, outcome: str) -> None:
    """Open a household at the desk and begin to write a result down."""
    opened(page, server, f"household?household={household}&lang=zh", "登记核查结果")
    pick(page, "走访结果", outcome)


def record(page) -> None:
    form = page.get_by_test_id("stForm").filter(has_text="登记结果")
    form.get_by_text("以上由两人入户核实").click()
    form.get_by_role("button", name="登记结果").click()


def give_help(page, server: str, household: str) -> None:
    """Note what was given for the household's one confirmed need."""
    opened(page, server, f"household?household={household}&lang=zh", "需求与部门")
    page.get_by_text("已解决：已给予帮扶").click()
    form = page.get_by_test_id("stForm").filter(has_text="救助方式")
    form.get_by_label("金额（元").fill(str(AMOUNT))
    choose(page, form.get_by_test_id("stSelectbox").first, "一次性救助金")
    form.get_by_role("button", name="登记", exact=True).click()
    shows(page, "该需求已登记")


# --- the worker's phone ---


def accept(page, server: str, household: str) -> None:
    """Take a case on from the card on the list of tasks, on the narrow screen."""
    opened(page, server, "tasks?lang=zh", "待走访 2 户")
    page.locator(f'.dd-card[href*="{household}"]').click()
    drawn(page, "其他步骤")
    page.get_by_text("其他步骤").click()
    assert page.locator(".st-key-household_step input").input_value() == "接单"  # offered first
    page.get_by_role("button", name="办理", exact=True).click()
    shows(page, "已完成：接单")


def take_phone(page, server: str) -> None:
    """Open the phone's page with the network, until it is kept and the list is loaded."""
    page.goto(f"{server}/phone/?lang=zh")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    shows(page, "已全部发送")


def visit(page, household: str, outcome: str, more: dict[str, str]) -> None:
    """Without a network: open the household, write the result down, and leave it to be sent."""
    page.context.set_offline(True)
    page.locator(".card", has_text=household[1:8]).click()
    page.wait_for_selector("article")
    page.locator(".tick input").first.check()
    tap(page, "走访结果", outcome)
    for group, code in more.items():
        tap(page, group, code)
    if outcome == "confirmed":
        groups = page.locator(".need")
        for number in range(groups.count()):
            found = "confirmed" if number == 0 else "already_covered"
            groups.nth(number).locator(f"[data-code={found}]").click()
    page.locator("#note").type("家中仅有老人，药费自付较多")
    page.get_by_role("button", name="登记核查结果").click()
    shows(page, "已存在手机上，待发送")


def tap(page, group: str, code: str) -> None:
    buttons = page.get_by_role("group", name=group, exact=True)
    buttons.locator(f"[data-code={code}]").click()
    page.locator(f"[data-code={code}][aria-pressed=true]").first.wait_for()


# --- the walk ---


def test_an_alert_goes_from_dispatch_to_help_and_the_leaders_figures_follow(
    people: Desks, server: str, own_county: Made
) -> None:
    centre, worker, leader = people
    verified, confirmed = precision(leader, server)
    still_open, owed = supervision(leader, server)

    first, second = send_out(centre, server, own_county)
    accept(worker, server, first)
    assert doings(own_county, first)[-2:] == [("dispatch", CENTRE), ("accept", WORKER)]
    take_phone(worker, server)
    begin(centre, server, first, "本人拒绝")  # an old page by the time it is sent

    visit(worker, first, "confirmed", {})
    assert doings(own_county, first)[-1] == ("accept", WORKER)
    worker.context.set_offline(False)
    shows(worker, "已登记：属实-符合")
    shows(worker, "已全部发送")
    assert doings(own_county, first)[-1] == ("confirm", WORKER)

    record(centre)
    shows(centre, f"{WORKER} 刚刚登记核查结果“属实-符合”")
    assert doings(own_county, first)[-1] == ("confirm", WORKER)
    second_is_told_on_the_phone(centre, worker, server, own_county, second)

    give_help(centre, server, first)
    assert doings(own_county, first)[-1][0] == "finish"
    assert newest(own_county, first).state == "closed"
    assert helped(own_county, first) == [("one_off", AMOUNT)]
    assert precision(leader, server) == (verified + 2, confirmed + 1)
    assert supervision(leader, server) == (still_open - 2, owed - 2)
    opened(leader, server, f"household?household={first}&lang=zh", "救助链")
    shows(leader, "1,500")


def second_is_told_on_the_phone(centre, worker, server: str, made: Made, household: str) -> None:
    """While the phone is away the centre records a result; the phone's own becomes a conflict."""
    visit(worker, household, "false_alarm", {"误报原因": "stale"})
    begin(centre, server, household, "属实-已享受")
    record(centre)
    shows(centre, "已登记核查结果：属实-已享受")
    worker.context.set_offline(False)
    shows(worker, "两处填写不一致")
    shows(worker, CENTRE)
    assert newest(made, household).outcome == "already_covered"
    with open_session(made.home) as session:
        (conflict,) = session.scalars(select(VisitConflict))
        assert (conflict.kept_by, conflict.other_by) == (CENTRE, WORKER)


def helped(made: Made, household: str) -> list[tuple[str, float]]:
    """Kind and yuan of what a household was given."""
    alert = newest(made, household).id
    with open_session(made.home) as session:
        query = select(Help).join(Need, Need.id == Help.need_id).where(Need.alert_id == alert)
        return [(one.kind, one.amount) for one in session.scalars(query)]
