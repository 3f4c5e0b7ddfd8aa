"""What the door keeps in a browser, and what it reads from a request."""

from __future__ import annotations

import re
import secrets
from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from core.access.sign_ins import LONGEST, digest
from core.audit import address_of
from core.settings import Settings
from services.door import Browser

SESSION, FORM, LANGUAGE = "doudi_session", "doudi_form", "doudi_lang"
# The key to what a phone took along (`dashboard/phone/static/taken.js`); ours only to take away.
TAKEN, TAKEN_PATH = "doudi_taken", "/phone/"
LASTS = int(LONGEST.total_seconds())


def home() -> str:
    """The folder of the county that this server shows."""
    return str(Settings().home.resolve())


def browser_of(request: HTTPConnection) -> Browser:
    """Address and program of a request; a proxy in front is told to the server, not to us."""
    place = address_of(request.client.host) if request.client else ""
    return Browser(place, request.headers.get("user-agent", "")[:120])


def secret_of(request: HTTPConnection) -> str | None:
    """The secret of a browser that has signed in."""
    return request.cookies.get(SESSION)


def keep(
    response: Response,
    request: HTTPConnection,
    name: str,
    value: str,
    seconds: int,
    path: str = "/",
) -> None:
    """Put a cookie into a browser: out of the reach of scripts, never sent from another site's
    form, over TLS only where the page came over TLS."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        path=path,
        secure=request.url.scheme == "https",
    )


def keep_session(response: Response, request: HTTPConnection, secret: str) -> None:
    """Keep the secret of a sign-in, no longer than the longest one lasts."""
    keep(response, request, SESSION, secret, LASTS)


def language_of(request: HTTPConnection) -> str:
    """The language asked for, chosen before, or of the installation."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE) or ""
    return asked if asked in {"zh", "en"} else Settings().language


def form_token(request: HTTPConnection) -> tuple[str, str]:
    """The browser's form cookie, drawn where it has none, and the field that belongs to it."""
    held = request.cookies.get(FORM) or secrets.token_urlsafe(16)
    return held, digest(f"form:{held}")


def is_own_form(request: HTTPConnection, field: str) -> bool:
    """Whether a form that was sent is one of our pages': its field fits the browser's cookie, and
    it came from the address it was sent to."""
    held = request.cookies.get(FORM) or ""
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    # As bytes: of text, `compare_digest` takes ASCII alone, and a form may send anything.
    fits = compare_digest(digest(f"form:{held}").encode(), field.encode("utf-8", "replace"))
    return bool(held) and same and fits


# One slash, then neither another nor a backslash (browsers read it as one), nor a sign that
# browsers leave out of an address before they read it.
_INNER = re.compile(r"/(?![/\\]|door\b)[^\\\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]{0,2000}")


def inner(path: str | None) -> str:
    """A path of this site to go on to; the root for anything that would lead elsewhere."""
    return path if path and _INNER.fullmatch(path) else "/"
