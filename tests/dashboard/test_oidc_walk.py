"""A real browser signs in with the county's account, is disabled elsewhere, and is out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.access import accounts
from core.access.models import SignIn
from core.access.roles import Role
from core.db import open_session
from services.context import utc_now
from tests.dashboard import door_app
from tests.dashboard.factory import Made
from tests.dashboard.oidc_provider import CLIENT, SECRET, Provider, running
from tests.dashboard.walking import PATIENCE, chromium, drawn, serving

pytestmark = pytest.mark.slow

COOKIES = "a secret that all replicas share"
PORT = (
    "import os, sys\n"
    "port = sys.argv[sys.argv.index('--server.port') + 1]\n"
    "os.environ['DOUDI_OIDC_REDIRECT_URI'] = f'http://localhost:{port}/door/oidc/callback'"
)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with running() as started:
        monkeypatch.setenv("DOUDI_OIDC_ISSUER", started.issuer)
        monkeypatch.setenv("DOUDI_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("DOUDI_OIDC_CLIENT_SECRET", SECRET)
        monkeypatch.setenv("DOUDI_OIDC_COOKIE_SECRET", COOKIES)
        yield started


def test_in_with_the_county_s_account_and_out_within_a_minute(
    provider: Provider, own_county: Made, tmp_path: Path
) -> None:
    home, log = own_county.home, tmp_path / "server.log"
    door_app.make_account(home, "wang", Role.LEADER, subject=f"{provider.issuer}|u-1001")
    with serving(home.root, log, PORT) as site, chromium() as browser:
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{site}/precision")
        page.get_by_role("link", name="使用全县统一账号登录").click()
        page.wait_for_url(f"{site}/precision*")
        drawn(page)
        assert "Wang" in page.locator(".dd-who").inner_text()
        held = {cookie["name"]: cookie for cookie in context.cookies()}
        assert held["doudi_session"]["httpOnly"]
        assert held["doudi_session"]["sameSite"] == "Lax"
        assert not [name for name in held if name.startswith("_streamlit_user")]

        with open_session(home) as session:  # an administrator, elsewhere
            accounts.set_disabled(session, accounts.find(session, "wang"), True, utc_now())
        began = time.monotonic()
        # Either the page or the guard in front of it notices first; nothing stays on the screen.
        page.get_by_text("您已退出登录").or_(page.locator("#account")).first.wait_for()
        assert page.locator(".dd-answer").count() == 0
        assert time.monotonic() - began < 60
        page.goto(f"{site}/precision")
        page.locator("#account").wait_for()
        page.get_by_role("link", name="使用全县统一账号登录").click()
        page.get_by_text("已停用").wait_for()
        context.close()
    with open_session(home) as session:
        ended = session.query(SignIn).filter(SignIn.account == "wang")
        assert [row.ended_by for row in ended] == ["disabled"]
    told = log.read_text(encoding="utf-8")
    secrets = [SECRET, COOKIES, held["doudi_session"]["value"], *provider.codes]
    assert not [secret for secret in secrets if secret in told]


def test_signing_out_in_the_browser_ends_both_and_comes_back_to_the_door(
    provider: Provider, own_county: Made, tmp_path: Path
) -> None:
    home = own_county.home
    door_app.make_account(home, "wang", Role.LEADER, subject=f"{provider.issuer}|u-1001")
    with serving(home.root, tmp_path / "server.log", PORT) as site, chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{site}/door/sign-in")
        page.get_by_role("link", name="使用全县统一账号登录").click()
        page.wait_for_url(lambda address: "/door/" not in address)
        page.goto(f"{site}/door/sign-out")
        page.get_by_role("button").first.click()
        page.wait_for_url(f"{site}/door/sign-in*")
        assert len(provider.left) == 1
