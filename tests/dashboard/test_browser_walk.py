"""One walk through a real browser without internet: from the overview to a recorded outcome.

Chromium must lie at /usr/bin/chromium (or where DOUDI_CHROMIUM says); without it or without
playwright the walk is skipped and says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from tests.dashboard.factory import Made
from tests.dashboard.walking import PATIENCE, answer, chromium, come_in, pick, serving, settled

pytestmark = pytest.mark.slow


@pytest.fixture
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def server(own_county: Made, tmp_path: Path) -> Iterator[str]:
    with serving(own_county.home.root, tmp_path / "server.log") as address:
        yield address


def test_from_overview_to_a_recorded_outcome_without_internet(browser, server) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(PATIENCE)
    elsewhere: list[str] = []

    def watch(request) -> None:
        where = urlparse(request.url)
        if where.scheme in {"http", "https", "ws", "wss"} and where.hostname != "localhost":
            elsewhere.append(request.url)

    page.on("request", watch)
    page.on("websocket", watch)

    page.goto(f"{server}/precision")
    come_in(page)  # the door led here first, and leads on to the page asked for
    page.get_by_role("heading", name="准确率").wait_for()
    settled(page)
    before = answer(page)

    page.get_by_role("link", name="总览").click()
    page.get_by_role("heading", name="总览").wait_for()
    assert "监测" in answer(page)
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_role("link", name="本月新增").click()

    page.get_by_role("heading", name="预警列表").wait_for()
    page.get_by_test_id("stDataFrame").wait_for()
    page.get_by_role("link", name="打开", exact=True).click()

    page.get_by_role("heading", name="家庭画像").wait_for()
    assert re.search(r"household=h[0-9a-f]{20}", page.url)
    record_false_alarm(page)

    page.get_by_role("link", name="准确率").click()
    page.get_by_role("heading", name="准确率").wait_for()
    settled(page)
    page.wait_for_function(
        "before => document.querySelector('.dd-answer')?.innerText !== before", arg=before
    )
    assert answer(page) != before
    page.get_by_text("English", exact=True).click()
    page.get_by_role("heading", name="Precision", exact=True).wait_for()
    assert elsewhere == []


def record_false_alarm(page) -> None:
    """Fill the form as a person would: result, cause, confirmation, save."""
    pick(page, "走访结果", "误报")
    pick(page, "误报原因", "数据过时")
    form = page.get_by_test_id("stForm").filter(has_text="登记结果")
    form.get_by_text("以上由两人入户核实").click()
    form.get_by_role("button", name="登记结果").click()
    page.get_by_text("已登记核查结果：误报").first.wait_for()
