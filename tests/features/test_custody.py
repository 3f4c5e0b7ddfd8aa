"""Who is held cannot earn or bring up a child; who comes back needs work."""

from __future__ import annotations

from data.feeds.custody import features as custody

TERMS = """
    person | kind      | state    | since      | until      | happened_on
    a      | prison    | held     | 2026-03-01 | 2028-03-01 | 2026-03-05
    b      | detox     | held     | 2023-01-01 | 2025-01-01 | 2023-01-05
    b      | detox     | released | 2023-01-01 | -          | 2026-02-01
    c      | community | held     | 2026-01-01 | 2028-01-01 | 2026-01-05
    d      | detention | held     | 2026-06-01 | -          | 2026-06-02
"""


def test_a_term_runs_until_release_and_community_correction_is_none(spec):
    spec(custody.in_custody, TERMS, {"a": True, "b": False, "c": False, "d": True, "z": False})
    spec(custody.long_custody, TERMS, {"a": True, "b": False, "d": False})
    spec(custody.taken_12m, TERMS, {"a": True, "b": False, "d": True})
    spec(custody.released_12m, TERMS, {"a": False, "b": True, "c": False})


FAMILY = """
    person | household | relation | born_month
    a      | 1         | head     | 1985-01-01
    e      | 1         | spouse   | 1987-01-01
    k      | 1         | child    | 2015-01-01
"""


def test_a08_the_earner_was_taken(profile):
    profile(
        {"lost_main_earner_12m": {1: True}},
        population_register=FAMILY,
        custody=TERMS,
        employment="""
        person | record_type  | amount | happened_on
        a      | contribution | 4000   | 2026-01-31
        e      | contribution | 2000   | 2026-05-31
        """,
    )


def test_a08_the_lesser_earner_was_taken(profile):
    profile(
        {"lost_main_earner_12m": {1: False}},
        population_register=FAMILY,
        custody=TERMS,
        employment="""
        person | record_type  | amount | happened_on
        a      | contribution | 2000   | 2026-01-31
        e      | contribution | 4000   | 2026-05-31
        """,
    )


def test_a02_one_parent_dead_and_one_in_prison(profile):
    profile(
        {"suspected_unsupported_child": {"k": True}},
        population_register="""
        person | household | relation | born_month | marital
        a      | 1         | head     | 1985-01-01 | widowed
        k      | 1         | child    | 2015-01-01 | single
        """,
        custody=TERMS,
    )


def test_e04_the_released_need_work(profile):
    profile(
        {"needs_job_help": {"b": True, "e": False}},
        population_register="""
        person | household
        b      | 1
        e      | 1
        """,
        custody=TERMS,
        employment="""
        person | record_type | happened_on
        e      | employed    | 2026-01-31
        """,
    )
