"""A visit on a phone: offline, kept, sent when the network is back; two phones; signing out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from alerts import service
from alerts.models import Alert, AlertEvent
from alerts.states import Role
from alerts.visits.models import VisitConflict, VisitField, VisitOperation, VisitPhoto
from core.audit.models import AuditEvent
from core.db import open_session
from core.workflow.calendar import CHINA_TIME
from tests.dashboard.factory import Made
from tests.dashboard.walking import PATIENCE, chromium, serving, shows
from tests.pictures import HERE, jpeg

pytestmark = pytest.mark.slow
SMALLEST = 44  # pixels: what a thumb can hit
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
MORNING = datetime(2026, 7, 1, 9, tzinfo=CHINA_TIME)
WORKER = "township_worker"


@pytest.fixture
def sent_out(own_county: Made) -> Made:
    """The county with all of the newest alerts dispatched."""
    with open_session(own_county.home) as session:
        query = select(Alert.id).where(Alert.state == "raised")
        by = {"actor": "team", "role": Role.DISPATCHER, "now": MORNING}
        service.dispatch_many(session, list(session.scalars(query)), **by)
    return own_county


@pytest.fixture
def site(sent_out: Made, tmp_path) -> Iterator[str]:
    with serving(sent_out.home.root, tmp_path / "server.log") as address:
        yield address


def phone(browser, site: str, language: str = "en"):
    """A phone of a township worker, signed in, with the page installed and the list loaded."""
    page = browser.new_context(**PHONE).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{site}/door/sign-in?lang=zh&next=/phone/")
    page.locator(f"button[value={WORKER}]").click()
    page.wait_for_url("**/phone/")
    page.evaluate("language => localStorage.setItem('doudi-phone-language', language)", language)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_selector(".card")
    shows(page, "Everything is sent." if language == "en" else "已全部发送。")
    return page


def open_one(page, number: str) -> None:
    page.locator(".card", has_text=number).click()
    page.wait_for_selector("article")


def tap(page, group: str, code: str) -> None:
    page.get_by_role("group", name=group).locator(f"[data-code={code}]").click()
    page.locator(f"[data-code={code}][aria-pressed=true]").first.wait_for()


def sendable(page) -> str:
    """The number of a household that was sent out and not visited yet."""
    told: str = page.locator(".card", has_text="Dispatched").first.locator(".number").inner_text()
    return told


def test_a_visit_without_a_network_is_sent_once_it_is_back(site: str, sent_out: Made) -> None:
    with chromium() as browser:
        page = phone(browser, site)
        number = sendable(page)
        page.context.set_offline(True)
        page.reload()  # the page itself opens from the phone
        page.wait_for_selector(".card")
        shows(page, "No network")
        open_one(page, number)
        assert small_targets(page) == []
        page.locator(".tick input").first.check()
        tap(page, "What the visit found", "false_alarm")
        tap(page, "Why it was false", "stale")
        page.locator("#note").type("was away in June")
        page.reload()  # every keystroke was kept
        page.wait_for_selector("article")
        assert page.locator("#note").input_value() == "was away in June"
        assert page.locator(".tick input").first.is_checked()
        page.get_by_role("button", name="Record this result").click()
        shows(page, "waiting to be sent")
        assert results(sent_out) == []
        page.context.set_offline(False)
        shows(page, "Recorded: False alarm")
        shows(page, "Everything is sent.")
        assert page.locator(".card", has_text=number).count() == 0
    assert results(sent_out) == [
        ("false_alarm", "stale", "was away in June", "demo-township-worker")
    ]
    with open_session(sent_out.home) as session:
        fields = {row.field.split(":")[0] for row in session.scalars(select(VisitField))}
        assert fields == {"tick", "outcome", "cause", "note"}
        assert len(session.scalars(select(VisitOperation)).all()) == 5


def results(made: Made) -> list[tuple[str, str, str, str]]:
    """What phones have recorded: outcome, cause, note, by whom."""
    with open_session(made.home) as session:
        query = select(AlertEvent).where(
            AlertEvent.outcome.is_not(None),
            AlertEvent.need_id.is_(None),
            AlertEvent.actor != "tester",
        )
        return [(e.outcome, e.cause, e.note, e.actor) for e in session.scalars(query)]


def small_targets(page) -> list[str]:
    """Buttons, links and ticks that are too small for a thumb."""
    found: list[str] = page.evaluate(
        """least => [...document.querySelectorAll("button, a, label.tick, summary, textarea")]
          .filter(one => one.offsetParent)
          .map(one => [one.textContent, one.getBoundingClientRect()])
          .filter(([, box]) => box.height < least || box.width < least)
          .map(([text, box]) => `${text} ${box.width}x${box.height}`)""",
        SMALLEST,
    )
    return found


_BOTH_VALUES = """() => {
  const told = [...document.querySelectorAll("[data-conflict] b")].map(one => one.innerText);
  return told.includes("door locked") && told.includes("met the father");
}"""


def test_two_phones_that_write_differently_see_both_and_the_desk_chooses(
    site: str, sent_out: Made
) -> None:
    with chromium() as browser:
        first, second = phone(browser, site), phone(browser, site)
        number = sendable(first)
        for page in (first, second):
            page.context.set_offline(True)
            open_one(page, number)
        first.locator("#note").type("door locked")
        second.locator("#note").type("met the father")
        first.context.set_offline(False)
        shows(first, "Everything is sent.")
        second.context.set_offline(False)
        second.locator("#note").blur()
        shows(second, "Two values were written")
        second.wait_for_function(_BOTH_VALUES)
        first.locator("#note").blur()
        first.get_by_role("button", name="Refresh").click()
        shows(first, "met the father")
        settle_at_the_desk(second, site)
        first.get_by_role("button", name="Refresh").click()
        first.wait_for_function("() => document.querySelector('#note')?.value == 'met the father'")
        assert first.locator("[data-conflict]").count() == 0
    with open_session(sent_out.home) as session:
        (conflict,) = session.scalars(select(VisitConflict))
        assert (conflict.chosen, conflict.other) == ("other", "met the father")
        assert [f.value for f in session.scalars(select(VisitField))] == ["met the father"]
        told = session.scalars(select(AuditEvent.action)).all()
        assert told.count("choose_visit") == 1


def settle_at_the_desk(page, site: str) -> None:
    page.goto(f"{site}/tasks?lang=en")
    page.locator("[class*=st-key-tasks_other_] button").first.click()
    shows(page, "Chosen:")


def test_a_photo_waits_on_the_phone_and_is_sent_once(site: str, sent_out: Made, tmp_path) -> None:
    picture = tmp_path / "house.jpg"
    picture.write_bytes(jpeg(3000, 2000, exif=True))
    with chromium() as browser:
        page = phone(browser, site)
        number = sendable(page)
        page.context.set_offline(True)
        open_one(page, number)
        page.locator("#photo").set_input_files(tmp_path / "house.jpg")
        page.locator(".pictures canvas").wait_for()
        assert small_targets(page) == []
        page.reload()  # the page was killed: the photo is still there
        page.locator(".pictures canvas").wait_for()
        assert page.evaluate(SEALED) == [True, "iv", False], "no picture lies in the clear"
        shows(page, "Entries waiting to be sent: 1")
        page.locator("#photo").set_input_files(tmp_path / "server.log")
        shows(page, "This file is no picture")
        # The server gets it, the answer is lost; the phone sends it again.
        lost: list[str] = []
        page.context.route("**/phone/photo", lambda route: lose_one(route, lost))
        with page.expect_event("requestfailed", lambda one: one.url.endswith("/phone/photo")):
            page.context.set_offline(False)
        assert len(photos_of(sent_out)) == len(lost) == page.evaluate(PHOTOS) == 1
        page.get_by_role("button", name="Refresh").click()
        shows(page, "Photos sent: 1")
        assert page.locator(".pictures canvas").count() == 0
        assert page.evaluate(PHOTOS) == 0
        (photo,) = photos_of(sent_out)
        page.goto(f"{site}/household?household={household_of(sent_out, photo)}&lang=en")
        link = page.get_by_role("link", name="Photo 1")
        link.wait_for()
        content = page.request.get(site + link.get_attribute("href")).body()
        with page.context.expect_page() as opened:
            link.click()
        opened.value.wait_for_function("() => document.images[0]?.naturalWidth === 1280")
    with Image.open(BytesIO(content)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((1280, 853), {})
    assert HERE not in content


def lose_one(route, lost: list[str]) -> None:
    """Let the first request reach the server and drop its answer."""
    if lost:
        route.continue_()
        return
    lost.append(route.request.url)
    route.fetch()
    route.abort()


def photos_of(made: Made) -> list[VisitPhoto]:
    with open_session(made.home) as session:
        return list(session.scalars(select(VisitPhoto)))


def household_of(made: Made, photo: VisitPhoto) -> str:
    with open_session(made.home) as session:
        return session.get_one(Alert, photo.alert_id).household


def test_names_are_taken_along_for_a_purpose_and_wiped_at_sign_out(
    site: str, sent_out: Made
) -> None:
    with chromium() as browser:
        page = phone(browser, site)
        open_one(page, sendable(page))
        page.locator("details.taken summary").click()
        page.get_by_role("button", name="Preparing a visit").click()
        shows(page, "13900000000")
        kept = page.evaluate(KEPT)
        assert "13900000000" not in kept
        assert "张小三" not in kept
        page.context.set_offline(True)
        page.reload()
        shows(page, "13900000000")  # it goes along where the network does not
        page.context.set_offline(False)
        page.goto(f"{site}/door/sign-out")
        page.locator("button.go").click()
        page.wait_for_url("**/door/sign-in")
        page.context.set_offline(True)
        page.goto(f"{site}/phone/")
        page.wait_for_selector(".card")
        assert page.evaluate(TAKEN) == 0
    with open_session(sent_out.home) as session:
        shown = session.scalars(select(AuditEvent).where(AuditEvent.action == "reveal")).all()
        assert [event.purpose for event in shown] == ["Preparing a visit"]


def test_what_went_wrong_is_told_apart(site: str) -> None:
    with chromium() as browser:
        page = phone(browser, site)
        page.route("**/phone/list", lambda r: r.fulfill(status=200, body="<p>sign in here</p>"))
        page.locator("#refresh").click()
        shows(page, "The server did not answer.")  # another machine did
        page.unroute("**/phone/list")
        page.route("**/phone/list", lambda r: r.abort())
        page.locator("#refresh").click()
        shows(page, "No network.")
        page.unroute("**/phone/list")
        page.locator("#refresh").click()
        shows(page, "Everything is sent.")


def test_a_browser_that_keeps_nothing_says_so(site: str) -> None:
    with chromium() as browser:
        page = phone(browser, site)
        page.add_init_script("indexedDB.open = () => { throw new DOMException('no', 'Quota'); }")
        page.reload()
        shows(page, "This phone cannot keep what you type: Quota.")


# All that lies in the page's database and in its caches, as text.
KEPT = """async () => {
  const open = await new Promise((done) => {
    const asked = indexedDB.open("doudi-phone");
    asked.onsuccess = () => done(asked.result);
  });
  let text = "";
  for (const name of open.objectStoreNames) {
    const rows = await new Promise((done) => {
      const asked = open.transaction(name).objectStore(name).getAll();
      asked.onsuccess = () => done(asked.result);
    });
    for (const row of rows) {
      if (row.data) text += new TextDecoder().decode(row.data);
      text += JSON.stringify(row);
    }
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const one of await cache.keys()) text += one.url + await (await cache.match(one)).text();
  }
  return text;
}"""
TAKEN = """() => new Promise((done) => {
  const asked = indexedDB.open("doudi-phone");
  asked.onsuccess = () => {
    const count = asked.result.transaction("taken").objectStore("taken").count();
    count.onsuccess = () => done(count.result);
  };
})"""
# How many photos wait on the phone.
PHOTOS = TAKEN.replace("doudi-phone", "doudi-photos").replace('"taken"', '"waiting"')

SEALED = """async () => {
  const opened = await new Promise(done => {
    const asked = indexedDB.open("doudi-photos");
    asked.onsuccess = () => done(asked.result);
  });
  const read = (name) => new Promise(done => {
    const asked = opened.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  const [photo] = await read("waiting");
  const [kept] = await read("keys");
  opened.close();
  const bytes = new TextDecoder("latin1").decode(photo.data);
  const clear = photo.bytes !== undefined || bytes.includes("JFIF");
  return [!clear, photo.iv ? "iv" : "", kept.key.extractable];
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_case_is_taken_on_and_another_sent_back_without_a_network(
    site: str, sent_out: Made, language: str
) -> None:
    words = {
        "en": ("Dispatched", "Accept this case", "Send this case back", "waiting to be sent"),
        "zh": ("已派单", "接单", "退单", "联网后发送"),
    }
    state, accept, back, waits = words[language]
    with chromium() as browser:
        page = phone(browser, site, language)
        cards = page.locator(".card", has_text=state)
        first, second = (cards.nth(n).locator(".number").inner_text() for n in (0, 1))
        page.context.set_offline(True)
        open_one(page, first)
        assert page.locator("#accept").inner_text() == accept
        page.locator("#accept").click()
        page.locator(".steps .yes").wait_for()
        assert waits in page.locator(".steps .yes").inner_text()
        assert small_targets(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("a.back").click()
        open_one(page, second)
        page.locator(".back-part summary").click()
        page.locator("#send-back").click()
        assert page.locator(".back-part .no").is_visible(), "a reason is asked for"
        page.locator("#back-why").type("moved to the county town")
        page.reload()  # what was typed is still there
        page.locator(".back-part summary").click()
        assert page.locator("#back-why").input_value() == "moved to the county town"
        assert page.locator("#send-back").inner_text() == back
        page.locator("#send-back").click()
        page.locator(".card").first.wait_for()
        assert steps_of(sent_out) == []
        page.context.set_offline(False)
        shows(page, "Everything is sent." if language == "en" else "已全部发送。")
        assert page.locator(".card", has_text=second).count() == 0
    assert steps_of(sent_out) == [
        ("accept", None, "demo-township-worker"),
        ("return", "moved to the county town", "demo-township-worker"),
    ]


def steps_of(made: Made) -> list[tuple[str, str | None, str]]:
    with open_session(made.home) as session:
        query = select(AlertEvent).where(AlertEvent.action.in_(["accept", "return"]))
        rows = session.scalars(query.order_by(AlertEvent.id))
        return [(e.action, e.note, e.actor) for e in rows if e.actor.startswith("demo-")]


def test_who_comes_second_is_told_who_has_the_case(site: str, sent_out: Made) -> None:
    with chromium() as browser:
        page = phone(browser, site)
        number = sendable(page)
        page.context.set_offline(True)
        open_one(page, number)
        key = page.locator("article").get_attribute("data-key")
        page.locator("#accept").click()
        with open_session(sent_out.home) as session:
            alert = session.scalars(select(Alert).where(Alert.state == "dispatched")).all()
            by = {"actor": "wang.fang", "role": Role.WORKER, "now": MORNING}
            for one in alert:
                service.move(session, one.id, "accept", **by)
        page.context.set_offline(False)
        shows(page, "“accept” was not accepted: wang.fang")
        assert page.locator("article").get_attribute("data-key") == key
