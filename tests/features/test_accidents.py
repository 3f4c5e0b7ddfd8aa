"""What insurers paid is no loss, and an estimate put right counts once."""

from __future__ import annotations

from data.feeds.accidents import features as accidents

EVENTS = """
    person | kind    | part     | loss  | liability | compensated | happened_on | known_on
    1      | fire    | suffered | 90000 |         - |       20000 | 2026-02-01  | 2026-02-03
    1      | fire    | suffered | 60000 |         - |       20000 | 2026-02-01  | 2026-03-03
    2      | traffic | liable   |  3000 |     80000 |       90000 | 2026-02-01  | 2026-02-03
    3      | flood   | suffered |  9000 |         - |           - | 2024-02-01  | 2024-02-03
"""


def test_the_corrected_estimate_counts_and_what_was_paid_does_not(spec):
    spec(accidents.uncovered_loss_12m, EVENTS, {1: 40000.0, 2: 0.0, 3: 0.0, 9: 0.0})
    spec(accidents.accidents_12m, EVENTS, {1: 1, 2: 1, 3: 0})


def test_h04_counts_in_months_of_the_standard_a_head(profile):
    profile(
        {"loss_months": {1: 40000 / 2 / 700, 2: 0.0}},
        population_register="""
        person | household
        1      | 1
        1b     | 1
        2      | 2
        """,
        accidents=EVENTS,
    )
