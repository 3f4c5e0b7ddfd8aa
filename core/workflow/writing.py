"""Changing cases safely: locked before they are read, counted by version, written with the record.

Functions here take loaded rows and leave the transaction to the caller. `written` is the only
place where events are written, so that no state changes without its record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic

from sqlalchemy import Date, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from core.workflow.errors import CaseChanged
from core.workflow.events import EventColumns, in_chunks
from core.workflow.moves import Decision, Role


class CaseColumns:
    """Columns of every table of cases: where one stands, and by when its next step is due.

    The state is the latest line of the log, kept for quick lists. `clock_from` is the day the
    current deadline counts from. Two who change one version at once: the second fails.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    clock_from: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    version_id: Mapped[int] = mapped_column()

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        # The second UPDATE finds no row of the version it read.
        return {"version_id_col": cls.version_id}


@dataclass(frozen=True)
class Act(Generic[Role]):
    """Who acts, in which role, when (China time), and what they say about it."""

    actor: str
    role: Role
    at: datetime
    note: str | None = None


def lock(session: Session, case: type[CaseColumns], numbers: Sequence[int]) -> None:
    """Wait until nobody else is changing these cases, and keep others waiting until the end.

    Taken before anything is read, so that the second of two acts at once sees what the first did.
    """
    ids = sorted(numbers)
    if ids and session.get_bind().dialect.name == "sqlite":
        # SQLite knows no lock of rows: the first write takes its only one.
        touch = update(case).where(case.id == ids[0]).values(id=case.id)
        session.execute(touch, execution_options={"synchronize_session": False})
        return
    for chunk in in_chunks(ids):
        rows = select(case.id).where(case.id.in_(chunk)).order_by(case.id)
        session.execute(rows.with_for_update())


def advance(case: CaseColumns, decision: Decision[Any, Any, Any, Any]) -> None:
    """Move a case as decided and start its clock anew where the move does so."""
    case.state = decision.after
    # An act may leave every column as it was (a note); the version must count it too.
    flag_modified(case, "state")
    if decision.restarts_clock:
        case.clock_from = decision.at.date()


@contextmanager
def written(session: Session, event: type[EventColumns], changed: CaseChanged) -> Iterator[None]:
    """A block of changes: rows and their events are written at its end, together.

    Events go in as one plain insert, several times faster than object by object. A row changed
    meanwhile by someone else raises `changed`.
    """
    kept: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    session.info[event] = kept
    try:
        yield
        session.flush()
        # Rows made in this block have their numbers only now.
        rows = [
            {**values, **{name: None if row is None else row.id for name, row in of.items()}}
            for values, of in kept
        ]
        if rows:
            session.execute(insert(event), rows)
    except StaleDataError as error:
        raise changed from error
    finally:
        del session.info[event]


def keep(
    session: Session,
    event: type[EventColumns],
    act: Act[Any],
    action: str,
    before: str | None,
    after: str,
    of: Mapping[str, Any],
    *,
    note: str | None = None,
    **more: Any,
) -> None:
    """Keep one event for the end of the surrounding `written` block.

    `of` gives for each column that names a row (the case, a part of it) that row or None; `more`
    are further columns of the event table. What the act says is kept only where `note` repeats it:
    of several events of one act, one carries the words.
    """
    values = {
        "at": act.at,
        "actor": act.actor,
        "role": act.role,
        "action": action,
        "from_state": before,
        "to_state": after,
        "note": note,
        **more,
    }
    session.info[event].append((values, of))
