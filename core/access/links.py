"""Links to files: sealed for one sign-in, for a few minutes.

The seal is made with the secret that the browser holds, so nobody else's browser can open the link
and nobody's can after signing out. What it may show is asked again when it is opened.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from core.errors import Told

# A page that is left alone this long has signed its reader out.
LASTS = timedelta(minutes=15)
UNTIL, SEAL = "until", "seal"


class LinkRefused(Told):
    """The link opens nothing; `why` is for the record. The words are the same whatever it was."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "链接无效或已过期，请回到页面刷新后重新下载",
            "this link is not valid or has expired; reload the page and download again",
        )
        self.why = why


def sealed(secret: str, kind: str, asked: Mapping[str, str], now: datetime) -> str:
    """The query of a link to a file of this kind, sealed for the holder of `secret`."""
    until = str(int((now + LASTS).timestamp()))
    return urlencode({**asked, UNTIL: until, SEAL: _seal(secret, kind, asked, until)})


def opened(secret: str, kind: str, query: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What a link asks for. Raises LinkRefused for another browser, a changed link, or too late."""
    asked = {name: value for name, value in query.items() if name not in {UNTIL, SEAL}}
    until = query.get(UNTIL, "")
    # As bytes: of text, `compare_digest` takes ASCII alone, and a link may hold anything.
    given = query.get(SEAL, "").encode("utf-8", "replace")
    if not hmac.compare_digest(_seal(secret, kind, asked, until).encode(), given):
        raise LinkRefused("seal")
    if now.timestamp() >= int(until):
        raise LinkRefused("expired")
    return asked


def _seal(secret: str, kind: str, asked: Mapping[str, str], until: str) -> str:
    text = f"GET\n{kind}\n{urlencode(sorted(asked.items()))}\n{until}"
    return hmac.new(secret.encode("utf-8"), text.encode("utf-8"), sha256).hexdigest()
