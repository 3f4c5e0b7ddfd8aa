"""The door's addresses for the county's own accounts: to the provider, back, and out again.

The provider's word begins one of our own sign-ins, which then holds, idles and ends like that of a
local account. Nothing is kept in the server's memory between the two requests: the state of a round
trip is in a cookie of ten minutes, sealed with a secret that all replicas share.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, request_response
from starlette.types import Receive, Scope, Send

from core.errors import Told
from core.words import Text
from dashboard.door import browser, markup, oidc_client
from dashboard.door.oidc_settings import CALLBACK, Provider, ProviderError, offered
from services import vouching

LOG = logging.getLogger("doudi.door")
STATE, HINT, THEN = "doudi_oidc", "doudi_oidc_hint", "then"
ROUND_TRIP = 600  # seconds
_CODE = re.compile(r"[a-z_]{3,40}")
MOST_HINT = 3_500  # characters; a browser keeps no cookie beyond 4,096 bytes
NO_STORE = {"cache-control": "no-store"}
# What can be wrong with a provider's answer. Its own words stay in none of our pages or logs.
WRONG = (AuthlibBaseError, JoseError, httpx.HTTPError, KeyError, TypeError, ValueError)

UNREACHABLE = Text(
    "现在无法连接统一身份认证，请稍后再试，或使用本系统账号登录",
    "the county's sign-in cannot be reached now; try again later, or use an account of this system",
)
NOT_TRUSTED = Text(
    "统一身份认证返回的结果无法核实，没有登录，请从登录页重新开始",
    "what the county's sign-in answered could not be verified, nobody was signed in; begin again "
    "at the sign-in page",
)


class _OwnState:
    """A handler with a `request.session` of its own, apart from the one that Streamlit keeps."""

    def __init__(self, handler: Any) -> None:
        self.app = request_response(handler)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = offered()
        if found is None:
            await HTMLResponse("", 404, NO_STORE)(scope, receive, send)
            return
        sealed = SessionMiddleware(
            self.app,
            found.cookie_secret.get_secret_value(),
            session_cookie=STATE,
            max_age=ROUND_TRIP,
            path="/door/oidc",
            https_only=found.over_tls,
        )
        # A copy: the session around us looks at its own scope when the answer leaves.
        state = {**scope.get("state", {}), "provider": found}
        await sealed({**scope, "state": state}, receive, send)


async def start(request: Request) -> Response:
    """Lead to the provider. A request that another site started is refused."""
    language = browser.language_of(request)
    if request.headers.get("sec-fetch-site", "none") == "cross-site":
        return _refused(request, NOT_TRUSTED.pick(language), 403)
    request.session.clear()
    try:
        answer = await oidc_client.to_the_provider(request.state.provider, request, language)
    except ProviderError as error:
        return await _failed(request, error, error.text(language), 502)
    except WRONG as error:
        return await _failed(request, error, UNREACHABLE.pick(language), 502)
    request.session[THEN] = browser.inner(request.query_params.get("next"))
    answer.headers.update(NO_STORE)
    return answer


async def callback(request: Request) -> Response:
    """Come back from the provider: verify its word, begin a sign-in of ours."""
    language, then = browser.language_of(request), request.session.get(THEN)
    found: Provider = request.state.provider
    if then is None:  # this browser began no round trip: a stray or forged address, or too late
        return _refused(request, NOT_TRUSTED.pick(language), 403)
    try:
        who, id_token = await oidc_client.vouched(found, request)
    except ProviderError as error:
        return await _failed(request, error, error.text(language), 403)
    except httpx.HTTPError as error:
        return await _failed(request, error, UNREACHABLE.pick(language), 502)
    except WRONG as error:
        return await _failed(request, error, NOT_TRUSTED.pick(language), 403)
    finally:
        request.session.clear()  # one answer to one request
    home, came = browser.home(), browser.browser_of(request)
    try:
        begun = await run_in_threadpool(vouching.sign_in, home, who, found.match, came)
    except Told as refused:
        return _refused(request, refused.text(language), 403, who.subject)
    return _come_in(request, begun, browser.inner(then), id_token)


def _come_in(request: Request, begun: vouching.Begun, then: str, id_token: str) -> Response:
    response = RedirectResponse(then, 303, NO_STORE)
    browser.keep_session(response, request, begun.secret)
    # The provider asks for its token when a browser signs out there; it opens nothing here.
    hint = id_token if len(id_token) <= MOST_HINT else "-"
    browser.keep(response, request, HINT, hint, browser.LASTS, path="/door/sign-out")
    return response


async def _failed(request: Request, error: Exception, told: str, status: int) -> Response:
    """Record and log which kind of error it was; messages may hold what a token held."""
    code = getattr(error, "error", None) or ""
    kind = code if _CODE.fullmatch(code) else type(error).__name__
    LOG.warning("sign-in by the provider failed: %s", kind)
    await run_in_threadpool(vouching.refuse, browser.home(), kind, browser.browser_of(request))
    return _refused(request, told, status)


def _refused(request: Request, told: str, status: int, number: str = "") -> Response:
    html = markup.turned_away(told, number, browser.language_of(request))
    return HTMLResponse(html, status, NO_STORE)


async def signed_out(request: Request) -> Response | None:
    """Where a browser goes that has signed out here and came from the provider; None for others.

    A page that leads on, no redirect: the form that was sent may lead to this site only.
    """
    hint, found = request.cookies.get(HINT), offered()
    if hint is None or found is None:
        return None
    try:
        there = await oidc_client.sign_out_address(found, "" if hint == "-" else hint)
    except (*WRONG, ProviderError, RuntimeError) as error:
        LOG.warning("the provider's sign-out cannot be reached: %s", type(error).__name__)
        there = None
    if there is None:
        return None
    return HTMLResponse(markup.leave_provider(there, browser.language_of(request)), 200, NO_STORE)


ROUTES = [
    Route("/door/oidc/start", _OwnState(start), methods=["GET"]),
    Route(CALLBACK, _OwnState(callback), methods=["GET"]),
]
