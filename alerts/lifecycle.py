"""The life of an alert: its table of moves, read by the kernel (`core.workflow.moves`).

This module is pure: no database, no clock, no page. `decide` says what an action would do, or
refuses in words that tell what is possible. Storing the answer is the work of `alerts.service`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.errors import MoveRefused
from alerts.states import Action, Cause, Outcome, Role, State
from core.words import Text
from core.workflow import moves

D, W, P, S = Role.DISPATCHER, Role.WORKER, Role.DEPARTMENT, Role.SUPERVISOR
SYSTEM = Role.SYSTEM
Move = moves.Move[State, Role, Outcome]
Decision = moves.Decision[State, Action, Outcome, Cause]


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
        parts_settled=needs_settled,
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


def _held(state: State) -> dict[Action, Move]:
    """Acts on a case that somebody has: another takes it over, or its clock stands still."""
    return {
        Action.ASSIGN: _move(state, W, D, S, SYSTEM, note_required=True),
        **_paused(state),
    }


def _paused(state: State) -> dict[Action, Move]:
    """The clock stands still until a stated day; after that the step has its whole limit again."""
    return {
        Action.SUSPEND: _move(state, D, S, note_required=True),
        Action.RESUME: _move(state, W, D, S, SYSTEM, restarts_clock=True),
    }


def _reopened() -> Move:
    """By review; by the system when whoever recorded the result corrects it at once."""
    return _move(State.CHECKING, D, S, SYSTEM, note_required=True, restarts_clock=True)


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
        **_held(State.DISPATCHED),
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
        **_held(State.ACCEPTED),
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
        Action.FACT: _move(State.CHECKING, W, D),
        **_held(State.CHECKING),
        **_nobody_went(State.CHECKING),
        **_stays(State.CHECKING),
    },
    State.RETRY: {
        Action.CHECK: _move(State.CHECKING, W, D),
        Action.RETURN: _move(State.RETURNED, W, P, SYSTEM, note_required=True, restarts_clock=True),
        **_held(State.RETRY),
        **_nobody_went(State.RETRY),
        **_stays(State.RETRY),
    },
    # The policy asks a second person about some results that would close the case.
    State.APPROVAL: {
        Action.APPROVE: _move(State.CLOSED, D, S),
        Action.REJECT: _reopened(),
        Action.ESCALATE: _move(State.APPROVAL, *_ESCALATE),
        **_stays(State.APPROVAL),
    },
    State.ASSISTING: {
        Action.NEED_TAKEN: _move(State.ASSISTING, P, D),
        Action.NEED_RETURNED: _move(State.ASSISTING, P, note_required=True),
        Action.NEED_SENT: _move(State.ASSISTING, D, S, note_required=True),
        Action.NEED_MET: _move(State.ASSISTING, W, P, D),
        Action.NEED_DROPPED: _move(State.ASSISTING, W, P, D, note_required=True),
        Action.FINISH: _move(State.CLOSED, W, P, D, SYSTEM, needs_settled=True),
        Action.REOPEN: _reopened(),
        Action.ESCALATE: _move(State.ASSISTING, *_ESCALATE),
        **_paused(State.ASSISTING),
        **_stays(State.ASSISTING),
    },
    State.WATCHING: {
        Action.RECHECK: _move(State.DISPATCHED, W, D, S, SYSTEM, restarts_clock=True),
        Action.CLOSE: _move(State.CLOSED, D, S, SYSTEM),
        # Who was to see the family again by name can do so no more (`alerts.departed`).
        Action.ASSIGN: _move(State.WATCHING, SYSTEM, note_required=True),
        Action.REOPEN: _reopened(),
        **_stays(State.WATCHING),
    },
    State.CLOSED: {
        Action.REOPEN: _reopened(),
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

# Acts that ask for more than a note, each with the function of `alerts.service` that does it.
ELSEWHERE = {
    Action.NEED_MET: "settle_need",
    Action.NEED_DROPPED: "settle_need",
    Action.NEED_TAKEN: "take_up",
    Action.NEED_RETURNED: "send_back",
    Action.NEED_SENT: "pass_on",
    Action.ASSIGN: "assign",
    Action.SUSPEND: "suspend",
    Action.APPROVE: "approve",
    **dict.fromkeys(ACTION_OF.values(), "record_outcome"),
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

LIFECYCLE = moves.Lifecycle(
    subject=Text("预警", "alert"),
    table=MOVES,
    start=State.RAISED,
    opening=Action.RAISE,
    ends=frozenset({State.CLOSED}),
    roles=tuple(Role),
    causes=tuple(Cause),
    # Joining happens by raising or reporting, and a fact is told with the result: nobody asks.
    unasked=frozenset({Action.JOIN, Action.FACT}),
    implied=_ON_THE_WAY,
    unsettled=Text(
        "还有 {n} 项需求未办结，请先逐项标记已解决或终止",
        "{n} need(s) are still open; mark each as met or dropped first",
    ),
    refused=MoveRefused,
)

# The step whose clock runs while an alert is in a state; other states have no working-day limit.
STEP = {
    State.RAISED: "dispatch",
    State.RETURNED: "dispatch",
    State.DISPATCHED: "accept",
    State.ACCEPTED: "check",
    State.CHECKING: "check",
    State.RETRY: "retry",
    State.ASSISTING: "measure",
    State.APPROVAL: "approve",
}
# Results that end the case; the policy may ask a second person to approve them first.
CLOSING = frozenset(
    move.outcome
    for move in MOVES[State.CHECKING].values()
    if move.outcome is not None and move.to is State.CLOSED
)


def possible(state: State, role: Role | None = None) -> list[Action]:
    """Actions a person may ask for in a state, in one role or in any."""
    return moves.possible(LIFECYCLE, state, role)


def may_record(state: State, role: Role) -> bool:
    """Whether this role can record a visit's result now, with the steps that it implies."""
    return moves.may_do(LIFECYCLE, state, role, Action.CONFIRM)


def steps_before_result(state: State) -> list[Action]:
    """Actions that lead from a state to `checking`, where a result can be recorded.

    Empty for `checking` itself and for states whose result stands (assisting, closed).
    """
    return moves.implied_steps(LIFECYCLE, state)


def decide(
    state: State,
    action: Action,
    role: Role,
    now: datetime,
    *,
    note: str | None = None,
    cause: Cause | None = None,
    open_needs: int = 0,
    second_person: bool = False,
) -> Decision:
    """What `action` by `role` does to an alert in `state` at the moment `now`.

    `open_needs` counts needs neither met nor dropped. With `second_person` a result that would
    close the case waits for approval instead. Raises MoveRefused, with the possible
    actions in both languages, when the move is not in the table, not for this role, or lacks
    what it asks for.
    """
    decision = moves.decide(
        LIFECYCLE, state, action, role, now, note=note, cause=cause, open_parts=open_needs
    )
    if second_person and decision.outcome in CLOSING:
        return replace(decision, after=State.APPROVAL, restarts_clock=True)
    return decision
