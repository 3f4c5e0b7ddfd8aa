"""Every page at the widths of a desk, a laptop, a tablet and a phone, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest

from core.home import Home
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import PAGES, TITLES
from tests.dashboard.walking import ONE_TABLE, Desks, chromium, serving, settled

pytestmark = pytest.mark.slow

WIDTHS = (1440, 1366, 768, 390)
DESK = (1440, 1366)
# A leader may open every other page.
READERS = {"training": "data_scientist"}
# What is wider than its place: the page itself, the value of a picker, words of a button, a link,
# a figure or a label that something around them cuts off, or that reach beyond the screen.
CUT = """() => {
  const found = [], main = document.querySelector("[data-testid=stMain]");
  for (const e of [document.scrollingElement, main])
    if (e.scrollWidth > e.clientWidth) found.push(`page ${e.scrollWidth} > ${e.clientWidth}`);
  const hides = e => ["hidden", "clip"].includes(getComputedStyle(e).overflowX);
  const told = e => (e.value || e.innerText || "").trim().slice(0, 40);
  const parts = "input:not([type=checkbox], [type=radio]), button p, a p, label p, "
    + "[data-testid=stMetric] *";
  for (const e of main.querySelectorAll(parts)) {
    const box = e.getBoundingClientRect();
    if (!box.width || !told(e) || e.querySelector("p") || e.closest("svg, .dd-unseen")) continue;
    const field = e.tagName === "INPUT";
    if ((field || hides(e)) && e.scrollWidth > e.clientWidth + 1) found.push(told(e));
    if (box.right > innerWidth + 1) found.push(`beyond the screen: ${told(e)}`);
    for (let outer = e.parentElement; outer !== main; outer = outer.parentElement)
      if (hides(outer) && box.right > outer.getBoundingClientRect().right + 1.5) {
        found.push(`behind an edge: ${told(e)}`);
        break;
      }
  }
  return found;
}"""
DRAWN = "() => !document.querySelector('[data-testid=stSkeleton]')"


@pytest.fixture(scope="module")
def desks(county: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """Desks in a browser, before the dashboard of a copy of the county."""
    folder = tmp_path_factory.mktemp("widths")
    shutil.copytree(county.home.root, folder / "home")
    home = Home(folder / "home")
    with serving(home.root, folder / "server.log") as server, chromium() as browser:
        yield Desks(browser, server)


@pytest.fixture
def walk(desks: Desks) -> Iterator[tuple[Desks, str]]:
    """The desks and the dashboard's address."""
    yield desks, desks.server
    desks.leave()


def fresh(desks: Desks, width: int, height: int = 900, role: str = "leader"):
    """A page that shows nothing yet."""
    return desks.page(role, {"width": width, "height": height}, has_touch=width < 500)


def drawn(page) -> None:
    """Wait until every part of the page stands in its place."""
    settled(page)
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(300)


def resized(page, width: int) -> None:
    """The page at another width."""
    page.set_viewport_size({"width": width, "height": 900})
    drawn(page)


