"""The life of a version of the rules: its states, what may be done, and by whom.

Two persons stand behind every change: whoever wrote a version cannot approve it (`writing`).
"""

from __future__ import annotations

from core.errors import Told
from core.words import Text, Worded
from core.workflow import errors, moves


class State(Worded):
    """Where a version is in its life."""

    DRAFT = ("draft", "草稿", "Draft")
    TRIED = ("tried", "已试算", "Tried")
    APPROVED = ("approved", "已审核", "Approved")
    ACTIVE = ("active", "现行", "In force")
    RETIRED = ("retired", "已停用", "Retired")
    DISCARDED = ("discarded", "已废弃", "Discarded")


class Action(Worded):
    """What can be done with a version."""

    WRITE = ("write", "起草", "write it")
    EDIT = ("edit", "修改", "edit it")
    TRY = ("try", "试算", "try it on past months")
    APPROVE = ("approve", "审核通过", "approve it")
    RETURN = ("return", "退回修改", "send it back")
    ACTIVATE = ("activate", "启用", "put it in force")
    REPLACE = ("replace", "被新版本取代", "be replaced by another version")
    STEP_BACK = ("step_back", "退回上一版本", "go back to the version before")
    RESTORE = ("restore", "恢复启用", "be put back in force")
    DISCARD = ("discard", "废弃", "discard it")


class Role(Worded):
    """In which role somebody acts on a version."""

    TUNER = ("tuner", "调整人员", "Analyst")
    APPROVER = ("approver", "审核人员", "Approver")
    SYSTEM = ("system", "系统", "System")


class RulebookError(Told):
    """Base of every error of this room."""


class MoveRefused(RulebookError, errors.MoveRefused):
    """The life of a version does not allow this now."""


class VersionChanged(RulebookError, errors.CaseChanged):
    """Someone else changed the version after this page was read."""

    what = Text("版本", "version")


class VersionNotFound(RulebookError, errors.CaseNotFound):
    """No version with that number."""


class PersonalDataRefused(RulebookError):
    """A text holds an ID or phone number, which this store must never keep."""


T, A, S = Role.TUNER, Role.APPROVER, Role.SYSTEM
Move = moves.Move[State, Role, Action]


def _move(to: State, *by: Role, note: bool = False) -> Move:
    return Move(to, frozenset(by), note_required=note)


_WRITING = {
    Action.EDIT: _move(State.DRAFT, T, S),
    Action.TRY: _move(State.TRIED, T, A, S),
    Action.DISCARD: _move(State.DISCARDED, T),
}
MOVES: dict[State, dict[Action, Move]] = {
    State.DRAFT: dict(_WRITING),
    State.TRIED: {
        **_WRITING,
        Action.APPROVE: _move(State.APPROVED, A, note=True),
        Action.RETURN: _move(State.DRAFT, A, T, note=True),
    },
    State.APPROVED: {
        Action.ACTIVATE: _move(State.ACTIVE, T, A, note=True),
        Action.RETURN: _move(State.DRAFT, A, T, note=True),
    },
    State.ACTIVE: {
        Action.REPLACE: _move(State.RETIRED, S),
        Action.STEP_BACK: _move(State.RETIRED, T, A, note=True),
    },
    State.RETIRED: {Action.RESTORE: _move(State.ACTIVE, S)},
    State.DISCARDED: {},
}
CYCLE: moves.Lifecycle[State, Action, Role, Action, Action] = moves.Lifecycle(
    subject=Text("版本", "version"),
    table=MOVES,
    start=State.DRAFT,
    opening=Action.WRITE,
    ends=frozenset({State.RETIRED, State.DISCARDED}),
    roles=tuple(Role),
    unasked=frozenset({Action.REPLACE, Action.RESTORE}),
    refused=MoveRefused,
)
# What somebody did, said of a version.
DONE = {
    Action.WRITE.value: Text("起草", "wrote it"),
    Action.EDIT.value: Text("修改", "edited it"),
    Action.TRY.value: Text("试算", "tried it"),
    Action.APPROVE.value: Text("审核通过", "approved it"),
    Action.RETURN.value: Text("退回修改", "sent it back"),
    Action.ACTIVATE.value: Text("启用", "put it in force"),
    Action.REPLACE.value: Text("以新版本取代", "replaced it"),
    Action.STEP_BACK.value: Text("退回上一版本", "went back to the version before"),
    Action.RESTORE.value: Text("恢复启用", "put it back in force"),
    Action.DISCARD.value: Text("废弃", "discarded it"),
}
