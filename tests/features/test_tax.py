"""Declared pay by payer, and what a trade declares apart from it."""

from __future__ import annotations

import pytest

from data.feeds.tax import features as tax

DECLARED = """
    person | asset | role   | item      | income | turnover | happened_on
    1      | e1    | payee  | wages     |   9000 |        - | 2026-03-31
    1      | e1    | payee  | bonus     |   4000 |        - | 2025-12-31
    1      | e2    | payee  | labour    |   1000 |        - | 2025-09-30
    1      | e1    | payee  | wages     |   8000 |        - | 2025-03-31
    2      | s1    | owner  | business  |      - |    60000 | 2026-03-31
    2      | b1    | payee  | dividends |    500 |        - | 2026-03-31
"""


def test_pay_of_all_payers_adds_up(spec):
    spec(tax.declared_pay[1], DECLARED, {1: 14000.0, 2: 0.0, 9: 0.0})
    spec(tax.declared_pay_before_12m, DECLARED, {1: 8000.0, 2: 0.0})
    spec(tax.n_payers_12m, DECLARED, {1: 2, 2: 0})


def test_turnover_and_property_are_no_pay(spec):
    spec(tax.declared_turnover_12m, DECLARED, {1: 0.0, 2: 60000.0})
    spec(tax.declared_property_12m, DECLARED, {1: 0.0, 2: 500.0})


@pytest.mark.slow
def test_the_higher_of_declared_and_insured_pay_counts(profile):
    profile(
        {"declared_wage_to_standard": {1: 14000 / 12 / 700, 2: 2000 / 12 / 700}},
        population_register="""
        person | household
        1      | 1
        2      | 2
        """,
        tax=DECLARED,
        employment="""
        person | record_type  | amount | happened_on
        1      | contribution | 500    | 2026-05-31
        2      | contribution | 2000   | 2026-05-31
        """,
    )
