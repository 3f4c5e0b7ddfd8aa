"""Either spouse has the event."""

from __future__ import annotations

from data.feeds.marriages import features as marriages

EVENTS = """
    person_husband | person_wife | event    | happened_on
    h              | w           | married  | 2020-06-30
    h              | w           | divorced | 2026-06-20
"""


def test_a_divorce_is_both_spouses(spec):
    spec(marriages.days_since_divorce, EVENTS, {"h": 10, "w": 10, "z": None})
    spec(marriages.days_since_marriage, EVENTS, {"h": 2191, "z": None})
