"""What the newest home visit found, and what was known three months before. S is 700."""

from __future__ import annotations

import pytest

from features.engine import registry


def feature(name):
    return registry().features[name]


VISITS = """
    household | happened_on | income_month | members | consumption_units | wage_income
    1         | 2026-02-15  |         1400 |       2 |               2.0 |         700
    1         | 2026-05-15  |         2800 |       2 |               2.0 |        1400
    2         | 2026-05-15  |          700 |       2 |                 - |           0
    3         | 2026-02-15  |         1400 |       1 |               1.0 |           -
    3         | 2026-05-15  |            - |       1 |               1.0 |           -
    4         | 2023-01-15  |         1400 |       1 |               1.0 |           -
"""


def test_income_is_shared_over_adult_equivalents_and_the_standard(spec):
    spec(feature("visit_income_ratio"), VISITS, {1: 2.0, 2: 0.5, 3: 2.0, 4: None, 5: None})


def test_before_is_what_was_known_three_months_ago(spec):
    spec(feature("visit_income_ratio_before"), VISITS, {1: 1.0, 2: None, 3: 2.0})


def test_a_wage_that_was_not_told_is_unknown_and_a_told_zero_is_zero(spec):
    spec(feature("visit_wage_ratio"), VISITS, {1: 1.0, 2: 0.0, 3: None})


@pytest.mark.slow
def test_only_visits_that_were_told_the_income_count_as_such(spec):
    spec(feature("visits_with_income_3m"), VISITS, {1: 1, 2: 1, 3: 0, 4: 0})
    spec(feature("visits_with_income_6m"), VISITS, {1: 2, 2: 1, 3: 1})
    spec(feature("visits_made_24m"), VISITS, {1: 2, 3: 2, 4: 0})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "column", "levels"),
    [
        ("floor_level", "floor", {"finished": 0, "cement": 1, "earth": 2, "other": None}),
        ("roof_level", "roof", {"slab": 0, "thatch": 3, "unknown": None}),
        ("water_level", "water", {"indoor": 0, "outside": 2}),
        ("toilet_level", "toilet", {"flush": 0, "none": 2}),
        ("drain_level", "drain", {"sewer": 0, "hole": 3}),
        ("fuel_level", "fuel", {"piped": 0, "bottled": 1, "wood": 2, "other": None}),
    ],
)
def test_dwellings_are_graded_from_good_to_bad(spec, name, column, levels):
    told = "".join(f"\n{place} | 2026-05-15 | {value}" for place, value in enumerate(levels))
    expected = dict(enumerate(levels.values()))
    spec(feature(name), f"household | happened_on | {column}{told}", expected)


def test_signs_of_hardship_are_counted_at_the_worst_visit_of_a_year(spec):
    rows = """
        household | happened_on | savings_spent | borrowed_family | sold_belongings | instalments
        1         | 2026-05-15  | yes           | no              | no              | -
        1         | 2025-08-15  | yes           | yes             | yes             | no
        1         | 2025-05-15  | yes           | yes             | yes             | yes
        2         | 2026-05-15  | -             | -               | -               | -
        """
    spec(feature("hardship_signs_12m"), rows, {1: 3, 2: 0, 3: 0})


REGISTER = """
    person | household | born_month
    a      | 1         | 1980-01-01
    b      | 2         | 1980-01-01
"""


@pytest.mark.slow
def test_two_visits_give_mean_lower_and_change(profile):
    rows = """
        household | happened_on | income_month | members | consumption_units
        1         | 2026-02-15  |         1400 |       4 |               2.0
        1         | 2026-05-15  |         2800 |       4 |               2.0
        2         | 2026-05-15  |          700 |       1 |               1.0
        """
    profile(
        {
            "visit_income_ratio_mean": {1: 1.5, 2: None},
            "visit_income_ratio_low": {1: 1.0, 2: None},
            "visit_income_ratio_change": {1: 1.0, 2: None},
            "visit_income_per_head_ratio": {1: 1.0, 2: 1.0},
        },
        population_register=REGISTER,
        home_visits=rows,
    )


@pytest.mark.slow
def test_faults_of_a_dwelling_nobody_saw_are_unknown(profile):
    rows = """
        household | happened_on | members | floor | water | toilet_shared
        1         | 2026-05-15  |       1 | earth | yard  | no
        """
    profile("dwelling_faults", {1: 2, 2: None}, population_register=REGISTER, home_visits=rows)
