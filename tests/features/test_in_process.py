"""In process: known by the as-of day, and for a while only."""

from __future__ import annotations

from data.feeds.home_visits import features_process as in_process

PEOPLE = """
    person | household
    1      | 1
    2      | 2
    3      | 3
    4      | 4
    5      | 5
    6      | 6
"""


def test_an_application_keeps_a_family_in_process_for_three_months(spec):
    spec(
        in_process.application_visit_3m,
        """
        household | happened_on | visit_reason
        1         | 2026-04-01  | application
        2         | 2026-03-30  | application
        3         | 2026-06-01  | round
        """,
        {1: True, 2: False, 3: False, 4: False},
    )


def test_a_visit_that_found_need_counts_for_six_months(spec):
    spec(
        in_process.found_in_need_6m,
        """
        household | happened_on | unmet_need
        1         | 2026-01-15  | yes
        2         | 2025-12-30  | yes
        3         | 2026-06-01  | no
        4         | 2026-06-01  | -
        """,
        {1: True, 2: False, 3: False, 4: False, 5: False},
    )


def test_either_puts_a_family_in_process(profile):
    profile(
        "in_process",
        {1: True, 2: True, 3: False, 4: False},
        population_register=PEOPLE,
        home_visits="""
            household | happened_on | visit_reason | unmet_need
            1         | 2026-05-20  | application  | no
            2         | 2026-02-20  | survey       | yes
            3         | 2026-02-20  | application  | no
        """,
    )


def test_what_became_known_later_does_not_count_yet(profile):
    profile(
        "in_process",
        {1: False},
        population_register=PEOPLE,
        home_visits="""
            household | happened_on | known_on   | visit_reason | unmet_need
            1         | 2026-06-20  | 2026-07-05 | application  | yes
        """,
    )


def test_without_visits_nobody_is_in_process(profile):
    profile("in_process", {1: False}, population_register=PEOPLE)
