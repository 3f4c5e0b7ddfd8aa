"""My tasks: the households that a worker is to visit, and what their phone sends from there.

A phone names an alert by its key and what it saw by how many events there were: numbers of the
record would tell which visits were drawn at random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts import digests
from alerts.errors import AlertNotFound
from alerts.lifecycle import possible
from alerts.models import Alert
from alerts.policy import load_policy
from alerts.states import Outcome, State
from alerts.visits import choosing
from alerts.visits.choosing import KEPT, OTHER, ChoiceRefused
from alerts.visits.receiving import Answer, Writer
from alerts.visits.receiving import receive as take_in
from alerts.visits.shapes import RESULT, STEP, STEPS, OperationRefused, operation, stepped
from core.access.areas import Area
from core.access.roles import Action
from core.workflow.writing import lock
from services import people, record
from services.case_work import tell
from services.context import Context
from services.reads import base, cases, standing
from services.reads import tasks as reads
from services.reads.people import heads
from services.reads.tasks import Reason, Task
from services.roles import acting_role, case_roles, role_of
from services.use_case import acting

__all__ = [
    "FINDINGS",
    "KEPT",
    "MOST",
    "OTHER",
    "PRINTED",
    "RESULT",
    "Answer",
    "ChoiceRefused",
    "Conflict",
    "OperationRefused",
    "Reason",
    "Taken",
    "Task",
    "choose",
    "conflicts",
    "download",
    "may_record",
    "may_step",
    "mine",
    "photographed",
    "places",
    "receive",
    "sheets",
    "take_along",
    "to_print",
]

# Tasks on one list; a phone keeps no more, and nobody visits more in a month.
MOST = 200
PRINTED = 50  # households in one file of visit sheets
# What a visit may find of one need.
FINDINGS = (
    Outcome.CONFIRMED,
    Outcome.ALREADY_COVERED,
    Outcome.NOT_ELIGIBLE,
    Outcome.REFERRED,
)


@dataclass(frozen=True)
class Conflict:
    """Two values for one field of a visit, of which one is to be chosen; moments in China time.

    `field` RESULT holds results as JSON (`alerts.visits.shapes.Found`, and `action` where the
    other side was no result).
    """

    id: int
    key: str
    number: str
    household: str
    who: str
    field: str
    kept: str
    kept_by: str
    kept_at: datetime
    other: str
    other_by: str
    other_at: datetime


@dataclass(frozen=True)
class Taken:
    """Personal data of one household that a worker takes along; of the head first."""

    people: tuple[Mapping[str, str], ...]


def places(context: Context) -> list[Area]:
    """The areas in which the principal has tasks."""
    return context.principal.areas(Action.SETTLE)


def may_record(context: Context) -> bool:
    """Whether the principal may record visits of the area."""
    return context.principal.may(Action.RECORD, context.scope)


def may_step(context: Context, task: Task) -> list[str]:
    """What the principal may do with a task from a phone beside recording a visit: take it on,
    send it back."""
    if not may_record(context):
        return []
    held = case_roles(context, Action.STEP)
    can = {action for role in held for action in possible(State(task.state), role)}
    return [action.value for action in STEPS if action in can]


@acting(Action.SETTLE)
def mine(context: Context, most: int = MOST) -> tuple[list[Task], int]:
    """The principal's tasks in the area, due first, at most `most`, and how many there are.

    Raises NothingYet without any alert ever.
    """
    here = (context.home, context.as_of, context.scope)
    return reads.tasks(*here, context.principal.account, most)


@acting(Action.SETTLE)
def sheets(context: Context, found: Sequence[Task]) -> dict[str, dict[str, dict[str, str]]]:
    """What was written so far about each task's visit, by key: field -> value, op, by, at."""
    with base.alert_session(context.home, context.scope) as session:
        told = reads.sheets(session, found)
    return {task.key: told[task.alert] for task in found}


@acting(Action.SETTLE)
def photographed(context: Context, found: Sequence[Task]) -> dict[str, int]:
    """How many photos each task's visit has already, by key."""
    with base.alert_session(context.home, context.scope) as session:
        told = reads.photographed(session, found)
    return {task.key: told[task.alert] for task in found}


@acting(Action.SETTLE)
def conflicts(context: Context) -> list[Conflict]:
    """The conflicts of visits in the area in which nobody has chosen yet, oldest first."""
    here = (context.home, context.as_of, context.scope)
    with base.alert_session(context.home, context.scope) as session:
        found = reads.conflicts(session)
        alerts = [one.alert_id for one in found]
        families = {i: session.get_one(Alert, i).household for i in set(alerts)}
    keys = cases.keys(*here, alerts)
    alerts = [alert for alert in alerts if alert in keys]
    numbers = dict(zip(alerts, cases.numbers(*here, alerts), strict=True))
    names = heads(context.home, context.as_of, tuple(sorted(families.values())))
    return [
        Conflict(
            id=one.id,
            key=keys[one.alert_id],
            number=numbers[one.alert_id],
            household=families[one.alert_id],
            who=names.get(families[one.alert_id], ""),
            field=one.field,
            kept=one.kept,
            kept_by=one.kept_by,
            kept_at=one.kept_at,
            other=one.other,
            other_by=one.other_by,
            other_at=one.other_at,
        )
        for one in found
        if one.alert_id in keys
    ]


