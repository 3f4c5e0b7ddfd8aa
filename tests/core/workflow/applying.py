"""A second life-cycle on the kernel: an application for aid, from its desk to an appeal.

Only here, to show that the kernel knows nothing of alerts: states, roles, acts, causes, deadlines
and tables of its own.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from core.words import Text, Worded
from core.workflow import errors, moves
from core.workflow.deadlines import Timetable
from core.workflow.events import EventColumns, events_since, story
from core.workflow.moves import Lifecycle
from core.workflow.writing import Act, CaseColumns, advance, keep, lock, written


class State(Worded):
    SUBMITTED = ("submitted", "已受理", "Submitted")
    REVIEW = ("review", "审核中", "Under review")
    NOTICE = ("notice", "公示中", "On public notice")
    APPROVED = ("approved", "已确认", "Approved")
    REFUSED = ("refused", "未确认", "Refused")
    APPEALED = ("appealed", "申请复核", "Appealed")
    WITHDRAWN = ("withdrawn", "已撤回", "Withdrawn")


class Role(Worded):
    SYSTEM = ("system", "系统", "System")
    APPLICANT = ("applicant", "申请人", "Applicant")
    TOWNSHIP = ("township", "乡镇经办", "Township office")
    BUREAU = ("bureau", "县民政局", "County bureau")
    PUBLIC = ("public", "群众", "Anyone")


class Action(Worded):
    SUBMIT = ("submit", "提出申请", "submit")
    TAKE = ("take", "开始审核", "take up")
    PROPOSE = ("propose", "公示", "put on notice")
    OBJECT = ("object", "提出异议", "object")
    SETTLE = ("settle", "处理异议", "settle an objection")
    APPROVE = ("approve", "确认", "approve")
    REFUSE = ("refuse", "不予确认", "refuse")
    APPEAL = ("appeal", "申请复核", "appeal")
    OVERTURN = ("overturn", "撤销原决定", "overturn")
    UPHOLD = ("uphold", "维持原决定", "uphold")
    WITHDRAW = ("withdraw", "撤回", "withdraw")
    REMIND = ("remind", "催办", "remind")


class Outcome(Worded):
    GRANTED = ("granted", "予以救助", "Granted")
    DENIED = ("denied", "不予救助", "Denied")


class Cause(Worded):
    INCOME = ("income", "收入超过标准", "Income above the standard")
    PROPERTY = ("property", "财产超过规定", "Property above the limit")


class ApplicationRefused(errors.MoveRefused):
    """The application's own error."""


class ApplicationChanged(errors.CaseChanged):
    what = Text("申请", "application")


A, T, B, P, S = Role.APPLICANT, Role.TOWNSHIP, Role.BUREAU, Role.PUBLIC, Role.SYSTEM
Move = moves.Move[State, Role, Outcome]
WITHDRAW = {Action.WITHDRAW: Move(State.WITHDRAWN, frozenset({A}))}
TABLE: dict[State, dict[Action, Move]] = {
    State.SUBMITTED: {
        Action.TAKE: Move(State.REVIEW, frozenset({T}), restarts_clock=True),
        Action.REMIND: Move(State.SUBMITTED, frozenset({S})),
        **WITHDRAW,
    },
    State.REVIEW: {
        Action.PROPOSE: Move(State.NOTICE, frozenset({T, B}), restarts_clock=True),
        Action.REFUSE: Move(
            State.REFUSED, frozenset({B}), Outcome.DENIED, note_required=True, cause_required=True
        ),
        **WITHDRAW,
    },
    State.NOTICE: {
        Action.OBJECT: Move(State.NOTICE, frozenset({P, T}), note_required=True),
        Action.SETTLE: Move(State.NOTICE, frozenset({T, B})),
        Action.APPROVE: Move(State.APPROVED, frozenset({B}), Outcome.GRANTED, parts_settled=True),
        Action.REFUSE: Move(State.REFUSED, frozenset({B}), Outcome.DENIED, cause_required=True),
    },
    State.REFUSED: {
        Action.APPEAL: Move(State.APPEALED, frozenset({A}), note_required=True, restarts_clock=True)
    },
    State.APPEALED: {
        Action.OVERTURN: Move(State.REVIEW, frozenset({B}), restarts_clock=True),
        Action.UPHOLD: Move(State.REFUSED, frozenset({B}), Outcome.DENIED, cause_required=True),
    },
    State.APPROVED: {},
    State.WITHDRAWN: {},
}
CYCLE = Lifecycle(
    subject=Text("申请", "application"),
    table=TABLE,
    start=State.SUBMITTED,
    opening=Action.SUBMIT,
    ends=frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN}),
    roles=tuple(Role),
    causes=tuple(Cause),
    unasked=frozenset({Action.REMIND}),
    # Whoever puts a family on notice has taken its application up.
    implied={State.SUBMITTED: Action.TAKE},
    unsettled=Text("还有 {n} 条异议未处理", "{n} objection(s) are not settled"),
    refused=ApplicationRefused,
)

