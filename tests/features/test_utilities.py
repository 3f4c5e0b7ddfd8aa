"""A family's bills are those of the user, set beside those of families as large."""

from __future__ import annotations

import pytest

from features.engine import FeatureError, derived, peers, scratch_registry

BILLS = """
    person_user | person_payer | kind    | months | use | amount | sharers | happened_on
    1           | 9            | power   | 3      | 300 | 180    | -       | 2026-06-01
    1           | 1            | water   | 3      | 20  | 60     | 2       | 2026-06-01
    1           | 1            | telecom | 3      | -   | 150    | -       | 2026-03-01
    1           | 1            | power   | 3      | 300 | 999    | -       | 2025-03-01
    2           | -            | power   | -      | 0   | 5      | -       | 2026-05-01
"""
PEOPLE = """
    person | household | relation
    1      | 1         | head
    2      | 2         | head
    9      | 9         | head
"""


@pytest.mark.slow
def test_a_bill_is_the_users_and_never_the_payers(profile):
    """Person 9 paid a bill of person 1 and has none."""
    profile(
        {
            "utility_spend_12m": {1: 360.0, 2: 5.0, 9: None},
            "power_spend_12m": {1: 180.0, 2: 5.0, 9: None},
            "telecom_spend_12m": {1: 150.0, 2: None, 9: None},
            "bills_paid_by_others_12m": {1: 1, 2: 0, 9: None},
        },
        population_register=PEOPLE,
        utilities=BILLS,
    )


def test_the_declared_household_comes_before_the_user(profile):
    """The account of person 2 is that of household 1: father pays in his own name no more."""
    profile(
        {"utility_spend_12m": {1: 70.0, 2: None}},
        population_register=PEOPLE,
        utilities="""
        person_user | person_payer | household | kind  | amount | happened_on
        2           | 2            | 1         | power | 70     | 2026-06-01
        """,
    )


def test_months_without_use_are_known_after_a_whole_year(profile):
    """Five quarters, of which the family was away for seven months; a new account tells nothing."""
    profile(
        {
            "months_without_use_12m": {1: 7, 2: None, 9: 0},
            "home_occupied": {1: False, 2: None, 9: True},
        },
        population_register=PEOPLE,
        utilities="""
        person_user | kind  | months | idle_months | use | amount | happened_on
        1           | power | 3      | -           | 90  | 50     | 2025-06-01
        1           | power | 3      | -           | 0   | 0      | 2025-09-01
        1           | power | 3      | -           | 0   | 0      | 2025-12-01
        1           | power | 3      | 1           | 60  | 30     | 2026-03-01
        1           | power | 3      | -           | 60  | 30     | 2026-06-01
        2           | power | 3      | -           | 60  | 30     | 2026-06-01
        9           | power | 3      | 3           | 0   | 30     | 2025-06-01
        9           | power | 3      | 3           | 0   | 30     | 2026-03-01
        9           | water | 12     | -           | 60  | 30     | 2026-06-01
        """,
    )


def bills(amounts: dict[int, float]) -> str:
    """A year's bills of families of one person, power used all the time."""
    head = "person_user | kind | months | use | amount | happened_on"
    old = [f"{p} | power | 12 | 900 | 1 | 2025-06-01" for p in amounts]
    now = [f"{p} | power | 12 | 900 | {a} | 2026-06-01" for p, a in amounts.items()]
    return "\n".join([head, *old, *now])


def alone(count: int) -> str:
    return "\n".join(["person | household", *(f"{n} | {n}" for n in range(1, count + 1))])


def test_b11_bills_are_set_beside_the_median_of_families_as_large(profile):
    amounts = dict.fromkeys(range(1, 22), 1000.0) | {1: 300.0, 2: 301.0, 3: 2000.0, 4: 1999.0}
    profile(
        {
            "usual_utility_spend_12m": {1: 1000.0},
            "utility_spending": {1: "low", 2: "normal", 3: "high", 4: "normal", 5: "normal"},
        },
        population_register=alone(21),
        utilities=bills(amounts),
    )


def test_b11_a_median_of_fewer_than_twenty_families_is_none(profile):
    amounts = dict.fromkeys(range(1, 20), 1000.0) | {1: 300.0}
    profile(
        {"usual_utility_spend_12m": {1: None}, "utility_spending": {1: None}},
        population_register=alone(19),
        utilities=bills(amounts),
    )


def test_b11_low_bills_of_an_empty_home_are_no_sign_of_need(profile):
    amounts = dict.fromkeys(range(2, 24), 1000.0)
    empty = "\n1 | power | 12 | 0 | 20 | 2025-06-01\n1 | power | 12 | 0 | 20 | 2026-06-01"
    profile(
        {"utility_spending": {1: "empty", 2: "normal"}},
        population_register=alone(23),
        utilities=bills(amounts) + empty,
    )


def test_b11_is_unknown_without_bills(profile):
    profile({"utility_spending": {1: None}}, population_register=PEOPLE)


def test_peers_are_compared_by_what_was_told_and_never_by_a_comparison():
    with scratch_registry(copy=True):
        with pytest.raises(FeatureError, match="no column 'utility_to_peers'"):

            @peers.feature(by=lambda h: (h.n_members,), zh="错", en="Wrong", category="B")
            def usual_ratio(h):
                """A median of what was already compared."""
                return h.utility_to_peers.median()

        with pytest.raises(FeatureError, match="many values per kind of household"):

            @peers.feature(by=lambda h: (h.n_members,), zh="错", en="Wrong", category="B")
            def every_bill(h):
                """No reduction."""
                return h.utility_spend_12m

        with pytest.raises(FeatureError, match="looks beyond its own household"):

            @derived(level="household", zh="错", en="Wrong", category="B")
            def own_median(h):
                """A formula that looks at others."""
                return h.utility_spend_12m / h.utility_spend_12m.median()
