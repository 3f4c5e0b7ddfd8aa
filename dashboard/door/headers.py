"""ASGI middleware: what every answer tells the browser to refuse.

No page of ours loads anything from another host, may be framed by another page, or may use camera,
microphone or place. Of scripts only Streamlit's files and our own few inline ones run, which are
known by their hashes; WebAssembly does not. Streamlit and Plotly need inline styles. The decision
is docs/decisions/0027.md.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.app_pages.alerts import cards
from dashboard.i18n import LANGUAGES, translator
from dashboard.show import address, framework, shell

_YEAR = 365 * 24 * 3600
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_NOTHING_ELSE = "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
# The door's own pages are plain forms: no script at all.
DOOR = f"default-src 'none'; style-src 'unsafe-inline'; {_NOTHING_ELSE}"
PAGES = (
    "default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' "
    f"blob:; frame-src 'none'; {_NOTHING_ELSE}"
)
# The phone's and the upload page are our own: their files, and nothing inline.
PHONE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    f"worker-src 'self'; manifest-src 'self'; {_NOTHING_ELSE}"
)
_START_PAGE = Path(streamlit.__file__).with_name("static") / "index.html"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@lru_cache(maxsize=1)
def of_pages() -> str:
    """The content policy of Streamlit's pages; the scripts in it change only with the code."""
    texts = [cards.IN_SESSION, shell.CLOSING, address.FOLLOW]
    texts += [framework.script(translator(language)) for language in LANGUAGES]
    texts.append(_START_PAGE.read_text(encoding="utf-8"))
    scripts = dict.fromkeys(script for text in texts for script in _INLINE.findall(text))
    return PAGES.replace("{hashes}", " ".join(_hash(script) for script in scripts))


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(script.encode('utf-8')).digest()).decode()}'"


def _policy(path: str) -> str:
    """The content policy of an address."""
    if path.startswith(("/phone", "/upload")):
        return PHONE
    return DOOR if path.startswith("/door/") else of_pages()


class Headers:
    """Adds the headers; what a route has set for itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and complete the head of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        policy = _policy(scope["path"])

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", policy)
                if scope["scheme"] == "https":
                    headers.setdefault("strict-transport-security", f"max-age={_YEAR}")
                if "server" in headers:
                    del headers["server"]
            await send(message)

        await self.app(scope, receive, complete)