@acting(Action.RECORD)
def receive(context: Context, key: str, sent: Mapping[str, Any]) -> Answer:
    """Take in one operation of a phone on the alert of the area that is called `key`.

    The same operation once more changes nothing and gets the same answer. Raises OperationRefused
    for what is not understood, AlertNotFound for an alert outside the area.
    """
    asked = operation(sent)
    alert = _alert(context, key)
    now = base.moment_of(context.home, context.as_of)
    role = acting_role(context, Action.RECORD)
    policy = load_policy(base.home_at(context.home), now.date())
    writer = Writer(context.principal.account, role, now)
    with base.alert_session(context.home, context.scope) as session:
        lock(session, Alert, [alert])  # so that the rows vouched for are those of this act
        before = digests.newest(session, alert)
        told = take_in(session, alert, asked, writer, policy)
        if digests.newest(session, alert) > before:
            act = stepped(asked.value).action.value if asked.field == STEP else "outcome"
            tell(context, session, session.get_one(Alert, alert), act, before, {})
    return told


def _alert(context: Context, key: str) -> int:
    found = cases.by_key(context.home, context.as_of, context.scope, key)
    if found is None:
        raise AlertNotFound("预警", "alert", 0)
    return found


@acting(Action.RECORD)
def choose(context: Context, conflict: int, which: str, seen: str) -> None:
    """Choose one of a conflict's two values: 'kept', or 'other'; recorded.

    `seen` is the kept value as the chooser saw it. Raises ChoiceRefused where it has changed,
    MoveRefused where the alert's life does not allow the other result.
    """
    now = base.moment_of(context.home, context.as_of)
    given: dict[str, Any] = {"actor": context.principal.account}
    given["role"] = acting_role(context, Action.RECORD)
    policy = load_policy(base.home_at(context.home), now.date())
    with base.alert_session(context.home, context.scope) as session:
        asked = next((one for one in reads.conflicts(session) if one.id == conflict), None)
        if asked is None:
            raise ChoiceRefused(
                "这处不一致已处理，或不在您负责的区域",
                "this conflict was settled, or is not in your area",
            )
        lock(session, Alert, [asked.alert_id])
        before = digests.newest(session, asked.alert_id)
        given["visited_as"] = role_of(session, asked.other_by, Action.RECORD, context.scope)
        done = choosing.choose(session, conflict, which, seen, now=now, policy=policy, **given)
        about = {"field": done.field, "chosen": which, "visited": done.other_by}
        case = session.get_one(Alert, done.alert_id)
        tell(context, session, case, "choose_visit", before, about)
    base.forget()


@acting(Action.REVEAL)
def take_along(context: Context, key: str, purpose: str) -> Taken:
    """Names, phones and addresses of one household for a visit: a reveal within the day's
    allowance, recorded with its purpose. ID numbers stay here.

    Raises what `services.people.reveal` raises, AlertNotFound for an alert outside the area.
    """
    stood = standing.stood(context.home, context.as_of, context.scope)
    alert = _alert(context, key)
    household = str(stood.loc[stood["id"] == alert, "household"].iloc[0])
    shown = people.reveal(context, household, purpose)
    kept = ("name", "phone", "address")
    return Taken(tuple({name: getattr(one, name, "") for name in kept} for one in shown))


@acting(Action.EXPORT_ALERTS)
def download(context: Context) -> tuple[list[Task], int]:
    """The principal's tasks in the area for a download, as `mine`; recorded."""
    here = (context.home, context.as_of, context.scope)
    found, total = reads.tasks(*here, context.principal.account, MOST)
    asked = {"as_of": context.as_of}
    record.write(context, "export", "alerts", rows=len(found), detail=asked)
    return found, total


@acting(Action.EXPORT_ALERTS)
def to_print(context: Context, keys: Sequence[str]) -> list[Task]:
    """Alerts of the area, called by their keys, as tasks for their visit sheets, in the order
    given, at most PRINTED; recorded."""
    here = (context.home, context.as_of, context.scope)
    stood = standing.stood(*here).set_index("id", drop=False)
    called = [cases.by_key(*here, key) for key in dict.fromkeys(keys)]
    wanted = [one for one in called if one is not None][:PRINTED]
    found = reads.of_alerts(context.home, context.as_of, context.scope, stood.loc[wanted])
    asked = {"as_of": context.as_of}
    record.write(context, "print_visits", "alerts", rows=len(found), detail=asked)
    return found
