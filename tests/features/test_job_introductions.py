"""Three suitable jobs refused within a year, and none taken, is refusing to work."""

from __future__ import annotations

import pytest

from data.feeds.job_introductions import features as introductions

PEOPLE = """
    person | household
    a      | 1
    b      | 2
    c      | 3
    d      | 4
"""
# b refused for the care of others, c a job that did not suit, d took the fourth.
OFFERS = """
    person | offer_no | suitable | answer   | reason | happened_on
    a      | 1        | yes      | refused  | pay    | 2025-09-01
    a      | 2        | yes      | refused  | -      | 2025-12-01
    a      | 3        | yes      | refused  | other  | 2026-03-01
    b      | 4        | yes      | refused  | care   | 2025-09-01
    b      | 5        | yes      | refused  | pay    | 2025-12-01
    b      | 6        | yes      | refused  | pay    | 2026-03-01
    c      | 7        | no       | refused  | pay    | 2025-09-01
    c      | 8        | yes      | refused  | pay    | 2025-12-01
    c      | 9        | yes      | refused  | pay    | 2026-03-01
    d      | 10       | yes      | refused  | pay    | 2025-09-01
    d      | 11       | yes      | refused  | pay    | 2025-12-01
    d      | 12       | yes      | refused  | pay    | 2026-03-01
    d      | 13       | yes      | accepted | -      | 2026-05-01
"""
WORK = """
    person | record_type | amount | happened_on
    b      | unemployed  | -      | 2025-01-01
"""


def test_a_refusal_counts_when_the_job_suited_and_nothing_excused_it(spec):
    spec(introductions.jobs_refused_12m, OFFERS, {"a": 3, "b": 2, "c": 2, "d": 3, "z": 0})
    spec(introductions.jobs_offered_12m, OFFERS, {"a": 3, "d": 4, "z": 0})


@pytest.mark.slow
def test_e06_three_suitable_jobs_refused_and_none_taken(profile):
    profile(
        {"work_record": {"a": "refuses", "b": "none", "c": "none", "d": "none"}},
        population_register=PEOPLE,
        employment=WORK,
        job_introductions=OFFERS,
    )


def test_e06_a_stable_job_comes_first(profile):
    months = [f"2025-{m:02d}-15" for m in range(7, 13)] + [f"2026-{m:02d}-15" for m in range(1, 7)]
    paid = "\n".join(f"    a | contribution | 4000 | {day}" for day in months)
    profile(
        {"work_record": {"a": "stable"}},
        population_register=PEOPLE,
        employment=WORK + paid,
        job_introductions=OFFERS,
    )


@pytest.mark.slow
def test_e06_is_what_it_was_where_nobody_tells_of_offers(profile):
    profile({"work_record": {"a": "none"}}, population_register=PEOPLE, employment=WORK)
    profile({"work_record": {"a": None}}, population_register=PEOPLE)
