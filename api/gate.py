"""ASGI middleware before every operation: who calls, how often, how much; and the record of it.

It stands before the framework reads a body: a stranger's file is refused before its first byte.
An answer leaves only after its call is in the record.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from cachetools import TTLCache
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from core.access.principal import Principal
from core.audit import place_of
from core.settings import Settings
from services import tokens
from services.tokens import TokenRefused, TooManyCalls

SMALL = 64 * 1024  # bytes of a body that is no file
FILES = "deliver_file"
# Refused tokens of one address in ten minutes, on one server; beyond them nothing is looked up or
# recorded, so that a stranger cannot fill the record.
MOST_REFUSED, TEN_MINUTES = 30, 600
_refused: TTLCache[str, int] = TTLCache(10_000, TEN_MINUTES)
_door = Lock()
_log = logging.getLogger("doudi.api")


@dataclass
class Call:
    """One call: who makes it from where, and what the record is to say about it."""

    home: str
    operation: str
    place: str
    language: str
    area: str = ""
    principal: Principal | None = None
    refused: TokenRefused | None = None
    rows: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    unrecorded: bool = False

    @property
    def who(self) -> Principal:
        """Who calls; behind the gate there always is somebody."""
        if self.principal is None:
            raise TokenRefused("no token")
        return self.principal


class Gate:
    """Lets calls with a token through, with their `Call` in the request's state."""

    def __init__(self, app: ASGIApp, operation_of: Callable[[Scope], str]) -> None:
        self.app = app
        self._operation_of = operation_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for the token, count, pass on, record."""
        operation = self._operation_of(scope) if scope["type"] == "http" else ""
        if not operation:  # the documentation, or an address that does not exist
            await self.app(scope, receive, send)
            return
        call = _call(scope, operation)
        scope.setdefault("state", {})["call"] = call
        answer = _Answer(call, send)
        try:
            refusal = await run_in_threadpool(_admit, call, Headers(scope=scope))
            if refusal is not None:
                await refusal(scope, receive, answer.send)
            else:
                await self.app(scope, _limited(receive, call), answer.send)
        except Exception as error:  # noqa: BLE001 - whatever it was, no caller sees its inside
            _tell_log(call, error)
            if not answer.started:
                await problems.defect(call.language)(scope, receive, answer.send)


class _Answer:
    """Sends an answer on, once its call is recorded."""

    def __init__(self, call: Call, send: Send) -> None:
        self._call, self._send = call, send
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await run_in_threadpool(_record, self._call, message["status"])
            headers = MutableHeaders(scope=message)
            headers["cache-control"] = "no-store"
            headers["x-content-type-options"] = "nosniff"
            headers["vary"] = "accept-language, authorization"
            self.started = True
        await self._send(message)


def _call(scope: Scope, operation: str) -> Call:
    headers = Headers(scope=scope)
    address = scope["client"][0] if scope.get("client") else ""
    home = str(Settings().home.resolve())
    place = place_of(address, headers.get("user-agent", ""))
    return Call(home, operation, place, problems.language_of(headers))


def _admit(call: Call, headers: Headers) -> Response | None:
    """None for a call that may go on; otherwise the answer to it."""
    settings, address = Settings(), call.place.partition(" ")[0]
    with _door:
        tries = _refused.get(address, 0)
    if tries >= MOST_REFUSED:
        call.unrecorded = True
        return problems.of_error(TooManyCalls(TEN_MINUTES, MOST_REFUSED), call.language)
    kind, _, token = headers.get("authorization", "").partition(" ")
    text = token.strip() if kind.lower() == "bearer" else ""
    try:
        call.principal = tokens.caller(call.home, text, call.place, settings.api_calls_per_minute)
    except TokenRefused as refused:
        call.refused = refused
        with _door:
            _refused[address] = tries + 1
        return problems.of_error(refused, call.language)
    except TooManyCalls as refused:
        call.principal = refused.principal
        return problems.of_error(refused, call.language)
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > _most(call):
        return problems.too_large(call.language)
    return None


def _most(call: Call) -> int:
    """Bytes that the body of a call may have."""
    if call.operation != FILES:
        return SMALL
    return Settings().api_upload_megabytes * 1024 * 1024 + SMALL


def _limited(receive: Receive, call: Call) -> Receive:
    """`receive` that stops at the limit, whatever length the caller declared."""
    got, most = 0, _most(call)

    async def limited() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise HTTPException(problems.LARGE.status)
        return message

    return limited


def _record(call: Call, status: int) -> None:
    if call.unrecorded:
        return
    tokens.called(
        call.home,
        call.principal,
        call.operation,
        status,
        call.place,
        rows=call.rows,
        area=call.area,
        detail=call.detail,
        refused=call.refused,
    )


def _tell_log(call: Call, error: Exception) -> None:
    """Where it broke, without the error's words: they may hold what the caller sent."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s failed with %s\n%s", call.operation, type(error).__name__, where)
