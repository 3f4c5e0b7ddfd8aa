"""Signing in with the county's account: a real round trip to a provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from core.access import accounts
from core.access.models import SignIn
from core.access.vouched import expected
from core.db import open_session
from core.home import Home
from dashboard.door import browser, oidc, oidc_client
from services.context import utc_now
from tests.dashboard import door_app
from tests.dashboard.oidc_provider import CLIENT, SECRET, Provider, running

pytestmark = pytest.mark.slow

STRANGE = "https://elsewhere.example"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with running() as started:
        settings = {
            "ISSUER": started.issuer,
            "CLIENT_ID": CLIENT,
            "CLIENT_SECRET": SECRET,
            "REDIRECT_URI": f"{door_app.SITE}/door/oidc/callback",
            "COOKIE_SECRET": "0123456789abcdef0123456789abcdef",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"DOUDI_OIDC_{name}", value)
        yield started
    oidc_client._client.cache_clear()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    return door_app.make_home(tmp_path)


@pytest.fixture
def known(home: Home, provider: Provider) -> Home:
    """A home in which the provider's person has an account."""
    door_app.make_account(home, "wang", subject=f"{provider.issuer}|u-1001")
    return home


def round_trip(client: httpx.Client, then: str = "/alerts") -> httpx.Response:
    """From the sign-in page to the provider and back; the answer of our callback."""
    return client.get(at_the_provider(client, then))


def at_the_provider(client: httpx.Client, then: str = "/alerts") -> str:
    """Where the provider sends the browser back to, below our site."""
    there = client.get(f"/door/oidc/start?next={then}")
    assert there.status_code == 302, there.text
    back = urlsplit(httpx.get(there.headers["location"]).headers["location"])
    return f"{back.path}?{back.query}"


def test_the_county_s_account_comes_in_and_goes_where_it_wanted(known: Home) -> None:
    with door_app.browsing() as client:
        assert "/door/oidc/start" in client.get("/door/sign-in").text
        came = round_trip(client)
        assert (came.status_code, came.headers["location"]) == (303, "/alerts")
        assert client.get("/alerts").text == "wang"
    (entry,) = door_app.told(known)
    assert (entry.account, entry.result, entry.session != "") == ("wang", "done", True)


def test_without_settings_the_door_knows_no_provider(home: Home) -> None:
    with door_app.browsing() as client:
        assert "/door/oidc/" not in client.get("/door/sign-in").text
        assert client.get("/door/oidc/start").status_code == 404
        assert client.get("/door/oidc/callback?code=1&state=1").status_code == 404


@pytest.mark.parametrize("missing", ["CLIENT_ID", "REDIRECT_URI", "COOKIE_SECRET"])
def test_half_a_configuration_offers_nothing_and_says_what_is_missing(
    missing: str,
    known: Home,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.delenv(f"DOUDI_OIDC_{missing}")
    with door_app.browsing() as client:
        assert "/door/oidc/" not in client.get("/door/sign-in").text
    assert f"DOUDI_OIDC_{missing} must be set too" in caplog.text


def test_a_stranger_is_told_whom_to_ask_and_recorded(known: Home, provider: Provider) -> None:
    provider.claims = {"sub": "u-9999"}
    with door_app.browsing() as client:
        answer = round_trip(client)
        assert answer.status_code == 403
        assert "u-9999" in answer.text
        assert "系统管理员" in answer.text
        assert browser.SESSION not in client.cookies
    (entry,) = door_app.told(known)
    assert (entry.object, entry.result) == ("u-9999", "refused")
    assert "stranger" in entry.detail


@pytest.mark.parametrize(
    "spoil",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT, "another"]},  # for several, and not said for whom it was issued
        {"iss": STRANGE},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"sub": None},
        {"auth_time": 1_700_000_000},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_request_signs_nobody_in(
    spoil: dict[str, object], known: Home, provider: Provider
) -> None:
    provider.spoil = spoil
    with door_app.browsing() as client:
        answer = round_trip(client)
        assert answer.status_code == 403
        assert "Traceback" not in answer.text
        assert STRANGE not in answer.text
        assert browser.SESSION not in client.cookies
    (entry,) = door_app.told(known)
    assert (entry.result, entry.account) == ("refused", "?")


@pytest.mark.parametrize("how", ["wrong_key", "unsigned"])
def test_a_token_that_the_provider_did_not_sign_signs_nobody_in(
    how: str, known: Home, provider: Provider
) -> None:
    setattr(provider, how, True)
    with door_app.browsing() as client:
        assert round_trip(client).status_code == 403
        assert browser.SESSION not in client.cookies


def test_an_answer_to_another_browser_s_request_signs_nobody_in(known: Home) -> None:
    with door_app.browsing() as client, door_app.browsing() as other:
        answer_to_other = at_the_provider(other)
        assert client.get(answer_to_other).status_code == 403  # asked nothing
        at_the_provider(client)
        assert client.get(answer_to_other).status_code == 403  # asked something else
        assert browser.SESSION not in client.cookies


def test_an_answer_is_used_once(known: Home) -> None:
    with door_app.browsing() as client:
        answer = at_the_provider(client)
        assert client.get(answer).status_code == 303
        client.cookies.delete(browser.SESSION)
        assert client.get(answer).status_code == 403


def test_the_round_trip_may_end_on_another_replica(known: Home) -> None:
    with door_app.browsing() as one, door_app.browsing() as two:
        answer = at_the_provider(one)
        for cookie in one.cookies.jar:
            two.cookies.jar.set_cookie(cookie)
        oidc_client._client.cache_clear()
        assert two.get(answer).status_code == 303
        assert two.get("/").text == "wang"


