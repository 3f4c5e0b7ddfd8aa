"""The record as auditors read it: events, who looked at whom, what is unusual, whether it is whole.

Nothing here changes anything; that the record was read is itself recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import pandas as pd
from cachetools import TTLCache
from sqlalchemy import select

from core.access.models import Account
from core.access.roles import Action
from core.audit import reads
from core.audit.anchors import anchors_path, read_anchors
from core.audit.findings import Verdict
from core.audit.reads import Event, Page, Sought, Unusual
from core.db import open_session
from services import record
from services.context import Context
from services.households import ONE_LOOK
from services.reads import glass
from services.reads.base import home_at
from services.reads.glass import Look
from services.use_case import acting
from services.whole import checked

__all__ = [
    "Choices",
    "Event",
    "Page",
    "Sought",
    "Unusual",
    "Verdict",
    "check",
    "choices",
    "emergency_looks",
    "events",
    "looked_at",
    "unusual",
]

_read: TTLCache[tuple[str, str], bool] = TTLCache(1_000, ONE_LOOK.total_seconds())
_door = Lock()


@dataclass(frozen=True)
class Choices:
    """What the events can be narrowed by: values that occur in the record."""

    accounts: list[str]
    actions: list[str]


@acting(Action.READ_RECORD)
def events(context: Context, sought: Sought, number: int = 1, size: int = 50) -> Page:
    """A page of the record, newest first."""
    _tell(context)
    with open_session(home_at(context.home)) as session:
        return reads.page(session, sought, number, size)


@acting(Action.READ_RECORD)
def choices(context: Context) -> Choices:
    """The accounts and acts that occur."""
    with open_session(home_at(context.home)) as session:
        return Choices(
            reads.words_in_use(session, "account"), reads.words_in_use(session, "action")
        )


@acting(Action.READ_RECORD)
def looked_at(context: Context, sought: Sought) -> pd.DataFrame:
    """Who looked at whom: account, object (a household), looks, reveals, first, last."""
    _tell(context)
    with open_session(home_at(context.home)) as session:
        return reads.who_looked_at_whom(session, sought)


@acting(Action.READ_RECORD)
def unusual(context: Context, since: datetime, until: datetime | None = None) -> list[Unusual]:
    """Looking that is unusual in a period: where to ask first, no accusation."""
    with open_session(home_at(context.home)) as session:
        rows = session.execute(select(Account.name, Account.lives_in))
        villages = {name: code for name, code in rows if code}
        return reads.unusual(session, since, until, villages)


@acting(Action.READ_RECORD)
def emergency_looks(context: Context) -> list[Look]:
    """Emergency looks, newest first, judged or not."""
    found: list[Look] = glass.looks(context.home)
    return found


@acting(Action.READ_RECORD)
def check(context: Context) -> Verdict:
    """Check every event against the chain and the anchors, the alerts' log and the accounts' grants
    against the events; takes seconds for a long record."""
    home = home_at(context.home)
    with open_session(home) as session:
        found = checked(session, read_anchors(anchors_path(home)))
    record.write(context, "check_record", "record", detail={"findings": len(found.findings)})
    return found


def _tell(context: Context) -> None:
    key = (context.home, context.principal.session or context.principal.account)
    with _door:
        if key in _read:
            return
        _read[key] = True
    record.write(context, "read_record", "record")
