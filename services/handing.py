"""Handing alerts out and on: to whom, how much they have in hand, suspension, approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from alerts import holding, service
from alerts.errors import AlertNotFound
from alerts.models import Alert, Need
from alerts.states import HelpKind, Role
from core.access.areas import Area
from core.access.roles import Action
from core.errors import Told
from services.case_work import given, tell
from services.context import Context
from services.reads import base
from services.reads import handing as reads
from services.reads.handing import Load, Worker
from services.roles import case_roles
from services.use_case import acting, reading

__all__ = [
    "HelpKind",
    "Load",
    "Worker",
    "approve",
    "assign",
    "assign_roles",
    "loads",
    "may_lead",
    "own_area",
    "pass_on",
    "recipient",
    "send_back",
    "suspend",
    "suspension_days",
    "take_up",
    "workers",
]

workers = reading(Action.SEE_ALERTS, reads.workers)
loads = reading(Action.SEE_ALERTS, reads.loads)


def recipient(context: Context, area: str, account: str | None = None) -> holding.Held:
    """Whoever visits in an area, or one person there by name.

    Raises Told for an account that does not visit there.
    """
    if account is not None:
        known = {worker.account: worker for worker in workers(context)}
        if account not in known or not any(
            Area(own).holds(Area(area)) or Area(area).holds(Area(own))
            for own in known[account].areas
        ):
            raise Told(
                f"账号“{account}”不在该辖区走访，请选择其他人",
                f"'{account}' does not visit there; choose someone else",
            )
    return holding.Held(Role.WORKER, area, account)


suspension_days = reading(Action.DISPATCH, reads.suspension_days)


def may_lead(context: Context) -> bool:
    """Whether the principal hands cases out, suspends them and approves results in the area."""
    return context.principal.may(Action.DISPATCH, context.scope)


def assign_roles(context: Context) -> list[str]:
    """The roles of the life-cycle in which the principal may hand a case of the area on."""
    return [role.value for role in case_roles(context, Action.STEP) if role in holding.DESK.hands]


def own_area(context: Context) -> str:
    """The widest area of the principal that holds the one looked at: a page may be narrowed."""
    own = context.principal.areas(Action.STEP)
    return next((area.code for area in own if area.holds(context.scope)), context.scope.code)


@acting(Action.STEP)
def assign(
    context: Context,
    alert_id: int,
    seen_event: int,
    *,
    area: str,
    account: str | None = None,
    role: str | None = None,
    note: str,
) -> None:
    """Give a dispatched case to another place or person. Raises like `family.move`."""
    with base.alert_session(context.home, context.scope) as session:
        alert = service.assign(
            session,
            int(alert_id),
            recipient(context, area, account),
            **given(context, Action.STEP, role, seen_event),
            own_area=own_area(context),
            note=note,
        )
        about = {"holder": holding.text(holding.of(alert))}
        tell(context, session, alert, "assign", seen_event, about)
    base.forget()


@acting(Action.DISPATCH)
def suspend(context: Context, alert_id: int, seen_event: int, *, until: date, note: str) -> None:
    """Let the clock of a case stand still until a day. Raises like `family.move`."""
    with base.alert_session(context.home, context.scope) as session:
        alert = service.suspend(
            session,
            int(alert_id),
            until,
            **given(context, Action.DISPATCH, None, seen_event),
            note=note,
        )
        tell(context, session, alert, "suspend", seen_event, {"until": until})
    base.forget()


@acting(Action.DISPATCH)
def approve(context: Context, alert_id: int, seen_event: int, *, note: str | None = None) -> None:
    """Approve a result that waits for a second person. Raises like `family.move`."""
    with base.alert_session(context.home, context.scope) as session:
        alert = service.approve(
            session,
            int(alert_id),
            **given(context, Action.DISPATCH, None, seen_event),
            note=note,
        )
        tell(context, session, alert, "approve", seen_event, {"outcome": alert.outcome})
    base.forget()


@acting(Action.SETTLE)
def take_up(
    context: Context,
    need_id: int,
    seen_event: int,
    *,
    role: str | None = None,
    note: str | None = None,
) -> None:
    """A department takes up a confirmed need; its time runs. Raises like `family.settle`."""
    by = given(context, Action.SETTLE, role, seen_event) | {"note": note}
    _on_need(context, need_id, "need_taken", service.take_up, by)


@acting(Action.SETTLE)
def send_back(
    context: Context, need_id: int, seen_event: int, *, role: str | None = None, note: str
) -> None:
    """A department that is not competent sends a need back. Raises like `family.settle`."""
    by = given(context, Action.SETTLE, role, seen_event) | {"note": note}
    _on_need(context, need_id, "need_returned", service.send_back, by)


@acting(Action.DISPATCH)
def pass_on(context: Context, need_id: int, seen_event: int, *, department: str, note: str) -> None:
    """Give a need to another department. Raises like `family.settle`."""
    by = given(context, Action.DISPATCH, None, seen_event) | {"note": note}
    _on_need(context, need_id, "need_sent", service.pass_on, by | {"department": department})


def _on_need(
    context: Context, need_id: int, act: str, do: Callable[..., Alert], by: dict[str, Any]
) -> None:
    """Do an act on a need that the principal may see, and record it.

    Raises AlertNotFound for a need of another department than the principal's.
    """
    with base.alert_session(context.home, context.scope) as session:
        own, need = context.scope.department, session.get(Need, int(need_id))
        if need is None or (own and need.department != own):
            raise AlertNotFound("需求", "need", int(need_id))
        alert = do(session, need.id, **by)
        about = {"need": need.code, "department": need.department}
        tell(context, session, alert, act, by["seen_event"], about)
    base.forget()
