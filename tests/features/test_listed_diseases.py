"""A renewed entry is no new disease, an ended one is none."""

from __future__ import annotations

import pytest

from data.feeds.listed_diseases import features as listed

ENTRIES = """
    person | disease      | list_class | event      | valid_until | happened_on
    1      | hypertension | chronic    | recognised | 2027-01-01  | 2024-01-01
    1      | cancer       | grave      | recognised | 2027-06-01  | 2026-06-10
    2      | dialysis     | grave      | recognised | 2025-01-01  | 2023-01-01
    2      | dialysis     | grave      | renewed    | 2028-01-01  | 2026-06-01
    3      | diabetes     | chronic    | recognised | 2028-01-01  | 2023-01-01
    3      | diabetes     | chronic    | ended      | -           | 2025-01-01
    4      | lung         | chronic    | recognised | 2025-12-31  | 2023-01-01
"""


def test_the_newest_entry_of_each_disease_holds(spec):
    spec(listed.n_listed_diseases, ENTRIES, {1: 2, 2: 1, 3: 0, 4: 0, 9: 0})
    spec(listed.grave_disease_listed, ENTRIES, {1: True, 2: True, 3: False, 9: False})


def test_a_renewal_is_no_news(spec):
    spec(listed.days_since_grave_recognised, ENTRIES, {1: 20, 2: 1276, 3: None})


@pytest.mark.slow
def test_a_grave_disease_recognised_is_a_new_listed_disease(profile):
    profile(
        {"new_listed_disease_90d": {1: True, 2: False}},
        population_register="""
        person | household
        1      | 1
        2      | 2
        """,
        listed_diseases=ENTRIES,
        medical_claims="""
        person | happened_on
        1      | 2024-01-01
        2      | 2024-01-01
        """,
    )
