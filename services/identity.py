"""Who is one person: a steward looks at two records and says so, or says they are two people.

Nothing is merged by itself. A decision is logged with its reason, counts from a day on, and can be
undone; names stay in the vault, the list shows them masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.access.areas import COUNTY
from core.access.roles import Action
from core.db import open_session, upgrade
from core.errors import Told
from core.rulebook.writing import refuse_personal
from core.words import Text
from data.same_person import APART, MERGE, UNDO, Decision, SamePersonError, decide
from services import entering, record
from services.cache import forget_all
from services.context import Context
from services.reads import identity as reads
from services.reads.base import home_at, moment_of
from services.reads.identity import OPEN, Pair
from services.use_case import acting, reading

__all__ = [
    "APART",
    "MERGE",
    "OPEN",
    "UNDO",
    "Decided",
    "Decision",
    "IdentityRefused",
    "Pair",
    "SamePersonError",
    "apart",
    "kind_word",
    "log",
    "may_review",
    "merge",
    "pairs",
    "state_word",
    "undo",
]

_KINDS = {
    "number": Text("同一号码，姓名不同", "one number, two names"),
    "alike": Text("同名同出生日期，号码不同", "one name and birth date, two numbers"),
}
_STATES = {
    OPEN: Text("待核对", "to be reviewed"),
    MERGE: Text("同一人", "one person"),
    APART: Text("两个人", "two people"),
    UNDO: Text("已撤销", "undone"),
}


class IdentityRefused(Told):
    """A decision cannot be taken so; the message says what would be right."""


@dataclass(frozen=True)
class Decided:
    """A decision that was taken: its number, from when on it counts, and the months that were built
    already and are built anew, and say so, when they are run again."""

    number: int
    known_on: date
    months: tuple[date, ...]


pairs = reading(Action.REVIEW_IDENTITY, reads.pairs)
log = reading(Action.REVIEW_IDENTITY, reads.log)


def kind_word(code: str) -> Text:
    """Why two records may be one person's."""
    return _KINDS[code]


def state_word(code: str) -> Text:
    """How a pair of records stands."""
    return _STATES[code]


def may_review(context: Context) -> bool:
    """Whether the principal may decide who is one person."""
    return context.principal.may(Action.REVIEW_IDENTITY, COUNTY)


@acting(Action.REVIEW_IDENTITY)
def merge(
    context: Context, kept: str, other: str, reason: str, since: date | None = None
) -> Decided:
    """Two records are one person, who keeps the first. Raises as `undo` does."""
    return _decide(context, MERGE, kept, other, reason, since)


@acting(Action.REVIEW_IDENTITY)
def apart(
    context: Context, kept: str, other: str, reason: str, since: date | None = None
) -> Decided:
    """Two records are two people. Raises as `undo` does."""
    return _decide(context, APART, kept, other, reason, since)


@acting(Action.REVIEW_IDENTITY)
def undo(
    context: Context, kept: str, other: str, reason: str, since: date | None = None
) -> Decided:
    """Take the decision about two records back; they are to be reviewed again.

    It counts from `since` on, without it from the next run: months run before keep what was known
    then. Raises IdentityRefused, SamePersonError and PrivateDataRefused with words to show.
    """
    return _decide(context, UNDO, kept, other, reason, since)


def _decide(
    context: Context, act: str, kept: str, other: str, reason: str, since: date | None
) -> Decided:
    _known(context, kept, other)
    if not reason.strip():
        raise IdentityRefused("请写明核对依据", "say what it was decided by")
    refuse_personal(reason)
    home = home_at(context.home)
    known_on = since or entering.known_on(context)
    upgrade(home)
    with open_session(home) as session:
        number = decide(
            session,
            act,
            kept,
            other,
            reason=reason.strip(),
            known_on=known_on,
            at=moment_of(context.home, context.as_of),
            actor=context.principal.account,
        )
        detail = {"reason": reason.strip(), "other": other, "since": known_on.isoformat()}
        record.add(context, session, f"{act}_identity", "person", kept, detail=detail)
    forget_all()
    return Decided(number, known_on, tuple(reads.touched(context.home, known_on)))


def _known(context: Context, kept: str, other: str) -> None:
    """The pair must be on the list: nobody joins two strangers by their pseudonyms."""
    there = {frozenset((p.person, p.other)) for p in reads.pairs(context.home)}
    if frozenset((kept, other)) not in there:
        raise IdentityRefused(
            "待核对名单中没有这两条记录", "these two records are not on the list to be reviewed"
        )
