"""What every act on an alert is done with, and the line it leaves in the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from alerts import digests
from alerts.models import Alert
from alerts.policy import load_policy
from core.access.roles import Action
from services import record
from services.context import Context
from services.reads import base
from services.roles import acting_role


def given(context: Context, action: Action, role: str | None, seen_event: int) -> dict[str, Any]:
    """By whom an act is done, in which role, when, after which event, by which policy."""
    now = base.moment_of(context.home, context.as_of)
    return {
        "actor": context.principal.account,
        "role": acting_role(context, action, role),
        "now": now,
        "seen_event": seen_event,
        "policy": load_policy(base.home_at(context.home), now.date()),
    }


def tell(
    context: Context,
    session: Session,
    alert: Alert,
    action: str,
    seen_event: int,
    detail: dict[str, Any],
) -> None:
    """Record an act on an alert; `seen_event` was its newest row in the log before."""
    about = {"household": alert.household, "state": alert.state, **detail}
    about |= digests.vouched(session, int(seen_event), alert.id)
    record.add(context, session, action, "alert", str(alert.id), detail=about)
