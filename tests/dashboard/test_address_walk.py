"""Choices keep their place: every jump, reload, Back and a copied address, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.dashboard.factory import Made
from tests.dashboard.walking import PATIENCE, choose, chromium, serving, settled, sign_in

pytestmark = pytest.mark.slow

# Three alerts a page, so that one village of the small county fills several.
SMALL_PAGES = "import services.reads.cases as cases; cases.PAGE_SIZE = 3"
WORDS = {
    "zh": {"lang": "中文", "town": "青禾街道", "village": "青甲村", "month": "2026-05",
           "view": "全部", "question": "现存", "band": "黄", "sources": "走访", "order": "最新在前",
           "alerts": "预警列表", "overview": "总览", "household": "家庭画像", "precision": "准确率",
           "model": "风险模型", "data": "数据源", "menu_model": "模型", "open": "打开"},
    "en": {"lang": "English", "town": "Qinghe", "village": "Qinghe 1", "month": "2026-05",
           "view": "All", "question": "Need now", "band": "Yellow", "sources": "Visit",
           "order": "Newest first", "alerts": "List of alerts", "overview": "Overview",
           "household": "Household profile", "precision": "Precision", "model": "Risk model",
           "data": "Feeds", "menu_model": "Model", "open": "Open"},
}  # fmt: skip
# Every step that is added to the history, as it is added.
STEPS = """window.steps = [];
const push = history.pushState.bind(history);
history.pushState = (state, title, to) => {
  window.steps.push(String(to));
  push(state, title, to);
};
"""
FRAME = ("lang", "month", "township", "village")
LISTED = ("alerts_view", "alerts_f_bands", "alerts_f_sources", "alerts_sort",
          "alerts_page")  # fmt: skip
# What a widget shows: typed or picked values, chips, the pressed part of a switch.
SHOWN = """e => [
  ...[...e.querySelectorAll('input')].map(i => i.type == 'checkbox' ? i.checked : i.value),
  ...[...e.querySelectorAll('[kind$=Active], [aria-checked=true]')].map(i => i.innerText),
  e.querySelector('[data-testid=stMultiSelect]') ? e.innerText : '',
].join('|')"""


@pytest.fixture(scope="module")
def site(county: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    """A browser and the dashboard's address; nothing is written."""
    log = tmp_path_factory.mktemp("walk") / "server.log"
    with serving(county.home.root, log, SMALL_PAGES) as server, chromium() as browser:
        yield browser, server


@pytest.fixture
def walk(site: tuple) -> Iterator[tuple]:
    """The same; what a test leaves open is closed, for open pages ask the server on."""
    yield site
    for context in site[0].contexts:
        context.close()


