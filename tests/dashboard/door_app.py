"""The door in front of a page that says who came in: for tests that need no Streamlit."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from core.access import accounts
from core.access.principal import Grant
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session, upgrade
from core.home import Home
from dashboard.door import files, routes
from dashboard.door.guard import Guard
from dashboard.door.headers import Headers

SITE = "http://testserver"
PASSWORD = "correct-Horse-7-battery"


async def _page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.state.principal.account)


def application() -> Starlette:
    """The door's own routes and one page."""
    return Starlette(
        routes=[*routes.ROUTES, *files.ROUTES, Route("/", _page), Route("/alerts", _page)],
        middleware=[Middleware(Headers), Middleware(Guard)],
    )


class _Straight(httpx.BaseTransport):
    """From a browser to the application without a network."""

    def __init__(self, app: ASGIApp, client_at: str) -> None:
        self.inner = httpx.ASGITransport(
            app, raise_app_exceptions=False, client=(client_at, 50_000)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def answer() -> httpx.Response:
            found = await self.inner.handle_async_request(request)
            body = await found.aread()
            return httpx.Response(found.status_code, headers=found.headers.raw, content=body)

        return asyncio.run(answer())


def browsing(client_at: str = "203.0.113.7", app: ASGIApp | None = None) -> httpx.Client:
    """A browser at an address, which goes where it is led by hand."""
    straight = _Straight(app or application(), client_at)
    return httpx.Client(base_url=SITE, transport=straight, headers={"accept": "text/html"})


def make_home(root: Path) -> Home:
    """A home with tables and nothing else."""
    home = Home(root)
    home.data.mkdir(parents=True, exist_ok=True)
    upgrade(home)
    return home


def make_account(home: Home, name: str, role: Role = Role.ANALYST, **more: object) -> None:
    """An account with one role in all of the county."""
    with open_session(home) as session:
        now = datetime(2026, 6, 1)  # noqa: DTZ001 - as the database keeps it
        made = accounts.create(session, name, name.title(), now, **more)  # type: ignore[arg-type]
        accounts.set_grants(session, made, [Grant(role)], "test", now)


def field(page: str) -> str:
    """The hidden field that belongs to the browser's form cookie."""
    found = re.search(r'name="form" value="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


def sign_in(
    client: httpx.Client, name: str, password: str = PASSWORD, **more: str
) -> httpx.Response:
    """Fill in the form of the sign-in page."""
    form = field(client.get("/door/sign-in").text)
    sent = {"form": form, "account": name, "password": password, "next": "/", **more}
    return client.post("/door/sign-in", data=sent, headers={"origin": SITE})


def told(home: Home, action: str = "sign_in") -> list[AuditEvent]:
    """What the record says about an action, oldest first."""
    with open_session(home) as session:
        query = session.query(AuditEvent).filter(AuditEvent.action == action)
        return list(query.order_by(AuditEvent.seq))
