"""Who is one person: decisions about two pseudonyms, each logged, each to be undone.

A person may have several identifiers (two numbers, a number under two names). The lake keeps what
each row said; a decision joins pseudonyms when rows are read, and another takes it back. Decisions
are only ever added. One is known from a day on, so months run before are replayed without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, DateTime, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db.base import Base
from core.db.store import open_session, ready
from core.errors import Told
from core.home import Home

MERGE, APART, UNDO = "merge", "apart", "undo"
ACTS = (MERGE, APART, UNDO)


class SamePersonError(Told):
    """A decision about two records cannot be made; the message says what stands."""


class IdentityDecision(Base):
    """One decision about two records, as somebody made it; only ever added to.

    `other` is joined to `kept` (a merge), told apart from it, or the last decision is undone.
    """

    __tablename__ = "identity_decision"
    __table_args__ = (Index("ix_identity_decision", "kept", "other"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(8))
    kept: Mapped[str] = mapped_column(String(40))
    other: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    known_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(DateTime)
    actor: Mapped[str] = mapped_column(String(40))


@dataclass(frozen=True)
class Decision:
    """A decision that somebody made; `number` counts them, `known_on` is when it begins to hold."""

    number: int
    act: str
    kept: str
    other: str
    reason: str
    known_on: date
    at: datetime
    actor: str

    @property
    def pair(self) -> frozenset[str]:
        """The two records, whichever way round."""
        return frozenset((self.kept, self.other))


def decisions(home: Home, known_by: date | None = None) -> list[Decision]:
    """Every decision known by a day, oldest first; asking creates no database."""
    if not ready(home):
        return []
    with open_session(home) as session:
        return _read(session, known_by)


def _read(session: Session, known_by: date | None = None) -> list[Decision]:
    query = select(IdentityDecision).order_by(IdentityDecision.id)
    if known_by is not None:
        query = query.where(IdentityDecision.known_on <= known_by)
    return [
        Decision(r.id, r.act, r.kept, r.other, r.reason, r.known_on, r.at, r.actor)
        for r in session.scalars(query)
    ]


def standing(made: Iterable[Decision]) -> dict[frozenset[str], Decision]:
    """The decision that holds for each pair; a pair whose last was undone is left out."""
    last = {one.pair: one for one in made}
    return {pair: one for pair, one in last.items() if one.act != UNDO}


def joined(made: Iterable[Decision]) -> dict[str, str]:
    """Pseudonym -> the person's own, for every record that was joined to another.

    Joins add up: of three records of one person two are joined to the third.
    """
    merges = [one for one in standing(made).values() if one.act == MERGE]
    above: dict[str, str] = {}
    for one in sorted(merges, key=lambda d: d.number):
        kept, other = _root(above, one.kept), _root(above, one.other)
        if kept != other:
            above[other] = kept
    return {record: _root(above, record) for record in above}


def merges(home: Home, known_by: date | None = None) -> dict[str, str]:
    """`joined` of a home's decisions known by a day."""
    return joined(decisions(home, known_by))


def _root(above: Mapping[str, str], record: str) -> str:
    while record in above:
        record = above[record]
    return record


def decide(
    session: Session,
    act: str,
    kept: str,
    other: str,
    *,
    reason: str,
    known_on: date,
    at: datetime,
    actor: str,
) -> int:
    """Add a decision; its number. Raises SamePersonError where it says nothing new."""
    _check(_read(session), act, kept, other)
    row = IdentityDecision(
        act=act, kept=kept, other=other, reason=reason, known_on=known_on, at=at, actor=actor
    )
    session.add(row)
    session.flush()
    return row.id


def _check(made: list[Decision], act: str, kept: str, other: str) -> None:
    held = standing(made).get(frozenset((kept, other)))
    if act == UNDO:
        if held is None:
            raise SamePersonError(
                "这两条记录没有可撤销的决定", "nothing was decided about these two"
            )
        return
    if held is not None:
        raise SamePersonError(
            f"已有第 {held.number} 号决定，请先撤销",
            f"decision {held.number} stands about these two; undo it first",
        )
    if act == MERGE:
        own = joined(made)
        if own.get(kept, kept) == own.get(other, other):
            raise SamePersonError(
                "这两条记录经其他合并已是同一人",
                "these two are one person already, by other merges",
            )