def sideways(page) -> bool:
    """Whether the table of alerts has to be scrolled sideways."""
    wide = "e => e.scrollWidth > e.clientWidth"
    return page.locator("[data-testid=stDataFrame] .dvn-scroller").evaluate(wide)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_at_any_width(walk, county: Made, name: str, language: str) -> None:
    desks, server = walk
    page = fresh(desks, WIDTHS[0], role=READERS.get(name, "leader"))
    page.goto(f"{server}/{name}?lang={language}&month=2026-06&household={county.alerted}")
    title = TITLES[language][PAGES.index(name)]
    page.get_by_role("heading", name=title, exact=True).wait_for()
    for width in WIDTHS:
        resized(page, width)
        assert page.evaluate(CUT) == [], width
        if name == "alerts":
            table, cards = page.locator(".st-key-alerts_desk"), page.locator(".dd-cards")
            assert (table.is_visible(), cards.is_visible()) == (width in DESK, width not in DESK)
            assert width not in DESK or not sideways(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_area_pickers_show_whole_names_too(walk, language: str) -> None:
    desks, server = walk
    page = fresh(desks, WIDTHS[0])
    page.goto(f"{server}/alerts?lang={language}&township=990321102&village=990321102001")
    page.locator(".st-key-village input").wait_for()
    for width in WIDTHS:
        resized(page, width)
        assert page.evaluate(CUT) == [], width


@pytest.mark.parametrize("sight", ["visit", "team"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_due_day_is_on_the_screen_of_a_laptop(walk, language: str, sight: str) -> None:
    desks, server = walk
    page = fresh(desks, 1366)
    page.goto(f"{server}/alerts?lang={language}&sight={sight}&order=due")
    drawn(page)
    assert not sideways(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_a_card_leads_to_its_household_and_back(walk, language: str) -> None:
    desks, server = walk
    page = fresh(desks, 390, 844)
    chosen = f"lang={language}&month=2026-06&township=990321102&view=all&order=newest"
    page.goto(f"{server}/alerts?{chosen}")
    drawn(page)
    page.evaluate("window.session = 'the same'; window.before = history.length")
    card = page.locator(".dd-card").nth(2)
    box = card.bounding_box()
    assert box["width"] > 300
    assert box["x"] + box["width"] <= 390
    who = card.locator("b").inner_text().split(" · ")[1]
    card.tap()
    title = TITLES[language][PAGES.index("household")]
    page.get_by_role("heading", name=title, exact=True).wait_for()
    drawn(page)
    there = parse_qs(urlparse(page.url).query)
    assert there.pop("household")[0].startswith(who)
    assert there == parse_qs(chosen)
    assert page.evaluate("window.session") == "the same"
    assert page.evaluate("history.length - window.before") == 1

    page.go_back()
    title = TITLES[language][PAGES.index("alerts")]
    page.get_by_role("heading", name=title, exact=True).wait_for()
    drawn(page)
    assert parse_qs(urlparse(page.url).query) == parse_qs(chosen)
    page.locator(".dd-card").nth(2).wait_for()


def test_the_first_card_is_on_the_first_screen_of_a_phone(walk) -> None:
    desks, server = walk
    page = fresh(desks, 390, 844)
    page.goto(f"{server}/alerts?lang=zh")
    drawn(page)
    assert page.locator(".dd-card").first.bounding_box()["y"] < 700
    filters = page.locator(".st-key-alerts_f_bands")
    assert not filters.is_visible()
    page.get_by_test_id("stExpander").locator("summary").first.click()
    filters.wait_for(state="visible")


def test_a_click_on_a_header_orders_the_whole_list_and_keeps_the_ticks(walk) -> None:
    desks, server = walk
    page = fresh(desks, 1366)
    page.goto(f"{server}/alerts?lang=zh&month=2026-06&view=all")
    drawn(page)
    table = page.get_by_test_id("stDataFrame")
    table.click(position={"x": 16, "y": 90})
    named = page.locator(".st-key-alerts_dispatch_box")
    named.wait_for()
    who = named.locator("b").first.inner_text()
    due = {"x": table.bounding_box()["width"] - 50, "y": 16}
    for order in ("due", "due_last"):
        table.click(position=due)
        page.wait_for_url(f"**order={order}")
        page.wait_for_function(ONE_TABLE)
        drawn(page)
        assert named.locator("b").first.inner_text() == who
    # A header that orders nothing does not swallow the next tick.
    table.click(position={"x": 150, "y": 16})
    page.wait_for_timeout(600)
    drawn(page)
    table.click(position={"x": 16, "y": 190})
    page.wait_for_function(
        "() => document.querySelectorAll('.st-key-alerts_dispatch_box b').length > 1"
    )
    # The menu of the column could sort only the rows on the screen.
    table.hover(position=due)
    table.click(position={"x": table.bounding_box()["width"] - 14, "y": 16})
    page.wait_for_timeout(500)
    assert not page.get_by_test_id("stDataFrameColumnMenu").is_visible()
    assert not page.get_by_test_id("stElementToolbar").is_visible()


def test_the_success_of_a_dispatch_is_told_on_the_screen(walk) -> None:
    desks, server = walk
    page = fresh(desks, 1366, 700, "dispatcher")
    page.goto(f"{server}/alerts?lang=zh&month=2026-06&states=raised")
    drawn(page)
    page.get_by_test_id("stDataFrame").click(position={"x": 16, "y": 90})
    box = page.locator(".st-key-alerts_dispatch_box")
    box.get_by_role("button", name="派单").click()
    told = page.get_by_test_id("stAlert").filter(has_text="已派单")
    told.wait_for()
    page.wait_for_timeout(1000)
    where = told.bounding_box()
    assert where["y"] >= 0
    assert where["y"] + where["height"] <= 700
