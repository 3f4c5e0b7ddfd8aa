"""One month's choice among all households at once: `alerts.selection` over arrays.

The same rules in the same order as there; a test lets both choose on the same households.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from alerts.laboratory.months import WATCHES as _WATCHES
from alerts.laboratory.months import Bools, Facts, Floats, Ints, Month
from alerts.laboratory.record import QUESTIONS, SOURCES
from alerts.policy import Policy
from alerts.selection import AT_RISK, SECURED, UNWATCHED
from alerts.states import Band, Question, Source
from models.scorecard import Expectation, RuleSet
from models.scorecard.schema import Bars

BANDS = tuple(Band)
_BLUE = BANDS.index(Band.BLUE)
_AT_RISK, _SECURED, _UNWATCHED = (_WATCHES.index(w) for w in (AT_RISK, SECURED, UNWATCHED))
_EVENT, _RULE, _RISK, _BEYOND = (
    SOURCES.index(s) for s in (Source.EVENT, Source.RULE, Source.RISK, Source.SECURED)
)
_EXISTING, _COMING = (QUESTIONS.index(q.value) for q in (Question.EXISTING, Question.COMING))
_BOTH = QUESTIONS.index("")


@dataclass(frozen=True)
class Settings:
    """What a replay runs under; see `replay.replay`."""

    policy: Policy
    rules: RuleSet
    by: Literal["both", "rules", "model"]
    ceilings: Ints | None
    # Lanes (existing, coming) without a ceiling.
    unlimited: frozenset[str]
    # By number of the kind: whether its facts still are events under these rules.
    kinds: Bools


@dataclass(frozen=True)
class Standing:
    """Where households stand at a month's beginning; `band` is that of their last alert."""

    busy: Bools
    open: Bools
    cooling: Bools
    band: Ints


