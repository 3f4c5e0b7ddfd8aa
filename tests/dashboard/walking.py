"""Steps that walks through a real browser share."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path(os.environ.get("DOUDI_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ONE_TABLE = "() => document.querySelectorAll('[data-testid=stDataFrame]').length === 1"
PATIENCE = 60_000  # milliseconds; a busy machine draws slowly
LIGHT = "_stcore/health"  # an address of the dashboard that draws nothing


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
    command = ["streamlit", "run", "dashboard/app.py"]
    command += ["--server.port", str(port), "--server.address", "localhost"]
    environment = {**os.environ, "DOUDI_HOME": str(home)}
    process = SERVERS.Process(target=_serve, args=(command, environment, log, before))
    process.start()
    try:
        _wait_for(f"http://localhost:{port}/{LIGHT}", process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.join(20)
        process.kill()


# A server imports for several seconds: a process that has imported everything forks each of them.
SERVERS = get_context("forkserver")
SERVERS.set_forkserver_preload(
    ["streamlit.web.cli", "plotly.graph_objects", "api.app", "dashboard.door.routes",
     "dashboard.phone.routes", "dashboard.upload.routes", "dashboard.show.shell"]
)  # fmt: skip


def _serve(command: list[str], environment: dict[str, str], log: Path, before: str) -> None:
    """Be `streamlit run` in this process."""
    with log.open("wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    exec(before, {})  # noqa: S102 - the test's own words
    from streamlit.web.cli import main

    main(prog_name="streamlit")


def _wait_for(address: str, process: BaseProcess) -> None:
    for _ in range(1200):
        if not process.is_alive():
            break
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (our own address)
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the dashboard did not start at {address}")


def sign_in(page, server: str, role: str = "dispatcher") -> None:
    """Come in through the door's own page, in a role that the invented county offers at a click.

    The door leads on to an address that draws nothing: a page that nobody looks at takes seconds.
    """
    page.goto(f"{server}/door/sign-in?lang=zh&next=/{LIGHT}")
    come_in(page, role)


def come_in(page, role: str = "dispatcher") -> None:
    """Click a role on the sign-in page that is open, and wait until it has led on."""
    page.locator(f"button[value={role}]").click()
    page.wait_for_url(lambda address: "/door/" not in address)


def sign_in_with(page, server: str, account: str, password: str) -> None:
    """Come in through the door's own page with a password."""
    page.goto(f"{server}/door/sign-in?lang=zh&next=/{LIGHT}")
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(password)
    page.locator("button.go").first.click()
    page.wait_for_url(lambda address: "/door/" not in address)


class Desks:
    """Places in one browser, one a role and screen, each signed in once.

    For tests that look and leave: each has a page of its own, but the scripts of the pages, some
    megabytes, are fetched and read once a place.
    """

    def __init__(self, browser, server: str) -> None:
        self.browser, self.server = browser, server
        self._places: dict[tuple, Any] = {}
        self._open: list[Any] = []

    def page(self, role: str, screen: dict[str, int], **more: bool):
        """A new page at the place of a role and screen."""
        key = (role, *screen.values(), *more.items())
        if key not in self._places:
            self._places[key] = self.browser.new_context(viewport=screen, **more)
            first = self._places[key].new_page()
            sign_in(first, self.server, role)
            first.close()
        page = self._places[key].new_page()
        page.set_default_timeout(PATIENCE)
        self._open.append(page)
        return page

    def leave(self) -> None:
        """Close all pages: one that stays open asks the server every few seconds."""
        while self._open:
            self._open.pop().close()


def settled(page) -> None:
    """Wait until Streamlit has drawn the page."""
    page.wait_for_selector("h1", timeout=PATIENCE)
    page.wait_for_timeout(400)
    page.wait_for_function(_SETTLED, timeout=PATIENCE)


# The sign of a run comes late and not for a short one; the state of the run is exact.
_SETTLED = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  return app?.dataset.testScriptState === "notRunning" && document.querySelector("h1")
    && !app.querySelector("[data-testid=stStatusWidget], [data-stale=true]");
}"""


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
