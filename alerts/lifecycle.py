"""The life of an alert: one table of moves, and `decide`, which reads it.

This module is pure: no database, no clock, no page. `decide` says what an action would do, or
refuses in words that tell what is possible. Storing the answer is the work of `alerts.service`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.errors import MoveRefused
from alerts.states import Action, Cause, Outcome, Role, State

D, W, P, S = Role.DISPATCHER, Role.WORKER, Role.DEPARTMENT, Role.SUPERVISOR
SYSTEM = Role.SYSTEM


@dataclass(frozen=True)
class Move:
    """One legal move: where it leads, who may make it, and what it asks for."""

    to: State
    by: frozenset[Role]
    outcome: Outcome | None = None
    note_required: bool = False
    cause_required: bool = False
    needs_settled: bool = False  # every need must be met or dropped first
    restarts_clock: bool = False  # deadlines count from this act on


@dataclass(frozen=True)
class Decision:
    """What an action does to an alert; nothing is stored yet."""

    before: State
    after: State
    action: Action
    outcome: Outcome | None
    cause: Cause | None
    at: datetime
    restarts_clock: bool


def _move(
    to: State,
    *by: Role,
    note_required: bool = False,
    needs_settled: bool = False,
    restarts_clock: bool = False,
) -> Move:
    return Move(
        to,
        frozenset(by),
        note_required=note_required,
        needs_settled=needs_settled,
        restarts_clock=restarts_clock,
    )


def _result(to: State, outcome: Outcome, cause_required: bool = False) -> Move:
    # The county team may type in a paper form on behalf of a worker, hence both roles.
    return Move(
        to,
        frozenset({W, D}),
        outcome,
        cause_required=cause_required,
        restarts_clock=to in {State.WATCHING, State.RETRY},
    )


def _stays(state: State) -> dict[Action, Move]:
    """Acts that leave a mark without moving an open alert."""
    return {
        Action.JOIN: _move(state, SYSTEM, W, P, D, S),  # people may report a household
        Action.NOTE: _move(state, W, P, D, S, note_required=True),
    }


_ESCALATE = (D, S, SYSTEM)


def _nobody_went(state: State) -> dict[Action, Move]:
    """Acts on a case without a visit: reported upwards when late, closed when hopeless."""
    return {
        Action.ESCALATE: _move(state, *_ESCALATE),
        Action.LAPSE: _move(State.CLOSED, S, SYSTEM),
    }


MOVES: dict[State, dict[Action, Move]] = {
    State.RAISED: {
        Action.DISPATCH: _move(State.DISPATCHED, D, S, SYSTEM, restarts_clock=True),
        **_nobody_went(State.RAISED),
        **_stays(State.RAISED),
    },
    State.DISPATCHED: {
        Action.ACCEPT: _move(State.ACCEPTED, W, D),
        Action.RETURN: _move(State.RETURNED, W, P, SYSTEM, note_required=True, restarts_clock=True),
        **_nobody_went(State.DISPATCHED),
        **_stays(State.DISPATCHED),
    },
    State.RETURNED: {
        Action.DISPATCH: _move(State.DISPATCHED, D, S, SYSTEM, restarts_clock=True),
        **_nobody_went(State.RETURNED),
        **_stays(State.RETURNED),
    },
    State.ACCEPTED: {
        Action.CHECK: _move(State.CHECKING, W, D),
        Action.RETURN: _move(State.RETURNED, W, P, SYSTEM, note_required=True, restarts_clock=True),
        **_nobody_went(State.ACCEPTED),
        **_stays(State.ACCEPTED),
    },
    State.CHECKING: {
        Action.CONFIRM: _result(State.ASSISTING, Outcome.CONFIRMED),
        Action.COVER: _result(State.CLOSED, Outcome.ALREADY_COVERED),
        Action.INELIGIBLE: _result(State.WATCHING, Outcome.NOT_ELIGIBLE),
        Action.FALSE_ALARM: _result(State.CLOSED, Outcome.FALSE_ALARM, cause_required=True),
        Action.REFER: _result(State.CLOSED, Outcome.REFERRED),
        # A family not met stays open and is tried again; after the last try LAPSE closes it.
        Action.UNREACHABLE: _result(State.RETRY, Outcome.UNREACHABLE),
        Action.REFUSE: _result(State.CLOSED, Outcome.REFUSED),
        **_nobody_went(State.CHECKING),
        **_stays(State.CHECKING),
    },
    State.RETRY: {
        Action.CHECK: _move(State.CHECKING, W, D),
        Action.RETURN: _move(State.RETURNED, W, P, SYSTEM, note_required=True, restarts_clock=True),
        **_nobody_went(State.RETRY),
        **_stays(State.RETRY),
    },
    State.ASSISTING: {
        Action.NEED_MET: _move(State.ASSISTING, W, P, D),
        Action.NEED_DROPPED: _move(State.ASSISTING, W, P, D, note_required=True),
        Action.FINISH: _move(State.CLOSED, W, P, D, SYSTEM, needs_settled=True),
        Action.REOPEN: _move(State.CHECKING, D, S, note_required=True, restarts_clock=True),
        Action.ESCALATE: _move(State.ASSISTING, *_ESCALATE),
        **_stays(State.ASSISTING),
    },
    State.WATCHING: {
        Action.RECHECK: _move(State.DISPATCHED, W, D, S, SYSTEM, restarts_clock=True),
        Action.CLOSE: _move(State.CLOSED, D, S, SYSTEM),
        Action.REOPEN: _move(State.CHECKING, D, S, note_required=True, restarts_clock=True),
        **_stays(State.WATCHING),
    },
    State.CLOSED: {
        Action.REOPEN: _move(State.CHECKING, D, S, note_required=True, restarts_clock=True),
    },
}

ACTION_OF = {
    Outcome.CONFIRMED: Action.CONFIRM,
    Outcome.ALREADY_COVERED: Action.COVER,
    Outcome.NOT_ELIGIBLE: Action.INELIGIBLE,
    Outcome.FALSE_ALARM: Action.FALSE_ALARM,
    Outcome.REFERRED: Action.REFER,
    Outcome.UNREACHABLE: Action.UNREACHABLE,
    Outcome.REFUSED: Action.REFUSE,
}

# Steps that a recorded result implies: who reports a visit has taken the case and gone there.
_ON_THE_WAY = {
    State.RAISED: Action.DISPATCH,
    State.RETURNED: Action.DISPATCH,
    State.WATCHING: Action.RECHECK,
    State.DISPATCHED: Action.ACCEPT,
    State.ACCEPTED: Action.CHECK,
    State.RETRY: Action.CHECK,
}


def possible(state: State, role: Role | None = None) -> list[Action]:
    """Actions a person may ask for in a state, in one role or in any.

    Joining is left out: it happens by raising or reporting, nobody asks for it.
    """
    return [
        action
        for action, move in MOVES[state].items()
        if action is not Action.JOIN and (role is None or role in move.by)
    ]


def may_record(state: State, role: Role) -> bool:
    """Whether this role can record a visit's result now, with the steps that it implies."""
    for action in steps_before_result(state):
        if role not in MOVES[state][action].by:
            return False
        state = MOVES[state][action].to
    return state is State.CHECKING and role in MOVES[state][Action.CONFIRM].by


