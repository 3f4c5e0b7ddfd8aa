"""How a visit's result and the settling of a need are carried out, on loaded rows.

Used by `alerts.service` for one alert and for many; nothing else should call it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from alerts.errors import MoveRefused
from alerts.lifecycle import ACTION_OF, MOVES, steps_before_result
from alerts.models import Alert, Need
from alerts.policy import Policy
from alerts.states import Action, NeedState, Outcome, Role, State
from alerts.words import vocabulary
from alerts.writing import OPEN_NEEDS, Act, apply, decided, drop_suspicions, find_need

SYSTEM_ACTOR = "doudi"
# Kinds of need confirmed (or referred), or each kind with what was found; None means all
# suspected ones.
Findings = Mapping[str, Outcome] | Iterable[str] | None


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
) -> None:
    """Decide every step and the result before changing anything, then apply them in order."""
    state = State(alert.state)
    decisions = []
    for action, who in [*steps, (ACTION_OF[outcome], act)]:
        decisions.append((decided(alert, action, who, state), who))
        state = MOVES[state][action].to
    found = _findings(alert, outcome, needs, act)
    for decision, who in decisions:
        apply(session, alert, decision, who, policy)
    for need, result in found:
        if need not in alert.needs:
            alert.needs.append(need)
        find_need(session, need, result, act)
    if outcome is Outcome.UNREACHABLE and alert.tries >= policy.unreachable_tries:
        lapse(session, alert, Act(SYSTEM_ACTOR, Role.SYSTEM, act.at), policy)


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
        sent = set(needs)
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
    met = {need.code for need in alert.needs if need.state == NeedState.MET}
    words = vocabulary()
    for code in named:
        if code not in present and code not in met:
            present[code] = Need(
                code=code, department=words.department_of(code), state=NeedState.SUSPECTED
            )
    return [(n, named.get(code, Outcome.NOT_ELIGIBLE)) for code, n in present.items()]


def settle(session: Session, alert: Alert, need: Need, met: bool, act: Act, policy: Policy) -> None:
    """Settle one confirmed need; the last one finishes the alert."""
    action = Action.NEED_MET if met else Action.NEED_DROPPED
    decision = decided(alert, action, act)
    if need.state != NeedState.CONFIRMED:
        now = NeedState(need.state)
        raise MoveRefused(
            f"该需求当前为“{now.zh}”，只有“{NeedState.CONFIRMED.zh}”的需求可以办结",
            f"this need is {now.en.lower()}; only a confirmed need can be settled",
        )
    apply(session, alert, decision, act, policy, need)
    need.state = NeedState.MET if met else NeedState.DROPPED
    need.settled_on = act.at.date()
    if not any(other.state in OPEN_NEEDS for other in alert.needs):
        do(session, alert, Action.FINISH, Act(act.actor, act.role, act.at), policy)
