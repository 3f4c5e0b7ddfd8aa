"""Supervision 督办: load, what is near due and late, days per step; reporting one case upwards."""

from __future__ import annotations

import pandas as pd

from alerts import digests, service
from alerts.errors import MoveRefused
from alerts.policy import load_policy
from alerts.states import Action as CaseAction
from alerts.states import Role as CaseRole
from core.access.roles import Action
from services import record
from services.context import Context
from services.reads import base
from services.reads import cases as case_reads
from services.reads import supervision as reads
from services.reads.supervision import OLDEST, STEPS, Supervision
from services.roles import acting_role, case_roles
from services.use_case import acting, reading

__all__ = ["OLDEST", "STEPS", "Supervision", "escalate", "figures", "may_escalate", "oldest"]

figures = reading(Action.SEE_ORIGINS, reads.figures)
_REPORTING = (CaseRole.SUPERVISOR, CaseRole.DISPATCHER)


@acting(Action.SEE_ORIGINS)
def oldest(context: Context) -> pd.DataFrame:
    """The ten alerts that are overdue for longest, households masked, as `reads.cases.overdue`."""
    place = (context.home, context.as_of, context.scope)
    found: pd.DataFrame = case_reads.overdue(*place, OLDEST)
    return found


def may_escalate(context: Context) -> bool:
    """Whether the principal may report cases of the area upwards."""
    return any(role in _REPORTING for role in case_roles(context, Action.STEP))


@acting(Action.STEP)
def escalate(context: Context, alert_id: int, seen_event: int, reason: str) -> None:
    """Report one alert upwards by hand; `seen_event` is its last event as the reader saw it.

    Raises MoveRefused without a reason or for a case that is closed or under watch, AlertChanged,
    AlertNotFound, or PrivateDataRefused for a reason that names a person.
    """
    if not reason.strip():
        raise MoveRefused("督办需要写明原因，请写一句话", "say in one sentence why you escalate it")
    now = base.moment_of(context.home, context.as_of)
    with base.alert_session(context.home, context.scope) as session:
        alert = service.move(
            session,
            int(alert_id),
            CaseAction.ESCALATE,
            actor=context.principal.account,
            role=acting_role(context, Action.STEP),
            now=now,
            note=reason.strip(),
            seen_event=int(seen_event),
            policy=load_policy(base.home_at(context.home), now.date()),
        )
        about = {"household": alert.household, "state": alert.state}
        about |= digests.vouched(session, int(seen_event), alert.id)
        record.add(context, session, "escalate", "alert", str(alert.id), detail=about)
    base.forget()
