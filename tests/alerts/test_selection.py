"""Who gets the month's visits: lanes, shares, cool-down."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from alerts.policy import default_policy
from alerts.selection import Candidate, Past, choose, lanes_open_to, slots
from alerts.states import Band, Source
from tests.alerts.factories import MONTH, candidate

POLICY = default_policy()
EVENT, RULE, RISK = Source.EVENT, Source.RULE, Source.RISK


def by_risk(number: int, rank: int, **changes: object) -> Candidate:
    given = {"by_rule": False, "band": Band.NONE, "rule_score": 0.0, "risk_rank": rank}
    return candidate(number, **{**given, **changes})


def by_event(number: int, *codes: str, fresh: bool = False) -> Candidate:
    return candidate(
        number, by_rule=False, band=Band.NONE, events=codes, fresh_events=codes if fresh else ()
    )


def chosen(*pairs: tuple[Candidate, tuple[Source, ...]], capacity: int = 10) -> dict[str, Source]:
    found, _ = choose(pairs, capacity, POLICY)
    return {c.candidate.household: c.lane for c in found}


def test_slots_sum_to_the_capacity_whatever_it_is() -> None:
    assert slots(150, POLICY) == {EVENT: 30, RULE: 45, RISK: 75}
    for capacity in range(1, 40):
        assert sum(slots(capacity, POLICY).values()) == capacity


def test_each_lane_keeps_its_share_when_all_are_crowded() -> None:
    crowd = [
        *[(by_event(n, "A02"), (EVENT,)) for n in range(40)],
        *[(candidate(n), (RULE,)) for n in range(100, 140)],
        *[(by_risk(n, n), (RISK,)) for n in range(200, 240)],
    ]
    found, waiting = choose(crowd, 10, POLICY)
    assert Counter(c.lane for c in found) == {EVENT: 2, RULE: 3, RISK: 5}
    assert waiting == {EVENT: 38, RULE: 37, RISK: 35}


def test_slots_that_a_lane_cannot_fill_go_to_the_others() -> None:
    rules = [(candidate(n), (RULE,)) for n in range(20)]
    found, _ = choose([*rules, (by_risk(99, 1), (RISK,))], 10, POLICY)
    assert Counter(c.lane for c in found) == {RULE: 9, RISK: 1}


def test_a_household_named_twice_takes_one_slot_and_the_next_in_line_moves_up() -> None:
    both = candidate(1, risk_rank=1)
    second = by_risk(2, 2)
    assert chosen((both, (RULE, RISK)), (second, (RISK,)), capacity=2) == {
        both.household: RULE,
        second.household: RISK,
    }


def test_red_comes_before_orange_and_a_fresh_event_before_an_old_one() -> None:
    orange = candidate(1, band=Band.ORANGE, rule_score=49.0)
    red = candidate(2, rule_score=50.0)
    assert list(chosen((orange, (RULE,)), (red, (RULE,)), capacity=1)) == [red.household]
    old, fresh = by_event(3, "A03"), by_event(4, "A03", fresh=True)
    assert list(chosen((old, (EVENT,)), (fresh, (EVENT,)), capacity=1)) == [fresh.household]


def test_alerts_already_raised_for_the_month_count_against_the_capacity() -> None:
    rules = [(candidate(n), (RULE,)) for n in range(20)]
    found, waiting = choose(rules, 10, POLICY, used={"rule": 3, "risk": 5})
    assert len(found) == 2
    assert waiting[RULE] == 18


CLOSED_IN_JANUARY = date(2026, 1, 20)


@pytest.mark.parametrize(
    ("past", "lanes"),
    [
        (Past(), (RULE, RISK)),
        # Closed as a false alarm in January: six months of quiet, to the end of July.
        (Past(closed_on=CLOSED_IN_JANUARY, outcome="false_alarm", band=Band.RED), ()),
        # Referred: three months, to the end of April.
        (Past(closed_on=CLOSED_IN_JANUARY, outcome="referred", band=Band.RED), ()),
        (Past(closed_on=date(2025, 12, 20), outcome="referred", band=Band.RED), ()),
        (Past(closed_on=date(2025, 11, 20), outcome="referred", band=Band.RED), (RULE, RISK)),
        # A higher band than last time is news.
        (Past(closed_on=CLOSED_IN_JANUARY, outcome="false_alarm", band=Band.ORANGE), (RULE,)),
        # Raised in this very month already.
        (Past(last_as_of=MONTH), ()),
    ],
)
def test_only_news_breaks_the_cool_down(past: Past, lanes: tuple[Source, ...]) -> None:
    assert lanes_open_to(candidate(1, risk_rank=1), past, MONTH, POLICY) == lanes


def test_an_event_is_news_once_in_a_year() -> None:
    asked = by_event(1, "A03", "C04")
    assert lanes_open_to(asked, Past(), MONTH, POLICY) == (EVENT,)
    told = {"A03": date(2025, 6, 30), "C04": date(2025, 6, 30)}
    assert lanes_open_to(asked, Past(told=told), MONTH, POLICY) == ()
    one_new = {"A03": date(2025, 6, 30)}
    assert lanes_open_to(asked, Past(told=one_new), MONTH, POLICY) == (EVENT,)
    long_ago = {"A03": date(2025, 3, 31), "C04": date(2025, 6, 30)}
    assert lanes_open_to(asked, Past(told=long_ago), MONTH, POLICY) == (EVENT,)


def test_a_new_event_breaks_the_cool_down() -> None:
    past = Past(closed_on=CLOSED_IN_JANUARY, outcome="confirmed", band=Band.RED)
    assert lanes_open_to(by_event(1, "A08"), past, MONTH, POLICY) == (EVENT,)
