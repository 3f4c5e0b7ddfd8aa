"""Which facts are news to a family's record."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.news import codes, served, split
from alerts.policy import default_policy
from alerts.selection import Fact, Past
from tests.alerts.factories import MONTH, candidate

POLICY = default_policy()
IN_MARCH = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("past", "answered"),
    [
        (Past(), False),
        # an alert of this month or later told it
        (Past(told={"F02": date(2026, 3, 31)}), True),
        # told in January: the home collapsed again in March
        (Past(told={"F02": date(2026, 1, 31)}), False),
        (Past(told={"A08": date(2026, 3, 31)}), False),  # another kind
        # the need it hints at was met since, or before it happened
        (Past(met={"disaster_relief": date(2026, 3, 20)}), True),
        (Past(met={"disaster_relief": date(2026, 3, 1)}), False),
        (Past(met={"medical_aid": date(2026, 3, 20)}), False),
    ],
)
def test_a_family_is_served_when_its_record_answered_that_fact(past: Past, answered: bool) -> None:
    fact = Fact("F02", happened_on=IN_MARCH, need="disaster_relief")
    assert served(fact, past, MONTH, POLICY) is answered


def test_a_fact_without_a_date_is_told_once_in_a_year() -> None:
    fact = Fact("A03")
    assert served(fact, Past(told={"A03": date(2025, 6, 30)}), MONTH, POLICY)
    assert not served(fact, Past(told={"A03": date(2025, 3, 31)}), MONTH, POLICY)


def test_held_facts_are_watched_unless_urgent() -> None:
    held = Fact("A03", held=True)
    urgent = Fact("F02", held=True, urgent=True)
    told = Fact("C04")
    past = Past(told={"C04": MONTH})
    assert split(candidate(1, facts=(held, urgent, told)), past, MONTH, POLICY) == (
        (urgent,),
        (held,),
        (told,),
    )


def test_kinds_are_named_once_the_most_urgent_first() -> None:
    facts = (Fact("A03", order=8), Fact("D04", order=3, urgent=True), Fact("A03", order=8))
    assert codes(facts) == ("D04", "A03")
