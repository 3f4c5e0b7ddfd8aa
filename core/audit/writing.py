"""Writing to the record, inside the transaction of the act: both stay or neither.

A writer takes the head's row first (PostgreSQL locks the row, SQLite the database), so events are
numbered without a gap and each is chained to the one committed before it. The lock is held until
the transaction ends: whoever records in the middle of a transaction that goes on to change other
rows can meet another who holds those rows and waits for the head. `record_at_end` writes just
before the commit and cannot; use it wherever the number of the event is not needed.

A refusal is recorded in a transaction of its own, after that of the refused act has ended:
`with open_session(home) as session: record(session, Entry(…, result="refused"))`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, event, insert, update
from sqlalchemy.orm import Session, SessionTransaction

from core.audit.chain import chosen_algorithm, event_hash
from core.audit.entry import Entry
from core.audit.models import EVENTS, HEAD

_WAITING = "audit: entries to write at the end"
_TAKE = update(HEAD).values(seq=HEAD.c.seq + bindparam("count")).returning(HEAD.c.seq, HEAD.c.hash)
_LEAVE = update(HEAD).values(hash=bindparam("last"))
_WRITE = insert(EVENTS)


def record(session: Session, entry: Entry, now: datetime | None = None) -> int:
    """Write one event in the caller's transaction and return its number.

    `now` is for an invented county that replays its past; server time otherwise.
    """
    return record_many(session, [entry], now)[0]


def record_many(session: Session, entries: Sequence[Entry], now: datetime | None = None) -> range:
    """Write events in the given order, side by side in the record; returns their numbers."""
    if not entries:
        return range(0)
    algorithm = chosen_algorithm()
    session.flush()  # the rows of the act are taken before the head: one order for everybody
    connection = session.connection()
    last, previous = connection.execute(_TAKE, {"count": len(entries)}).one()
    at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    written: list[dict[str, Any]] = []
    for seq, entry in enumerate(entries, last - len(entries) + 1):
        values = entry.columns() | {"seq": seq, "at": at, "algorithm": algorithm}
        values["previous"] = previous
        values["hash"] = previous = event_hash(values)
        written.append(values)
    connection.execute(_WRITE, written)
    connection.execute(_LEAVE, {"last": previous})
    return range(written[0]["seq"], last + 1)


def record_at_end(session: Session, entry: Entry) -> None:
    """Write one event just before the caller's transaction commits; nothing if it rolls back."""
    if _WAITING not in session.info:
        session.info[_WAITING] = []
        event.listen(session, "before_commit", _write_waiting)
        event.listen(session, "after_soft_rollback", _forget_waiting)
    transaction = session.get_nested_transaction() or session.get_transaction()
    session.info[_WAITING].append((transaction or session.begin(), entry))


def _write_waiting(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint is released; the commit is yet to come
        return
    waiting = session.info[_WAITING]
    session.info[_WAITING] = []
    record_many(session, [entry for _, entry in waiting])


def _forget_waiting(session: Session, ended: SessionTransaction) -> None:
    """Drop what was waiting in the transaction that rolled back, and in savepoints within it."""
    session.info[_WAITING] = [
        (began, entry) for began, entry in session.info[_WAITING] if not _within(began, ended)
    ]


def _within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is outer:
            return True
        transaction = transaction.parent
    return False
