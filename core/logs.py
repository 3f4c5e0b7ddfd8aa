"""What reaches no log: passwords, tokens, cookies, seals of links, numbers that name a person.

Log files are copied, mailed and kept for half a year; whoever reads them must be able to do nothing
with them. The check stands where records are made, so it holds for every library's messages and
tracebacks too.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from core.privacy import mask_numbers

_HIDDEN = "***"
_NAMES = (
    "seal|secret|password|passwd|old|new|again|token|id_token|access_token|refresh_token|"
    "id_token_hint|code|state|nonce|code_verifier|client_secret|cookie_secret|form|key|"
    r"doudi_\w+|_streamlit_\w+|authorization|set-cookie|cookie"
)
# name=value as in an address or a cookie, 'name': 'value' as in a dictionary or JSON.
_PAIR = re.compile(
    rf"""(?i)(?<![\w-])(["']?(?:{_NAMES})["']?\s*(?:=|:)\s*)(b?"[^"]*"|b?'[^']*'|[^\s&;,'")}}\]]+)"""
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+")
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]+):[^\s@/]+@")
_TRACE = logging.Formatter()
_make = logging.LogRecord


def discreet(text: str) -> str:
    """A text for a log, without what must not be in one."""
    text = _JWT.sub(_HIDDEN, _BEARER.sub(rf"\1 {_HIDDEN}", text))
    text = _URL_PASSWORD.sub(rf"\1:{_HIDDEN}@", text)
    return mask_numbers(_PAIR.sub(rf"\1{_HIDDEN}", text))


def keep_discreet() -> None:
    """From now on make every log record of this process discreet. Safe to repeat."""
    logging.setLogRecordFactory(_record)


def _record(*args: Any, **named: Any) -> logging.LogRecord:
    record = _make(*args, **named)
    if record.name == "uvicorn.access" and isinstance(record.args, tuple):
        # Its formatter takes the parts one by one.
        record.args = tuple(discreet(a) if isinstance(a, str) else a for a in record.args)
        return record
    try:
        record.msg, record.args = discreet(record.getMessage()), ()
    except (TypeError, ValueError):  # a library's mistake is logging's to report
        return record
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = discreet(_TRACE.formatException(record.exc_info))
    return record
