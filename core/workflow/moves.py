"""A life-cycle as one table of moves, and `decide`, which reads it.

Pure: no database, no clock, no page. `decide` says what an action would do, or refuses in words
that tell what is possible. Storing the answer is the work of `core.workflow.writing` and its users.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from core.words import Bilingual, Text, Worded
from core.workflow.errors import MoveRefused

State = TypeVar("State", bound=Worded)
Action = TypeVar("Action", bound=Worded)
Role = TypeVar("Role", bound=Worded)
Outcome = TypeVar("Outcome", bound=Worded)
Cause = TypeVar("Cause", bound=Worded)

_UNSETTLED = Text(
    "还有 {n} 项未办结，请先逐项办结", "{n} part(s) are still open; settle each of them first"
)


@dataclass(frozen=True)
class Move(Generic[State, Role, Outcome]):
    """One legal move: where it leads, who may make it, and what it asks for."""

    to: State
    by: frozenset[Role]
    outcome: Outcome | None = None
    note_required: bool = False
    cause_required: bool = False
    parts_settled: bool = False  # every part of the case must be settled first
    restarts_clock: bool = False  # deadlines count from this act on


@dataclass(frozen=True)
class Decision(Generic[State, Action, Outcome, Cause]):
    """What an action does to a case; nothing is stored yet."""

    before: State
    after: State
    action: Action
    outcome: Outcome | None
    cause: Cause | None
    at: datetime
    restarts_clock: bool


@dataclass(frozen=True)
class Lifecycle(Generic[State, Action, Role, Outcome, Cause]):
    """The states of one kind of case, every legal move between them, and their words.

    `subject` names the case in refusals ("the alert is raised"). A case begins in `start` by the
    act `opening` and has run its course in `ends`; `roles` stand in the order they are told. Acts
    in `unasked` happen by other means and are never offered. `causes` are what a move that asks for
    a cause may be given. `implied` names, for a state, the step that a later act implies (whoever
    reports a visit has taken the case). `unsettled` is the refusal for open parts, with their
    number as {n}. Raises ValueError for a table that contradicts itself.
    """

    subject: Text
    table: Mapping[State, Mapping[Action, Move[State, Role, Outcome]]]
    start: State
    opening: Action
    ends: frozenset[State]
    roles: tuple[Role, ...]
    causes: tuple[Cause, ...] = ()
    unasked: frozenset[Action] = frozenset()
    implied: Mapping[State, Action] = field(default_factory=dict)
    unsettled: Text = _UNSETTLED
    refused: type[MoveRefused] = MoveRefused

    def __post_init__(self) -> None:
        states = set(self.table)
        led = {move.to for moves in self.table.values() for move in moves.values()}
        if missing := sorted((led | self.ends | {self.start}) - states):
            raise ValueError(f"no moves are listed for {', '.join(missing)}")
        for state, action in self.implied.items():
            if action not in self.table[state]:
                raise ValueError(f"{action} is implied in {state} and is no move from there")
            if len(set(seen := self._followed(state))) < len(seen):
                raise ValueError(f"the steps implied from {state} run in a circle")

    def _followed(self, state: State) -> list[State]:
        """The states that the implied steps lead through; ends at the first one met twice."""
        seen = [state]
        while (action := self.implied.get(state)) and len(set(seen)) == len(seen):
            state = self.table[state][action].to
            seen.append(state)
        return seen


# A life-cycle of any states, actions, roles, outcomes and causes.
AnyLifecycle = Lifecycle[Any, Any, Any, Any, Any]


def possible(
    cycle: Lifecycle[State, Action, Role, Outcome, Cause], state: State, role: Role | None = None
) -> list[Action]:
    """Actions a person may ask for in a state, in one role or in any."""
    return [
        action
        for action, move in cycle.table[state].items()
        if action not in cycle.unasked and (role is None or role in move.by)
    ]


def implied_steps(
    cycle: Lifecycle[State, Action, Role, Outcome, Cause], state: State
) -> list[Action]:
    """Actions that lead from a state to where no step is implied any more, in order."""
    steps: list[Action] = []
    while action := cycle.implied.get(state):
        steps.append(action)
        state = cycle.table[state][action].to
    return steps


def may_do(
    cycle: Lifecycle[State, Action, Role, Outcome, Cause], state: State, role: Role, action: Action
) -> bool:
    """Whether a role can do an action now, together with the steps that it implies."""
    for step in implied_steps(cycle, state):
        if role not in cycle.table[state][step].by:
            return False
        state = cycle.table[state][step].to
    move = cycle.table[state].get(action)
    return move is not None and role in move.by


def decide(
    cycle: Lifecycle[State, Action, Role, Outcome, Cause],
    state: State,
    action: Action,
    role: Role,
    now: datetime,
    *,
    note: str | None = None,
    cause: Cause | None = None,
    open_parts: int = 0,
) -> Decision[State, Action, Outcome, Cause]:
    """What `action` by `role` does to a case in `state` at the moment `now`.

    `open_parts` counts the parts of the case that are not settled. Raises the life-cycle's
    `refused`, with the possible actions in both languages, when the move is not in the table, not
    for this role, or lacks what it asks for.
    """
    move = cycle.table[state].get(action)
    if move is None:
        raise _not_here(cycle, state, action)
    if role not in move.by:
        raise _not_yours(cycle, state, action, role, move)
    _check_demands(cycle, move, action, note, cause, open_parts)
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
    cycle: AnyLifecycle,
    move: Move[Any, Any, Any],
    action: Worded,
    note: str | None,
    cause: Worded | None,
    open_parts: int,
) -> None:
    if move.note_required and not (note or "").strip():
        raise cycle.refused(
            f"“{action.zh}”需要填写说明，请写一句原因",
            f"to {action.en} needs a note; write one sentence saying why",
        )
    if move.cause_required and cause is None:
        raise cycle.refused(
            f"“{action.zh}”需要选择原因：{'、'.join(c.zh for c in cycle.causes)}",
            f"to {action.en} needs a cause: {', '.join(c.value for c in cycle.causes)}",
        )
    if move.parts_settled and open_parts:
        raise cycle.refused(
            cycle.unsettled.zh.format(n=open_parts), cycle.unsettled.en.format(n=open_parts)
        )


def _listed(items: Iterable[Bilingual]) -> Text:
    found = list(items)
    zh = "、".join(item.zh for item in found) or "无"
    return Text(zh, ", ".join(item.en for item in found) or "nothing")


def _not_here(cycle: AnyLifecycle, state: Worded, action: Worded) -> MoveRefused:
    can = _listed(possible(cycle, state))
    return cycle.refused(
        f"当前状态为“{state.zh}”，不能“{action.zh}”；此时可以：{can.zh}",
        f"cannot {action.en}: the {cycle.subject.en} is {state.en.lower()}; "
        f"from here you can: {can.en}",
    )


def _not_yours(
    cycle: AnyLifecycle, state: Worded, action: Worded, role: Worded, move: Move[Any, Any, Any]
) -> MoveRefused:
    who = _listed(sorted(move.by, key=cycle.roles.index))
    can = _listed(possible(cycle, state, role))
    return cycle.refused(
        f"{role.zh}不能“{action.zh}”，这一步由{who.zh}办理；您现在可以：{can.zh}",
        f"as {role.en} you cannot {action.en}; that is for: {who.en}; you can: {can.en}",
    )
