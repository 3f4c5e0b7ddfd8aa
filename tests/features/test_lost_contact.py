"""Who is out of contact for six months can neither earn nor bring up a child."""

from __future__ import annotations

from datetime import date

import pytest

from data.feeds.lost_contact import features as lost_contact

# The month ends on 2026-06-30: six months before it is the last day of 2025.
REPORTS = """
    person | kind           | state  | since      | happened_on
    a      | missing        | sought | 2025-12-20 | 2026-01-05
    b      | out_of_contact | sought | 2026-03-01 | 2026-03-10
    c      | missing        | sought | 2024-01-01 | 2024-01-10
    c      | missing        | found  | 2024-01-01 | 2026-02-01
    d      | declared       | sought | 2021-05-01 | 2026-05-20
    e      | missing        | sought | 2022-01-01 | 2022-01-10
"""


def test_contact_is_lost_after_six_months_or_by_a_court(spec):
    spec(lost_contact.out_of_contact, REPORTS, {"a": True, "b": True, "c": False, "z": False})
    spec(lost_contact.lost_contact_6m, REPORTS, {"a": True, "b": False, "c": False, "d": True})
    spec(
        lost_contact.contact_lost_12m,
        REPORTS,
        {"a": True, "b": False, "c": False, "d": True, "e": False},
    )


FAMILY = """
    person | household | relation | born_month | marital
    a      | 1         | head     | 1985-01-01 | married
    f      | 1         | spouse   | 1987-01-01 | married
    k      | 1         | child    | 2015-01-01 | single
"""


def test_the_day_six_months_were_over_is_the_day_it_counts(profile):
    profile(
        {"contact_lost_on": {"a": date(2026, 6, 21), "f": None}},
        population_register=FAMILY,
        lost_contact=REPORTS,
    )


@pytest.mark.slow
def test_a08_the_earner_is_out_of_contact(profile):
    profile(
        {"lost_main_earner_12m": {1: True}, "main_earner_died_on": {1: date(2026, 6, 21)}},
        population_register=FAMILY,
        lost_contact=REPORTS,
        employment="""
        person | record_type  | amount | happened_on
        a      | contribution | 4000   | 2026-01-31
        f      | contribution | 2000   | 2026-05-31
        """,
    )


@pytest.mark.slow
def test_a08_the_lesser_earner_is_out_of_contact(profile):
    profile(
        {"lost_main_earner_12m": {1: False}},
        population_register=FAMILY,
        lost_contact=REPORTS,
        employment="""
        person | record_type  | amount | happened_on
        a      | contribution | 2000   | 2026-01-31
        f      | contribution | 4000   | 2026-05-31
        """,
    )


@pytest.mark.slow
def test_a02_one_parent_out_of_contact_and_one_in_prison(profile):
    profile(
        {
            "suspected_unsupported_child": {"k": True},
            "unsupported_since": {"k": date(2026, 6, 21)},
        },
        population_register=FAMILY,
        lost_contact=REPORTS,
        custody="""
        person | kind   | state | since      | until      | happened_on
        f      | prison | held  | 2024-03-01 | 2028-03-01 | 2024-03-05
        """,
    )


@pytest.mark.slow
def test_a02_a_parent_who_left_in_march_may_yet_be_heard_of(profile):
    reports = REPORTS.replace("2025-12-20", "2026-03-20")
    profile(
        {"suspected_unsupported_child": {"k": False}},
        population_register=FAMILY,
        lost_contact=reports,
        custody="""
        person | kind   | state | since      | until      | happened_on
        f      | prison | held  | 2024-03-01 | 2028-03-01 | 2024-03-05
        """,
    )
