"""What the engine does with a declared feature: cut, group, join, fill."""

from __future__ import annotations

import pytest

from features.engine import latest, latest_is, scratch_registry, source

WORDS = {"zh": "近{months}个月", "en": "of {months} months", "category": "C"}
claims = source("medical_claims")
by_household = source("medical_claims", entity="household")
rolls = source("assistance_rolls", entity="household")
visits = source("home_visits", entity="household", standards=True)


@pytest.fixture(autouse=True)
def scratch():
    with scratch_registry(copy=True):
        yield


def declare(on, reduction, **options):
    reduction.__name__, reduction.__doc__ = "trial", "A trial."
    return on.feature(**({"missing": None} | WORDS | options))(reduction)


FOUR_BILLS = """
    person | happened_on | self_paid
    1      | 2025-06-30  |         1
    1      | 2025-07-01  |        10
    1      | 2026-06-30  |       100
    1      | 2026-07-01  |      1000
"""


def test_a_window_starts_after_the_month_end_so_many_months_ago(spec):
    feature = declare(claims, lambda c: c.self_paid.sum(), months=12)
    spec(feature, FOUR_BILLS, {1: 10 + 100.0})


def test_a_window_ends_so_many_months_ago_when_asked(spec):
    feature = declare(claims, lambda c: c.self_paid.sum(), months=12, ago=12)
    spec(feature, FOUR_BILLS, {1: 1.0})


def test_without_a_window_all_history_up_to_the_month_end_counts(spec):
    feature = declare(claims, lambda c: c.self_paid.sum())
    spec(feature, FOUR_BILLS, {1: 1 + 10 + 100.0})


def test_february_windows_end_on_its_last_day(spec):
    feature = declare(claims, lambda c: c.self_paid.sum(), months=12)
    rows = """
        person | happened_on | self_paid
        1      | 2024-02-29  |         1
        1      | 2024-03-01  |        10
        """
    spec(feature, rows, {1: 10.0}, as_of="2025-02-28")


def test_several_windows_make_one_feature_each(spec):
    short, long = declare(claims, lambda c: c.self_paid.sum(), months=(3, 24))
    assert (short.name, short.zh, long.en) == ("trial_3m", "近3个月", "of 24 months")
    spec(short, FOUR_BILLS, {1: 100.0})
    spec(long, FOUR_BILLS, {1: 111.0})


def test_no_record_in_the_window_takes_the_missing_value_even_for_counts(spec):
    feature = declare(claims, lambda c: c.count(), months=3, missing=-1)
    rows = """
        person | happened_on | self_paid
        1      | 2026-06-01  |         1
        2      | 2025-06-01  |         1
        """
    spec(feature, rows, {1: 1, 2: -1, 3: -1})


def test_a_count_left_null_is_null_without_a_record_in_the_window(spec):
    feature = declare(claims, lambda c: c.count(), months=3)
    rows = """
        person | happened_on | self_paid
        1      | 2025-06-01  |         1
        """
    spec(feature, rows, {1: None, 2: None})


def test_any_over_empty_values_is_unknown_unless_filled(spec):
    rows = """
        person | happened_on | disease_group
        1      | 2026-06-01  | -
        2      | 2026-06-01  | cancer
        """
    unknown = declare(claims, lambda c: (c.disease_group == "cancer").any(), months=3)
    spec(unknown, rows, {1: None, 2: True, 3: None})
    with scratch_registry():
        filled = declare(
            claims, lambda c: (c.disease_group == "cancer").any(), months=3, missing=False
        )
    spec(filled, rows, {1: False, 2: True, 3: False})


def test_a_feed_never_delivered_leaves_null_whatever_the_missing_value(spec):
    feature = declare(claims, lambda c: c.self_paid.sum(), months=3, missing=0.0)
    spec(feature, None, {1: None})


def test_the_newest_value_goes_by_the_day_it_happened_then_by_the_day_it_was_known(spec):
    feature = declare(claims, lambda c: latest(c, c.disease_group))
    spec(
        feature,
        """
        person | happened_on | known_on   | disease_group
        1      | 2026-02-01  | 2026-02-28 | mental
        1      | 2026-01-01  | 2026-06-28 | cancer
        2      | 2026-02-01  | 2026-02-28 | mental
        2      | 2026-02-01  | 2026-03-28 | renal
        3      | 2026-02-01  | 2026-02-28 | mental
        3      | 2026-03-01  | 2026-03-28 | -
        """,
        {1: "mental", 2: "renal", 3: "mental"},
    )


def test_a_condition_on_the_newest_record_takes_unknown_for_no(spec):
    feature = declare(claims, lambda c: latest_is(c, c.remote), missing=False)
    spec(
        feature,
        """
        person | happened_on | remote
        1      | 2026-01-01  | yes
        2      | 2026-01-01  | yes
        2      | 2026-02-01  | -
        """,
        {1: True, 2: False},
    )


REGISTER = """
    person | household | relation | change_type
    a      | 1         | head     | on_register
    b      | 1         | child    | on_register
    c      | 2         | head     | on_register
    d      | 3         | head     | moved_out
"""


def test_a_person_feed_seen_from_the_household_counts_present_members_only(profile):
    declare(by_household, lambda c: c.self_paid.sum(), months=12, missing=0.0)
    profile(
        "trial",
        {1: 10 + 20.0, 2: 0.0},
        population_register=REGISTER,
        medical_claims="""
        person | happened_on | self_paid
        a      | 2026-01-01  |        10
        b      | 2026-01-01  |        20
        d      | 2026-01-01  |        40
        """,
    )


def test_a_record_of_a_household_that_is_gone_follows_its_person(profile):
    declare(rolls, lambda r: r.count(), missing=0)
    profile(
        "trial",
        {1: 1, 2: 1},
        population_register=REGISTER,
        assistance_rolls="""
        person | household | happened_on | event
        a      | 9         | 2026-01-01  | start
        a      | 2         | 2026-01-01  | start
        d      | 3         | 2026-01-01  | start
        """,
    )


def test_a_visit_is_held_against_the_standard_of_its_own_day(profile):
    declare(visits, lambda v: (v.income_month < v.S).any(), missing=False)
    profile(
        "trial",
        {1: False, 2: True},
        population_register=REGISTER,
        home_visits="""
        household | happened_on | income_month
        1         | 2026-01-01  | 700
        2         | 2026-01-01  | 699
        """,
    )