def steps_before_result(state: State) -> list[Action]:
    """Actions that lead from a state to `checking`, where a result can be recorded.

    Empty for `checking` itself and for states whose result stands (assisting, closed).
    """
    steps: list[Action] = []
    while action := _ON_THE_WAY.get(state):
        steps.append(action)
        state = MOVES[state][action].to
    return steps


def decide(
    state: State,
    action: Action,
    role: Role,
    now: datetime,
    *,
    note: str | None = None,
    cause: Cause | None = None,
    open_needs: int = 0,
) -> Decision:
    """What `action` by `role` does to an alert in `state` at the moment `now`.

    `open_needs` counts needs neither met nor dropped. Raises MoveRefused, with the possible
    actions in both languages, when the move is not in the table, not for this role, or lacks
    what it asks for.
    """
    move = MOVES[state].get(action)
    if move is None:
        raise _not_here(state, action)
    if role not in move.by:
        raise _not_yours(state, action, role, move)
    _check_demands(move, action, note, cause, open_needs)
    return Decision(
        before=state,
        after=move.to,
        action=action,
        outcome=move.outcome,
        cause=cause if move.cause_required else None,
        at=now,
        restarts_clock=move.restarts_clock,
    )


def _check_demands(
    move: Move, action: Action, note: str | None, cause: Cause | None, open_needs: int
) -> None:
    if move.note_required and not (note or "").strip():
        raise MoveRefused(
            f"“{action.zh}”需要填写说明，请写一句原因",
            f"to {action.en} needs a note; write one sentence saying why",
        )
    if move.cause_required and cause is None:
        raise MoveRefused(
            f"“{action.zh}”需要选择原因：{'、'.join(c.zh for c in Cause)}",
            f"to {action.en} needs a cause: {', '.join(c.value for c in Cause)}",
        )
    if move.needs_settled and open_needs:
        raise MoveRefused(
            f"还有 {open_needs} 项需求未办结，请先逐项标记已解决或终止",
            f"{open_needs} need(s) are still open; mark each as met or dropped first",
        )


def _words(items: Iterable[Action] | Iterable[Role]) -> tuple[str, str]:
    listed = list(items)
    zh = "、".join(item.zh for item in listed) or "无"
    return zh, ", ".join(item.en for item in listed) or "nothing"


def _not_here(state: State, action: Action) -> MoveRefused:
    zh, en = _words(possible(state))
    return MoveRefused(
        f"当前状态为“{state.zh}”，不能“{action.zh}”；此时可以：{zh}",
        f"cannot {action.en}: the alert is {state.en.lower()}; from here you can: {en}",
    )


def _not_yours(state: State, action: Action, role: Role, move: Move) -> MoveRefused:
    who_zh, who_en = _words(sorted(move.by, key=list(Role).index))
    can_zh, can_en = _words(possible(state, role))
    return MoveRefused(
        f"{role.zh}不能“{action.zh}”，这一步由{who_zh}办理；您现在可以：{can_zh}",
        f"as {role.en} you cannot {action.en}; that is for: {who_en}; you can: {can_en}",
    )
