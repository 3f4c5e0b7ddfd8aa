"""Tokens on the page of accounts, and the interface beside the pages of one application."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

import services
from api.app import app as interface
from core.access.roles import Action, Role
from dashboard.door.guard import Guard
from tests.dashboard.factory import Made


@pytest.mark.slow
def test_the_administrator_makes_a_token_that_is_shown_once(
    own_county: Made, open_page: Callable[..., AppTest]
) -> None:
    root = own_county.home.root
    page = open_page(root, "accounts", "en", role=Role.ADMINISTRATOR)
    page.text_input(key="tokens_system").input("Provincial platform")
    page.text_input(key="tokens_account").input("sys-province").run()
    page.selectbox(key="tokens_role").select(Role.ANALYST).run()
    page.multiselect(key="tokens_scopes").select(Action.SEE_ALERTS).run()
    page.button(key="tokens_go").click().run()
    assert not page.exception
    (shown,) = [code.value for code in page.code if code.value.startswith("doudi_")]
    who = services.tokens.caller(str(root), shown, "10.0.0.1", 120)
    assert (who.account, who.scopes) == ("sys-province", {Action.SEE_ALERTS})
    assert page.text_input(key="tokens_system").value == ""
    assert page.text_input(key="tokens_account").value == ""
    page.run()
    assert [code.value for code in page.code if code.value.startswith("doudi_")] == []
    page.selectbox(key="tokens_which").select(who.session).run()
    page.button(key="tokens_withdraw").click().run()
    with pytest.raises(services.tokens.TokenRefused):
        services.tokens.caller(str(root), shown, "10.0.0.1", 120)


def test_the_interface_stands_beside_the_pages_and_asks_for_its_own_token(
    own_county: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard of the pages lets it through: nobody signs in, and no token opens nothing."""
    monkeypatch.setenv("DOUDI_HOME", str(own_county.home.root))
    whole = Starlette(routes=[Mount("/api", interface)], middleware=[Middleware(Guard)])
    client = TestClient(whole)
    assert client.get("/api/v1/alerts").status_code == 401
    docs = client.get("/api/", headers={"accept-language": "zh"})
    assert docs.url.path == "/api/v1/docs"
    assert "/api/v1/alerts" in docs.text
    assert client.get("/api/v1/openapi.json").json()["servers"] == [{"url": "/api"}]
