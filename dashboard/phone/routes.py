"""The addresses of the phone's page: its files, the list, what it sends, what it takes along.

The page itself holds no data and is kept by the phone; every answer with data is asked for afresh
and kept by nothing but the page's own script.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from core.access.principal import Principal
from core.errors import Told
from dashboard.door import browser
from dashboard.i18n import translator
from dashboard.phone import answering, words
from services import door, photos

STATIC = Path(__file__).with_name("static")
ICON = Path(__file__).parents[1] / "show" / "icon.svg"
FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "app.js": ("app.js", "text/javascript; charset=utf-8"),
    "photos.js": ("photos.js", "text/javascript; charset=utf-8"),
    "store.js": ("store.js", "text/javascript; charset=utf-8"),
    "taken.js": ("taken.js", "text/javascript; charset=utf-8"),
    "view.js": ("view.js", "text/javascript; charset=utf-8"),
    "visit.js": ("visit.js", "text/javascript; charset=utf-8"),
    "style.css": ("style.css", "text/css; charset=utf-8"),
    "app.webmanifest": ("app.webmanifest", "application/manifest+json"),
}
LARGEST = 400_000  # bytes of a request; a hundred long notes
LARGEST_PHOTO = photos.LARGEST * 4 // 3 + 2_000  # as base64, with what is said of it
MOST = 100  # operations of a request
NO_STORE = {"cache-control": "no-store"}
# The mark of our own page: no other site's form or script can send this header with our cookie.
FORM_HEADER = "x-doudi-form"
Answering = Callable[[Principal, str, dict[str, Any]], dict[str, Any]]


def _content(name: str) -> bytes:
    """One of the page's files."""
    if name == "icon.svg":
        return ICON.read_bytes()
    if name == "words.json":
        table = {message: translator("zh")(message) for message in words.WORDS}
        return json.dumps(table, ensure_ascii=False).encode("utf-8")
    return (STATIC / FILES[name][0]).read_bytes()


def version() -> str:
    """Changes when any of the page's files does: the phone then fetches them anew."""
    names = [*FILES, "icon.svg", "words.json"]
    return sha256(b"".join(_content(name) for name in names)).hexdigest()[:16]


async def file(request: Request) -> Response:
    """A file of the page."""
    name = request.path_params.get("name", "")
    kinds = {"icon.svg": "image/svg+xml", "words.json": "application/json"}
    kind = FILES[name][1] if name in FILES else kinds.get(name)
    if kind is None:
        return Response("404", 404, media_type="text/plain")
    return Response(_content(name), media_type=kind, headers={"cache-control": "no-cache"})


async def worker(request: Request) -> Response:
    """The script that keeps the page on the phone, with the version of what it keeps."""
    text = (STATIC / "worker.js").read_text(encoding="utf-8").replace("@VERSION@", version())
    return Response(text, media_type="text/javascript; charset=utf-8", headers=NO_STORE)


async def to_page(request: Request) -> Response:
    """The page's address without its last stroke."""
    return RedirectResponse("/phone/", 303, NO_STORE)


async def listed(request: Request) -> Response:
    """The list of tasks, and the mark with which the page may send."""
    held, field = browser.form_token(request)
    response = await _answered(request, answering.listed, {})
    if response.status_code == 200:
        content = json.loads(bytes(response.body)) | {"form": field}
        response = JSONResponse(content, headers=NO_STORE)
    browser.keep(response, request, browser.FORM, held, browser.LASTS)
    return response


def _posted(answer: Answering, largest: int = LARGEST) -> Callable[[Request], Any]:
    """What the page sent; from elsewhere, too long or not understood, it is refused."""

    async def handle(request: Request) -> Response:
        if not browser.is_own_form(request, request.headers.get(FORM_HEADER, "")):
            return JSONResponse({"why": "form"}, 403, NO_STORE)
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > largest:
            return JSONResponse({"why": "length"}, 413, NO_STORE)
        try:
            sent = json.loads(await request.body())
        except (ValueError, RecursionError):
            sent = None
        operations = sent.get("operations", []) if isinstance(sent, dict) else None
        if not isinstance(operations, list) or len(operations) > MOST:
            return JSONResponse({"why": "content"}, 400, NO_STORE)
        return await _answered(request, answer, sent)

    return handle


async def _answered(request: Request, answer: Answering, sent: dict[str, Any]) -> Response:
    """Ask who it is (this counts as something the person did), and answer."""
    home, secret = browser.home(), browser.secret_of(request)
    who = await run_in_threadpool(door.principal_of, home, secret)
    if who is None or who.must_change:
        return JSONResponse({"why": "signed out"}, 401, NO_STORE)
    if sent.get("account", who.account) != who.account:
        return JSONResponse({"why": "account", "account": who.account}, 409, NO_STORE)
    try:
        content = await run_in_threadpool(answer, who, home, sent)
    except Told as refused:
        told = {"zh": refused.text("zh"), "en": refused.text("en")}
        return JSONResponse({"why": "refused", "told": told}, 422, NO_STORE)
    return JSONResponse(content, headers=NO_STORE)


ROUTES = [
    Route("/phone", to_page, methods=["GET"]),
    Route("/phone/", file, methods=["GET"]),
    Route("/phone/worker.js", worker, methods=["GET"]),
    Route("/phone/list", listed, methods=["GET"]),
    Route("/phone/sync", _posted(answering.synced), methods=["POST"]),
    Route("/phone/take", _posted(answering.taken), methods=["POST"]),
    Route("/phone/photo", _posted(answering.photographed, LARGEST_PHOTO), methods=["POST"]),
    Route("/phone/{name}", file, methods=["GET"]),
]
