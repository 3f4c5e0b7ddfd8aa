"""A small county, tokens for it, and a client that calls the interface as another system would."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from starlette.testclient import TestClient

import services
from api import gate
from api.app import app
from core.access.areas import COUNTY, Area
from core.access.principal import Grant, Principal
from core.access.roles import Action, Role
from core.db import store
from core.home import Home
from services import Context
from services.tokens import Drawn
from tests.dashboard.factory import Made, shared

Making = Callable[..., "System"]


class System:
    """Another system with its token."""

    def __init__(self, token: str, account: str = "") -> None:
        self.account, self.token = account, token
        self._client = TestClient(app, raise_server_exceptions=False)

    def headers(self, language: str = "en") -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "accept-language": language}

    def get(self, path: str, language: str = "en", **query: Any) -> Response:
        return self._client.get(f"/v1/{path}", params=query, headers=self.headers(language))

    def post(
        self, path: str, body: Mapping[str, Any], key: str | None = None, **query: Any
    ) -> Response:
        headers = self.headers() | {"idempotency-key": key or str(uuid4())}
        return self._client.post(f"/v1/{path}", json=body, params=query, headers=headers)

    def deliver(
        self, feed: str, name: str, content: bytes, key: str | None = None, **form: str
    ) -> Response:
        headers = self.headers() | {"idempotency-key": key or str(uuid4())}
        files = {"file": (name, content)}
        path = f"/v1/feeds/{feed}/files"
        return self._client.post(path, files=files, data=form, headers=headers)


def administrator(home: Home) -> Context:
    who = Principal("chief", "Chief", (Grant(Role.ADMINISTRATOR),))
    return Context(who, str(home.root), date.max)


def token_of(
    home: Home, account: str, role: Role, area: Area, scopes: list[Action], days: int = 30
) -> Drawn:
    drawn: Drawn = services.tokens.make(
        administrator(home), account, f"System {account}", scopes, grants=[Grant(role, area)],
        days=days,
    )  # fmt: skip
    return drawn


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A county with alerts; tests copy it."""
    return shared(tmp_path_factory)


@pytest.fixture
def own(county: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """A copy that this test's server shows."""
    root = tmp_path / "own"
    shutil.copytree(county.home.root, root)
    monkeypatch.setenv("DOUDI_HOME", str(root))
    gate._refused.clear()
    services.households._seen.clear()
    yield Made(Home(root), county.last, county.alerted, county.quiet)
    store.engine_of(Home(root)).dispose()


@pytest.fixture
def system(own: Made) -> Making:
    """Makes a system with a token: role, area, scopes."""

    def make(role: Role, *scopes: Action, area: Area = COUNTY, name: str = "") -> System:
        account = name or f"sys-{role.value.replace('_', '-')}"
        return System(token_of(own.home, account, role, area, list(scopes)).text, account)

    return make