@dataclass(frozen=True)
class Offers:
    """Households that may be visited, best first; columns as in `replay.Raised`."""

    row: Ints
    household: Ints
    source: Ints
    question: Ints
    band: Ints
    expected: Floats

    def only(self, mask: Bools | Ints | slice) -> Offers:
        """Some of the offers."""
        return Offers(*(getattr(self, f.name)[mask] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class Counts:
    """Figures of one month, in households or places.

    `capacity` and `drawn` (places of the random draws) in visits; `waiting` by lane (event,
    existing, coming) had no place; `joined` had an open case, `cooling` their cool-down,
    `followed` were in process.
    """

    households: int
    capacity: int
    drawn: int
    waiting: Mapping[str, int]
    joined: int
    cooling: int
    followed: int


def rule_band(score: Floats, bars: Bars) -> Ints:
    """Place in BANDS of each score."""
    rising = np.array([bars.blue, bars.yellow, bars.orange, bars.red], np.float32)
    return _places_below(rising, score, len(rising))


def _places_below(rising: Floats, values: Floats, top: int) -> Ints:
    """`top` minus the number of bars reached; four comparisons are faster than a search."""
    found = np.full(len(values), top, np.int8)
    for bar in rising:
        found -= values >= bar
    return found


def _bar(bars: Bars, band: Band) -> float:
    """The lowest score of a band."""
    return -np.inf if band is Band.NONE else float(getattr(bars, band.value))


def finding_band(expected: Floats, policy: Policy) -> Ints:
    """Place in BANDS of each expected finding."""
    bars = [policy.band_from[band] for band in (Band.YELLOW, Band.ORANGE, Band.RED)]
    return _places_below(np.array(bars, np.float32), expected, _BLUE)


def by_curve(curve: Expectation | None, score: Floats, watched: Bools) -> Floats:
    """What visits found at these rule scores; NaN where that was never fitted."""
    if curve is None:
        return np.full(len(score), np.nan)
    margin = curve.intercept + curve.slope * score + np.where(watched, 0.0, curve.unwatched)
    found: Floats = 1 / (1 + np.exp(-margin))
    return found


class Lanes:
    """The offers of one month, and the choice among them."""

    def __init__(
        self,
        month: Month,
        settings: Settings,
        standing: Callable[[Ints], Standing],
        curve: Expectation | None,
    ) -> None:
        self.month, self.settings, self.standing = month, settings, standing
        self.policy, self.curve = settings.policy, curve
        self.joined = self.cooling = self.followed = 0
        # The lowest score at which a band opens an alert.
        self.bar = max(
            self.policy.open_score,
            min((_bar(settings.rules.bars, b) for b in self.policy.bands), default=np.inf),
        )

    def choose(self, told: Ints, remembered: int) -> tuple[Offers, Counts, Ints]:
        """The month's alerts, its figures, and the pairs whose facts were told.

        `told` holds by pair the calendar month of the last telling; those up to `remembered` are
        forgotten.
        """
        events, pairs = self._events(told, remembered)
        first, facts_wait = self._events_chosen(events)
        taken = first.row
        now, soon = self._existing(), self._coming()
        soon = soon.only(~_among(soon.row, now.row))
        now, soon = self._free(now, taken), self._free(soon, taken)
        ahead, then, drawn = self._shared(first, now, soon)
        if self.settings.by != "rules":
            then = replace(then, source=self._source(then.row))
        policy, size = self.policy, len(self.month)
        waiting = {
            "event": facts_wait,
            "existing": len(now) - len(then),
            "coming": len(soon) - len(ahead),
        }
        counts = Counts(
            size, policy.capacity(size), drawn, waiting, self.joined, self.cooling, self.followed
        )
        chosen = _together(first, then, ahead)
        raised = _among(self.month.facts.row[pairs], chosen.row)
        raised |= self.standing(self.month.facts.row[pairs]).open
        return chosen, counts, self.month.facts.pair[pairs[raised]]

    def _events(self, told: Ints, remembered: int) -> tuple[Offers, Ints]:
        """Offers of the event lane, best first, and the places of all facts that are news."""
        facts = self.month.facts
        last = told[facts.pair]
        served = (last > remembered) & (facts.happened <= last)
        news = self.settings.kinds[facts.kind] & ~served & (facts.urgent | ~facts.held)
        places = np.flatnonzero(news)
        rows, urgent, order = _by_household(facts.only(places))
        standing = self.standing(rows)
        self.joined += int(standing.open.sum())
        offered = ~standing.open & (urgent | ~standing.busy)
        rows, urgent, order = rows[offered], urgent[offered], order[offered]
        offers = self._offers(rows, self._expected(rows), _EVENT, _BOTH)
        best = np.lexsort((offers.household, -np.nan_to_num(offers.expected), order, ~urgent))
        self._urgent = int(urgent.sum())
        return offers.only(best), places

    def _events_chosen(self, events: Offers) -> tuple[Offers, int]:
        budget = self.policy.event_budget(len(self.month))
        places = max(budget, self._urgent)
        return events.only(slice(0, places)), max(0, len(events) - places)

    def _existing(self) -> Offers:
        """Visits that may find a need now, best first."""
        month = self.month
        if self.settings.by == "rules":
            rows = self._named()
            return self._offers(rows, np.full(len(rows), np.nan), _RULE, _EXISTING)
        rows = self._reaching()
        expected = month.existing[rows]
        rest = self._alone() if self.settings.by == "both" else rows[:0]
        if len(rest):
            told = self._by_rules(rest)
            kept = np.isnan(told) | (told >= self._floor(rest))
            rows = np.concatenate([rows, rest[kept]])
            expected = np.concatenate([expected, told[kept]])
        # Who raises them is told of the chosen alone.
        offers = self._offers(rows, expected, _RISK, _EXISTING)
        if len(rest):
            keys = (offers.household, -month.score[rows], -np.nan_to_num(expected, nan=-1.0))
            return offers.only(np.lexsort(keys))
        return offers

    def _reaching(self) -> Ints:
        """Rows whose expected finding reaches the cut-off of their watch group, best first."""
        policy = self.policy
        low, high = sorted((policy.open_existing, policy.open_unwatched))
        rows = self.month.ranked("existing", low)
        # From the higher cut-off up the group does not matter.
        sure = len(self.month.ranked("existing", high))
        between = rows[sure:]
        unwatched = self.month.watch[between] == _UNWATCHED
        lower_is_unwatched = policy.open_unwatched < policy.open_existing
        return np.concatenate([rows[:sure], between[unwatched == lower_is_unwatched]])

    def _coming(self) -> Offers:
        """Visits that come before the need, best first."""
        if self.settings.by == "rules":
            return self._offers(np.empty(0, np.int32), np.empty(0), _RISK, _COMING)
        month, policy = self.month, self.policy
        rows = month.ranked("coming", policy.open_coming)
        now = np.nan_to_num(month.existing[rows])
        kept = (month.watch[rows] == _AT_RISK) & (now < np.float32(policy.coming_existing_below))
        rows, now = rows[kept], now[kept]
        return self._offers(rows, now + (1 - now) * month.coming[rows], _RISK, _COMING)

    def _named(self) -> Ints:
        """Rows that the rule bands name, best first."""
        rows = self.month.ranked("score", self.bar)
        return rows[self._by_rule(rows)]

    def _alone(self) -> Ints:
        """Of these the ones of whom the model says nothing."""
        rows = self.month.ranked("alone", self.bar)
        return rows[self._by_rule(rows)]

    def _by_rule(self, rows: Ints) -> Bools:
        if self.settings.by == "model":
            return np.zeros(len(rows), bool)
        score = self.month.score[rows]
        band = rule_band(score, self.settings.rules.bars)
        listed = np.isin(np.arange(len(BANDS)), [BANDS.index(b) for b in self.policy.bands])[band]
        listed &= score >= np.float32(self.policy.open_score)
        named: Bools = listed & (self.month.watch[rows] != _SECURED)
        return named

    def _by_rules(self, rows: Ints) -> Floats:
        """What visits found at the rule scores of these rows."""
        month = self.month
        return by_curve(self.curve, month.score[rows], month.watch[rows] != _UNWATCHED)

    def _expected(self, rows: Ints) -> Floats:
        """Expected finding: the model's, else the rules' of households that they name."""
        rules = np.where(self._by_rule(rows), self._by_rules(rows), np.nan)
        if self.settings.by == "rules":
            return rules
        existing = self.month.existing[rows]
        return np.where(np.isnan(existing), rules, existing)

    def _floor(self, rows: Ints) -> Floats:
        unwatched = self.month.watch[rows] == _UNWATCHED
        policy = self.policy
        floor = np.where(unwatched, policy.open_unwatched, policy.open_existing)
        return floor.astype(np.float32)

    def _source(self, rows: Ints) -> Ints:
        """What raises these rows in the existing lane."""
        lane = np.where(self.month.watch[rows] == _SECURED, _BEYOND, _RISK)
        rules = np.nan_to_num(self._by_rules(rows), nan=-1.0)
        existing = self.month.existing[rows]
        told = self._by_rule(rows) & (np.isnan(existing) | (rules >= existing))
        return np.where(told, _RULE, lane)

    def _offers(self, rows: Ints, expected: Floats, source: Ints | int, question: int) -> Offers:
        if question == _COMING:
            # The urgency of a visit before the need is that of the need now.
            band = finding_band(np.nan_to_num(self.month.existing[rows]), self.policy)
        else:
            band = finding_band(expected, self.policy)
            silent = np.flatnonzero(np.isnan(expected))
            band[silent] = rule_band(self.month.score[rows[silent]], self.settings.rules.bars)
        return Offers(
            rows,
            self.month.household[rows],
            np.broadcast_to(np.asarray(source, np.int8), len(rows)),
            np.full(len(rows), question, np.int8),
            band,
            np.asarray(expected, np.float32),
        )

    def _free(self, offers: Offers, taken: Ints) -> Offers:
        """The offers that may be raised now; the others are counted."""
        standing = self.standing(offers.row)
        follow = ~standing.open & standing.busy
        idle = ~standing.open & ~standing.busy
        cooling = idle & standing.cooling
        # During the cool-down only a higher band of a household that the rules name is news.
        held = np.flatnonzero(cooling)
        higher = self._by_rule(offers.row[held]) & (offers.band[held] < standing.band[held])
        cooling[held[higher]] = False
        self.joined += int(standing.open.sum())
        self.followed += int(follow.sum())
        self.cooling += int(cooling.sum())
        return offers.only(idle & ~cooling & ~_among(offers.row, taken))

    def _shared(self, first: Offers, now: Offers, soon: Offers) -> tuple[Offers, Offers, int]:
        """The coming and the existing that have a place, and the places of the draws."""
        policy, size = self.policy, len(self.month)
        capacity = policy.capacity(size)
        drawn = round(capacity * policy.shares.audit) + round(capacity * policy.shares.explore)
        left = max(0, capacity - drawn)
        room = None if self.settings.ceilings is None else self.settings.ceilings.copy()
        if room is not None:
            room -= np.bincount(self.month.township[first.row], minlength=len(room))
        free = self.settings.unlimited
        if "coming" not in free:
            soon = self._within(soon, min(policy.coming_places(size), left), room)
        if "existing" not in free:
            now = self._within(now, max(0, left - len(soon)), room)
        return soon, now, drawn

    def _within(self, offers: Offers, places: int, room: Ints | None) -> Offers:
        """The first offers, no more than `places` and than each township has room for."""
        if room is None:
            return offers.only(slice(0, places))
        town = self.month.township[offers.row]
        order = np.argsort(town, kind="stable")
        first = np.searchsorted(town[order], town[order], side="left")
        turn = np.empty(len(town), int)
        turn[order] = np.arange(len(town)) - first
        chosen = offers.only(turn < room[town]).only(slice(0, places))
        room -= np.bincount(self.month.township[chosen.row], minlength=len(room))
        return chosen


def _by_household(facts: Facts) -> tuple[Ints, Bools, Ints]:
    """Rows with any fact; whether one of them is urgent; the most urgent order."""
    rows, place = np.unique(facts.row, return_inverse=True)
    urgent = np.zeros(len(rows), bool)
    np.logical_or.at(urgent, place, facts.urgent)
    order = np.full(len(rows), 99, np.int16)
    np.minimum.at(order, place, facts.order)
    return rows, urgent, order


def _among(rows: Ints, others: Ints) -> Bools:
    """Which rows are among the others; a table of yes and no is faster than sorting."""
    return np.isin(rows, others, kind="table")


def _together(*parts: Offers) -> Offers:
    names = [f.name for f in fields(Offers)]
    return Offers(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
