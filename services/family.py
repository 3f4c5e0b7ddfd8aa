"""One household and its alert: who lives there, what is known, what was done, what was found."""

from __future__ import annotations

from datetime import date

import pandas as pd

from alerts import service
from alerts.errors import AlertNotFound, AlertsError
from alerts.helping import Given
from alerts.models import Alert, Need
from alerts.queries import AlertDetail, event_at
from alerts.states import OWED_NEEDS, Cause, HelpKind, Outcome, State
from core.access.roles import Action
from services import cases as cases_of
from services import households
from services.case_work import given, tell
from services.context import Context
from services.reads import base, cases
from services.reads import family as reads
from services.reads.family import ENOUGH, Family, awaits_result
from services.roles import case_roles
from services.use_case import acting, reading

__all__ = [
    "ENOUGH",
    "Cause",
    "Family",
    "Outcome",
    "alerts_of",
    "awaits_result",
    "checks",
    "days_overdue",
    "detail",
    "family",
    "highest",
    "keys",
    "last_seen",
    "may_weigh",
    "members",
    "move",
    "moved_on",
    "number",
    "only_look",
    "own_needs",
    "plain_steps",
    "record",
    "record_by_key",
    "result_roles",
    "settle",
    "settle_roles",
    "step_roles",
    "tries_allowed",
    "weighed",
]

family = reading(Action.SEE_HOUSEHOLD, reads.family, household=True)
weighed = reading(Action.SEE_ORIGINS, reads.weighed, household=True)
members = reading(Action.SEE_HOUSEHOLD, reads.members, household=True)
alerts_of = reading(Action.SEE_HOUSEHOLD, reads.alerts_of, household=True)
highest = reading(Action.SEE_ORIGINS, reads.highest)
days_overdue = reading(Action.SEE_HOUSEHOLD, reads.days_overdue)
tries_allowed = reading(None, reads.tries_allowed)
checks = reading(None, reads.checks)
moved_on = reading(Action.SEE_HOUSEHOLD, reads.moved_on)


@acting(Action.SEE_HOUSEHOLD)
def last_seen(context: Context, household: str, until: date = date.max) -> date | None:
    """The newest month, up to a day, whose profile holds a household of the principal's areas."""
    households.require_own(context, household)
    found: date | None = reads.last_seen(context.home, household, until)
    return found


@acting(Action.SEE_HOUSEHOLD)
def detail(context: Context, alert_id: int) -> AlertDetail:
    """One alert with reasons, needs and chain of events, read afresh. Raises AlertNotFound.

    An alert of the glass that was broken opens with its household. Who may not know what raised
    alerts is told the reasons of a list for visits.
    """
    found = None
    if context.principal.households:
        whole = reads.detail(context.home, context.as_of, households.COUNTY, alert_id)
        found = whole if whole.alert.household in context.principal.households else None
    found = found or reads.detail(context.home, context.as_of, context.scope, alert_id)
    return found if may_weigh(context, found.alert.household) else reads.blinded(found)


def may_weigh(context: Context, household: str) -> bool:
    """Whether the principal may know how rules and model weigh a household, which tells the visits
    drawn at random: never through a broken glass."""
    return cases_of.may_sight(context) and not only_look(context, household)


@acting(Action.SEE_HOUSEHOLD)
def number(context: Context, alert: Alert) -> str:
    """What an alert is called on paper, such as 202606-3f9a01c."""
    scope = households.COUNTY if only_look(context, alert.household) else context.scope
    return cases.numbers(context.home, context.as_of, scope, [alert.id])[0]


def only_look(context: Context, household: str) -> bool:
    """Whether the household is open through a broken glass alone: to be seen, not acted on."""
    return household in context.principal.households


def plain_steps(found: AlertDetail, role: str) -> list[str]:
    """Steps open to a role that are neither a visit's result nor about one need."""
    return reads.plain_steps(found, role)


def step_roles(context: Context) -> list[str]:
    """The roles of the life-cycle in which the principal may move cases of the area on."""
    return [role.value for role in case_roles(context, Action.STEP)]


def settle_roles(context: Context) -> list[str]:
    """The roles of the life-cycle in which the principal may settle needs of the area."""
    return [role.value for role in case_roles(context, Action.SETTLE)]


