"""Steps that walks through a real browser share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path(os.environ.get("DOUDI_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ONE_TABLE = "() => document.querySelectorAll('[data-testid=stDataFrame]').length === 1"
PATIENCE = 60_000  # milliseconds; a busy machine draws slowly


@contextmanager
def chromium() -> Iterator:
    """Headless Chromium, or a skip that says what is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; set DOUDI_CHROMIUM to where it is")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(home: Path, log: Path, before: str = "") -> Iterator[str]:
    """The dashboard of a home on a free port; `before` is Python run in its process first."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    start = f"{before}\nfrom streamlit.web.cli import main\nmain(prog_name='streamlit')"
    command = [sys.executable, "-c", start, "run", "dashboard/app.py"]
    command += ["--server.port", str(port), "--server.address", "localhost"]
    environment = {**os.environ, "DOUDI_HOME": str(home)}
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
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


def sign_in(page, server: str, role: str = "dispatcher") -> None:
    """Come in through the door's own page, in a role that the invented county offers at a click."""
    page.goto(f"{server}/door/sign-in?lang=zh")
    come_in(page, role)


def come_in(page, role: str = "dispatcher") -> None:
    """Click a role on the sign-in page that is open, and wait until it has led on."""
    page.locator(f"button[value={role}]").click()
    page.wait_for_url(lambda address: "/door/" not in address)


def sign_in_with(page, server: str, account: str, password: str) -> None:
    """Come in through the door's own page with a password."""
    page.goto(f"{server}/door/sign-in?lang=zh")
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(password)
    page.locator("button.go").first.click()
    page.wait_for_url(lambda address: "/door/" not in address)


def settled(page) -> None:
    """Wait until Streamlit has drawn the page."""
    page.wait_for_selector("h1", timeout=PATIENCE)
    running = "() => !document.querySelector('[data-testid=stStatusWidget]')"
    page.wait_for_timeout(400)
    page.wait_for_function(running, timeout=PATIENCE)


def drawn(page, last: str = "") -> None:
    """Wait until nothing moves any more: the run is over, `last` stands there, charts are drawn.

    After an act wait first for what it changes: the run that it starts may not have begun.
    """
    page.wait_for_function(_DRAWN, arg=last, timeout=PATIENCE)


_DRAWN = """last => {
  const app = document.querySelector("[data-testid=stApp]");
  const charts = [...document.querySelectorAll("[data-testid=stPlotlyChart]")];
  return app?.dataset.testScriptState === "notRunning" && document.querySelector("h1")
    && app.textContent.includes(last)
    && !app.querySelector("[data-stale=true], [data-testid=stSkeleton]")
    && charts.every(chart => chart.querySelector(".main-svg text"))
    && document.getAnimations().every(one => one.playState !== "running");
}"""


def shows(page, words: str, patience: int = PATIENCE) -> None:
    """Wait until the words stand on the page; what an act changes may come a while after it."""
    try:
        page.wait_for_function(_SHOWS, arg=words, timeout=patience)
    except pytest.importorskip("playwright.sync_api").TimeoutError:
        shown = page.inner_text("body")
        pytest.fail(f"{words!r} did not come; the page ends with {shown[-600:]!r}")


_SHOWS = "words => document.body.innerText.includes(words)"


def answer(page) -> str:
    """The sentence at the top of the page."""
    return page.locator(".dd-answer").first.inner_text(timeout=PATIENCE)


def pick(page, label: str, option: str) -> None:
    """Choose an option of a select box by its words."""
    settled(page)
    choose(page, page.get_by_test_id("stSelectbox").filter(has_text=label), option)


def choose(page, box, option: str) -> None:
    """Choose an option of a box in which one can type."""
    field = box.locator("input").first
    field.click()
    field.fill(option)
    page.get_by_role("option", name=option).first.click()
    field.press("Tab")
    settled(page)