def test_another_site_cannot_begin_a_sign_in(known: Home) -> None:
    with door_app.browsing() as client:
        there = client.get("/door/oidc/start", headers={"sec-fetch-site": "cross-site"})
        assert there.status_code == 403


def test_the_provider_asks_for_the_password_each_time(known: Home, provider: Provider) -> None:
    with door_app.browsing() as client:
        at_the_provider(client)
    assert provider.asked["prompt"] == "login"


def test_a_provider_that_does_not_answer_is_said_in_words(
    known: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_OIDC_ISSUER", "http://localhost:9")
    with door_app.browsing() as client:
        answer = client.get("/door/oidc/start?lang=en")
        assert answer.status_code == 502
        assert "cannot be reached now" in answer.text
        assert "localhost:9" not in answer.text


def test_a_disabled_account_is_out_and_stays_out(known: Home) -> None:
    with door_app.browsing() as client:
        round_trip(client)
        with open_session(known) as session:
            accounts.find(session, "wang").disabled_at = utc_now()
        assert client.get("/alerts").status_code == 303  # to the door
        answer = round_trip(client)
        assert answer.status_code == 403
        assert "已停用" in answer.text


def test_a_sign_in_ends_with_the_token(known: Home, provider: Provider) -> None:
    provider.lasts = 3600
    with door_app.browsing() as client:
        round_trip(client)
        assert client.get("/").text == "wang"
        with open_session(known) as session:
            row = session.query(SignIn).one()
            assert timedelta(minutes=59) < row.until - utc_now() < timedelta(minutes=61)
            row.until = utc_now()
        assert client.get("/").status_code == 303


def test_a_provider_with_short_tokens_can_leave_the_end_to_us(
    known: Home, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_OIDC_UNTIL", "limit")
    with door_app.browsing() as client:
        round_trip(client)
    with open_session(known) as session:
        assert session.query(SignIn).one().until is None


def test_signing_out_ends_the_provider_s_session_too(known: Home, provider: Provider) -> None:
    with door_app.browsing() as client:
        round_trip(client)
        form = door_app.field(client.get("/door/sign-out").text)
        left = client.post("/door/sign-out", data={"form": form})
        assert left.status_code == 200
        assert f"{provider.issuer}/leave" in left.text
        there = left.text.split('content="0;url=')[1].split('"')[0].replace("&amp;", "&")
        assert httpx.get(there).headers["location"].startswith(f"{door_app.SITE}/door/sign-in")
        assert client.get("/").status_code == 303
        assert not {browser.SESSION, oidc.HINT} & set(client.cookies)
    assert provider.left[0]["id_token_hint"].count(".") == 2
    assert provider.left[0]["client_id"] == CLIENT


def test_signing_out_stays_here_where_the_provider_has_no_such_address(
    known: Home, provider: Provider
) -> None:
    provider.ends_sessions = False
    with door_app.browsing() as client:
        round_trip(client)
        form = door_app.field(client.get("/door/sign-out").text)
        left = client.post("/door/sign-out", data={"form": form})
        assert (left.status_code, left.headers["location"]) == (303, "/door/sign-in")


@pytest.mark.parametrize(
    ("match", "told", "claims", "comes_in"),
    [
        ("email", "li@county.cn", {"email": "Li@county.cn", "email_verified": True}, True),
        ("email", "li@county.cn", {"email": "li@county.cn", "email_verified": False}, False),
        ("email", "li@county.cn", {"email": "li@county.cn"}, False),
        ("email", "li@county.cn", {"email": "li@other.cn", "email_verified": True}, False),
        ("preferred_username", "li", {"preferred_username": "LI"}, True),
        ("preferred_username", "li", {"preferred_username": "wang"}, False),
        ("", "li", {"preferred_username": "li"}, False),
    ],
)
def test_an_expected_person_is_linked_at_the_first_sign_in_and_only_then(
    match: str,
    told: str,
    claims: dict[str, object],
    comes_in: bool,
    home: Home,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOUDI_OIDC_MATCH", match)
    door_app.make_account(home, "lina", subject=expected(provider.issuer, told, match))
    provider.claims = {"sub": "u-7", **claims}
    with door_app.browsing() as client:
        assert (round_trip(client).status_code == 303) is comes_in
    if comes_in:
        assert len(door_app.told(home, "link_account")) == 1
        provider.claims["sub"] = "u-8"  # another person who now has the name or address
        with door_app.browsing() as client:
            assert round_trip(client).status_code == 403


def test_an_account_with_a_password_is_never_linked(
    home: Home, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_OIDC_MATCH", "preferred_username")
    door_app.make_account(home, "wang", password=door_app.PASSWORD, must_change=False)
    with door_app.browsing() as client:
        assert round_trip(client).status_code == 403


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_way_back_leads_nowhere_else(then: str, known: Home) -> None:
    with door_app.browsing() as client:
        assert round_trip(client, then).headers["location"] == "/"


def test_cookies_of_the_round_trip_are_out_of_reach(known: Home) -> None:
    with door_app.browsing() as client:
        there = client.get("/door/oidc/start")
        assert "httponly" in there.headers["set-cookie"].lower()
        assert "path=/door/oidc" in there.headers["set-cookie"]
        back = urlsplit(httpx.get(there.headers["location"]).headers["location"])
        came = client.get(f"{back.path}?{back.query}")
        set_now = came.headers.get_list("set-cookie")
        assert all("httponly" in one.lower() and "samesite=lax" in one.lower() for one in set_now)
        hint = next(one for one in set_now if one.startswith(oidc.HINT))
        assert "Path=/door/sign-out" in hint
