"""The monthly run: raise new alerts, add new reasons to open ones, review families under watch.

Repeating a month changes nothing. A household has one open alert at most (the database insists);
what is new about it joins that alert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from alerts.deadlines import due_for
from alerts.errors import AlertsError
from alerts.models import Alert, AlertReason
from alerts.opening import join, open_alert
from alerts.policy import Policy, default_policy
from alerts.raising import CandidateSet
from alerts.selection import Candidate, Chosen, Past, choose, lanes_open_to
from alerts.states import Action, Band, Role, Source, State
from alerts.writing import Act, apply, checked_flush, decided, drop_suspicions

_OFFICE_CLOSES = time(18, 0)
_CHUNK = 500


@dataclass(frozen=True)
class Plan:
    """What a run would do: alerts to raise, candidates whose household has an open alert.

    `waiting` counts, by lane, households that the capacity leaves out; `cooling` those in
    cool-down. `later` names a later month already raised: then the plan is empty.
    """

    chosen: tuple[Chosen, ...] = ()
    joining: tuple[Candidate, ...] = ()
    waiting: Mapping[Source, int] = field(default_factory=dict)
    cooling: int = 0
    capacity: int = 0
    later: date | None = None

    @property
    def households(self) -> list[str]:
        """Households to explain before raising: the chosen, and open cases the model names."""
        named = [c.household for c in self.joining if c.risk_rank is not None]
        return [c.candidate.household for c in self.chosen] + named


@dataclass(frozen=True)
class RaiseResult:
    """What a run did. `warnings` are (Chinese, English) lines to show; `rechecked_ids` are
    watches sent out for another visit, on top of the new alerts."""

    raised: int
    joined: int
    rechecked: int
    closed: int
    capacity: int
    cooling: int
    by_source: Mapping[Source, int]
    waiting: Mapping[Source, int]
    raised_ids: tuple[int, ...]
    rechecked_ids: tuple[int, ...]
    warnings: tuple[tuple[str, str], ...]


def plan_month(
    session: Session, candidates: CandidateSet, as_of: date, policy: Policy | None = None
) -> Plan:
    """Choose the month's alerts within the capacity; changes nothing.

    The pipeline explains `Plan.households` before it raises, so that the alerts carry the model's
    reasons.
    """
    policy = policy or default_policy()
    newest = session.scalar(select(func.max(Alert.as_of)).where(Alert.source != Source.REPORT))
    if newest is not None and newest > as_of:
        return Plan(later=newest)
    past = _history(session, [c.household for c in candidates.candidates])
    joining, eligible, cooling = [], [], 0
    for candidate in candidates.candidates:
        before = past.get(candidate.household, Past())
        if before.has_open:
            joining.append(candidate)
        elif lanes := lanes_open_to(candidate, before, as_of, policy):
            eligible.append((candidate, lanes))
        else:
            cooling += 1
    by_source = (
        select(Alert.source, func.count())
        .where(Alert.as_of == as_of, Alert.source != Source.REPORT)
        .group_by(Alert.source)
    )
    used = {row[0]: row[1] for row in session.execute(by_source)}
    capacity = policy.capacity(candidates.households)
    chosen, waiting = choose(eligible, capacity, policy, used)
    return Plan(tuple(chosen), tuple(joining), waiting, cooling, capacity)


def raise_month(
    session: Session,
    candidates: CandidateSet,
    as_of: date,
    policy: Policy | None = None,
    *,
    plan: Plan | None = None,
    now: datetime | None = None,
    actor: str = "doudi",
) -> RaiseResult:
    """Raise the month's alerts, join new reasons to open ones, review watches that are due.

    `plan` is what `plan_month` has just answered in this session (made here when left out).
    `now` is the run's moment (China time; the evening of `as_of` when left out). Raises
    AlertsError when another run is raising at the same time; then nothing of this one is kept.
    """
    policy = policy or default_policy()
    plan = plan or plan_month(session, candidates, as_of, policy)
    act = Act.by(actor, Role.SYSTEM, now or datetime.combine(as_of, _OFFICE_CLOSES))
    try:
        with checked_flush(session, 0):
            joining = candidates.in_words(plan.joining)
            joined = _join_all(session, joining, as_of, act, policy)
            again, ended = (
                ([], 0) if plan.later else _review_watches(session, candidates, act, policy)
            )
            chosen = candidates.in_words([c.candidate for c in plan.chosen])
            raised = [
                open_alert(session, candidate, slot.lane, as_of, act, policy)
                for candidate, slot in zip(chosen, plan.chosen, strict=True)
            ]
    except IntegrityError as error:
        raise AlertsError(
            "另一项任务正在生成预警，请等它结束后再运行一次",
            "another run is raising alerts; run this again when it has ended",
        ) from error
    return RaiseResult(
        raised=len(raised),
        joined=joined,
        rechecked=len(again),
        closed=ended,
        capacity=plan.capacity,
        cooling=plan.cooling,
        by_source=Counter(c.lane for c in plan.chosen),
        waiting=plan.waiting,
        raised_ids=tuple(alert.id for alert in raised),
        rechecked_ids=tuple(again),
        warnings=_warnings(plan, as_of, raised, policy),
    )


def _history(session: Session, households: Sequence[str]) -> dict[str, Past]:
    """The record of earlier alerts of these households."""
    past: dict[str, Past] = {}
    for start in range(0, len(households), _CHUNK):
        chunk = households[start : start + _CHUNK]
        query = select(Alert).where(Alert.household.in_(chunk)).order_by(Alert.id)
        for alert in session.scalars(query):
            past[alert.household] = _after(past.get(alert.household, Past()), alert)
        told = (
            select(Alert.household, AlertReason.code, func.max(AlertReason.as_of))
            .join(Alert.reasons)
            .where(Alert.household.in_(chunk), AlertReason.source == Source.EVENT)
            .group_by(Alert.household, AlertReason.code)
        )
        for household, code, month in session.execute(told):
            before = past[household]
            past[household] = replace(before, told={**before.told, code: month})
    return past


def _after(past: Past, alert: Alert) -> Past:
    """A household's past with one more alert, given in the order they were raised."""
    # A report is made on any day; only a monthly run settles a month.
    month = None if alert.source == Source.REPORT else alert.as_of
    newest = max(filter(None, (past.last_as_of, month)), default=None)
    if alert.state != State.CLOSED:
        return replace(past, has_open=True, last_as_of=newest)
    return replace(
        past,
        last_as_of=newest,
        closed_on=alert.closed_on,
        outcome=alert.outcome,
        band=Band(alert.band),
    )