def own_needs(context: Context, found: AlertDetail) -> pd.DataFrame:
    """The confirmed, unsettled needs of an alert that the principal may work on: a department its
    own."""
    if found.alert.state != State.ASSISTING:
        return found.needs.iloc[:0]
    open_ones = found.needs[found.needs["state"].isin(list(OWED_NEEDS))]
    own = context.scope.department
    return open_ones[open_ones["department"] == own] if own else open_ones


def result_roles(context: Context, found: AlertDetail, outcome: str) -> list[str]:
    """The principal's roles in which this result may be recorded now."""
    held = {role.value for role in case_roles(context, Action.RECORD)}
    return [role for role in reads.result_roles(found, outcome) if role in held]


@acting(Action.RECORD)
def record(
    context: Context,
    alert_id: int,
    seen_event: int,
    *,
    outcome: str,
    role: str | None = None,
    cause: str | None = None,
    note: str | None = None,
    needs: dict[str, str] | None = None,
    facts: dict[int, str] | None = None,
) -> None:
    """Record what a visit found; a confirmed alert names its confirmed needs.

    `needs` maps each kind to what was found, `facts` reasons by number to whether they were true.
    `seen_event` is the last event that the reader saw. Raises MoveRefused, AlertChanged,
    PrivateDataRefused or AlertNotFound with words to show.
    """
    with base.alert_session(context.home, context.scope) as session:
        alert = service.record_outcome(
            session,
            int(alert_id),
            outcome,
            **given(context, Action.RECORD, role, seen_event),
            cause=cause or None,
            note=note,
            needs=(needs or {}) if outcome == "confirmed" else None,
            facts=facts,
        )
        tell(context, session, alert, "outcome", seen_event, {"outcome": outcome})
    base.forget()


@acting(Action.RECORD)
def record_by_key(
    context: Context,
    key: str,
    version: int,
    *,
    outcome: str,
    role: str | None = None,
    cause: str | None = None,
    note: str | None = None,
    needs: dict[str, str] | None = None,
) -> None:
    """`record` for another system, which names the alert by its key and what it saw by how many
    events there were. Raises like `record`, NothingYet for an alert that is not in the area.
    """
    found = cases.by_key(context.home, context.as_of, context.scope, key)
    if found is None:
        raise base.NothingYet("alert")
    with base.alert_session(context.home, context.scope) as session:
        seen = event_at(session, found, version)
    if seen is None:
        raise AlertsError(
            "version 应取自预警列表的当前值", "take the version from the list of alerts"
        )
    found_there = {"outcome": outcome, "role": role, "cause": cause, "note": note, "needs": needs}
    record(context, found, seen, **found_there)


@acting(Action.SEE_HOUSEHOLD)
def keys(context: Context, alerts: list[int]) -> dict[int, str]:
    """What other systems call alerts of the area."""
    called: dict[int, str] = cases.keys(context.home, context.as_of, context.scope, alerts)
    return called


@acting(Action.STEP)
def move(
    context: Context,
    alert_id: int,
    seen_event: int,
    *,
    action: str,
    role: str | None = None,
    note: str | None = None,
) -> None:
    """Do one plain step of an alert (dispatch, accept, return, note, ...). Raises like `record`."""
    with base.alert_session(context.home, context.scope) as session:
        alert = service.move(
            session,
            int(alert_id),
            action,
            **given(context, Action.STEP, role, seen_event),
            note=note,
        )
        tell(context, session, alert, action, seen_event, {})
    base.forget()


@acting(Action.SETTLE)
def settle(
    context: Context,
    need_id: int,
    seen_event: int,
    *,
    met: bool,
    role: str | None = None,
    note: str | None = None,
    help_kind: str | None = None,
    amount: float | None = None,
    on: date | None = None,
) -> None:
    """Mark a confirmed need as met or dropped; of help say what kind, how much (yuan), when.

    Raises like `record`.
    """
    help_given = None
    if met and help_kind is not None:
        help_given = Given(HelpKind(help_kind), amount, on)
    with base.alert_session(context.home, context.scope) as session:
        own = context.scope.department
        need = session.get(Need, int(need_id))
        if need is None or (own and need.department != own):
            raise AlertNotFound("需求", "need", int(need_id))
        alert = service.settle_need(
            session,
            int(need_id),
            met=met,
            given=help_given,
            **given(context, Action.SETTLE, role, seen_event),
            note=note,
        )
        about = {"need": need.code, "met": met}
        tell(context, session, alert, "settle", seen_event, about)
    base.forget()
