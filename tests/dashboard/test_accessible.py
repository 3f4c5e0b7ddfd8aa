"""Pages for people who do not see them or hold no mouse: axe finds no fault, Tab and Enter do.

One server and one browser for all checks. A page is looked at only when it is drawn: each wait is
for a state of the page, none for a time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from sqlalchemy import select

from alerts import service
from alerts.models import Alert
from alerts.states import Role
from core.db import open_session
from core.home import Home
from dashboard.i18n import translator
from tests.dashboard.factory import Made
from tests.dashboard.test_tasks_walk import MORNING
from tests.dashboard.walking import Desks, chromium, drawn, serving

pytestmark = pytest.mark.slow
LANGUAGES = {"zh": "zh-CN", "en": "en"}
DESK, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
# axe judges neither marks of old standards nor trials; target-size is off unless it is named.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}}
MOST_TABS = 90


class Seen(NamedTuple):
    """A page: its address, its name, the words that are drawn last, its number of charts."""

    address: str
    title: str
    last: str
    charts: int


# Charts of the small county: what is not drawn has no text to look for.
PAGES = {
    "overview": Seen("overview", "Overview", "How the data is reported", 5),
    "alerts": Seen("alerts", "List of alerts", "Open a household of this page", 0),
    "household": Seen("household?household={alerted}", "Household profile", "Other steps", 3),
    "precision": Seen("precision", "Precision", "What did we miss?", 11),
    "coming": Seen("precision?precision=coming", "Precision", "What did we miss?", 1),
    "model": Seen("model", "Model", "Promotions", 5),
    "training": Seen("training", "Retrain", "Start the training", 0),
    "explanations": Seen("explanations", "Explanations", "Explanations of the model", 0),
    "fairness": Seen("fairness", "Fairness", "Make the figures", 0),
    "watching": Seen("watching", "Model watch", "Watch this month", 0),
    "indicators": Seen("indicators?indicator=B01", "Report cards", "One indicator", 4),
    "mean": Seen("indicators?checkup=mean", "Report cards", "Caught by", 0),
    "disagreements": Seen("disagreements", "Disagreements", "Later, who was right", 0),
    "data": Seen("data", "Feeds", "Rows to be corrected", 2),
    "tickets": Seen("data", "Feeds", "Correction tickets", 2),
    "supervision": Seen("supervision", "Supervision", "Monthly bulletin on the work", 4),
    "tasks": Seen("tasks", "My tasks", "Print visit sheets", 0),
    "reporting": Seen("reporting", "Report a household", "My reports", 0),
    "accounts": Seen("accounts", "Accounts", "What each role may do", 0),
}
# A dispatcher has the most forms, but no model.
READERS = {
    **dict.fromkeys(("model", "indicators", "mean", "explanations", "fairness"), "leader"),
    **dict.fromkeys(("training", "watching"), "data_scientist"),
    "tickets": "data_steward",
    "supervision": "leader",
    "accounts": "administrator",
}
AFAR = "990321103"  # a township whose alerts are sent out, so that somebody has tasks


@pytest.fixture(scope="module")
def made(county: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A copy of the county for this module: the walk by keyboard records a visit."""
    target = tmp_path_factory.mktemp("accessible") / "home"
    shutil.copytree(county.home.root, target)
    with open_session(Home(target)) as session:
        query = select(Alert.id).where(Alert.state == "raised", Alert.township_code == AFAR)
        by = {"actor": "team", "role": Role.DISPATCHER, "now": MORNING}
        service.dispatch_many(session, list(session.scalars(query)), **by)
    return Made(Home(target), county.last, county.alerted, county.quiet)


@pytest.fixture(scope="module")
def server(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("log") / "server.log"
    with serving(made.home.root, log) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def desks(browser, server: str) -> Desks:
    """Who looks at the pages."""
    return Desks(browser, server)


@pytest.fixture
def visit(desks: Desks, made: Made) -> Iterator:
    """Opens a page of the county in one language and waits until all of it is drawn."""

    def open_one(name: str, language: str, screen: dict[str, int]):
        page = desks.page(READERS.get(name, "dispatcher"), screen)
        seen, say = PAGES[name], translator(language)
        where = seen.address.format(alerted=made.alerted)
        page.goto(f"{desks.server}/{where}{'&' if '?' in where else '?'}lang={language}")
        drawn(page, say(seen.last))
        return page

    yield open_one
    desks.leave()


def faults(page) -> list[str]:
    """What axe finds, one line a fault: how bad, which rule, where."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    found = axe.Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{fault['impact']} {fault['id']}: {node['html'][:160]}"
        for fault in found
        for node in fault["nodes"]
    ]


def unfold(page) -> None:
    """Open everything that can be opened: what is folded away is not judged."""
    closed = page.locator("details:not([open]) > summary")
    for left in range(closed.count(), 0, -1):
        closed.first.click()
        page.wait_for_function(
            "left => document.querySelectorAll('details:not([open])').length < left", arg=left
        )
    drawn(page)


def chart_texts(page) -> list[str]:
    """The text that follows each chart; '' where there is none."""
    return page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stPlotlyChart]")].map(chart =>
          chart.closest("[data-testid=stElementContainer]").nextElementSibling
            ?.querySelector(".dd-unseen")?.textContent ?? "")"""
    )


