"""Only firms that trade are means, and a cooperative is not a company."""

from __future__ import annotations

from data.feeds.firms import features as firms

REGISTER = """
    person | asset | kind        | role        | contributed | capital | state    | happened_on
    1      | f1    | company     | legal_rep   | -           | 500000  | active   | 2020-01-01
    1      | f1    | company     | shareholder | 200000      | 500000  | active   | 2020-01-01
    2      | f2    | sole        | operator    | -           | 20000   | active   | 2021-01-01
    3      | f3    | cooperative | member      | 1000        | 3000000 | active   | 2019-01-01
    4      | f4    | company     | legal_rep   | -           | 900000  | active   | 2015-01-01
    4      | f4    | company     | legal_rep   | -           | 900000  | abnormal | 2026-06-01
"""


def test_roles_in_companies_and_trades(spec):
    spec(firms.n_companies_led, REGISTER, {1: 1, 2: 0, 3: 0, 4: 0, 9: 0})
    spec(firms.n_companies_owned, REGISTER, {1: 1, 2: 0, 4: 0})
    spec(firms.n_sole_trades, REGISTER, {1: 0, 2: 1, 4: 0})
    spec(firms.n_cooperatives, REGISTER, {3: 1, 4: 0})


def test_a_cooperatives_capital_is_nobodys(spec):
    spec(firms.company_capital, REGISTER, {1: 500000.0, 2: 0.0, 3: 0.0, 4: 0.0, 9: 0.0})
    spec(firms.capital_subscribed, REGISTER, {1: 200000.0, 2: 0.0, 3: 0.0})


def test_a_firm_on_the_list_of_irregular_ones_has_stopped(spec):
    spec(firms.days_since_closing, REGISTER, {1: None, 4: 29})
