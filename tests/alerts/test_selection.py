"""Who gets the month's visits: a ceiling, one ranking, facts beside it, the coming's share."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from alerts.policy import default_policy
from alerts.selection import (
    Candidate,
    Chosen,
    Fact,
    Past,
    Room,
    choose,
    coming_offer,
    existing_offer,
    may_be_raised,
    room,
)
from alerts.states import Band, Question, Source
from tests.alerts.factories import MONTH, candidate

POLICY = default_policy()
EVENT, RULE, RISK, SECURED = Source.EVENT, Source.RULE, Source.RISK, Source.SECURED


def by_model(number: int, existing: float | None = None, **changes: object) -> Candidate:
    given = {"by_rule": False, "band": Band.NONE, "rule_score": 0.0, "existing": existing}
    return candidate(number, **{**given, **changes})


def by_fact(number: int, *facts: Fact, **changes: object) -> Chosen:
    given = {"existing": None, **changes}
    return Chosen(by_model(number, facts=facts, **given), EVENT)


def existing(*candidates: Candidate) -> list[Chosen]:
    offers = [existing_offer(c, POLICY) for c in candidates]
    return [offer for offer in offers if offer is not None]


def numbers(offers: list[Chosen]) -> list[int]:
    return [int(offer.candidate.household[1:], 16) for offer in offers]


ROOM = Room(capacity=10, events=5, coming=2)


def test_the_capacity_is_a_ceiling_and_not_a_quota() -> None:
    worth_it = existing(*[by_model(n, 0.5) for n in range(3)])
    assert existing(by_model(9, POLICY.open_existing - 0.01)) == []
    chosen, waiting = choose([], worth_it, [], [], ROOM)
    assert (len(chosen), waiting) == (3, [])


def test_rules_model_and_secured_share_one_ranking_by_expected_finding() -> None:
    offers = existing(
        by_model(1, 0.50),
        candidate(2, existing=None, rule_expected=0.70),
        by_model(3, 0.60, watch="secured"),
        by_model(4, 0.45),
    )
    chosen, waiting = choose([], offers, [], [], replace(ROOM, capacity=3))
    assert numbers(chosen) == [2, 3, 1]
    assert [offer.lane for offer in chosen] == [RULE, SECURED, RISK]
    assert numbers(waiting) == [4]


@pytest.mark.parametrize(
    ("changes", "lane"),
    [
        ({"by_rule": True, "rule_expected": 0.6, "existing": 0.5}, RULE),
        ({"by_rule": True, "rule_expected": 0.4, "existing": 0.5}, RISK),
        ({"by_rule": True, "rule_expected": None, "existing": 0.5}, RISK),
        ({"by_rule": True, "rule_expected": None, "existing": None}, RULE),
        ({"by_rule": False, "existing": 0.5, "watch": "secured"}, SECURED),
        ({"by_rule": False, "existing": 0.7, "watch": "unwatched"}, RISK),
    ],
)
def test_the_source_is_who_expects_most(changes: dict[str, object], lane: Source) -> None:
    offer = existing_offer(candidate(1, **changes), POLICY)
    assert offer is not None
    assert (offer.lane, offer.question) == (lane, Question.EXISTING)


def test_an_unwatched_household_needs_stronger_ground() -> None:
    assert POLICY.open_unwatched > POLICY.open_existing
    below = by_model(1, POLICY.open_unwatched - 0.01, watch="unwatched")
    assert existing_offer(below, POLICY) is None
    assert existing_offer(replace(below, watch="at_risk"), POLICY) is not None
    enough = replace(below, existing=POLICY.open_unwatched)
    assert existing_offer(enough, POLICY) is not None


def test_a_rule_band_whose_measured_finding_is_below_the_floor_raises_nothing() -> None:
    assert existing_offer(candidate(1, existing=None, rule_expected=0.3), POLICY) is None


def test_without_any_expectation_the_bands_open_in_their_order() -> None:
    orange = candidate(1, existing=None, band=Band.ORANGE, rule_score=49.0)
    red = candidate(2, existing=None, rule_score=50.0)
    chosen, _ = choose([], existing(orange, red), [], [], replace(ROOM, capacity=1))
    assert numbers(chosen) == [2]
    assert existing_offer(by_model(3), POLICY) is None


def test_the_coming_is_asked_of_families_not_in_need_already_above_its_floor() -> None:
    offer = coming_offer(by_model(1, 0.10, coming=0.30), POLICY)
    assert offer is not None
    # need at the visit, or later: 0.1 + 0.9 × 0.3
    assert offer.expected == pytest.approx(0.37)
    assert (offer.lane, offer.question) == (RISK, Question.COMING)
    low, likely = POLICY.open_coming - 0.01, POLICY.coming_existing_below
    assert coming_offer(by_model(1, 0.10, coming=low), POLICY) is None
    assert coming_offer(by_model(1, likely - 0.01, coming=0.90), POLICY) is not None
    assert coming_offer(by_model(1, likely, coming=0.90), POLICY) is None  # rather in need now
    assert coming_offer(by_model(1, 0.10, coming=0.30, watch="secured"), POLICY) is None
    assert coming_offer(by_model(1, 0.10), POLICY) is None


def soon(number: int, coming: float) -> Chosen:
    offer = coming_offer(by_model(number, 0.05, coming=coming), POLICY)
    assert offer is not None
    return offer


def test_the_coming_takes_its_share_and_no_more() -> None:
    now = existing(*[by_model(n, 0.9) for n in range(20)])
    later = [soon(100 + n, 0.3 + n / 100) for n in range(5)]
    chosen, waiting = choose([], now, later, [], ROOM)
    assert Counter(o.question for o in chosen) == {Question.EXISTING: 8, Question.COMING: 2}
    assert numbers([o for o in chosen if o.question is Question.COMING]) == [104, 103]
    assert len(waiting) == 12 + 3
    alone, _ = choose([], [], later, [], ROOM)
    assert len(alone) == 2


def test_households_drawn_at_random_keep_their_places() -> None:
    drawn = [Chosen(by_model(200, 0.01), Source.AUDIT, Question.EXISTING, 0.01, "s", 0.001)]
    now = existing(*[by_model(n, 0.9) for n in range(20)])
    chosen, _ = choose([], now, [], drawn, ROOM)
    assert len(chosen) == 10
    assert drawn[0] in chosen


URGENT = Fact("F02", urgent=True, order=1)
CERTIFICATE = Fact("A03", order=8)
ADMISSION = Fact("C04", order=6)


def test_urgent_facts_never_wait_even_when_the_budget_is_used_up() -> None:
    facts = [by_fact(n, URGENT) for n in range(8)] + [by_fact(9, CERTIFICATE)]
    chosen, waiting = choose(facts, [], [], [], replace(ROOM, capacity=0, events=5))
    assert len(chosen) == 8
    assert numbers(waiting) == [9]


def test_facts_are_ranked_by_kind_then_expected_finding_outside_the_capacity() -> None:
    facts = [
        by_fact(1, CERTIFICATE, existing=0.9),
        by_fact(2, ADMISSION, existing=0.1),
        by_fact(3, ADMISSION, existing=0.2),
        by_fact(4, CERTIFICATE, ADMISSION, existing=0.05),
        by_fact(5, URGENT, existing=0.0),
    ]
    chosen, waiting = choose(facts, [], [], [], Room(capacity=0, events=4, coming=0))
    assert (numbers(chosen), numbers(waiting)) == ([5, 3, 2, 4], [1])


def test_a_household_with_a_fact_counts_once_and_the_next_moves_up() -> None:
    both = by_model(1, 0.9, facts=(URGENT,))
    now = existing(both, by_model(2, 0.5))
    chosen, _ = choose([Chosen(both, EVENT)], now, [], [], replace(ROOM, capacity=1))
    assert [(o.lane, n) for o, n in zip(chosen, numbers(chosen), strict=True)] == [
        (EVENT, 1),
        (RISK, 2),
    ]


def test_places_shrink_by_what_the_month_has_raised_already() -> None:
    # 50,000 households: 110 visits, 40 for facts, 11 for the coming
    policy = POLICY.model_copy(
        update={"capacity_per_1000_households": 2.2, "event_budget_per_1000": 0.8}
    )
    assert room(50_000, policy, {}) == Room(110, 40, 11)
    used = {("event", None): 15, ("risk", "coming"): 4, ("rule", "existing"): 6}
    assert room(50_000, policy, used) == Room(100, 25, 7)
    assert room(50_000, policy, {("risk", "existing"): 500}) == Room(0, 40, 11)


CLOSED_IN_JANUARY = date(2026, 1, 20)


@pytest.mark.parametrize(
    ("past", "may"),
    [
        (Past(), True),
        # Closed as a false alarm in January: six months of quiet, to the end of July.
        (Past(closed_on=CLOSED_IN_JANUARY, outcome="false_alarm", band=Band.RED), False),
        # Referred: three months, to the end of April.
        (Past(closed_on=CLOSED_IN_JANUARY, outcome="referred", band=Band.RED), False),
        (Past(closed_on=date(2025, 11, 20), outcome="referred", band=Band.RED), True),
        # Never reached: one month. Nobody ever went: from the next month on.
        (Past(closed_on=date(2026, 2, 10), outcome="unreachable", band=Band.RED), False),
        (Past(closed_on=date(2026, 1, 31), outcome="unreachable", band=Band.RED), True),
        (Past(closed_on=date(2026, 2, 28), outcome=None, band=Band.RED), True),
        (Past(closed_on=date(2026, 3, 1), outcome=None, band=Band.RED), False),
        # A higher band than last time is news.
        (Past(closed_on=CLOSED_IN_JANUARY, outcome="false_alarm", band=Band.ORANGE), True),
    ],
)
def test_only_news_breaks_the_cool_down(past: Past, may: bool) -> None:
    assert may_be_raised(candidate(1), past, MONTH, POLICY) is may


def test_a_township_with_a_ceiling_takes_no_more_and_the_next_is_taken_instead() -> None:
    here = [Candidate(f"h{n}", "990321101", existing=0.9 - n / 100, risk_rank=n) for n in range(3)]
    there = Candidate("elsewhere", "990321102", existing=0.5)
    places = replace(ROOM, capacity=3, townships={"990321101": 2})
    chosen, waiting = choose([], existing(*here, there), [], [], places)
    assert [c.candidate.household for c in chosen] == ["h0", "h1", "elsewhere"]
    assert [c.candidate.household for c in waiting] == ["h2"]


def test_fresh_facts_take_a_township_s_places_first_and_are_never_held_back() -> None:
    urgent = Fact("F02", urgent=True, order=1)
    struck = [Candidate(f"e{n}", "990321101", facts=(urgent,)) for n in range(3)]
    offers = [Chosen(one, Source.EVENT) for one in struck]
    other = Candidate("h0", "990321101", existing=0.9)
    places = replace(ROOM, capacity=3, townships={"990321101": 2})
    chosen, waiting = choose(offers, existing(other), [], [], places)
    assert {c.candidate.household for c in chosen} == {"e0", "e1", "e2"}
    assert [c.candidate.household for c in waiting] == ["h0"]


def test_what_a_township_had_this_month_already_counts() -> None:
    policy = POLICY.model_copy(update={"township_capacity": {"990321101": 5, "990321102": 1}})
    found = room(1000, policy, {}, {"990321101": 3, "990321102": 4})
    assert found.townships == {"990321101": 2, "990321102": 0}
