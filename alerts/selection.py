"""Which candidates of a month become alerts: pure choice under a visiting capacity.

The capacity is a ceiling, not a quota: a visit is spent where it is expected to find a family.

- event: fresh facts that ask for an answer whatever the score, with a budget of their own beside
  the capacity; urgent kinds first and without limit, then by kind and expected finding
  (`alerts.news` tells which facts are fresh to us);
- coming: families not in need who will be soon, by that probability, for a share of the capacity;
- existing: all others in one ranking by expected finding, whether the rules, the model or the
  lane of families on Dibao or Tekun name them, for what the other lanes leave.

The audit sample and the exploration are drawn at random (`alerts.draw`) and only counted here.
What does not fit waits and is counted, never dropped in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from alerts.policy import Policy
from alerts.states import Band, Question, Source
from core.home import add_months
from core.words import Bilingual

SECURED, UNWATCHED, AT_RISK = "secured", "unwatched", "at_risk"


@dataclass(frozen=True)
class Reason(Bilingual):
    """One reason in words. `points`: scorecard points, or log-odds for source risk.

    `fact` is what it tells (`models.risk.facts`); where rules and model see the same fact, one
    reason of the rules carries the model's `contribution` (log-odds) too.
    """

    source: Source
    code: str
    category: str
    zh: str
    en: str
    points: float | None = None
    fact: str = ""
    contribution: float | None = None


@dataclass(frozen=True)
class Fact:
    """One fact of the event lane. `order` 1 is the most urgent kind; `held` means that contrary
    facts ask for caution; `need` is the kind of need that the fact hints at."""

    indicator: str
    person: str | None = None
    happened_on: date | None = None
    points: float = 0.0
    urgent: bool = False
    order: int = 99
    held: bool = False
    need: str = ""


@dataclass(frozen=True)
class Candidate:
    """A household that at least one lane names this month.

    `rule_score` in points; `risk`, `existing`, `coming`, `rule_expected` and `coverage` 0..1, None
    when not known. `watch` is at_risk, secured (on Dibao or Tekun) or unwatched. `risk_rank` is
    its place by `existing`, None when the model does not name it. `facts` are fresh, `events`
    their indicators. `contrary`: facts against need ask for caution. `needs` are (kind,
    department) pairs to check.
    """

    household: str
    township_code: str | None = None
    village_code: str | None = None
    urban_rural: str | None = None
    population: str | None = None
    watch: str = AT_RISK
    on_roll: bool = False
    band: Band = Band.NONE
    rule_score: float | None = None
    risk: float | None = None
    existing: float | None = None
    coming: float | None = None
    rule_expected: float | None = None
    coverage: float | None = None
    rule_version: str | None = None
    model_version: str | None = None
    by_rule: bool = False
    risk_rank: int | None = None
    in_process: bool = False
    contrary: bool = False
    asked: Question = Question.EXISTING
    facts: tuple[Fact, ...] = ()
    events: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()

    @property
    def expected(self) -> float | None:
        """Probability that a visit now finds an unmet need: the model's, else the rules'."""
        if self.existing is not None:
            return self.existing
        return self.rule_expected if self.by_rule else None

    def urgency(self, policy: Policy) -> Band:
        """Band of an alert about this household: by its expected finding, else the rule band."""
        return self.band if self.expected is None else policy.band_of(self.expected)

    @property
    def urgent(self) -> bool:
        """Whether one of its fresh facts never waits."""
        return any(fact.urgent for fact in self.facts)


@dataclass(frozen=True)
class Past:
    """What the record says of a household's earlier alerts.

    `closed_on`, `outcome` and `band` are of its last closed alert; `told` maps event codes to the
    month they were last alerted, `met` kinds of need to the day they were last met; `last_as_of`
    is the newest month of any alert.
    """

    has_open: bool = False
    last_as_of: date | None = None
    closed_on: date | None = None
    outcome: str | None = None
    band: Band = Band.NONE
    told: Mapping[str, date] = field(default_factory=dict)
    met: Mapping[str, date] = field(default_factory=dict)

    def cooling(self, as_of: date, policy: Policy) -> bool:
        """Whether the cool-down after its last alert still runs."""
        return self.closed_on is not None and as_of <= add_months(
            self.closed_on, policy.cool_down(self.outcome)
        )


@dataclass(frozen=True)
class Chosen:
    """A candidate with a visit: what raised it, what it is asked, what is expected.

    `stratum` and `inclusion` are set for a household drawn at random.
    """

    candidate: Candidate
    lane: Source
    question: Question | None = None
    expected: float | None = None
    stratum: str | None = None
    inclusion: float | None = None


def existing_offer(candidate: Candidate, policy: Policy) -> Chosen | None:
    """The candidate as a visit that may find a need now; None below the floor.

    Without any expected finding the rule bands speak alone. The source is the rules' where they
    name the household and expect at least what the model does.
    """
    expected = candidate.expected
    floor = policy.open_unwatched if candidate.watch == UNWATCHED else policy.open_existing
    if (expected is None and not candidate.by_rule) or (expected is not None and expected < floor):
        return None
    lane = Source.SECURED if candidate.watch == SECURED else Source.RISK
    rules = candidate.rule_expected if candidate.rule_expected is not None else -1.0
    if candidate.by_rule and (candidate.existing is None or rules >= candidate.existing):
        lane = Source.RULE
    return Chosen(candidate, lane, Question.EXISTING, expected)


def coming_offer(candidate: Candidate, policy: Policy) -> Chosen | None:
    """The candidate as a visit that comes before the need; None below the floor.

    What is expected of it is a need at the visit or within the horizon.
    """
    existing, coming = candidate.existing or 0.0, candidate.coming
    if candidate.watch != AT_RISK or coming is None or coming < policy.open_coming:
        return None
    if existing >= policy.coming_existing_below:
        return None
    return Chosen(candidate, Source.RISK, Question.COMING, existing + (1 - existing) * coming)


def may_be_raised(candidate: Candidate, past: Past, as_of: date, policy: Policy) -> bool:
    """Whether the cool-down lets the household be raised again without a new fact.

    During the cool-down only a higher band of a household that the rules name is news.
    """
    if not past.cooling(as_of, policy):
        return True
    return candidate.by_rule and candidate.urgency(policy).rank < past.band.rank


def by_finding(offer: Chosen) -> tuple[float, int, float, str]:
    """Order of the ranking: expected finding, then band, then score."""
    candidate = offer.candidate
    expected = -1.0 if offer.expected is None else offer.expected
    return (-expected, candidate.band.rank, -(candidate.rule_score or 0.0), candidate.household)


def by_kind(offer: Chosen) -> tuple[bool, int, float, str]:
    """Order of the event lane: urgent kinds, then the order of kinds, then expected finding."""
    candidate = offer.candidate
    order = min((fact.order for fact in candidate.facts), default=99)
    return (not candidate.urgent, order, -(candidate.expected or 0.0), candidate.household)


@dataclass(frozen=True)
class Room:
    """Places of a month: alerts still possible in each lane, after what was raised already."""

    capacity: int
    events: int
    coming: int
    townships: Mapping[str, int] = field(default_factory=dict)


def room(
    households: int,
    policy: Policy,
    used: Mapping[tuple[str, str | None], int],
    used_there: Mapping[str, int] | None = None,
) -> Room:
    """Places left; `used` counts the month's alerts by (source, question), reports left out, and
    `used_there` the same by township, random draws left out."""
    there = used_there or {}
    spent: Counter[str] = Counter()
    for (source, question), count in used.items():
        spent["events" if source == Source.EVENT else "capacity"] += count
        if question == Question.COMING:
            spent["coming"] += count
    capacity = policy.capacity(households)
    return Room(
        max(0, capacity - spent["capacity"]),
        max(0, policy.event_budget(households) - spent["events"]),
        max(0, policy.coming_places(households) - spent["coming"]),
        {
            code: max(0, places - there.get(code, 0))
            for code, places in policy.township_capacity.items()
        },
    )


def choose(
    events: Iterable[Chosen],
    existing: Iterable[Chosen],
    coming: Iterable[Chosen],
    drawn: Sequence[Chosen],
    places: Room,
) -> tuple[list[Chosen], list[Chosen]]:
    """The month's alerts, and the offers that must wait.

    A household counts once: in the event lane, else among the existing, else the coming; `drawn`
    households are named by no lane and keep their places. A township with a ceiling of its own
    takes no more; fresh facts use its places first and are never held back by it.
    """
    facts = sorted(events, key=by_kind)
    urgent = [offer for offer in facts if offer.candidate.urgent]
    others = facts[len(urgent) :]
    left = max(0, places.events - len(urgent))
    chosen, waiting = urgent + others[:left], others[left:]
    taken = {offer.candidate.household for offer in chosen}

    soon = [o for o in sorted(coming, key=_by_coming) if o.candidate.household not in taken]
    now = [o for o in sorted(existing, key=by_finding) if o.candidate.household not in taken]
    capacity = max(0, places.capacity - len(drawn))
    left_there = Counter(places.townships)
    left_there.subtract(o.candidate.township_code or "" for o in chosen)
    ahead, later = _within(soon, min(places.coming, capacity), places, left_there)
    first, rest = _within(now, capacity - len(ahead), places, left_there)
    chosen += [*first, *ahead, *drawn]
    waiting += [*rest, *later]
    return chosen, waiting


def _within(
    offers: Sequence[Chosen], most: int, places: Room, left_there: Counter[str]
) -> tuple[list[Chosen], list[Chosen]]:
    """The first offers, no more than `most` and than their townships have room for; the others."""
    taken: list[Chosen] = []
    rest: list[Chosen] = []
    for offer in offers:
        town = offer.candidate.township_code or ""
        full = town in places.townships and left_there[town] <= 0
        if len(taken) >= most or full:
            rest.append(offer)
            continue
        taken.append(offer)
        left_there[town] -= 1
    return taken, rest


def _by_coming(offer: Chosen) -> tuple[float, float, str]:
    candidate = offer.candidate
    return (-(candidate.coming or 0.0), -(candidate.rule_score or 0.0), candidate.household)
