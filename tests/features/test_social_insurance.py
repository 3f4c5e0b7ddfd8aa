"""The newest state of each account speaks."""

from __future__ import annotations

from data.feeds.social_insurance import features as cover

ACCOUNTS = """
    person | asset | insurance        | state     | paid_to    | pension | stop_reason | happened_on
    1      | a1    | employee_pension | paying    | 2025-12-31 |       - | -           | 2026-01-31
    1      | a1    | unemployment     | paying    | 2025-12-31 |       - | -           | 2026-01-31
    2      | a2    | employee_pension | paying    | 2025-12-31 |       - | -           | 2026-01-15
    2      | a2    | employee_pension | suspended | 2026-02-28 |       - | left_work   | 2026-03-02
    6      | a6    | employee_pension | paying    | 2025-06-30 |       - | -           | 2026-01-31
    3      | a3    | resident_pension | drawing   | -          |     180 | -           | 2026-01-31
    4      | a4    | public_pension   | drawing   | -          |    4500 | retired     | 2026-01-31
"""
SAVED = """
    person | asset | insurance        | state     | balance | happened_on
    1      | a1    | employee_pension | paying    |   30000 | 2026-01-31
    2      | a2    | employee_pension | paying    |    8000 | 2026-01-15
    2      | a2    | employee_pension | suspended |    9000 | 2026-03-02
    3      | a3    | employee_pension | closed    |    9000 | 2026-03-02
"""
ELSEWHERE = """
    person | asset | insurance        | state  | paid_to    | insured_at | happened_on
    1      | a1    | employee_pension | paying | 2025-12-31 | here       | 2026-01-31
    5      | a5    | employee_pension | paying | 2025-12-31 | elsewhere  | 2026-01-31
"""


def test_who_is_insured_through_work_today(spec):
    spec(cover.pays_workers_pension, ACCOUNTS, {1: True, 2: False, 3: False, 6: False, 9: False})
    spec(cover.insured_against_unemployment, ACCOUNTS, {1: True, 2: False})
    spec(cover.insured_elsewhere, ELSEWHERE, {1: False, 5: True})


def test_who_draws_and_who_has_saved(spec):
    spec(cover.pension_drawn, ACCOUNTS, {1: 0.0, 3: 180.0, 4: 4500.0, 9: 0.0})
    spec(cover.pension_saved, SAVED, {1: 30000.0, 2: 9000.0, 3: 0.0, 9: 0.0})
    spec(cover.insured_by_public_body, ACCOUNTS, {1: False, 4: True})


def test_a_suspended_account_dates_the_end_of_work(spec):
    spec(cover.days_since_suspended, ACCOUNTS, {1: None, 2: 120, 9: None})


def test_a_pension_of_twice_the_standard_speaks_against_need(profile):
    profile(
        {"public_payroll_or_pension": {1: False, 3: False, 4: True}},
        population_register="""
    person | household
    1      | 1
    3      | 3
    4      | 4
        """,
        social_insurance=ACCOUNTS,
    )
