"""The life of a correction ticket: opened, sent to its department, answered, closed."""

from __future__ import annotations

from alerts.states import Cause
from core.words import Text, Worded
from core.workflow import moves
from core.workflow.deadlines import Timetable

# Working days in which a ticket is to be closed, from its opening. The policy of the county may
# come to state it; until then it is the longest that a step of an orange alert may take.
WORKING_DAYS = 10
# Causes of a false alarm that lie in the data, and not in the rule or in the family.
DATA_CAUSES = frozenset({Cause.DATA_WRONG, Cause.SAME_NAME, Cause.STALE})


class State(Worded):
    """Where a ticket is."""

    OPENED = ("opened", "待发送", "To be sent")
    SENT = ("sent", "待部门答复", "With its department")
    ANSWERED = ("answered", "已答复", "Answered")
    CLOSED = ("closed", "已办结", "Closed")
    WITHDRAWN = ("withdrawn", "已撤回", "Withdrawn")


class Action(Worded):
    """What is done to a ticket."""

    OPEN = ("open", "生成", "open")
    SEND = ("send", "发送部门", "send to its department")
    ANSWER = ("answer", "登记答复", "record the answer")
    CLOSE = ("close", "办结", "close")
    WITHDRAW = ("withdraw", "撤回", "withdraw")
    RENEW = ("renew", "重新生成", "open again")


class Role(Worded):
    """Who acts on a ticket."""

    SYSTEM = ("system", "系统", "System")
    STEWARD = ("steward", "数据管理员", "Data steward")


class Nothing(Worded):
    """Tickets have no coded results."""

    NONE = ("none", "无", "none")


_BY = frozenset({Role.STEWARD})
# States in which nobody has anything left to do.
DONE = frozenset({State.CLOSED, State.WITHDRAWN})
Move = moves.Move[State, Role, Nothing]
Decision = moves.Decision[State, Action, Nothing, Nothing]
_CLOSE = Move(State.CLOSED, _BY, note_required=True)
_SEND = Move(State.SENT, _BY)
_ANSWER = Move(State.ANSWERED, _BY, note_required=True)
# The result that opened it was reopened by review; a further false alarm opens it again.
_BY_SYSTEM = frozenset({Role.SYSTEM})
_WITHDRAW = Move(State.WITHDRAWN, _BY_SYSTEM, note_required=True)
_RENEW = Move(State.OPENED, _BY_SYSTEM, restarts_clock=True)
_ENDS = {Action.CLOSE: _CLOSE, Action.WITHDRAW: _WITHDRAW}
LIFECYCLE: moves.Lifecycle[State, Action, Role, Nothing, Nothing] = moves.Lifecycle(
    subject=Text("更正单", "ticket"),
    table={
        State.OPENED: {Action.SEND: _SEND, **_ENDS},
        State.SENT: {Action.ANSWER: _ANSWER, **_ENDS},
        # An answer that does not settle it goes back.
        State.ANSWERED: {Action.SEND: _SEND, **_ENDS},
        State.CLOSED: {},
        State.WITHDRAWN: {Action.RENEW: _RENEW},
    },
    start=State.OPENED,
    opening=Action.OPEN,
    ends=DONE,
    roles=tuple(Role),
    unasked=frozenset({Action.WITHDRAW, Action.RENEW}),
)
_OPEN = (State.OPENED, State.SENT, State.ANSWERED)
TIMETABLE = Timetable(dict.fromkeys(_OPEN, "correct"), {"all": {"correct": WORKING_DAYS}})