def pale_words(page) -> list[str]:
    """Words of charts paler than 4.5:1 on white; white ones stand on a colour. axe cannot tell."""
    return page.evaluate(
        """() => {
          const light = part => (part /= 255) <= 0.03928 ? part / 12.92
            : ((part + 0.055) / 1.055) ** 2.4;
          const contrast = colour => {
            const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(light);
            return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
          };
          return [...document.querySelectorAll(".js-plotly-plot :is(text, tspan)")].filter(word => {
            const found = contrast(getComputedStyle(word).fill);
            return word.textContent.trim() && found < 4.5 && found > 1.01;
          }).map(word => word.textContent);
        }"""
    )


@pytest.mark.parametrize(
    ("language", "screen"),
    [("zh", DESK), ("en", DESK), ("en", PHONE)],
    ids=["zh-desk", "en-desk", "en-phone"],
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault_and_a_text_for_every_chart(visit, name, language, screen) -> None:
    page, say = visit(name, language, screen), translator(language)
    assert page.evaluate("document.documentElement.lang") == LANGUAGES[language]
    assert page.title() == f"{say(PAGES[name].title)} · Doudi 兜底"
    texts, opening = chart_texts(page), say("Chart: {title}", title="")[:2]
    assert len(texts) == PAGES[name].charts
    assert [text for text in texts if not text.startswith(opening)] == []
    assert pale_words(page) == []
    unfold(page)
    assert faults(page) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_phones_page_has_no_fault(desks: Desks, language: str) -> None:
    page = desks.page("dispatcher", PHONE)
    page.goto(f"{desks.server}/phone/?lang={language}")
    page.wait_for_selector(".card")
    assert page.evaluate("document.documentElement.lang") == LANGUAGES[language]
    assert faults(page) == []
    page.locator(".card").nth(list(LANGUAGES).index(language)).click()  # each its own visit
    page.wait_for_selector("article")
    page.locator("[data-code=confirmed]").first.click()
    page.locator("[data-code=confirmed][aria-pressed=true]").wait_for()
    for fold in page.locator("details > summary").all():
        fold.click()
    assert faults(page) == []
    page.close()


def tab_to(page, target) -> None:
    """Press Tab until the element holds the keyboard; it must then show where the keyboard is."""
    element = target.element_handle()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("element => element === document.activeElement", element):
            break
    else:
        pytest.fail(f"{MOST_TABS} times Tab does not lead to {target}")
    assert page.evaluate(RINGED), f"no ring around {target}"


# A line of two pixels around what holds the keyboard, or around the field or label it is part of.
RINGED = """() => {
  let one = document.activeElement;
  for (let up = 0; up < 4 && one; up++, one = one.parentElement) {
    const look = getComputedStyle(one);
    if (look.outlineStyle === "solid" && parseFloat(look.outlineWidth) >= 2) return true;
  }
  return false;
}"""


def choose_by_keys(page, label: str, option: str) -> None:
    """Reach a select box with Tab, write an option and take it with Enter."""
    tab_to(page, page.get_by_role("combobox", name=label, exact=True))
    page.keyboard.press("Control+A")
    page.keyboard.type(option)
    page.get_by_role("option", name=option).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_the_keyboard_alone_leads_from_the_list_to_a_recorded_visit(visit, made) -> None:
    page = visit("alerts", "en", DESK)
    choose_by_keys(page, "As of", "2026-05")
    page.wait_for_url("**month=2026-05**")
    drawn(page, "2026-05")
    choose_by_keys(page, "As of", "2026-06")
    page.wait_for_url("**month=2026-06**")
    drawn(page, PAGES["alerts"].last)
    choose_by_keys(page, "Township", "Qinghe")
    page.wait_for_url("**township=990321101**")
    drawn(page, PAGES["alerts"].last)

    tab_to(page, page.get_by_role("radio", name="中文"))
    page.keyboard.press("Space")
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")
    drawn(page, translator("zh")(PAGES["alerts"].last))

    tab_to(page, page.get_by_role("link", name="打开", exact=True))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="登记核查结果").wait_for()
    drawn(page, translator("zh")(PAGES["household"].last))
    record_by_keys(page)
    page.get_by_text("已登记核查结果：误报").first.wait_for()


def record_by_keys(page) -> None:
    """The form of a visit, from its first field to its button, without a mouse."""
    choose_by_keys(page, "走访结果", "误报")
    choose_by_keys(page, "误报原因", "数据过时")
    form = page.get_by_test_id("stForm").filter(has_text="登记结果")
    tab_to(page, form.get_by_role("checkbox"))
    page.keyboard.press("Space")
    assert faults(page) == []
    tab_to(page, form.get_by_role("button", name="登记结果"))
    page.keyboard.press("Enter")
