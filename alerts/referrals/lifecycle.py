"""The life of a referral: made with a visit's result, answered by its body, ended otherwise.

The alert itself is closed by the result; whether the body answers changes nothing about what the
visit found, so precision never looks here.
"""

from __future__ import annotations

from alerts.errors import MoveRefused
from alerts.policy import Policy
from alerts.states import Role
from core.words import Text, Worded
from core.workflow import moves
from core.workflow.deadlines import Timetable


class State(Worded):
    """Where a referral is."""

    WAITING = ("waiting", "待答复", "Awaiting an answer")
    NOT_THEIRS = ("not_theirs", "非其职责，待改转", "Not theirs, to be passed on")
    DONE = ("done", "已受理并处理", "Taken up and acted on")
    ENDED = ("ended", "无答复办结", "Ended without an answer")
    WITHDRAWN = ("withdrawn", "已撤回", "Withdrawn")


class Action(Worded):
    """What is done to a referral."""

    OPEN = ("open", "转介", "refer")
    ANSWER = ("answer", "答复：已受理并处理", "answer: taken up and acted on")
    DECLINE = ("decline", "答复：非我职责", "answer: not ours")
    PASS_ON = ("pass_on", "改转", "pass on")
    REMIND = ("remind", "催办", "remind")
    END = ("end", "无答复办结", "end without an answer")
    WITHDRAW = ("withdraw", "撤回", "withdraw")
    RENEW = ("renew", "重新转介", "refer again")


class Nothing(Worded):
    """Referrals have no coded results beside their states."""

    NONE = ("none", "无", "none")


# The county team writes down an answer that came by letter or telephone.
_BODY = frozenset({Role.DEPARTMENT, Role.DISPATCHER})
_COUNTY = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
_SYSTEM = frozenset({Role.SYSTEM})
Move = moves.Move[State, Role, Nothing]
Decision = moves.Decision[State, Action, Nothing, Nothing]
# A body that was asked, and the county whose turn it is after "not ours".
WITH_BODY, OPEN = State.WAITING, (State.WAITING, State.NOT_THEIRS)
DONE = frozenset({State.DONE, State.ENDED, State.WITHDRAWN})
_PASS_ON = Move(State.WAITING, _COUNTY, note_required=True, restarts_clock=True)
_ENDS = {
    Action.END: Move(State.ENDED, _COUNTY, note_required=True),
    Action.WITHDRAW: Move(State.WITHDRAWN, _SYSTEM, note_required=True),
}
LIFECYCLE: moves.Lifecycle[State, Action, Role, Nothing, Nothing] = moves.Lifecycle(
    subject=Text("转介", "referral"),
    table={
        State.WAITING: {
            Action.ANSWER: Move(State.DONE, _BODY, note_required=True),
            Action.DECLINE: Move(State.NOT_THEIRS, _BODY, note_required=True, restarts_clock=True),
            Action.PASS_ON: _PASS_ON,
            Action.REMIND: Move(State.WAITING, _COUNTY | _SYSTEM),
            **_ENDS,
        },
        State.NOT_THEIRS: {
            Action.PASS_ON: _PASS_ON,
            Action.REMIND: Move(State.NOT_THEIRS, _SYSTEM),
            **_ENDS,
        },
        State.DONE: {},
        State.ENDED: {},
        # The result was reopened by review, and a further visit referred the need again.
        State.WITHDRAWN: {Action.RENEW: Move(State.WAITING, _SYSTEM, restarts_clock=True)},
    },
    start=State.WAITING,
    opening=Action.OPEN,
    ends=DONE,
    roles=tuple(Role),
    unasked=frozenset({Action.WITHDRAW, Action.RENEW}),
    refused=MoveRefused,
)
# Acts with which a deadline begins anew.
RESTARTS = frozenset({Action.OPEN, Action.DECLINE, Action.PASS_ON, Action.RENEW})


def timetable(policy: Policy) -> Timetable[State]:
    """Working days for the body's answer and for the county to pass on what was declined."""
    limits = {"answer": policy.referral_working_days, "pass_on": policy.referral_pass_on_days}
    return Timetable({State.WAITING: "answer", State.NOT_THEIRS: "pass_on"}, {"all": limits})
