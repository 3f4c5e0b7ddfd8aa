"""A post that ended pays nobody."""

from __future__ import annotations

from data.feeds.public_payroll import features as payroll

POSTS = """
    person | on_payroll | post        | pay  | ended_on   | happened_on
    1      | yes        | office      | 6200 | -          | 2020-01-01
    2      | yes        | institution | 5000 | -          | 2019-01-01
    2      | no         | -           | -    | 2026-01-31 | 2026-02-01
    3      | yes        | retired     | -    | 2025-12-31 | 2019-01-01
"""


def test_the_newest_record_speaks(spec):
    spec(payroll.on_public_payroll, POSTS, {1: True, 2: False, 3: False, 9: False})
    spec(payroll.public_pay, POSTS, {1: 6200.0, 2: 5000.0, 3: None})


def test_a10_by_the_payroll_alone(profile):
    profile(
        {"public_payroll_or_pension": {1: True, 2: False}},
        population_register="""
        person | household
        1      | 1
        2      | 2
        """,
        public_payroll=POSTS,
    )
