"""Streamlit's own scripts and styles, sent packed.

A first visit needs eight megabytes of them, and many county lines are slow. Streamlit sends them as
they are, because it would pack them anew for every visitor; here each file is packed once. Its name
holds a hash of its content, so what was packed stays right as long as the server runs.
"""

from __future__ import annotations

import asyncio
import gzip
from posixpath import normpath
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = "/static/"
PACKABLE = (".js", ".css", ".svg", ".json")
LEVEL = 6
SMALLEST = 1_000  # bytes; packing less saves nothing


class PackedAssets:
    """ASGI middleware: sends assets that pack well with gzip to browsers that take it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._packed: dict[str, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is packed, or pack what the application answers."""
        if not _wanted(scope):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self._packed:
            answer = _Answer()
            await self.app(scope, receive, answer.take)
            if not answer.whole or len(answer.body) < SMALLEST:
                for message in answer.messages:
                    await send(message)
                return
            self._packed[path] = await asyncio.to_thread(_pack, answer)
        await self._packed[path](scope, receive, send)


class _Answer:
    """The application's answer, held back."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def start(self) -> Message:
        return self.messages[0]

    @property
    def whole(self) -> bool:
        """Whether this is a complete file that never changes and is not packed yet.

        For a name that does not exist Streamlit answers with its start page, which may change.
        """
        told = self.headers
        lasting = "immutable" in told.get("cache-control", "")
        fits = self.start["status"] == 200 and lasting and "content-encoding" not in told
        return fits and self.ended

    @property
    def ended(self) -> bool:
        """Whether all of the file is here. When a browser leaves, the application stops sending;
        what it sent until then must not be kept for those who come after."""
        last = self.messages[-1]
        whole = self.headers.get("content-length", str(len(self.body)))
        complete = last["type"] == "http.response.body" and not last.get("more_body", False)
        return complete and whole == str(len(self.body))

    @property
    def headers(self) -> MutableHeaders:
        return MutableHeaders(raw=list(self.start["headers"]))

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])


def _wanted(scope: dict[str, Any]) -> bool:
    """Whether this asks for a whole asset that packs well, by a browser that can unpack it.

    A browser that asks whether its copy is still good gets the short answer of the application.
    """
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path, asked = scope["path"], Headers(scope=scope)
    return (
        ASSETS in path
        and path.endswith(PACKABLE)
        # One spelling a file: others would each be kept.
        and path == normpath(path)
        and _takes_gzip(asked.get("accept-encoding", ""))
        and not {"range", "if-none-match", "if-modified-since"} & set(asked.keys())
    )


def _takes_gzip(accepted: str) -> bool:
    told = {part.strip().lower() for part in accepted.replace(";", ",").split(",")}
    return "gzip" in told and "q=0" not in told


def _pack(answer: _Answer) -> Response:
    """The answer packed. Its mark (ETag) is left out: it names the plain file."""
    packed = Response(gzip.compress(answer.body, LEVEL, mtime=0))
    for name in ("content-type", "cache-control"):
        if name in answer.headers:
            packed.headers[name] = answer.headers[name]
    packed.headers["content-encoding"] = "gzip"
    packed.headers["vary"] = "Accept-Encoding"
    return packed
