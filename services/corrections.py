"""Correction tickets: what false alarms say about the data, followed up by the data steward."""

from __future__ import annotations

from alerts.corrections import tickets as written
from alerts.corrections.lifecycle import Action as Step
from alerts.corrections.lifecycle import State
from alerts.corrections.reading import by_feed
from core.access.roles import Action
from core.words import Text
from services import record
from services.context import Context
from services.reads import base
from services.reads import corrections as reads
from services.reads.corrections import steps
from services.use_case import acting, reading

__all__ = [
    "by_feed",
    "may_correct",
    "move",
    "state_word",
    "step_word",
    "steps",
    "tickets",
]

# A ticket tells a feed, an indicator and a cause; no household, no alert.
tickets = reading(Action.SEE_FEEDS, reads.tickets)


def state_word(code: str) -> Text:
    """What a ticket's state is called."""
    return Text.of(State(code))


def step_word(code: str) -> Text:
    """What an action on a ticket is called."""
    return Text.of(Step(code))


def may_correct(context: Context) -> bool:
    """Whether the principal may move tickets of the area on."""
    return context.principal.may(Action.CORRECT, context.scope)


@acting(Action.CORRECT)
def move(
    context: Context, ticket: int, seen_event: int, *, action: str, note: str | None = None
) -> None:
    """Send a ticket to its department, record the answer, or close it; the last two with a note.

    Raises MoveRefused, TicketChanged, AlertNotFound or PrivateDataRefused with words to show.
    """
    now = base.moment_of(context.home, context.as_of)
    with base.alert_session(context.home, context.scope) as session:
        moved = written.move(
            session,
            int(ticket),
            action,
            actor=context.principal.account,
            now=now,
            note=note,
            seen_event=int(seen_event),
        )
        about = {"feed": moved.feed, "indicator": moved.code, "step": action}
        record.add(context, session, "correct", "ticket", str(moved.id), detail=about)
