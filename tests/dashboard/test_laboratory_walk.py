"""From a lever to the rules of the next run and back, in a real browser.

The twelve things of the laboratory, each with its step: as known then, replay with cool-down,
current against draft, overlap, repeat ratio, distinct households, payoff, recall floor, percentile
cut-off, gate, lists, export.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from models.scorecard import load_rules
from services.reads import rules as reads
from tests.dashboard.factory import Made
from tests.dashboard.walking import PATIENCE, chromium, drawn, serving, shows, sign_in

pytestmark = pytest.mark.slow
ANALYST, LEADER = "analyst", "leader"


@pytest.fixture
def site(own_county: Made, tmp_path) -> Iterator[str]:
    with serving(own_county.home.root, tmp_path / "server.log") as address:
        yield address


def fill(page, key: str, value: str) -> None:
    """Type into one field and wait until the page has answered."""
    field = page.locator(f".st-key-{key} input, .st-key-{key} textarea").first
    field.fill(value)
    field.press("Tab")
    page.wait_for_timeout(400)
    drawn(page)


def press(page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()
    page.wait_for_timeout(400)
    drawn(page)


def switch_on(page, key: str) -> None:
    page.locator(f".st-key-{key} label").first.click()
    page.wait_for_timeout(400)
    drawn(page)


def row(page, name: str) -> list[str]:
    """Cells of the table's row that begins with a name."""
    found = page.locator("tr").filter(has=page.locator("td", has_text=name)).first
    # At once: a page that draws itself again would take the cells away one by one.
    cells: list[str] = found.evaluate("row => [...row.cells].map(cell => cell.innerText)")
    return cells


def downloaded(page, words: str) -> bytes:
    with page.expect_download() as got:
        page.locator("a.dd-file", has_text=words).first.click()
    return got.value.path().read_bytes()


def test_from_a_lever_to_the_next_run_and_back(site: str, own_county: Made) -> None:
    home = own_county.home
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 4000})
        page.set_default_timeout(PATIENCE)
        sign_in(page, site, ANALYST)
        page.goto(f"{site}/laboratory?lang=en")
        drawn(page)
        look_at_today(page)
        move_levers(page)
        look_further(page)
        number = save(page, home.root)
        drafts_side_by_side(page, site, number)
        approve(browser, site, number)
        put_in_force(page, site, number)
        assert_next_run(own_county, number)
        go_back(page, site, number)
        assert load_rules(reads.shelf(str(home.root)).first_open, home=home).bars.red != 200
        page.close()


def look_at_today(page) -> None:
    """As known then, replayed: both sides are the same before a lever is moved."""
    page.locator(".dd-answer", has_text="Move a lever").first.wait_for()
    for name in ("Alerts in these months", "Distinct households", "Repeat ratio"):
        _, now, then = row(page, name)
        assert now == then
    assert "a year" in page.locator(".dd-facts").first.inner_text()  # payoff


def move_levers(page) -> None:
    """Fewer visits, a longer cool-down: fewer alerts, and nobody enters."""
    fill(page, "lab_newest_capacity_per_1000_households", "30")
    fill(page, "lab_newest_cool_down_months-default", "12")
    page.locator(".dd-answer", has_text="instead of").first.wait_for()
    _, now, then = row(page, "Alerts in these months")
    assert int(then.replace(",", "")) < int(now.replace(",", ""))
    shows(page, "Entering: 0")
    shows(page, "Leaving:")
    # A band that only the scorecard sees.
    fill(page, "lab_newest_red", "200")
    shows(page, "Bar of red")


def look_further(page) -> None:
    """Overlap, curve, proposals (capacity, recall floor, percentile), and the files."""
    switch_on(page, "lab_overlap")
    shows(page, "Decides the blue band")
    switch_on(page, "lab_curve")
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot').length >= 2")
    press(page, "lab_propose")
    shows(page, "Fits the capacity")
    shows(page, "A steady load: the top")
    shows(page, "recall floor")
    with zipfile.ZipFile(io.BytesIO(downloaded(page, "Download Excel"))) as book:
        assert any(name.startswith("xl/worksheets/") for name in book.namelist())
    assert "Trial of rules on past months" in downloaded(page, "One page to print").decode()


def save(page, root) -> int:
    fill(page, "lab_title", "Autumn trial")
    press(page, "lab_save")
    for _ in range(60):  # the words that tell it go with the next run of the page
        if found := reads.shelf(str(root)).versions:
            return found[0].number
        page.wait_for_timeout(500)
    pytest.fail("the draft was not saved")


def drafts_side_by_side(page, site: str, number: int) -> None:
    """The trial is kept with the draft, stands in the table, and the gate refuses it."""
    page.goto(f"{site}/laboratory?version={number}&lang=en")
    drawn(page)
    press(page, "lab_try")
    shows(page, "The trial was kept")
    cells = row(page, f"{number} · Autumn trial")
    assert cells[1] == "Tried"
    assert cells[-1] == "refused"  # the county of this test has few past months
    shows(page, "The gate:")


def approve(browser, site: str, number: int) -> None:
    """Without a word against the gate's refusal the second person cannot let it pass."""
    context = browser.new_context(viewport={"width": 1440, "height": 2400})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    sign_in(page, site, LEADER)
    page.goto(f"{site}/rules?version={number}&lang=en")
    drawn(page)
    page.get_by_role("button", name="Approve").click()
    fill(page, f"rules_approve_{number}", "Looked at visits and lists")
    press(page, f"rules_approve_go_{number}")
    shows(page, "the trial was refused")
    fill(page, f"rules_override_{number}", "A trial of one quarter, watched weekly")
    press(page, f"rules_approve_go_{number}")
    shows(page, f"Version {number} was approved")
    context.close()


def put_in_force(page, site: str, number: int) -> None:
    page.goto(f"{site}/rules?version={number}&lang=en")
    drawn(page)
    page.get_by_role("button", name="Put in force").click()
    shows(page, "This will change")
    fill(page, f"rules_activate_{number}", "Too many red alerts")
    press(page, f"rules_activate_go_{number}")
    shows(page, "holds from the next run on")
    shows(page, "Promise and outcome")


def go_back(page, site: str, number: int) -> None:
    page.goto(f"{site}/rules?version={number}&lang=en")
    drawn(page)
    page.get_by_role("button", name="Go back to the version before").click()
    fill(page, f"rules_back_{number}", "Too few visits")
    press(page, f"rules_back_go_{number}")
    shows(page, "holds again from the next run on")


def assert_next_run(county: Made, number: int) -> None:
    """The next month takes the new bars; the month that was run keeps its own."""
    store = reads.shelf(str(county.home.root))
    assert store.next == number
    assert load_rules(store.activations[-1].since, home=county.home).bars.red == 200
    assert load_rules(county.last, home=county.home).bars.red != 200
