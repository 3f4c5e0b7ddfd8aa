"""Every page in a real browser under our content policy: nothing needed is blocked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.access.roles import Role
from tests.dashboard.factory import Made
from tests.dashboard.walking import PATIENCE, chromium, drawn, serving, sign_in

pytestmark = pytest.mark.slow

PAGES = {
    Role.LEADER: ("overview", "alerts", "precision", "model", "data", "reviews"),
    Role.AUDITOR: ("record",),
    Role.ADMINISTRATOR: ("accounts",),
}
CHARTS = {"overview": 1, "precision": 2, "model": 2, "data": 1}
# Streamlit's protobuf library tries WebAssembly for whole numbers and does without it.
WATCH = """window.refused = [];
addEventListener("securitypolicyviolation", event => {
  const told = `${event.effectiveDirective} ${event.blockedURI} ${event.sample}`;
  if (event.blockedURI !== "wasm-eval") window.refused.push(told);
});"""


@pytest.fixture(scope="module")
def walk(county: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    """A browser and the dashboard's address; nothing is written."""
    log = tmp_path_factory.mktemp("policy") / "server.log"
    with serving(county.home.root, log) as site, chromium() as browser:
        yield browser, site


def watched(browser, site: str, role: Role):
    """A page of somebody in a role, which notes what our policy refuses."""
    page = browser.new_page(viewport={"width": 1400, "height": 3000})
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH)
    sign_in(page, site, role.value)
    return page


@pytest.mark.parametrize("role", PAGES)
def test_pages_draw_and_nothing_they_need_is_refused(walk, role: Role) -> None:
    browser, site = walk
    page = watched(browser, site, role)
    for name in PAGES[role]:
        page.goto(f"{site}/{name}")
        drawn(page)
        at_least = CHARTS.get(name, 0)
        page.wait_for_function(
            "n => document.querySelectorAll('.js-plotly-plot .main-svg').length >= n",
            arg=at_least,
        )
        assert page.evaluate("() => window.refused") == [], name
        # Our own inline scripts run: this one names the language of the page.
        assert page.evaluate("() => document.documentElement.lang") == "zh-CN"
    page.close()


def test_a_script_that_is_not_ours_does_not_run(walk) -> None:
    browser, site = walk
    page = watched(browser, site, Role.LEADER)
    page.goto(site)
    drawn(page)
    page.evaluate(
        """() => {
          const own = document.createElement("script");
          own.textContent = "window.broken = true";
          document.body.append(own);
          const image = document.createElement("img");
          image.src = "https://elsewhere.example/picture.png";
          document.body.append(image);
        }"""
    )
    page.wait_for_function("() => window.refused.length >= 2")
    assert page.evaluate("() => window.broken") is None
    page.close()
