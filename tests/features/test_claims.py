"""What settlements say about a person."""

from __future__ import annotations

from data.feeds.medical_claims import features as claims
from data.feeds.medical_claims import features_diseases as diseases
from features.engine import registry


def feature(name):
    return registry().features[name]


def test_own_costs_count_only_what_was_settled_in_the_window(spec):
    spec(
        feature("self_paid_12m"),
        """
        person | happened_on | self_paid
        1      | 2025-06-30  |       100
        1      | 2025-07-01  |       200
        1      | 2026-06-30  |       400
        1      | 2026-07-01  |       800
        """,
        {1: 200 + 400.0, 2: 0.0},
    )


def test_a_bill_that_arrives_after_the_month_end_is_not_seen(spec):
    spec(
        feature("self_paid_12m"),
        """
        person | happened_on | known_on   | self_paid
        1      | 2026-05-02  | 2026-06-28 |       100
        1      | 2026-05-03  | 2026-07-28 |       200
        """,
        {1: 100.0},
    )


def test_without_the_feed_own_costs_are_unknown_and_not_zero(spec):
    spec(feature("self_paid_12m"), None, {1: None})


STAYS = """
    person | happened_on | visit_type | self_paid | total_cost | admitted_on | discharged_on
    1      | 2026-01-02  | inpatient  |      9000 |      20000 | 2025-12-01  | 2025-12-31
    1      | 2026-02-02  | inpatient  |     -9000 |     -20000 | 2025-12-01  | 2025-12-31
    1      | 2026-02-03  | inpatient  |       500 |       1500 | 2026-01-01  | 2026-01-05
    2      | 2026-02-03  | inpatient  |      9000 |      20000 | 2026-01-01  | 2026-01-11
    2      | 2026-02-03  | outpatient |     20000 |      30000 | -           | -
"""


def test_a_reversed_stay_does_not_count_as_the_dearest(spec):
    spec(claims.largest_admission_12m, STAYS, {1: 500.0, 2: 9000.0, 3: 0.0})


def test_a_reversal_takes_its_admission_and_its_days_away(spec):
    spec(feature("admissions_12m"), STAYS, {1: 1 - 1 + 1, 2: 1, 3: 0})
    spec(feature("bed_days_in_12m"), STAYS, {1: 4, 2: 10, 3: 0})


def test_a_new_disease_is_new_by_its_own_group(spec):
    spec(
        diseases.days_since_new_disease,
        """
        person | happened_on | listed_disease | disease_group  | visit_type
        1      | 2024-06-30  | yes            | cardiovascular | inpatient
        1      | 2026-06-20  | yes            | cardiovascular | inpatient
        2      | 2024-06-30  | yes            | cardiovascular | inpatient
        2      | 2026-06-20  | yes            | cancer         | inpatient
        3      | 2026-06-20  | no             | other          | inpatient
        4      | 2026-06-29  | no             | other          | chronic
        """,
        {1: 730, 2: 10, 3: None, 4: 1},
    )


def test_a_listed_disease_that_was_reversed_is_none(spec):
    spec(
        diseases.listed_disease_12m,
        """
        person | happened_on | listed_disease | total_cost
        1      | 2026-01-01  | yes            |       1000
        2      | 2026-01-01  | yes            |       1000
        2      | 2026-02-01  | yes            |      -1000
        """,
        {1: True, 2: False, 3: False},
    )


def test_of_equally_dear_bills_without_aid_the_newest_counts_whatever_the_order(spec):
    """2026-06-30: a bill of 60 days ago or less is not looked at, nor one that brought aid."""
    header = "person | happened_on | self_paid | medical_aid_paid"
    bills = [
        "1 | 2025-12-01 | 900 | 0",
        "1 | 2026-03-01 | 900 | 0",
        "1 | 2025-10-01 | 900 | 0",
        "1 | 2026-01-01 | 400 | 0",
        "1 | 2026-04-01 | 950 | 500",
        "1 | 2026-05-20 | 990 | 0",
        "2 | 2026-01-01 | 0   | 0",
    ]
    for told in (bills, bills[::-1]):
        table = "\n".join((header, *told))
        spec(feature("days_since_unaided_bill"), table, {1: 121, 2: None})
