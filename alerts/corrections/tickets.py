"""Opening tickets with a false alarm, and moving one on. The caller keeps the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.corrections.lifecycle import DATA_CAUSES, LIFECYCLE, TIMETABLE, Action, Role, State
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
    ticket before gets no second one. Other causes open none.
    """
    if cause not in DATA_CAUSES:
        return []
    reasons = [one for alert in alerts for one in _facts(alert.reasons)]
    known = _known(session, [one.id for one in reasons])
    fresh = [one for one in reasons if one.id not in known]
    if not fresh:
        return []
    words, act = words_on(session, now.date()), Act("doudi", Role.SYSTEM, county_time(now))
    with written(session, CorrectionEvent, TicketChanged(0)):
        return [_open(session, one, cause, act, words) for one in fresh]


def _facts(reasons: Sequence[AlertReason]) -> list[AlertReason]:
    reasons = [one for one in reasons if one.source in _BY_DATA and one.code not in _NO_FACT]
    if untrue := [one for one in reasons if one.truth == Truth.FALSE]:
        return untrue
    told = [one for one in reasons if one.source in (Source.RULE, Source.EVENT)]
    return told or [one for one in reasons if one.source == Source.RISK][:1]


def _known(session: Session, reasons: list[int]) -> set[int]:
    query = select(CorrectionTicket.reason_id).where(CorrectionTicket.reason_id.in_(reasons))
    return set(session.scalars(query))


def _open(
    session: Session, reason: AlertReason, cause: Cause, act: Act[Role], words: Words
) -> CorrectionTicket:
    day = act.at.date()
    due = TIMETABLE.due(State.OPENED, "all", day)
    ticket = CorrectionTicket(
        alert_id=reason.alert_id,
        reason_id=reason.id,
        feed=words.feed_of(reason.code, by_model=reason.source == Source.RISK),
        code=reason.code,
        cause=cause,
        opened_on=day,
        state=State.OPENED,
        clock_from=day,
        due_on=None if due is None else due.on,
    )
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
