"""The monthly run: raise new alerts, add new reasons to open ones, review families under watch.

Repeating a month changes nothing. A household has one open alert at most (the database insists);
what is new about it joins that alert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from alerts.deadlines import due_for
from alerts.errors import AlertsError
from alerts.models import Alert
from alerts.opening import join, open_alert
from alerts.planning import Plan, plan_month
from alerts.policy import Policy, default_policy
from alerts.raising import CandidateSet
from alerts.selection import Candidate
from alerts.states import Question, Role, State
from alerts.watches import review_watches
from alerts.writing import Act, checked_flush
from core.workflow.events import in_chunks

__all__ = ["Plan", "RaiseResult", "plan_month", "raise_month"]

_OFFICE_CLOSES = time(18, 0)


@dataclass(frozen=True)
class RaiseResult:
    """What a run did, and what it left.

    `by_source` and `by_question` count the new alerts; `waiting` by source (and 'coming') the
    households above their floor that the capacity leaves out; `below` those below it. `kinds`
    counts the fresh facts by kind, under what became of them (`alerts.planning.FATES`).
    `in_process` counts the county's families in process and `unanswered`
    those of them beyond the limit; `followed` those whom a lane named. `warnings` are (Chinese,
    English) lines to show; `rechecked_ids` are watches sent out again, on top of the new alerts.
    """

    raised: int
    joined: int
    rechecked: int
    closed: int
    capacity: int
    cooling: int
    by_source: Mapping[str, int]
    waiting: Mapping[str, int]
    raised_ids: tuple[int, ...]
    rechecked_ids: tuple[int, ...]
    warnings: tuple[tuple[str, str], ...]
    event_budget: int = 0
    by_question: Mapping[str, int] = field(default_factory=dict)
    below: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    in_process: int = 0
    unanswered: int = 0
    followed: int = 0


def raise_month(
    session: Session,
    candidates: CandidateSet,
    as_of: date,
    policy: Policy | None = None,
    *,
    plan: Plan | None = None,
    now: datetime | None = None,
    since: date | None = None,
    actor: str = "doudi",
) -> RaiseResult:
    """Raise the month's alerts, join new reasons to open ones, review watches that are due.

    `plan` is what `plan_month` has just answered in this session (made here when left out).
    `now` is the run's moment (China time; the evening of `as_of` when left out). `since` is the day
    it is really made on: a month may be run weeks after its end, and no step is late on the day it
    begins. Raises AlertsError when another run is raising at the same time; then nothing of this
    one is kept.
    """
    policy = policy or default_policy()
    plan = plan or plan_month(session, candidates, as_of, policy)
    act = Act.by(actor, Role.SYSTEM, now or datetime.combine(as_of, _OFFICE_CLOSES))
    try:
        with checked_flush(session, 0):
            joining = candidates.in_words(plan.joining)
            joined, again = _join_all(session, joining, as_of, act, policy, since)
            due, ended = (
                ([], 0) if plan.later else review_watches(session, candidates.standing, act, policy)
            )
            chosen = candidates.in_words(
                [replace(c.candidate, asked=c.question or Question.EXISTING) for c in plan.chosen]
            )
            raised = [
                open_alert(session, candidate, slot, as_of, act, policy, since)
                for candidate, slot in zip(chosen, plan.chosen, strict=True)
            ]
    except IntegrityError as error:
        raise AlertsError(
            "另一项任务正在生成预警，请等它结束后再运行一次",
            "another run is raising alerts; run this again when it has ended",
        ) from error
    result = _result(plan, candidates, [alert.id for alert in raised], [*again, *due])
    warnings = _warnings(plan, as_of, raised, policy)
    return replace(result, joined=joined, closed=ended, warnings=warnings)


def _result(
    plan: Plan, candidates: CandidateSet, raised: list[int], rechecked: list[int]
) -> RaiseResult:
    """What the plan and the candidates say of the run."""
    return RaiseResult(
        raised=len(raised),
        joined=0,
        rechecked=len(rechecked),
        closed=0,
        capacity=plan.capacity,
        cooling=plan.cooling,
        by_source=Counter(str(c.lane) for c in plan.chosen),
        waiting=plan.waiting,
        raised_ids=tuple(raised),
        rechecked_ids=tuple(rechecked),
        warnings=(),
        event_budget=plan.event_budget,
        by_question=Counter(str(c.question or c.lane) for c in plan.chosen),
        below=candidates.below,
        kinds=plan.kinds,
        in_process=candidates.in_process,
        unanswered=candidates.unanswered,
        followed=plan.followed,
    )


def _join_all(
    session: Session,
    joining: Sequence[Candidate],
    as_of: date,
    act: Act,
    policy: Policy,
    since: date | None,
) -> tuple[int, list[int]]:
    """Alerts that something new joined, and ids of those under watch sent out because of it."""
    by_household = {c.household: c for c in joining}
    joined, again = 0, []
    for chunk in in_chunks(list(by_household)):
        query = (
            select(Alert)
            .where(Alert.household.in_(chunk), Alert.state != State.CLOSED)
            .options(selectinload(Alert.reasons), selectinload(Alert.needs))
        )
        for alert in session.scalars(query):
            watched = alert.state == State.WATCHING
            told = by_household[alert.household]
            joined += join(session, alert, told, as_of, act, policy, since)
            if watched and alert.state != State.WATCHING:
                again.append(alert.id)
    return joined, again


def _warnings(
    plan: Plan, as_of: date, raised: Sequence[Alert], policy: Policy
) -> tuple[tuple[str, str], ...]:
    found = []
    if plan.later is not None:
        found.append(
            (
                f"{plan.later:%Y-%m} 的预警已生成，不再补生成 {as_of:%Y-%m} 的预警",
                f"alerts of {plan.later:%Y-%m} exist already; none are raised for {as_of:%Y-%m}",
            )
        )
    for alert in raised:
        due = due_for(
            State(alert.state),
            alert.band,
            alert.source,
            alert.clock_from,
            policy,
            urgent=alert.urgent,
        )
        if due is not None and due.warning is not None:
            found.append(due.warning)
    return tuple(dict.fromkeys(found))
