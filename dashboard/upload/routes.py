"""The addresses of the upload page: its files, and what its script sends.

The page holds no data. Each request is asked anew who it is from and whether they may.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from core.access.principal import Principal
from core.errors import Told
from dashboard.door import browser
from dashboard.i18n import Say, translator
from dashboard.upload import answering, words
from services import Context, door

STATIC = Path(__file__).with_name("static")
FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "upload.js": ("upload.js", "text/javascript; charset=utf-8"),
    "style.css": ("style.css", "text/css; charset=utf-8"),
}
LARGEST = 10_000  # bytes of a request that is no piece
NO_STORE = {"cache-control": "no-store"}
# The mark of our own page: no other site's form or script can send this header with our cookie.
FORM_HEADER = "x-doudi-form"
Answer = Callable[[Context, dict[str, Any], Say], dict[str, Any]]


async def file(request: Request) -> Response:
    """A file of the page."""
    name = request.path_params.get("name", "")
    if name not in FILES:
        return Response("404", 404, media_type="text/plain")
    content = (STATIC / FILES[name][0]).read_bytes()
    return Response(content, media_type=FILES[name][1], headers={"cache-control": "no-cache"})


async def to_page(request: Request) -> Response:
    """The page's address without its last stroke."""
    return RedirectResponse("/upload/", 303, NO_STORE)


async def start(request: Request) -> Response:
    """The page's words, and the mark with which it may send."""
    held, field = browser.form_token(request)
    say = _say(request)

    def answer(who: Principal) -> dict[str, Any]:
        return {"form": field, "words": {message: say(message) for message in words.WORDS}}

    response = await _answered(request, answer)
    browser.keep(response, request, browser.FORM, held, browser.LASTS)
    return response


def _posted(answer: Answer) -> Callable[[Request], Any]:
    """A small request of the page's script."""

    async def handle(request: Request) -> Response:
        refused = _refused(request, LARGEST)
        if refused is not None:
            return refused
        try:
            sent = json.loads(await request.body())
        except (ValueError, RecursionError):
            sent = None
        if not isinstance(sent, dict):
            return JSONResponse({"why": "content"}, 400, NO_STORE)
        say = _say(request)
        return await _answered(
            request, lambda who: answer(answering.here(who, browser.home()), sent, say)
        )

    return handle


async def piece(request: Request) -> Response:
    """Some bytes of a file: `id` and `at` in the address, the bytes as the body."""
    refused = _refused(request, answering.services.uploads.PIECE)
    if refused is not None:
        return refused
    asked = request.query_params
    at = asked.get("at", "")
    if not at.isascii() or not at.isdigit() or len(at) > 12:
        return JSONResponse({"why": "content"}, 400, NO_STORE)
    content, upload = await request.body(), asked.get("id", "")
    return await _answered(
        request,
        lambda who: answering.added(answering.here(who, browser.home()), upload, int(at), content),
    )


def _refused(request: Request, largest: int) -> Response | None:
    """What comes from elsewhere or is too long."""
    if not browser.is_own_form(request, request.headers.get(FORM_HEADER, "")):
        return JSONResponse({"why": "form"}, 403, NO_STORE)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > largest:
        return JSONResponse({"why": "length"}, 413, NO_STORE)
    return None


def _say(request: Request) -> Say:
    return translator(browser.language_of(request))


async def _answered(request: Request, answer: Callable[[Principal], dict[str, Any]]) -> Response:
    """Ask who it is (this counts as something the person did), and answer."""
    who = await run_in_threadpool(door.principal_of, browser.home(), browser.secret_of(request))
    if who is None or who.must_change:
        return JSONResponse({"why": "signed out"}, 401, NO_STORE)
    try:
        content = await run_in_threadpool(answer, who)
    except Told as refused:
        told = refused.text(_say(request).language)
        return JSONResponse({"why": "refused", "told": told}, 422, NO_STORE)
    return JSONResponse(content, headers=NO_STORE)


ROUTES = [
    Route("/upload", to_page, methods=["GET"]),
    Route("/upload/", file, methods=["GET"]),
    Route("/upload/start", start, methods=["GET"]),
    Route("/upload/begin", _posted(answering.begun), methods=["POST"]),
    Route("/upload/piece", piece, methods=["POST"]),
    Route("/upload/finish", _posted(answering.finished), methods=["POST"]),
    Route("/upload/remove", _posted(answering.removed), methods=["POST"]),
    Route("/upload/{name}", file, methods=["GET"]),
]
