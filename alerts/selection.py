"""Which candidates of a month become alerts: pure choice under a visiting capacity.

A candidate can be named by three lanes: an event that needs help whatever the score, the rule
band, the risk model. Each lane has a share of the month's capacity, so none starves another:
with the shipped policy a fifth for events, three tenths for rule bands and half for the model.
Within a lane the order is

- event: facts that were not there last month first, then by rule score;
- rule: red before orange, then by rule score;
- risk: by calibrated risk.

A household counts once, in the first lane that names it, and keeps the reasons of all. Slots a lane
cannot fill go to the others in the order event, rule (red, orange), risk. What does not fit waits
and is counted, never dropped in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from alerts.policy import Policy
from alerts.states import Band, Source
from data.home import add_months

LANES = (Source.EVENT, Source.RULE, Source.RISK)


@dataclass(frozen=True)
class Reason:
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
class Candidate:
    """A household that at least one lane names this month.

    `rule_score` in points, `risk` and `coverage` 0..1; `risk_rank` is 1 for the highest risk and
    None when the model does not name the household; `fresh_events` were not firing last month.
    `needs` are (kind, department) pairs to check.
    """

    household: str
    township_code: str | None = None
    village_code: str | None = None
    population: str | None = None
    band: Band = Band.NONE
    rule_score: float | None = None
    risk: float | None = None
    coverage: float | None = None
    rule_version: str | None = None
    model_version: str | None = None
    by_rule: bool = False
    risk_rank: int | None = None
    events: tuple[str, ...] = ()
    fresh_events: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Past:
    """What the record says of a household's earlier alerts.

    `closed_on`, `outcome` and `band` are of its last closed alert; `told` maps event codes to the
    month they were last alerted; `last_as_of` is the newest month of any alert.
    """

    has_open: bool = False
    last_as_of: date | None = None
    closed_on: date | None = None
    outcome: str | None = None
    band: Band = Band.NONE
    told: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Chosen:
    """A candidate with a slot, and the lane whose slot it takes."""

    candidate: Candidate
    lane: Source


def lanes_open_to(
    candidate: Candidate, past: Past, as_of: date, policy: Policy
) -> tuple[Source, ...]:
    """Lanes that may raise this household now; empty when it must wait out its cool-down.

    During the cool-down only news counts: an event not alerted lately, or a higher band.
    """
    if past.last_as_of is not None and past.last_as_of >= as_of:
        return ()
    lanes = []
    memory = add_months(as_of, -policy.event_memory_months)
    if any(past.told.get(code, date.min) <= memory for code in candidate.events):
        lanes.append(Source.EVENT)
    cooling = past.closed_on is not None and as_of <= add_months(
        past.closed_on, policy.cool_down(past.outcome)
    )
    if candidate.by_rule and (not cooling or candidate.band.rank < past.band.rank):
        lanes.append(Source.RULE)
    if candidate.risk_rank is not None and not cooling:
        lanes.append(Source.RISK)
    return tuple(lanes)


def slots(capacity: int, policy: Policy) -> dict[Source, int]:
    """Slots of each lane; they sum to the capacity (largest remainders are rounded up)."""
    exact = {lane: capacity * getattr(policy.shares, lane.value) for lane in LANES}
    given = {lane: int(value + 1e-9) for lane, value in exact.items()}
    by_remainder = sorted(LANES, key=lambda lane: given[lane] - exact[lane])
    for lane in by_remainder[: capacity - sum(given.values())]:
        given[lane] += 1
    return given


def _order(lane: Source, candidate: Candidate) -> tuple[float, float, str]:
    score = -(candidate.rule_score or 0.0)
    if lane is Source.EVENT:
        return (not candidate.fresh_events, score, candidate.household)
    if lane is Source.RULE:
        return (candidate.band.rank, score, candidate.household)
    return (candidate.risk_rank or 0, 0.0, candidate.household)


def choose(
    eligible: Sequence[tuple[Candidate, tuple[Source, ...]]],
    capacity: int,
    policy: Policy,
    used: Mapping[str, int] | None = None,
) -> tuple[list[Chosen], dict[Source, int]]:
    """The month's alerts, and how many candidates wait in each lane.

    `eligible` pairs candidates with the lanes open to them; `used` counts, by lane, alerts already
    raised for the month, so that repeating a run adds nothing beyond the capacity.
    """
    spent: Counter[str] = Counter(used or {})
    queues = {
        lane: sorted((c for c, lanes in eligible if lane in lanes), key=partial(_order, lane))
        for lane in LANES
    }
    taken: dict[str, Chosen] = {}
    room = capacity - spent.total()
    own = slots(capacity, policy)
    for lane in LANES:
        _fill(taken, queues[lane], lane, min(own[lane] - spent[lane], room - len(taken)))
    for lane in LANES:
        _fill(taken, queues[lane], lane, room - len(taken))
    waiting = {lane: sum(c.household not in taken for c in queues[lane]) for lane in LANES}
    return list(taken.values()), waiting


def _fill(taken: dict[str, Chosen], queue: Iterable[Candidate], lane: Source, places: int) -> None:
    for candidate in queue:
        if places <= 0:
            return
        if candidate.household not in taken:
            taken[candidate.household] = Chosen(candidate, lane)
            places -= 1
