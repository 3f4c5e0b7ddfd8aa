"""Cases held by name by somebody who can visit there no more: back to the list of their place.

An account that was disabled, or whose area was taken from it, leaves cases that nobody else would
see among their tasks. They are handed back in the log, when the account changes and with each look
at the deadlines. Callers own the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from alerts import holding
from alerts.models import Alert
from alerts.policy import Policy, default_policy
from alerts.states import Action, Role, State
from alerts.writing import SYSTEM_ACTOR, Act, apply, checked_flush, decided
from core.access.accounts import grants_of
from core.access.areas import Area
from core.access.models import Account
from core.access.roles import OF_A_TOWNSHIP, OF_A_VILLAGE
from core.workflow.events import in_chunks
from core.workflow.writing import lock

_NOTE = (
    "原办理人账号已停用或不再负责该地，退回所在乡镇村 / "
    "whoever had it can visit there no more; back to its place"
)
# States in which a person by name still owes a visit, or will when the watch is over.
_HELD = (State.DISPATCHED, State.ACCEPTED, State.CHECKING, State.RETRY, State.WATCHING)


def hand_back(
    session: Session,
    now: datetime,
    policy: Policy | None = None,
    names: Iterable[str] | None = None,
) -> tuple[int, ...]:
    """Hand back what departed accounts hold, of all or of those named; ids of the alerts.

    A holder without an account (a name on a paper form) is left alone. Twice changes nothing.
    """
    query = select(Alert).where(Alert.state.in_(_HELD), Alert.holder_account.is_not(None))
    if names is not None:
        query = query.where(Alert.holder_account.in_(list(names)))
    alerts = session.scalars(query.order_by(Alert.id)).all()
    areas = reach(session, {alert.holder_account or "" for alert in alerts})
    left = [alert for alert in alerts if _departed(alert, areas)]
    lock(session, Alert, [alert.id for alert in left])
    act = Act.by(SYSTEM_ACTOR, Role.SYSTEM, now, _NOTE)
    done = []
    with checked_flush(session, 0):
        for alert in left:
            session.refresh(alert)
            held = holding.of(alert)
            if alert.state not in _HELD or held is None or not _departed(alert, areas):
                continue  # somebody moved it on meanwhile
            to = holding.Held(held.role, held.area)
            decision = decided(alert, Action.ASSIGN, act)
            apply(session, alert, decision, act, policy or default_policy(), to=to)
            done.append(alert.id)
    return tuple(done)


def reach(session: Session, names: Iterable[str]) -> dict[str, tuple[Area, ...]]:
    """Where each account visits, as a township or village worker: none for a disabled one. Names
    without an account are left out."""
    found: dict[str, tuple[Area, ...]] = {}
    query: Any = select(Account).options(selectinload(Account.grants))
    for chunk in in_chunks(sorted(set(names))):
        for account in session.scalars(query.where(Account.name.in_(chunk))):
            own = () if account.disabled_at is not None else grants_of(account)
            workers = (OF_A_TOWNSHIP, OF_A_VILLAGE)
            found[account.name] = tuple(grant.area for grant in own if grant.role in workers)
    return found


def _departed(alert: Alert, areas: dict[str, tuple[Area, ...]]) -> bool:
    """Whether an alert's holder has an account that does not visit the household's place."""
    if alert.holder_account not in areas:
        return False
    place = Area(alert.village_code or alert.township_code or "")
    return not any(area.holds(place) for area in areas[alert.holder_account])
