"""One walk through a real browser without internet: from the overview to a recorded outcome.

Chromium must lie at /usr/bin/chromium (or where DOUDI_CHROMIUM says); without it or without
playwright the walk is skipped and says why.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from tests.dashboard.factory import Made

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path(os.environ.get("DOUDI_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 60_000  # milliseconds; a busy machine draws slowly

pytestmark = pytest.mark.slow


@pytest.fixture
def browser():
    """Headless Chromium, or a skip that says what is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; set DOUDI_CHROMIUM to where it is")
    with api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def server(own_county: Made, tmp_path: Path) -> Iterator[str]:
    """The dashboard on a free port; its address."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    command += ["--server.port", str(port), "--server.address", "localhost"]
    environment = {**os.environ, "DOUDI_HOME": str(own_county.home.root)}
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://localhost:{port}/_stcore/health")
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (our own address)
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"the dashboard did not start at {address}")


def settled(page) -> None:
    """Wait until Streamlit has drawn the page."""
    page.wait_for_selector("h1", timeout=PATIENCE)
    running = "() => !document.querySelector('[data-testid=stStatusWidget]')"
    page.wait_for_timeout(400)
    page.wait_for_function(running, timeout=PATIENCE)


def answer(page) -> str:
    """The sentence at the top of the page."""
    return page.locator(".dd-answer").first.inner_text(timeout=PATIENCE)


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
    settled(page)
    before = answer(page)

    page.get_by_role("link", name="总览").click()
    page.get_by_role("heading", name="总览").wait_for()
    assert "监测" in answer(page)
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_role("button", name="查看本月新增").click()

    page.get_by_role("heading", name="预警列表").wait_for()
    page.get_by_test_id("stDataFrame").wait_for()
    page.get_by_role("button", name="打开", exact=True).click()

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
    """Fill the form as a person would: result, cause, name, confirmation, save."""
    pick(page, "走访结果", "误报")
    pick(page, "误报原因", "数据过时")
    form = page.get_by_test_id("stForm").filter(has_text="登记结果")
    form.get_by_label("姓名或账号").fill("walker")
    form.get_by_text("以上由两人入户核实").click()
    form.get_by_role("button", name="登记结果").click()
    page.get_by_text("已登记核查结果：误报").wait_for()


def pick(page, label: str, option: str) -> None:
    """Choose an option of a select box by its words."""
    settled(page)
    field = page.get_by_test_id("stSelectbox").filter(has_text=label).locator("input")
    field.click()
    field.fill(option)
    page.get_by_role("option", name=option).first.wait_for()
    field.press("Enter")
    settled(page)
