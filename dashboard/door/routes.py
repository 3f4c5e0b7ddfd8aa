"""The door's addresses: sign in, sign out, a new password, a look at an invented county."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.errors import Told
from dashboard.door import browser, markup, oidc
from dashboard.door.oidc_settings import offered
from dashboard.i18n import translator
from services import door

NO_STORE = {"cache-control": "no-store"}
Handler = Callable[[Request, FormData], Awaitable[Response]]


async def sign_in_page(request: Request) -> Response:
    """The form; whoever has signed in already goes on."""
    then = browser.inner(request.query_params.get("next"))
    if await _principal(request) is not None:
        return RedirectResponse(then, 303, NO_STORE)
    return await _sign_in_page(request, then)


async def _sign_in_page(
    request: Request, then: str, told: str = "", account: str = "", status: int = 200
) -> Response:
    language, (held, field) = browser.language_of(request), browser.form_token(request)
    home = browser.home()
    name, synthetic = await run_in_threadpool(_about, home, language)
    roles = await run_in_threadpool(door.demo_roles, home)
    empty = not await run_in_threadpool(door.has_accounts, home)
    html = markup.sign_in(
        name,
        synthetic,
        roles,
        field,
        then,
        language,
        told=told,
        account=account,
        empty=empty,
        provider=offered() is not None,
    )
    return _answer(request, html, held, language, status)


def _about(home: str, language: str) -> tuple[str, bool]:
    found = door.labelled(home)
    if found is None:
        return "", False
    return (found.name_zh if language == "zh" else found.name_en), found.synthetic


def _answer(
    request: Request, html: str, held: str, language: str, status: int = 200
) -> HTMLResponse:
    response = HTMLResponse(html, status, NO_STORE)
    browser.keep(response, request, browser.FORM, held, 3600)
    browser.keep(response, request, browser.LANGUAGE, language, 365 * 24 * 3600)
    return response


def _posted(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A form of ours that was sent; one from elsewhere is refused."""

    async def handle(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10, max_part_size=4096)
        if not browser.is_own_form(request, str(form.get("form", ""))):
            say = translator(language := browser.language_of(request))
            told = say("This form was open for too long. Go back, reload the page, try again.")
            return HTMLResponse(markup.refused(told, language), 403, NO_STORE)
        return await handler(request, form)

    return handle


def _then(form: FormData) -> str:
    return browser.inner(str(form.get("next", "/")))


async def sign_in(request: Request, form: FormData) -> Response:
    """Check account and password."""
    account, password = str(form.get("account", "")), str(form.get("password", ""))
    home, came = browser.home(), browser.browser_of(request)
    try:
        begun = await run_in_threadpool(door.sign_in, home, account, password, came)
    except Told as refused:
        told = refused.text(browser.language_of(request))
        return await _sign_in_page(request, _then(form), told, account, 401)
    return _come_in(request, begun, _then(form))


def _come_in(request: Request, begun: door.Begun, then: str) -> Response:
    to = f"/door/password?next={quote(then, safe='')}" if begun.must_change else then
    response = RedirectResponse(to, 303, NO_STORE)
    browser.keep_session(response, request, begun.secret)
    return response


async def demo(request: Request, form: FormData) -> Response:
    """Come into an invented county in a role."""
    role, came = str(form.get("role", "")), browser.browser_of(request)
    try:
        begun = await run_in_threadpool(door.enter_demo, browser.home(), role, came)
    except Told as refused:
        told = refused.text(browser.language_of(request))
        return await _sign_in_page(request, "/", told, status=403)
    return _come_in(request, begun, _then(form))


async def sign_out(request: Request, form: FormData) -> Response:
    """End this sign-in, or with 'everywhere' all of the account."""
    secret, home = browser.secret_of(request), browser.home()
    principal = await _principal(request)
    if principal is not None and form.get("everywhere"):
        await run_in_threadpool(door.end_everywhere, home, principal)
    elif secret:
        await run_in_threadpool(door.end, home, secret, browser.browser_of(request))
    response = await oidc.signed_out(request) or RedirectResponse("/door/sign-in", 303, NO_STORE)
    response.delete_cookie(browser.SESSION, path="/")
    response.delete_cookie(oidc.HINT, path="/door/sign-out")
    response.delete_cookie(browser.TAKEN, path=browser.TAKEN_PATH)
    return response


async def leave_page(request: Request) -> Response:
    """The buttons for signing out: a link from a page leads here, a form does it."""
    language, (held, field) = browser.language_of(request), browser.form_token(request)
    if await _principal(request) is None:
        return RedirectResponse("/door/sign-in", 303, NO_STORE)
    return _answer(request, markup.leave(field, language), held, language)


async def password_page(request: Request) -> Response:
    """The form for a new password."""
    principal = await _principal(request)
    if principal is None:
        return RedirectResponse("/door/sign-in", 303, NO_STORE)
    language, (held, field) = browser.language_of(request), browser.form_token(request)
    then = browser.inner(request.query_params.get("next"))
    html = markup.password(field, then, language, forced=principal.must_change)
    return _answer(request, html, held, language)


async def password(request: Request, form: FormData) -> Response:
    """Change one's own password."""
    principal = await _principal(request)
    if principal is None:
        return RedirectResponse("/door/sign-in", 303, NO_STORE)
    language, (held, field) = browser.language_of(request), browser.form_token(request)
    old, new = str(form.get("old", "")), str(form.get("new", ""))
    told = ""
    if new != form.get("again"):
        say = translator(language)
        told = say("The new password was typed in two ways; type it again.")
    else:
        try:
            await run_in_threadpool(door.change_password, browser.home(), principal, old, new)
        except Told as refused:
            told = refused.text(language)
    if told:
        html = markup.password(field, _then(form), language, told=told)
        return _answer(request, html, held, language, 400)
    return RedirectResponse(_then(form), 303, NO_STORE)


async def _principal(request: Request):
    secret = browser.secret_of(request)
    return await run_in_threadpool(door.principal_of, browser.home(), secret, active=False)


ROUTES = [
    Route("/door/sign-in", sign_in_page, methods=["GET"]),
    Route("/door/sign-in", _posted(sign_in), methods=["POST"]),
    Route("/door/demo", _posted(demo), methods=["POST"]),
    Route("/door/sign-out", leave_page, methods=["GET"]),
    Route("/door/sign-out", _posted(sign_out), methods=["POST"]),
    Route("/door/password", password_page, methods=["GET"]),
    Route("/door/password", _posted(password), methods=["POST"]),
    *oidc.ROUTES,
]
