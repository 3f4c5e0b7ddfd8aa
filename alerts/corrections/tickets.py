"""Opening tickets with a false alarm, and moving one on. The caller keeps the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.corrections.lifecycle import (
    DATA_CAUSES,
    DONE,
    LIFECYCLE,
    TIMETABLE,
    Action,
    Role,
    State,
)
from alerts.corrections.models import CorrectionEvent, CorrectionTicket
from alerts.errors import AlertNotFound
from alerts.models import Alert, AlertReason
from alerts.privacy import check_note
from alerts.reasons import RANKED, REST, SEE
from alerts.states import Cause, Source, Truth
from alerts.words import Words, words_on
from core.workflow import moves
from core.workflow.calendar import county_time
from core.workflow.errors import CaseChanged
from core.workflow.events import events_since
from core.workflow.writing import Act, advance, keep, lock, written

_WITHDRAWN = "核查结果已复核重开 / the visit's result was reopened by review"
_BY_DATA = (Source.RULE, Source.EVENT, Source.RISK)
_NO_FACT = (RANKED, REST, SEE)


class TicketChanged(CaseChanged):
    """Somebody else moved the ticket on meanwhile."""

    def __init__(self, number: int) -> None:
        super().__init__(
            number,
            (f"更正单 {number} 刚刚已被他人更新", f"ticket {number} was changed a moment ago"),
        )


def open_tickets(
    session: Session, alerts: Iterable[Alert], cause: Cause | None, now: datetime
) -> list[CorrectionTicket]:
    """A ticket for each fact told of alerts that were false for a cause in the data, once for each.

    Facts are the reasons that the visit found untrue; where it did not say which, those by rule and
    event, and of an alert that the model alone named the strongest of its reasons. What the model
    expects, what people reported and 'see how they are' come from no feed. A reason that had a
    ticket before gets no second one; one that was withdrawn is opened again. Other causes open
    none.
    """
    if cause not in DATA_CAUSES:
        return []
    reasons = [one for alert in alerts for one in _facts(alert.reasons)]
    known = _known(session, [one.id for one in reasons])
    fresh = [one for one in reasons if one.id not in known]
    again = [one for one in known.values() if one.state == State.WITHDRAWN]
    if not fresh and not again:
        return []
    words, act = words_on(session, now.date()), Act("doudi", Role.SYSTEM, county_time(now))
    with written(session, CorrectionEvent, TicketChanged(0)):
        for ticket in again:
            ticket.cause = cause
            _by_system(session, ticket, Action.RENEW, act)
        return [*again, *(_open(session, one, cause, act, words) for one in fresh)]


def withdraw_tickets(session: Session, alert: Alert, now: datetime) -> list[CorrectionTicket]:
    """Withdraw the open tickets of an alert whose result was reopened: it accuses no feed now.

    What was closed stays so; whoever reads it finds the reopening in the alert's log.
    """
    query = select(CorrectionTicket).where(
        CorrectionTicket.alert_id == alert.id, CorrectionTicket.state.not_in(DONE)
    )
    found = list(session.scalars(query.order_by(CorrectionTicket.id)))
    act = Act("doudi", Role.SYSTEM, county_time(now), _WITHDRAWN)
    with written(session, CorrectionEvent, TicketChanged(0)):
        for ticket in found:
            _by_system(session, ticket, Action.WITHDRAW, act)
    return found


def _by_system(session: Session, ticket: CorrectionTicket, action: Action, act: Act[Role]) -> None:
    before = State(ticket.state)
    decision = moves.decide(LIFECYCLE, before, action, act.role, act.at, note=act.note)
    advance(ticket, decision)
    set_due(ticket)
    _log(session, ticket, act, action, before)


def set_due(ticket: CorrectionTicket) -> None:
    """Work out by when a ticket is to be closed; None for one that is done."""
    due = TIMETABLE.due(State(ticket.state), "all", ticket.clock_from)
    ticket.due_on = None if due is None else due.on


def redate_tickets(session: Session) -> int:
    """Set the due day of every open ticket; how many are due on another day than before."""
    query = select(CorrectionTicket).where(CorrectionTicket.state.not_in(DONE))
    moved = 0
    for ticket in session.scalars(query.order_by(CorrectionTicket.id)):
        before = ticket.due_on
        set_due(ticket)
        moved += ticket.due_on != before
    return moved


def _facts(reasons: Sequence[AlertReason]) -> list[AlertReason]:
    reasons = [one for one in reasons if one.source in _BY_DATA and one.code not in _NO_FACT]
    if untrue := [one for one in reasons if one.truth == Truth.FALSE]:
        return untrue
    told = [one for one in reasons if one.source in (Source.RULE, Source.EVENT)]
    return told or [one for one in reasons if one.source == Source.RISK][:1]


def _known(session: Session, reasons: list[int]) -> dict[int, CorrectionTicket]:
    query = select(CorrectionTicket).where(CorrectionTicket.reason_id.in_(reasons))
    return {ticket.reason_id: ticket for ticket in session.scalars(query)}


def _open(
    session: Session, reason: AlertReason, cause: Cause, act: Act[Role], words: Words
) -> CorrectionTicket:
    day = act.at.date()
    ticket = CorrectionTicket(
        alert_id=reason.alert_id,
        reason_id=reason.id,
        feed=words.feed_of(reason.code, by_model=reason.source == Source.RISK),
        code=reason.code,
        cause=cause,
        opened_on=day,
        state=State.OPENED,
        clock_from=day,
    )
    set_due(ticket)
    session.add(ticket)
    _log(session, ticket, act, Action.OPEN, None)
    return ticket


def move(
    session: Session,
    ticket_id: int,
    action: Action | str,
    *,
    actor: str,
    now: datetime,
    note: str | None = None,
    seen_event: int | None = None,
) -> CorrectionTicket:
    """Do one action on a ticket as data steward; `seen_event` is its last event as the page showed.

    Raises MoveRefused with what is possible, TicketChanged, AlertNotFound, or PrivateDataRefused
    for a note that holds an ID or phone number.
    """
    lock(session, CorrectionTicket, [ticket_id])
    ticket = session.get(CorrectionTicket, ticket_id)
    if ticket is None:
        raise AlertNotFound("更正单", "ticket", ticket_id)
    act = Act(actor, Role.STEWARD, county_time(now), check_note(note))
    seen = CorrectionEvent.ticket_id
    if seen_event is not None and events_since(session, seen, ticket_id, seen_event):
        raise TicketChanged(ticket_id)
    chosen, before = Action(action), State(ticket.state)
    decision = moves.decide(LIFECYCLE, before, chosen, act.role, act.at, note=act.note)
    with written(session, CorrectionEvent, TicketChanged(ticket_id)):
        advance(ticket, decision)
        if decision.after is State.CLOSED:
            ticket.closed_on, ticket.due_on = act.at.date(), None
        _log(session, ticket, act, chosen, before)
    return ticket


def _log(
    session: Session, ticket: CorrectionTicket, act: Act[Role], action: Action, before: str | None
) -> None:
    of = {"ticket_id": ticket}
    keep(session, CorrectionEvent, act, action, before, ticket.state, of, note=act.note)
