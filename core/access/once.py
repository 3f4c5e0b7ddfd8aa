"""Writes that are asked for under a key are done once: the same question again gets its answer.

A system that heard no answer asks again with the same key. Rows are kept for a day; callers own
the transaction, which is short: the act itself runs between `begin` and `finish`.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.models import Idempotency
from core.errors import Told

KEPT = timedelta(hours=24)
# After this long an act without an answer has died with its server; the key may be used again.
DEAD = timedelta(minutes=10)
_FORM = re.compile(r"[\x21-\x7e]{16,128}")


class KeyRefused(Told):
    """The key is missing, malformed, or belongs to another request."""


@dataclass(frozen=True)
class Asked:
    """A request under its key. `key` and `request` are digests, see `Idempotency`."""

    account: str
    key: str
    request: str


@dataclass(frozen=True)
class Answer:
    """What was answered: the HTTP status and the body, or None while the act still runs."""

    status: int | None
    body: str | None


def asked(account: str, key: str | None, operation: str, content: bytes) -> Asked:
    """A request for an operation under a key. Raises KeyRefused for none or a malformed one."""
    if key is None or not _FORM.fullmatch(key):
        raise KeyRefused(
            "请在请求头 Idempotency-Key 中写一个不重复的编号（16 至 128 位，如 UUID）；"
            "重试同一请求时沿用原编号",
            "send a header Idempotency-Key with a number of its own (16 to 128 characters, such as "
            "a UUID), and the same one when the request is tried again",
        )
    request = hmac.new(key.encode(), operation.encode() + b"\n" + content, sha256).hexdigest()
    return Asked(account, sha256(key.encode()).hexdigest(), request)


def begin(session: Session, request: Asked, now: datetime) -> Answer | None:
    """Begin an act, or find what was answered before.

    None: it is for the caller to do, and to `finish` or `free`. Raises KeyRefused when the key was
    used for another request. Of two at once one gets None, the other an answer without status.
    """
    session.execute(delete(Idempotency).where(Idempotency.at <= now - KEPT))
    values = {"account": request.account, "key": request.key, "request": request.request, "at": now}
    try:
        with session.begin_nested():
            session.execute(insert(Idempotency).values(status=None, body=None, **values))
    except IntegrityError:
        return _before(session, request, now)
    return None


def _before(session: Session, request: Asked, now: datetime) -> Answer | None:
    row = session.get(Idempotency, (request.account, request.key), populate_existing=True)
    if row is None:  # freed a moment ago
        return Answer(None, None)
    if row.request != request.request:
        raise KeyRefused(
            "这个 Idempotency-Key 已用于另一个请求，请为新请求换一个",
            "this Idempotency-Key was used for another request; take a new one for a new request",
        )
    if row.status is not None:
        return Answer(row.status, row.body)
    if row.at > now - DEAD:
        return Answer(None, None)
    return None if _take_over(session, request, row.at, now) else Answer(None, None)


def _take_over(session: Session, request: Asked, since: datetime, now: datetime) -> bool:
    """Take over an act whose server died; of several that try, one may."""
    taken = session.execute(
        update(Idempotency)
        .where(
            Idempotency.account == request.account,
            Idempotency.key == request.key,
            Idempotency.at == since,
            Idempotency.status.is_(None),
        )
        .values(at=now)
    )
    return int(taken.rowcount) == 1  # type: ignore[attr-defined]


def finish(session: Session, request: Asked, status: int, body: str) -> None:
    """Keep the answer for whoever asks again."""
    row = session.get_one(Idempotency, (request.account, request.key))
    row.status, row.body = status, body


def free(session: Session, request: Asked) -> None:
    """Nothing was done: the key may be used again, for the request put right."""
    session.execute(
        delete(Idempotency).where(
            Idempotency.account == request.account,
            Idempotency.key == request.key,
            Idempotency.status.is_(None),
        )
    )
