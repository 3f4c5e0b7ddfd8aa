"""Giving one message to one address, through apprise; nothing of the address reaches a log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

_ERROR = re.compile(r"error=(\d{3})\b")
# What these log may quote the address, and with it its token.
_TALKERS = ("apprise", "urllib3", "requests", "requests_oauthlib", "charset_normalizer")
_NO_ANSWER = "no answer, or refused"


def deliver(url: str, title: str, body: str) -> str | None:
    """Send; None when the service took it, else the problem in a few words, without the address."""
    import apprise

    with _silent() as heard:
        target = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if target is None:
            return "malformed address"
        taken = target.notify(body=body, title=title)
    if taken:
        return None
    codes = [code for line in heard for code in _ERROR.findall(line)]
    return f"HTTP {codes[-1]}" if codes else _NO_ANSWER


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _silent() -> Iterator[list[str]]:
    """What apprise says meanwhile, kept from every log of the program."""
    loggers, ear = [logging.getLogger(name) for name in _TALKERS], _Ear()
    before = [(one, one.propagate, one.handlers) for one in loggers]
    for one in loggers:
        one.propagate, one.handlers = False, [ear]
    try:
        yield ear.lines
    finally:
        for one, propagates, handlers in before:
            one.propagate, one.handlers = propagates, handlers
