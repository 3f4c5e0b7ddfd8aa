"""Checking the record: every event against its hash, its neighbours, the head and the anchors.

What is found before the last anchor: any edit, removal, reordering, insertion, truncation, and a
rewrite that recomputes every hash. After it, everything but such a rewrite (or a truncation that
also sets the head back) by somebody who rules the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import stamps
from core.audit.anchors import (
    ANCHOR_EVENTS,
    ANCHOR_HOURS,
    ANCHORED,
    Anchor,
    AnchorBook,
    anchors_path,
    read_anchors,
)
from core.audit.chain import COLUMNS, GENESIS, event_hash
from core.audit.findings import Finding, Verdict
from core.audit.models import EVENTS, HEAD
from core.db import open_session
from core.home import Home

_CHUNK = 5_000
_NO_HEAD = (-1, "")  # somebody removed the row


def verify_home(home: Home | str) -> Verdict:
    """Check the record of a database against its anchors file."""
    with open_session(home) as session:
        return verify(session, read_anchors(anchors_path(home)))


def verify(
    session: Session, book: AnchorBook | None = None, now: datetime | None = None
) -> Verdict:
    """Check the record; without a book, against itself only. Writers may go on meanwhile.

    Reads in chunks: memory does not grow with the record.
    """
    head = _head(session)
    walk = Walk(book.anchors if book else [], head)
    for event in stored_events(session):
        walk.step(event)
    walk.end(_head(session))
    notes: list[tuple[str, str]] = []
    findings = walk.findings
    if book:
        findings = findings + book.findings + _no_anchors(book, walk, now or datetime.now(UTC))
        findings += _stamps(book, notes)
    anchored = walk.agreed
    notes += _unanchored(anchored.seq if anchored else 0, walk.last)
    return Verdict(
        events=walk.count,
        head=head,
        anchored=anchored.seq if anchored else 0,
        anchored_at=anchored.at if anchored else "",
        findings=findings,
        notes=notes,
    )


class Walk:
    """One pass over the events in their order; `findings` grows, nothing else does."""

    def __init__(self, anchors: list[Anchor], head: tuple[int, str]) -> None:
        self.findings: list[Finding] = []
        self.count = 0
        self.last = 0
        """Number of the last event seen."""
        self.agreed: Anchor | None = None
        """The last anchor that agrees with the record."""
        self.since = ""
        """When the first event was written; '' without one."""
        self.told_anchored = False
        """Whether the record itself says that it was anchored."""
        self._anchors: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.seq, []).append(anchor)
        self._head = head
        self._hash = GENESIS
        self._disagreed = False

    def step(self, event: Mapping[str, Any]) -> None:
        """Take in the next event, given as its columns."""
        self.count += 1
        self.since = self.since or str(event["at"])
        self.told_anchored |= event["action"] == ANCHORED
        seq = event["seq"]
        if seq <= self.last:
            self._found("inserted", seq, seq)
            return
        if seq > self.last + 1:
            self._found("missing", self.last + 1, seq - 1)
        elif event["previous"] != self._hash:
            self._found("unjoined", max(seq - 1, 1), seq)
        computed = event_hash(event)
        if computed != event["hash"]:
            self._found("edited", seq, seq)
        if seq in self._anchors:
            self._compare(self._anchors.pop(seq), {computed, event["hash"]})
        if seq == self._head[0] and event["hash"] != self._head[1]:
            self._found("head", seq, seq)
        self.last, self._hash = seq, event["hash"]

    def end(self, head: tuple[int, str]) -> None:
        """Compare the end with the anchors and with the head, read again after the pass.

        Events committed meanwhile lie between the two heads, so the record may go on growing.
        """
        should = max(self._head[0], *self._anchors, 0)
        if should > self.last:
            self._found("truncated", self.last + 1, should)
        if head == _NO_HEAD:
            self._found("head", max(self.last, 1), max(self.last, 1))
        elif self.last > head[0]:
            self._found("inserted", head[0] + 1, self.last)

    def _compare(self, anchors: list[Anchor], hashes: set[str]) -> None:
        """An anchor that disagrees is told once, up to the next that agrees."""
        for anchor in anchors:
            if anchor.hash in hashes:
                self.agreed, self._disagreed = anchor, False
            elif not self._disagreed:
                since = self.agreed.seq if self.agreed else 0
                self._found("rewritten", min(since + 1, anchor.seq), anchor.seq)
                self._disagreed = True

    def _found(self, kind: str, seq: int, until: int) -> None:
        """Add a finding; a run of edited events is one."""
        latest = self.findings[-1] if self.findings else None
        if latest and kind == latest.kind == "edited" and latest.until + 1 == seq:
            self.findings[-1] = replace(latest, until=until)
            return
        self.findings.append(Finding(kind, seq, until))


def stored_events(session: Session) -> Iterator[dict[str, Any]]:
    """Every event as it is stored, in the order of numbers, a chunk at a time."""
    connection = session.connection()
    chunk = select(*[EVENTS.c[name] for name in COLUMNS]).order_by(EVENTS.c.seq).limit(_CHUNK)
    statement = chunk
    with _any_text(session):
        while rows := connection.execute(statement).all():
            for row in rows:
                yield dict(zip(COLUMNS, row, strict=True))
            statement = chunk.where(EVENTS.c.seq > rows[-1][0])


@contextmanager
def _any_text(session: Session) -> Iterator[None]:
    """Let SQLite hand out text that is not UTF-8: somebody put it there, and it must be told."""
    connection = session.connection().connection.dbapi_connection
    if session.get_bind().dialect.name != "sqlite" or connection is None:
        yield
        return
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        yield
    finally:
        connection.text_factory = str


def _head(session: Session) -> tuple[int, str]:
    found = session.execute(select(HEAD.c.seq, HEAD.c.hash)).one_or_none()
    return (found[0], found[1]) if found else _NO_HEAD


def _no_anchors(book: AnchorBook, walk: Walk, now: datetime) -> list[Finding]:
    """A record this long or old, or that says so itself, was anchored: a missing or empty file was
    taken away."""
    if book.anchors or not walk.last:
        return []
    old = walk.since < (now - timedelta(hours=ANCHOR_HOURS)).astimezone(UTC).isoformat()
    due = old or walk.told_anchored or walk.last >= ANCHOR_EVENTS
    return [Finding("no_anchors", 1, walk.last)] if due else []


def _unanchored(anchored: int, last: int) -> list[tuple[str, str]]:
    """A note where nothing vouches for the record, or not for more events than is usual."""
    if last == 0 or (anchored and last - anchored <= ANCHOR_EVENTS):
        return []
    return [
        (
            f"第 {anchored + 1} 至 {last} 条没有锚点作证；请运行 doudi audit anchor",
            f"no anchor vouches for events {anchored + 1} to {last}; run 'doudi audit anchor'",
        )
    ]


def _stamps(book: AnchorBook, notes: list[tuple[str, str]]) -> list[Finding]:
    """What is wrong with the time stamps, where the installation can check them."""
    findings = []
    for anchor in book.anchors:
        if not anchor.stamp:
            continue
        try:
            why = stamps.fault(anchor.stamp, anchor.anchor)
        except stamps.StampFailed as error:
            notes.append((f"可信时间戳未核对：{error}", f"time stamps were not checked: {error}"))
            break
        if why:
            findings.append(Finding("stamp", anchor.seq, anchor.seq, anchor.n, why))
    return findings