def fresh(browser, server: str):
    """A page of a leader, who may open every page, on a desk of their own."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.add_init_script(STEPS)
    page.set_default_timeout(PATIENCE)
    sign_in(page, server, "leader")
    return page


def shown(page, *keys: str) -> dict[str, str]:
    """What the widgets of these choices show."""
    settled(page)
    page.wait_for_function("() => document.querySelector('.st-key-month input')?.value")
    return {k: page.locator(f".st-key-{k}").first.evaluate(SHOWN) for k in keys}


def shows(page, expected: dict[str, str]) -> None:
    """The widgets show this, or do so before long: their values come after their frames."""
    for _ in range(20):
        found = shown(page, *expected)
        if found == expected:
            return
    assert found == expected


def at(page, title: str) -> None:
    """Wait for a page by its heading."""
    page.get_by_role("heading", name=title, exact=True).wait_for()
    settled(page)


def menu(page, name: str, title: str) -> None:
    """Go to a page by the menu."""
    page.locator(".st-key-dd_menu").get_by_role("link", name=name, exact=True).click()
    at(page, title)


def one_step(page, act) -> None:
    """Do something that must cost one step of history, no more."""
    page.evaluate("window.steps.length = 0")
    act()
    page.wait_for_function("() => window.steps.length > 0")
    settled(page)
    assert len(page.evaluate("window.steps")) == 1, page.evaluate("window.steps")


def fill_in(page, server: str, say: dict[str, str]) -> None:
    """Make every choice of the list of alerts, one step of history each."""
    page.goto(f"{server}/alerts")
    settled(page)
    if say["lang"] == "English":
        one_step(page, lambda: page.get_by_text("English", exact=True).click())
    at(page, say["alerts"])

    def box(key: str, word: str) -> None:
        one_step(page, lambda: choose(page, page.locator(f".st-key-{key}"), say[word]))

    box("month", "month")
    box("township", "town")
    box("village", "village")
    view = page.locator(".st-key-alerts_view").get_by_text(say["view"], exact=True)
    one_step(page, view.click)
    box("alerts_f_bands", "band")
    page.get_by_test_id("stExpander").first.click()
    page.wait_for_timeout(800)  # its opening would close a list of options
    box("alerts_f_sources", "sources")
    box("alerts_sort", "order")
    number = page.locator(".st-key-alerts_page input")

    def second() -> None:
        number.fill("2")
        number.press("Enter")

    one_step(page, second)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_choice_survives_every_jump_reload_back_and_a_copied_address(walk, language) -> None:
    browser, server = walk
    say = WORDS[language]
    page = fresh(browser, server)
    fill_in(page, server, say)
    frame, listed = shown(page, *FRAME), shown(page, *LISTED)
    assert frame["village"].startswith(say["village"])
    assert listed["alerts_page"] == "2|"
    assert say["band"] in listed["alerts_f_bands"]
    home = page.url

    for name in ("overview", "household", "precision", "model", "data"):
        link = say["menu_model"] if name == "model" else say[name]
        one_step(page, lambda link=link, name=name: menu(page, link, say[name]))
        shows(page, frame)
        if name in {"household", "data"}:  # there and back again by the menu
            menu(page, say["alerts"], say["alerts"])
            shows(page, {**frame, **listed})
            page.go_back()
            at(page, say[name])
    for name in ("model", "precision", "household"):  # one press of Back a page
        page.go_back()
        at(page, say[name])
        shows(page, frame)
    page.reload()
    at(page, say["household"])
    menu(page, say["alerts"], say["alerts"])
    shows(page, {**frame, **listed})
    page.reload()
    shows(page, {**frame, **listed})

    colleague = fresh(browser, server)
    colleague.goto(page.url)
    at(colleague, say["alerts"])
    shows(colleague, {**frame, **listed})
    assert parse_qs(urlparse(colleague.url).query) == parse_qs(urlparse(home).query)


def test_links_into_a_household_cost_one_step_and_back_leads_to_the_list_as_it_was(walk) -> None:
    browser, server = walk
    page = fresh(browser, server)
    page.goto(f"{server}/alerts?lang=zh&month=2026-06&view=all&bands=yellow&order=newest&page=2")
    at(page, "预警列表")
    listed = shown(page, *FRAME[:3], "alerts_view", "alerts_f_bands", "alerts_sort", "alerts_page")
    there = page.get_by_role("link", name="打开", exact=True)
    copied = there.get_attribute("href")

    one_step(page, there.click)
    at(page, "家庭画像")
    who = page.locator(".dd-facts").first.inner_text()
    page.go_back()
    at(page, "预警列表")
    shows(page, listed)

    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    table.click(position={"x": 300, "y": 90})  # a cell of the first row
    at(page, "家庭画像")
    assert page.locator(".dd-facts").first.inner_text() == who
    page.go_back()
    at(page, "预警列表")
    page.wait_for_timeout(1500)  # the click must not be followed a second time
    shows(page, listed)

    page.goto(f"{server}/{copied}")
    at(page, "家庭画像")
    assert page.locator(".dd-facts").first.inner_text() == who


def test_back_undoes_one_choice_a_press_and_a_preset_of_the_overview_is_a_link(walk) -> None:
    browser, server = walk
    page = fresh(browser, server)
    page.goto(server)
    at(page, "总览")
    one_step(page, page.get_by_role("link", name="本月确认应救未救").click)
    at(page, "预警列表")
    preset = page.url
    assert parse_qs(urlparse(preset).query)["happened"] == ["confirmed"]
    choose(page, page.locator(".st-key-alerts_f_bands"), "黄")
    page.get_by_text("English", exact=True).click()
    at(page, "List of alerts")

    page.go_back()
    at(page, "预警列表")
    assert "黄" in shown(page, "alerts_f_bands")["alerts_f_bands"]
    page.go_back()
    page.wait_for_url(preset)
    page.wait_for_timeout(500)  # the address comes first, the page follows it
    settled(page)
    assert "黄" not in shown(page, "alerts_f_bands")["alerts_f_bands"]
    page.go_forward()
    settled(page)
    assert "黄" in shown(page, "alerts_f_bands")["alerts_f_bands"]
    page.go_back()
    page.wait_for_url(preset)
    page.go_back()
    at(page, "总览")


def test_the_overview_has_a_link_of_its_own_that_can_be_copied(walk) -> None:
    browser, server = walk
    page = fresh(browser, server)
    page.goto(f"{server}/precision?lang=en&month=2026-05")
    at(page, "Precision")
    link = page.locator(".st-key-dd_menu").get_by_role("link", name="Overview", exact=True)
    colleague = fresh(browser, server)
    colleague.goto(f"{server}/{link.get_attribute('href')}")
    at(colleague, "Overview")
    assert shown(colleague, "month")["month"].startswith("2026-05")


def test_a_damaged_address_is_corrected_in_the_browser_too(walk) -> None:
    browser, server = walk
    page = fresh(browser, server)
    page.goto(f"{server}/alerts?lang=zz&month=1999-01&township=1&bands=purple&view=all&page=999")
    at(page, "预警列表")
    page.wait_for_function("() => !location.search.includes('999')")
    page.wait_for_function("() => document.querySelector('.st-key-alerts_page input')?.value")
    found = parse_qs(urlparse(page.url).query)
    assert found.pop("page") == [shown(page, "alerts_page")["alerts_page"].rstrip("|")]
    assert found == {"lang": ["zh"], "month": ["2026-06"], "view": ["all"]}


def test_the_menu_closes_on_a_phone_when_a_page_was_chosen(walk) -> None:
    browser, server = walk
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.set_default_timeout(PATIENCE)
    sign_in(page, server, "leader")
    page.goto(f"{server}/alerts?lang=zh&month=2026-06&bands=red")
    at(page, "预警列表")
    page.get_by_test_id("stExpandSidebarButton").click()
    menu(page, "数据源", "数据源")

    page.get_by_test_id("stExpandSidebarButton").wait_for()
    assert parse_qs(urlparse(page.url).query)["bands"] == ["red"]


def test_a_link_to_the_page_one_is_on_is_one_step_too(own_county, walk, tmp_path) -> None:
    browser, _ = walk
    home, newcomer = own_county.home, own_county.quiet
    for month in home.months("profile")[:2]:
        file = home.monthly("profile", month) / "household.parquet"
        table = pq.read_table(file, partitioning=None)
        pq.write_table(table.filter(pc.not_equal(table["household"], newcomer)), file)
    with serving(home.root, tmp_path / "server.log") as server:
        page = fresh(browser, server)
        page.goto(f"{server}/household?lang=zh&month=2026-03&household={newcomer}")
        at(page, "家庭画像")
        link = page.locator(".st-key-dd_link_household_month a")
        one_step(page, link.click)
        shows(page, {"month": "2026-06|"})
        assert "month=2026-06" in page.url
        page.go_back()
        link.wait_for()
        shows(page, {"month": "2026-03|"})
