"""How a visit's result and the settling of a need are carried out, on loaded rows.

Used by `alerts.service` for one alert and for many; nothing else should call it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from alerts.errors import MoveRefused
from alerts.lifecycle import ACTION_OF, MOVES, steps_before_result
from alerts.models import Alert, AlertReason, Need
from alerts.policy import Policy
from alerts.states import (
    OPEN_NEEDS,
    OWED_NEEDS,
    Action,
    NeedState,
    Outcome,
    Role,
    State,
    Truth,
)
from alerts.words import vocabulary
from alerts.writing import (
    SYSTEM_ACTOR,
    Act,
    apply,
    decided,
    drop_suspicions,
    find_need,
    log,
    set_due,
)

# Kinds of need confirmed (or referred), or each kind with what was found; None means all
# suspected ones.
Findings = Mapping[str, Outcome] | Iterable[str] | None
# What the visit says of single reasons, by their numbers.
Facts = Mapping[int, Truth | str] | None


def do(session: Session, alert: Alert, action: Action, act: Act, policy: Policy) -> None:
    """Decide one plain action and apply it."""
    apply(session, alert, decided(alert, action, act), act, policy)


def steps_of(alert: Alert) -> Sequence[Action]:
    """Actions to do before a result can be recorded."""
    return steps_before_result(State(alert.state))


def record(
    session: Session,
    alert: Alert,
    outcome: Outcome,
    act: Act,
    steps: Sequence[tuple[Action, Act]],
    needs: Findings,
    policy: Policy,
    facts: Facts = None,
    *,
    approved: bool = False,
) -> None:
    """Decide every step and the result before changing anything, then apply them in order.

    `approved`: a second person has signed the result already, on paper.
    """
    state = State(alert.state)
    asked = policy.second_person_for(outcome, alert.band, alert.source, bool(alert.urgent))
    second = asked and not approved
    decisions = []
    for action, who in [*steps, (ACTION_OF[outcome], act)]:
        decisions.append((decided(alert, action, who, state, second_person=second), who))
        state = MOVES[state][action].to
    found = _findings(alert, outcome, needs, act)
    told = _truths(alert, facts)
    for decision, who in decisions[:-1]:
        apply(session, alert, decision, who, policy)
    silent = Act(act.actor, act.role, act.at)
    for reason, truth in told:
        reason.truth = truth
        log(session, alert, silent, Action.FACT, before=alert.state, reason=reason, told=truth)
    apply(session, alert, *decisions[-1], policy)
    for need, result in found:
        if need not in alert.needs:
            alert.needs.append(need)
        find_need(session, need, result, act)
    set_due(alert, policy)
    if outcome is Outcome.UNREACHABLE and alert.tries >= policy.unreachable_tries:
        lapse(session, alert, Act(SYSTEM_ACTOR, Role.SYSTEM, act.at), policy)


def _truths(alert: Alert, facts: Facts) -> list[tuple[AlertReason, Truth]]:
    """The reasons of the alert that the visit says something of. Raises MoveRefused."""
    own = {reason.id: reason for reason in alert.reasons}
    given = {int(number): Truth(truth) for number, truth in (facts or {}).items()}
    if strange := sorted(set(given) - set(own)):
        raise MoveRefused(
            f"预警 {alert.id} 没有事由 {strange[0]}，请刷新页面",
            f"alert {alert.id} has no reason {strange[0]}; load the page again",
        )
    return [(own[number], truth) for number, truth in given.items()]


def lapse(session: Session, alert: Alert, act: Act, policy: Policy) -> None:
    """Close a case whose family nobody met; its suspected needs end with it."""
    do(session, alert, Action.LAPSE, act, policy)
    drop_suspicions(alert, act)


def _findings(
    alert: Alert, outcome: Outcome, needs: Findings, act: Act
) -> list[tuple[Need, Outcome]]:
    """What the visit found about each need not met yet; new kinds come with a new need."""
    present = {need.code: need for need in alert.needs if need.state != NeedState.MET}
    if outcome is Outcome.REFERRED and needs is not None:
        sent = dict.fromkeys(needs)
        _add_kinds(alert, present, sent)
        return [
            (need, outcome if code in sent else Outcome.NOT_ELIGIBLE)
            for code, need in present.items()
        ]
    if outcome is not Outcome.CONFIRMED:
        return [(need, outcome) for need in present.values()]
    if needs is None:
        named = dict.fromkeys(present, Outcome.CONFIRMED)
    elif isinstance(needs, Mapping):
        named = {code: Outcome(result) for code, result in needs.items()}
    else:
        named = dict.fromkeys(needs, Outcome.CONFIRMED)
    if Outcome.CONFIRMED not in named.values():
        raise MoveRefused(
            "“属实-符合”至少要确认一项需求；若没有应救未救的情况，请选择其他结果",
            "a confirmed alert needs at least one confirmed need; choose another outcome if the "
            "family lacks nothing",
        )
    _add_kinds(alert, present, named)
    return [(n, named.get(code, Outcome.NOT_ELIGIBLE)) for code, n in present.items()]


def _add_kinds(alert: Alert, present: dict[str, Need], named: Iterable[str]) -> None:
    """Add a need for each kind that nobody suspected before the visit."""
    met = {need.code for need in alert.needs if need.state == NeedState.MET}
    words = vocabulary()
    for code in named:
        if code not in present and code not in met:
            present[code] = Need(
                code=code, department=words.department_of(code), state=NeedState.SUSPECTED
            )


def settle(session: Session, alert: Alert, need: Need, met: bool, act: Act, policy: Policy) -> None:
    """Settle one confirmed need; the last one finishes the alert."""
    action = Action.NEED_MET if met else Action.NEED_DROPPED
    decision = decided(alert, action, act)
    require_owed(need)
    apply(session, alert, decision, act, policy, need)
    need.state = NeedState.MET if met else NeedState.DROPPED
    need.settled_on = act.at.date()
    set_due(alert, policy)
    if not any(other.state in OPEN_NEEDS for other in alert.needs):
        do(session, alert, Action.FINISH, Act(act.actor, act.role, act.at), policy)


def require_owed(need: Need) -> None:
    """Raises MoveRefused unless the need was confirmed and is not settled yet."""
    if need.state not in OWED_NEEDS:
        now = NeedState(need.state)
        raise MoveRefused(
            f"该需求当前为“{now.zh}”，只有“{NeedState.CONFIRMED.zh}”后未办结的需求可以办理",
            f"this need is {now.en.lower()}; only one that was confirmed and is still open can be "
            "worked on",
        )
