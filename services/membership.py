"""Households that change: who belonged to which, when, and what became of household numbers."""

from __future__ import annotations

from core.access.roles import Action
from core.words import Text
from data.households.events import EVENTS
from data.households.memberships import KINDS
from services.reads import membership as reads
from services.reads.membership import LATELY, Counts
from services.use_case import reading

__all__ = [
    "LATELY",
    "Counts",
    "all_events",
    "all_members",
    "changes",
    "counted",
    "event_word",
    "kind_word",
    "members_over_time",
]

members_over_time = reading(Action.SEE_HOUSEHOLD, reads.members_over_time, household=True)
changes = reading(Action.SEE_HOUSEHOLD, reads.changes, household=True)
counted = reading(Action.SEE_FEEDS, reads.counted)
# Of the whole county, for whoever clears up registers: pseudonyms and days, no names.
all_members = reading(Action.REVIEW_IDENTITY, reads.all_members)
all_events = reading(Action.REVIEW_IDENTITY, reads.all_events)


def kind_word(code: str) -> Text:
    """What a kind of household is called."""
    return KINDS[code]


def event_word(code: str) -> Text:
    """What an event is called."""
    return EVENTS[code]
