"""Which facts of the event lane are news to a family's record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alerts.policy import Policy
from alerts.selection import Candidate, Fact, Past
from core.home import add_months


def served(fact: Fact, past: Past, as_of: date, policy: Policy) -> bool:
    """Whether the family was already answered for this fact, by our own record.

    It was when an alert told a fact of this kind since it happened, or when a need of the kind it
    hints at has been met since. A fact without a date counts as told for `event_memory_months`.
    """
    memory = add_months(as_of, -policy.event_memory_months)
    told = past.told.get(fact.indicator)
    if told is not None and told > memory and _not_before(fact, told):
        return True
    met = past.met.get(fact.need)
    return met is not None and met > memory and _not_before(fact, met)


def _not_before(fact: Fact, day: date) -> bool:
    return fact.happened_on is None or fact.happened_on <= day


def split(
    candidate: Candidate, past: Past, as_of: date, policy: Policy
) -> tuple[tuple[Fact, ...], tuple[Fact, ...], tuple[Fact, ...]]:
    """A candidate's fresh facts as (to alert, held, already served).

    Urgent facts are never held: wealth on paper is no shelter tonight.
    """
    news: list[Fact] = []
    held: list[Fact] = []
    done: list[Fact] = []
    for fact in candidate.facts:
        if served(fact, past, as_of, policy):
            done.append(fact)
        elif fact.held and not fact.urgent:
            held.append(fact)
        else:
            news.append(fact)
    return tuple(news), tuple(held), tuple(done)


def codes(facts: Sequence[Fact]) -> tuple[str, ...]:
    """Kinds of the facts, the most urgent first, each once."""
    ordered = sorted(facts, key=lambda fact: (not fact.urgent, fact.order, fact.indicator))
    return tuple(dict.fromkeys(fact.indicator for fact in ordered))
