"""A sealed account is no job, and a base counts while it is paid."""

from __future__ import annotations

from data.feeds.housing_fund import features as fund

ACCOUNTS = """
    person | asset | base | paid_to    | state  | balance | happened_on
    1      | a1    | 6000 | 2025-06-30 | open   |   20000 | 2025-07-01
    2      | a2    | 5000 | 2025-01-31 | open   |    9000 | 2025-07-01
    5      | a5    | 5000 | 2024-06-30 | open   |    9000 | 2024-07-01
    3      | a3    | 4000 | 2025-05-31 | open   |    8000 | 2024-07-01
    3      | a3    | 4000 | 2025-05-31 | sealed |    8100 | 2025-07-01
    4      | a4    | 4000 | 2024-05-31 | closed |       0 | 2024-07-01
"""


def test_the_base_counts_while_it_is_paid_and_told_each_year(spec):
    spec(fund.fund_base, ACCOUNTS, {1: 6000.0, 2: 0.0, 3: 0.0, 4: 0.0, 5: 0.0, 9: 0.0})


def test_a_sealed_account_keeps_its_balance(spec):
    spec(fund.fund_balance, ACCOUNTS, {1: 20000.0, 3: 8100.0, 4: 0.0, 9: 0.0})
    spec(fund.days_since_sealed, ACCOUNTS, {1: None, 3: 364})


def test_the_base_is_held_against_the_standard(profile):
    profile(
        {"fund_base_to_standard": {1: 6000 / 700, 2: 0.0}, "n_fund_payers": {1: 1, 2: 0}},
        population_register="""
        person | household
        1      | 1
        2      | 2
        """,
        housing_fund=ACCOUNTS,
    )
