"""When the facts of the event lane happened."""

from __future__ import annotations

from datetime import date

import pytest

from features.combined import event_dates

FAMILY = """
    person | household | relation   | born_month
    h      | 1         | head       | 1985-01-01
    s      | 1         | spouse     | 1985-01-01
    c      | 1         | child      | 2015-01-01
    """


def test_f02_the_newest_record_of_damage_within_a_year(spec):
    spec(
        event_dates.disaster_damaged_on,
        """
        household | happened_on | kind      | disaster_damage
        1         | 2026-02-01  | own_rural | slight
        1         | 2026-05-20  | own_rural | severe
        1         | 2026-06-10  | own_rural | none
        2         | 2025-05-01  | own_rural | collapsed
        """,
        {1: date(2026, 5, 20), 2: None, 3: None},
    )


def test_c01_the_dearest_bill_stays_the_fact_while_smaller_ones_follow(spec):
    spec(
        event_dates.dearest_bill_on,
        """
        person | happened_on | self_paid
        1      | 2026-02-10  |     30000
        1      | 2026-06-10  |       900
        2      | 2026-01-05  |     30000
        2      | 2026-04-05  |     30000
        3      | 2025-01-05  |     30000
        """,
        {1: date(2026, 2, 10), 2: date(2026, 4, 5), 3: None},
    )


def test_c04_the_first_settlement_of_the_newest_disease(profile):
    profile(
        "new_disease_on",
        {"a": date(2026, 5, 2), "b": None},
        population_register="""
        person | household
        a      | 1
        b      | 2
        """,
        medical_claims="""
        person | happened_on | disease_group | listed_disease | self_paid
        a      | 2025-03-02  | cancer        | yes            | 100
        a      | 2026-05-02  | renal         | yes            | 100
        a      | 2026-06-02  | renal         | yes            | 100
        b      | 2026-06-02  | other         | no             | 100
        """,
    )


@pytest.mark.slow
def test_a03_a_severe_certificate_and_whether_its_subsidy_is_due(profile):
    profile(
        {
            "severely_disabled_on": {"a": date(2026, 4, 1), "b": date(2024, 1, 1), "c": None},
            "care_subsidy_due": {"a": True, "b": False, "c": False},
        },
        population_register="""
        person | household
        a      | 1
        b      | 2
        c      | 3
        """,
        disability_certificates="""
        person | category | grade | event   | happened_on | care_subsidy
        a      | physical | 3     | issued  | 2024-01-01  | no
        a      | physical | 2     | changed | 2026-04-01  | no
        b      | physical | 1     | issued  | 2024-01-01  | yes
        c      | physical | 4     | issued  | 2026-04-01  | no
        """,
    )


def test_a02_the_later_of_the_losses(profile):
    profile(
        "unsupported_since",
        {"c": date(2026, 3, 5), "g": date(2026, 1, 9)},
        population_register=FAMILY
        + """
        gp     | 2         | head       | 1955-01-01
        k      | 2         | child      | 1985-01-01
        g      | 2         | grandchild | 2015-01-01
        """,
        deaths="""
        person | happened_on
        h      | 2025-01-01
        k      | 2026-01-09
        """,
        disability_certificates="""
        person | category | grade | happened_on
        s      | mental   | 4     | 2026-03-05
        """,
    )


def test_a02_the_loss_of_one_parent_is_no_day_for_a_child_cared_for(profile):
    profile(
        {"unsupported_since": {"c": None}, "suspected_unsupported_child": {"c": False}},
        population_register=FAMILY,
    )


def test_d04_the_day_last_in_school_or_the_day_school_was_due(profile):
    profile(
        "out_of_school_since",
        {"a": date(2026, 5, 24), "b": date(2025, 3, 10), "c": date(2024, 9, 1), "d": "no row"},
        population_register="""
        person | household | born_month
        a      | 1         | 2014-01-01
        b      | 2         | 2014-01-01
        c      | 3         | 2018-08-01
        """,
        school_rolls="""
        person | happened_on | status   | stage
        a      | 2026-03-10  | enrolled | primary
        a      | 2026-05-24  | dropped  | primary
        b      | 2025-03-10  | enrolled | primary
        """,
    )


def test_d04_a_child_born_in_september_starts_school_at_seven(profile):
    profile(
        "out_of_school_since",
        {"a": date(2025, 9, 1)},
        population_register="""
        person | household | born_month
        a      | 1         | 2018-09-01
        """,
    )


def test_a08_the_death_of_who_earned_not_of_the_old(profile):
    profile(
        "main_earner_died_on",
        {1: date(2026, 2, 3), 2: None},
        population_register="""
        person | household | relation | born_month
        a      | 1         | head     | 1980-01-01
        b      | 1         | spouse   | 1981-01-01
        c      | 1         | parent   | 1940-01-01
        d      | 2         | head     | 1980-01-01
        e      | 2         | parent   | 1940-01-01
        """,
        deaths="""
        person | happened_on
        a      | 2026-02-03
        c      | 2026-05-03
        e      | 2026-05-03
        """,
    )


def test_a01_the_newest_day_that_can_have_made_the_person_destitute(profile):
    profile(
        "destitute_since",
        {"a": date(2026, 1, 1), "b": date(2026, 4, 20), "c": None},
        population_register="""
        person | household | born_month
        a      | 1         | 1966-01-01
        b      | 2         | 1940-01-01
        b2     | 2         | 1942-01-01
        c      | 3         | 2015-01-01
        """,
        deaths="""
        person | happened_on
        b2     | 2026-04-20
        """,
    )


def test_a_household_on_a_roll(profile):
    profile(
        "on_a_roll",
        {"a": True, "b": False},
        population_register="""
        person | household
        a      | 1
        b      | 2
        """,
        assistance_rolls="""
        person | household | assistance_class | event     | happened_on
        a      | 1         | dibao            | start     | 2026-01-01
        """,
    )


def test_c04_illness_weighs_on_a_family_on_a_roll_or_at_high_cost(profile):
    profile(
        "illness_weighs",
        {"a": True, "b": False, "c": True},
        population_register="""
        person | household
        a      | 1
        b      | 2
        c      | 3
        """,
        assistance_rolls="""
        person | household | assistance_class | event | happened_on
        a      | 1         | edge             | start | 2026-01-01
        """,
        medical_claims="""
        person | happened_on | self_paid
        b      | 2026-05-02  | 4900
        c      | 2026-05-02  | 5000
        """,
    )
