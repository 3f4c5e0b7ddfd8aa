"""Through the door in a real browser: each sees and does what is theirs, and the record tells it.

The invented county's roles are a click away; a township worker's account is for its first township.
"""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

import services
from core.access.models import Account
from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session
from core.home import Home
from services import Context
from tests.dashboard.factory import TOWNS, Made, household_key
from tests.dashboard.walking import PATIENCE, choose, chromium, drawn, serving, settled, sign_in

pytestmark = pytest.mark.slow
FIRST = f"990321{TOWNS[0][0]}"


def test_a_worker_sees_one_township_reveals_for_a_purpose_and_the_auditor_finds_it(
    own_county: Made, tmp_path: Path
) -> None:
    own, other = households(own_county)
    with chromium() as browser, serving(own_county.home.root, tmp_path / "log") as server:
        worker = browser.new_context().new_page()
        worker.goto(f"{server}/overview")  # nobody is let in without signing in
        assert "/door/sign-in" in worker.url
        sign_in(worker, server, "township_worker")
        worker.goto(f"{server}/alerts?lang=en")
        drawn(worker)
        assert worker.locator(".dd-place").inner_text().startswith("Wanghe › Qinghe")
        assert "County monitoring team" not in worker.inner_text("body")  # the list is blind
        menu = worker.locator(".st-key-dd_menu").inner_text()
        assert "Risk model" not in menu
        assert "Accounts" not in menu

        worker.goto(f"{server}/household?lang=en&household={other}")
        drawn(worker, "outside the areas you are responsible for")
        assert worker.get_by_text("Members").count() == 0

        worker.goto(f"{server}/household?lang=en&household={own}")
        drawn(worker, "Show names, numbers and address")
        shown = worker.inner_text("body")
        assert no_number(shown)
        box = worker.get_by_test_id("stSelectbox").filter(has_text="Purpose")
        choose(worker, box, "Preparing a visit")
        worker.get_by_role("button", name="Show names, numbers and address").click()
        worker.get_by_role("columnheader", name="Phone").wait_for(timeout=PATIENCE)

        auditor = browser.new_context().new_page()
        sign_in(auditor, server, "auditor")
        auditor.goto(f"{server}/record?lang=en")
        drawn(auditor)
        told = auditor.inner_text("body")
        assert "Personal data shown" in told
        assert "Preparing a visit" in told
        assert "demo-township-worker" in told
    told_of = recorded(own_county.home)
    assert ("look", own, "done") in told_of
    assert ("see_household", other, "refused") in told_of
    assert ("reveal", own, "done") in told_of
    assert ("look", other, "done") not in told_of


def test_an_account_disabled_elsewhere_is_out_within_a_minute(
    own_county: Made, tmp_path: Path
) -> None:
    home = own_county.home
    with chromium() as browser, serving(home.root, tmp_path / "log") as server:
        page = browser.new_context().new_page()
        sign_in(page, server, "dispatcher")
        page.goto(f"{server}/alerts?lang=en")
        drawn(page)
        manager = Principal("root.one", "", (Grant(Role.ADMINISTRATOR),))
        services.accounts.disable(Context(manager, str(home.root), date.max), "demo-dispatcher")
        began = time.monotonic()
        page.get_by_text("You are signed out").wait_for(timeout=60_000)
        assert time.monotonic() - began < 60
        assert page.locator("[data-testid=stDataFrame]").count() == 0
        page.reload()
        page.wait_for_url("**/door/sign-in**")
    with open_session(home) as session:
        assert session.get(Account, "demo-dispatcher").disabled_at is not None


def test_a_wrong_password_says_little_and_a_first_one_must_be_changed(
    own_county: Made, tmp_path: Path
) -> None:
    root = str(own_county.home.root)
    manager = Context(Principal("root.one", "", (Grant(Role.ADMINISTRATOR),)), root, date.max)
    first = services.accounts.create(manager, "li.na", "李娜", [Grant(Role.DISPATCHER)])
    with chromium() as browser, serving(own_county.home.root, tmp_path / "log") as server:
        page = browser.new_page()
        page.goto(f"{server}/door/sign-in?lang=en&next=/alerts")
        for name, password in (("li.na", "wrong"), ("nobody", first)):
            page.get_by_label("Account").fill(name)
            page.get_by_label("Password").fill(password)
            page.locator("button.go").click()
            told = page.get_by_role("alert").inner_text()
            assert told == "the account or the password is wrong"
        page.get_by_label("Account").fill("li.na")
        page.get_by_label("Password").fill(first)
        page.locator("button.go").click()
        page.wait_for_url("**/door/password**")
        page.goto(f"{server}/alerts")  # no way round
        page.wait_for_url("**/door/password**")
        page.get_by_label("Password until now").fill(first)
        page.get_by_label("New password", exact=True).fill("Lantern-river-7")
        page.get_by_label("New password once more").fill("Lantern-river-7")
        page.locator("button.go").click()
        page.wait_for_url("**/alerts**")
        settled(page)
        assert page.locator("h1").inner_text() in {"预警列表", "List of alerts"}


def households(made: Made) -> tuple[str, str]:
    """A household of the first township and one of another, as the profile has them."""
    whole = Context(Principal("x", "", (Grant(Role.DISPATCHER),)), str(made.home.root), made.last)
    found = {}
    for number in range(60):
        key = household_key(number)
        try:
            about = services.family.family(whole, key)
        except services.NothingYet:
            continue
        found.setdefault(about.profile["township_code"] == FIRST, key)
        if len(found) == 2:
            break
    return found[True], found[False]


def no_number(text: str) -> bool:
    """No run of 17 or 18 digits: an ID number is masked."""
    return re.search(r"\d{17}[\dX]", text) is None


def recorded(home: Home) -> set[tuple[str, str, str]]:
    with open_session(home) as session:
        rows = session.scalars(select(AuditEvent))
        return {
            (row.action, row.object, row.result)
            for row in rows
            if row.account == "demo-township-worker"
        }
