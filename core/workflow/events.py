"""The log of a case: one row for every act, only ever added to; and what it tells a reader.

A page shows a case as of its last event. An act made on that page carries the number of that
event; when more has happened since, the act is refused and the story tells what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import DateTime, String, func, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from core.words import Text
from core.workflow.calendar import county_time

_TOLD = 3  # acts told when more happened; the log holds them all
_CHUNK = 500  # keys in one question to the database
Key = TypeVar("Key", int, str)


class EventColumns:
    """Columns of every event table: who, in which role, when (China time), what, from and to.

    `from_state` is null for the act that begins a case. The table adds the case it belongs to, and
    whatever else its acts record. See `append_only` for the rule that rows never change.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime)
    actor: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(12))
    action: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(LongText)


def append_only(table: str, dialect: str) -> list[str]:
    """Statements that make the database refuse to change or delete a row; for a migration.

    `dialect` is 'sqlite' or 'postgresql'. `table` is a name from our own code, never input.
    """
    if dialect == "postgresql":
        return [
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger AS $$ BEGIN "
            f"RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def in_chunks(keys: Sequence[Key]) -> Iterable[Sequence[Key]]:
    """The keys in groups that one question to any database can carry."""
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))


def events_since(
    session: Session, case: InstrumentedAttribute[int], number: int, seen: int, *more: str
) -> list[dict[str, Any]]:
    """What happened to case `number` after event `seen`, oldest first: at, actor, role, action.

    `case` is the event table's column that names the case; `more` names further columns.
    """
    model: Any = case.class_
    names = (*more, "at", "actor", "role", "action")
    query = (
        select(*(getattr(model, name) for name in names))
        .where(case == number, model.id > seen)
        .order_by(model.id)
    )
    return [dict(zip(names, row, strict=True)) for row in session.execute(query)]


def last_at(
    session: Session,
    case: InstrumentedAttribute[int],
    numbers: Sequence[int],
    actions: Collection[str],
) -> dict[int, datetime]:
    """When one of `actions` was last done to each case; cases without any are left out."""
    model: Any = case.class_
    found: dict[int, datetime] = {}
    for chunk in in_chunks(numbers):
        query = (
            select(case, func.max(model.at))
            .where(case.in_(chunk), model.action.in_(list(actions)))
            .group_by(case)
        )
        for number, at in session.execute(query):
            found[number] = at
    return found


def ago(at: datetime, now: datetime) -> Text:
    """How long ago, for minutes and hours of a day; otherwise the date."""
    passed = now - at
    if timedelta(0) <= passed < timedelta(minutes=1):
        return Text("刚刚", "just now")
    if timedelta(0) <= passed < timedelta(hours=1):
        n = int(passed / timedelta(minutes=1))
        return Text(f"{n} 分钟前", f"{n} minute{'s' * (n > 1)} ago")
    if timedelta(0) <= passed < timedelta(days=1):
        n = int(passed / timedelta(hours=1))
        return Text(f"{n} 小时前", f"{n} hour{'s' * (n > 1)} ago")
    return Text(f"{at:%Y-%m-%d} ", f"on {at:%Y-%m-%d}")


def story(
    events: Iterable[Mapping[str, Any]],
    now: datetime,
    done: Mapping[str, Text],
    *,
    system: str,
    part: str | None = None,
) -> Text:
    """Events (action, actor, role, at), oldest first, as one sentence without its stop.

    `done` says of each action what somebody did; `system` is the role that has no name of its own.
    What one person did at one moment is told by its last step for the whole case: whoever records
    a result has taken the case and begun the check on the way. `part` is the key that is set where
    an act concerns a part of the case only.
    """
    acts = []
    for (actor, role, at), group in groupby(events, lambda e: (e["actor"], e["role"], e["at"])):
        steps = list(group)
        whole = [e for e in steps if part is None or _empty(e[part])]
        acts.append((actor, role, at, (whole or steps)[-1]["action"]))
    told = []
    for actor, role, at, action in acts[-_TOLD:]:
        who = Text("系统", "The system") if role == system else Text(actor, actor)
        when, what = ago(at, county_time(now)), done[action]
        told.append(Text(f"{who.zh} {when.zh}{what.zh}", f"{who.en} {what.en} {when.en}"))
    return Text("；".join(one.zh for one in told), "; ".join(one.en for one in told))


def _empty(value: Any) -> bool:
    """No value, or the NaN that a table of events holds for none."""
    return value is None or value != value
