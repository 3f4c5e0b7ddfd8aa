"""A family whose risk is over is watched no longer."""

from __future__ import annotations

import pytest

from data.feeds.rural_watch import features as watch

LIST = """
    person | asset | watched_kind | risk    | event   | happened_on
    1      | w1    | marginal     | illness | listed  | 2025-01-01
    1      | w1    | marginal     | illness | watched | 2026-04-01
    2      | w2    | sudden       | other   | listed  | 2024-01-01
    2      | w2    | sudden       | other   | over    | 2026-06-20
"""


def test_listed_and_not_over_is_watched(spec):
    spec(watch.on_rural_watch, LIST, {1: True, 2: False, 9: False})
    spec(watch.rural_watch_kind, LIST, {1: "marginal", 2: None})
    spec(watch.days_since_rural_watch_over, LIST, {1: None, 2: 10})


@pytest.mark.slow
def test_b04_by_the_watch_list_alone(profile):
    profile(
        {"monitoring_line_status": {1: "monitored"}},
        population_register="""
        person | household
        1      | 1
        """,
        rural_watch=LIST,
    )
