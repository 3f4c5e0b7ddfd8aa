"""ASGI middleware: nobody reaches a page, a file or the live connection without signing in.

Streamlit checks no identity at its own addresses (media, uploads, the live connection), so the
check stands in front of all of them. An open connection is looked at again every few seconds: a
sign-in that was ended elsewhere, or an account that was disabled, closes it.
"""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access.principal import Principal
from dashboard.door import browser
from services import door

# The sign-in itself, the interface for systems (it asks for tokens), Streamlit's public scripts.
OPEN = ("/door/", "/api/", "/static/", "/_stcore/health", "/favicon")
# The page itself looks sooner (`reader.STILL_THERE`) and says so; this is for one that does not.
LOOK_AGAIN = 45.0  # seconds
GONE = 4401  # close code of a connection whose sign-in has ended


class Guard:
    """Lets those who have signed in through, with their principal in the request's state."""

    def __init__(self, app: ASGIApp, look_again: float = LOOK_AGAIN) -> None:
        self.app = app
        self.look_again = look_again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on or refuse."""
        if scope["type"] == "lifespan" or scope["path"].startswith(OPEN):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        principal = await _principal(request)
        if scope["type"] == "websocket":
            await self._connected(principal, request, scope, receive, send)
        elif principal is None or principal.must_change:
            await _to_the_door(request, principal)(scope, receive, send)
        else:
            scope.setdefault("state", {})["principal"] = principal
            await self.app(scope, receive, _kept_nowhere(send))

    async def _connected(
        self,
        principal: Principal | None,
        request: HTTPConnection,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Serve a live connection for as long as its sign-in holds."""
        if principal is None or principal.must_change:
            await send({"type": "websocket.close", "code": GONE})
            return
        serving = asyncio.create_task(self.app(scope, receive, send))
        watching = asyncio.create_task(self._until_gone(request))
        try:
            await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not serving.done():
                serving.cancel()
                with contextlib.suppress(RuntimeError):  # the browser has closed it already
                    await send({"type": "websocket.close", "code": GONE})
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving

    async def _until_gone(self, request: HTTPConnection) -> None:
        while await _principal(request) is not None:
            await asyncio.sleep(self.look_again)


def _kept_nowhere(send: Send) -> Send:
    """`send` that lets no browser keep a page: Back after signing out asks again, and is led to the
    door, instead of showing a page that can load nothing."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            page = headers.get("content-type", "").startswith("text/html")
            if page and "no-store" not in headers.get("cache-control", ""):
                headers["cache-control"] = "no-store"
        await send(message)

    return sent


async def _principal(request: HTTPConnection) -> Principal | None:
    """Who the browser's secret belongs to now; a request alone is no activity of a person."""
    secret = browser.secret_of(request)
    return await run_in_threadpool(door.principal_of, browser.home(), secret, active=False)


def _to_the_door(request: HTTPConnection, principal: Principal | None) -> Response:
    """Lead a reader to the sign-in (or to a new password); refuse everything that is no page."""
    wants_page = "text/html" in request.headers.get("accept", "")
    if request.scope["method"] != "GET" or not wants_page:
        return PlainTextResponse("请先登录 · sign in first", 401, {"cache-control": "no-store"})
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    page = "sign-in" if principal is None else "password"
    to = f"/door/{page}?next={quote(asked, safe='')}"
    return RedirectResponse(to, 303, {"cache-control": "no-store"})
