"""A claim that was settled is owed no more."""

from __future__ import annotations

from data.feeds.hard_up_workers import features as hard_up

CLAIMS = """
    person | kind       | state  | amount | since      | happened_on
    1      | union_roll | open   |      - | 2025-01-01 | 2025-01-10
    2      | arrears    | open   |   2100 | 2026-01-01 | 2026-02-01
    3      | arrears    | open   |   2099 | 2026-01-01 | 2026-02-01
    4      | arrears    | open   |   9000 | 2025-01-01 | 2025-02-01
    4      | arrears    | closed |   9000 | 2025-01-01 | 2026-01-01
"""


def test_open_entries_count(spec):
    spec(hard_up.on_union_roll, CLAIMS, {1: True, 2: False, 9: False})
    spec(hard_up.wages_owed, CLAIMS, {1: 0.0, 2: 2100.0, 4: 0.0, 9: 0.0})


def test_e05_from_three_months_of_the_standard_on(profile):
    profile(
        {"hard_up_worker": {1: True, 2: True, 3: False, 4: False}},
        population_register="""
        person | household
        1      | 1
        2      | 2
        3      | 3
        4      | 4
        """,
        hard_up_workers=CLAIMS,
    )