# from, act, to, who (s system, a applicant, t township, b bureau, p anyone)
LEGAL = """
submitted  take      review     t
submitted  remind    submitted  s
submitted  withdraw  withdrawn  a
review     propose   notice     t b
review     refuse    refused    b
review     withdraw  withdrawn  a
notice     object    notice     p t
notice     settle    notice     t b
notice     approve   approved   b
notice     refuse    refused    b
refused    appeal    appealed   a
appealed   overturn  review     b
appealed   uphold    refused    b
"""
WHO = {"s": S, "a": A, "t": T, "b": B, "p": P}

# Ten working days from acceptance, seven days of notice, in an emergency at once.
TIMETABLE = Timetable(
    {State.SUBMITTED: "take", State.REVIEW: "review", State.APPEALED: "answer"},
    {
        "plain": {"take": 2, "review": 10, "answer": 20},
        "emergency": {"take": 0, "review": 1, "answer": 5},
    },
)


class Tables(DeclarativeBase):
    """Apart from the product's own tables, which the migrations are compared with."""


class Application(CaseColumns, Tables):
    __tablename__ = "application"

    household: Mapped[str] = mapped_column(String(40))


class Objection(Tables):
    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))


class ApplicationEvent(EventColumns, Tables):
    __tablename__ = "application_event"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    objection_id: Mapped[int | None] = mapped_column(ForeignKey("objection.id"))
    outcome: Mapped[str | None] = mapped_column(String(16))


TOLD = {action.value: Text(action.zh, f"did {action.value}") for action in Action}


def submitted(session: Session, at: datetime, household: str = "h1") -> Application:
    """A new application, with the event that begins it."""
    made = Application(household=household, state=State.SUBMITTED, clock_from=at.date())
    act = Act("甲", Role.APPLICANT, at)
    with written(session, ApplicationEvent, ApplicationChanged(0)):
        session.add(made)
        of = {"application_id": made, "objection_id": None}
        keep(session, ApplicationEvent, act, Action.SUBMIT, None, State.SUBMITTED, of)
    return made


def do(
    session: Session,
    number: int,
    action: Action,
    act: Act[Role],
    *,
    seen: int | None = None,
    objection: Objection | None = None,
    cause: Cause | None = None,
) -> Application:
    """One act on an application: locked, compared with what was seen, decided, written."""
    lock(session, Application, [number])
    found = session.get_one(Application, number)
    if seen is not None:
        since = events_since(session, ApplicationEvent.application_id, number, seen, "objection_id")
        if since:
            told = story(since, act.at, TOLD, system=Role.SYSTEM, part="objection_id")
            raise ApplicationChanged(number, (told.zh, told.en))
    state = State(found.state)
    decision = moves.decide(CYCLE, state, action, act.role, act.at, note=act.note, cause=cause)
    with written(session, ApplicationEvent, ApplicationChanged(number)):
        advance(found, decision)
        due = TIMETABLE.due(decision.after, "plain", found.clock_from)
        found.due_on = None if due is None else due.on
        if objection is not None:
            session.add(objection)
        keep(
            session,
            ApplicationEvent,
            act,
            action,
            state,
            decision.after,
            {"application_id": found, "objection_id": objection},
            note=act.note,
            outcome=decision.outcome,
        )
    return found


def day(number: int, hour: int = 9) -> datetime:
    """A moment in June 2026, China time as stored."""
    return datetime.combine(date(2026, 6, number), datetime.min.time().replace(hour=hour))
