"""Writing into the record what a context did, and what it was refused."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.access.areas import Area
from core.access.roles import Action
from core.audit import SYSTEM, Entry, record_at_end
from core.audit.anchors import ANCHORED, anchor_if_due
from core.db import open_session, upgrade
from services.context import Context
from services.reads.base import home_at


def entry(context: Context, action: str, kind: str, about: str = "", **more: Any) -> Entry:
    """An entry of the record, with who, in which roles and from where as the context knows it.

    `kind` and `about` say what it concerned; `more` are further columns of `core.audit.Entry`.
    """
    who = context.principal
    return Entry(
        account=who.account,
        unit=who.unit,
        role=_roles(context),
        action=action,
        object_kind=kind,
        object=about,
        session=who.session,
        place=who.place,
        **{"area": _area(context.scope), **more},
    )


def add(
    context: Context, session: Session, action: str, kind: str, about: str = "", **more: Any
) -> None:
    """Add an entry within the act's own transaction: both stand or neither does."""
    record_at_end(session, entry(context, action, kind, about, **more))


def write(context: Context, action: str, kind: str, about: str = "", **more: Any) -> None:
    """Write an entry in a transaction of its own."""
    home = home_at(context.home)
    upgrade(home)
    with open_session(home) as session:
        add(context, session, action, kind, about, **more)
    made = anchor_if_due(home)
    if made is not None and made.n == 1:  # from now on a missing file is found
        with open_session(home) as session:
            told = {"anchored": made.seq}
            record_at_end(session, Entry(SYSTEM, ANCHORED, object_kind="record", detail=told))


def refusal(context: Context, action: Action, what: str, about: str = "") -> None:
    """Record that somebody asked for what they may not do."""
    write(context, action.value, what, about, result="refused")


def _roles(context: Context) -> str:
    """The only role, or the first of several: the record's column holds one."""
    roles = context.principal.roles
    return roles[0].value if roles else ""


def _area(scope: Area) -> str:
    return scope.code or scope.department
