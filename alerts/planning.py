"""What a monthly run would do: who is raised, who waits, who is followed. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts import draw, news
from alerts.draw import Drawn
from alerts.history import history, not_to_be_drawn
from alerts.models import Alert
from alerts.policy import Policy, default_policy
from alerts.raising import CandidateSet
from alerts.selection import (
    Candidate,
    Chosen,
    Fact,
    Past,
    choose,
    coming_offer,
    existing_offer,
    may_be_raised,
    room,
)
from alerts.states import Question, Source

# What becomes of a fresh fact: its own alert, joined to an open case, waiting for the budget, held
# by contrary facts, already served, followed because the family is in process.
FATES = ("alerted", "joined", "waiting", "held", "served", "followed")


@dataclass(frozen=True)
class Plan:
    """What a run would do: alerts to raise, candidates whose household has an open alert.

    `waiting` counts, by source (and 'coming'), households above their floor that the capacity
    leaves out; `cooling` those in cool-down; `followed` those in process. `kinds` counts fresh
    facts by kind under each of FATES. `later` names a later month already raised: then the plan
    is empty.
    """

    chosen: tuple[Chosen, ...] = ()
    joining: tuple[Candidate, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    cooling: int = 0
    capacity: int = 0
    later: date | None = None
    event_budget: int = 0
    followed: int = 0
    kinds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def households(self) -> list[str]:
        """Households to explain before raising: the chosen, and open cases the model names."""
        named = [c.household for c in self.joining if c.risk_rank is not None]
        return [c.candidate.household for c in self.chosen] + named

    def to_explain(self) -> dict[str, list[str]]:
        """The same households by the question whose answer is to be explained."""
        coming = [c.candidate.household for c in self.chosen if c.question is Question.COMING]
        rest = [h for h in self.households if h not in set(coming)]
        return {
            question.value: found
            for question, found in ((Question.EXISTING, rest), (Question.COMING, coming))
            if found
        }


@dataclass
class _Sorted:
    """The candidates by what may be done about them."""

    events: list[Chosen] = field(default_factory=list)
    existing: list[Chosen] = field(default_factory=list)
    coming: list[Chosen] = field(default_factory=list)
    joining: list[Candidate] = field(default_factory=list)
    cooling: int = 0
    followed: int = 0
    fates: dict[str, Counter[str]] = field(default_factory=lambda: {f: Counter() for f in FATES})

    def count(self, fate: str, facts: Iterable[Fact]) -> None:
        """Count these facts, each kind once a household, under what became of them."""
        self.fates[fate].update({fact.indicator for fact in facts})


def plan_month(
    session: Session, candidates: CandidateSet, as_of: date, policy: Policy | None = None
) -> Plan:
    """Choose the month's alerts within the capacity; changes nothing.

    The pipeline explains `Plan.households` before it raises, so that the alerts carry the model's
    reasons.
    """
    policy = policy or default_policy()
    newest = session.scalar(select(func.max(Alert.as_of)).where(Alert.source != Source.REPORT))
    if newest is not None and newest > as_of:
        return Plan(later=newest)
    found = _sort(session, candidates.candidates, as_of, policy)
    used = _used(session, as_of)
    drawn = [] if used else _drawn(session, candidates, as_of, policy)
    chosen, waiting = choose(
        found.events,
        found.existing,
        found.coming,
        drawn,
        room(candidates.households, policy, used, _used_there(session, as_of)),
    )
    for offer in chosen:
        if offer.lane is Source.EVENT:
            found.count("alerted", offer.candidate.facts)
    waits: Counter[str] = Counter()
    for offer in waiting:
        if offer.lane is Source.EVENT:
            found.count("waiting", offer.candidate.facts)
        waits[offer.question if offer.question is Question.COMING else offer.lane] += 1
    return Plan(
        tuple(chosen),
        tuple(found.joining),
        {str(source): count for source, count in waits.items()},
        found.cooling,
        policy.capacity(candidates.households),
        event_budget=policy.event_budget(candidates.households),
        followed=found.followed,
        kinds={fate: dict(sorted(kinds.items())) for fate, kinds in found.fates.items()},
    )


def _sort(
    session: Session, candidates: Sequence[Candidate], as_of: date, policy: Policy
) -> _Sorted:
    past = history(session, [c.household for c in candidates])
    found = _Sorted()
    for candidate in candidates:
        _place(found, candidate, past.get(candidate.household, Past()), as_of, policy)
    return found


def _place(found: _Sorted, candidate: Candidate, before: Past, as_of: date, policy: Policy) -> None:
    """Put one candidate where it belongs: joining, event, followed, cooling, existing, coming."""
    fresh, held, done = news.split(candidate, before, as_of, policy)
    found.count("held", held)
    found.count("served", done)
    candidate = replace(candidate, facts=fresh, events=news.codes(fresh))
    if before.has_open:
        found.joining.append(candidate)
        found.count("joined", fresh)
        return
    if before.last_as_of is not None and before.last_as_of >= as_of:
        return
    # A family in process is answered already, but not for a home that has just fallen down.
    if fresh and (candidate.urgent or not candidate.in_process):
        found.events.append(Chosen(candidate, Source.EVENT, None, candidate.expected))
    offers = [
        (queue, offer)
        for queue, offer in (
            (found.existing, existing_offer(candidate, policy)),
            (found.coming, coming_offer(candidate, policy)),
        )
        if offer is not None
    ]
    if candidate.in_process:
        found.followed += bool(offers)
        if not candidate.urgent:
            found.count("followed", fresh)
    elif offers and not may_be_raised(candidate, before, as_of, policy):
        found.cooling += 1
    else:
        for queue, offer in offers:
            queue.append(offer)


def _used(session: Session, as_of: date) -> dict[tuple[str, str | None], int]:
    """Alerts already raised for the month, by source and question."""
    query = (
        select(Alert.source, Alert.question, func.count())
        .where(Alert.as_of == as_of, Alert.source != Source.REPORT)
        .group_by(Alert.source, Alert.question)
    )
    return {(source, question): count for source, question, count in session.execute(query)}


def _used_there(session: Session, as_of: date) -> dict[str, int]:
    """Alerts already raised for the month by township, reports and random draws left out."""
    apart = [Source.REPORT, Source.AUDIT, Source.EXPLORE]
    query = (
        select(Alert.township_code, func.count())
        .where(Alert.as_of == as_of, Alert.source.not_in(apart))
        .group_by(Alert.township_code)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[0] is not None}


def _drawn(session: Session, candidates: CandidateSet, as_of: date, policy: Policy) -> list[Chosen]:
    """The month's random samples, audit before exploration; no household is in both."""
    shares, capacity = policy.shares, policy.capacity(candidates.households)
    if not shares.audit and not shares.explore:
        return []
    named = {c.household for c in candidates.candidates}
    pool = candidates.pool().without(named | not_to_be_drawn(session, as_of, policy))
    audit = draw.audit(pool, shares.audit * capacity, policy.sample_seed, as_of)
    rest = pool.without({one.household for one in audit})
    explore = draw.explore(rest, shares.explore * capacity, policy.sample_seed, as_of)
    chances = [(Source.AUDIT, one) for one in audit] + [(Source.EXPLORE, one) for one in explore]
    about = {c.household: c for c in candidates.lookup([one.household for _, one in chances])}
    return [
        _as_chosen(about[one.household], lane, one)
        for lane, one in chances
        if one.household in about
    ]


def _as_chosen(candidate: Candidate, lane: Source, one: Drawn) -> Chosen:
    return Chosen(
        candidate, lane, Question.EXISTING, candidate.existing, one.stratum, one.inclusion
    )