def _join_all(
    session: Session, joining: Sequence[Candidate], as_of: date, act: Act, policy: Policy
) -> int:
    by_household = {c.household: c for c in joining}
    names = list(by_household)
    joined = 0
    for start in range(0, len(names), _CHUNK):
        query = (
            select(Alert)
            .where(Alert.household.in_(names[start : start + _CHUNK]), Alert.state != State.CLOSED)
            .options(selectinload(Alert.reasons), selectinload(Alert.needs))
        )
        for alert in session.scalars(query):
            joined += join(session, alert, by_household[alert.household], as_of, act, policy)
    return joined


def _review_watches(
    session: Session, candidates: CandidateSet, act: Act, policy: Policy
) -> tuple[list[int], int]:
    """Look again at families whose watch is due: (ids sent out again, number closed).

    A family still at or above a closing threshold is visited again; one below both is closed;
    one without a score this month stays under watch.
    """
    due = session.scalars(
        select(Alert)
        .where(Alert.state == State.WATCHING, Alert.due_on <= act.at.date())
        .options(selectinload(Alert.needs))
    ).all()
    standing = candidates.standing([alert.household for alert in due])
    again: list[int] = []
    closed = 0
    for alert in due:
        if alert.household not in standing:
            continue
        score, risk = standing[alert.household]
        still = (score is not None and score >= policy.close_score) or (
            risk is not None and risk >= policy.close_risk
        )
        action = Action.RECHECK if still else Action.CLOSE
        apply(session, alert, decided(alert, action, act), act, policy)
        if still:
            again.append(alert.id)
        else:
            drop_suspicions(alert, act)
            closed += 1
    return again, closed


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
        due = due_for(State(alert.state), alert.band, alert.source, alert.clock_from, policy)
        if due is not None and due.warning is not None:
            found.append(due.warning)
    return tuple(dict.fromkeys(found))
