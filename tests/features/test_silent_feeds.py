"""What a feed that fell silent still tells: nothing by absence, and what was recorded stands.

In every table the feed's last period is December 2025 and the month end June 2026.
"""

from __future__ import annotations

from datetime import date

import pytest

from features.engine import Feature, assemble, scratch_registry, source
from features.engine.schema import PERSON_SPINE
from tests.features.conftest import agree, by_key
from tests.features.tables import TableFeeds, history, memtable

AS_OF = date(2026, 6, 30)
SILENT = date(2025, 12, 31)
CLAIMS = """
    person | happened_on | self_paid | listed_disease
    a      | 2025-12-01  |     30000 | yes
    b      | 2025-03-01  |       100 | no
"""
LABELS = {"zh": "费用", "en": "Costs", "category": "C"}


def told(feature: Feature, silent: date | None) -> dict[str, object]:
    """The feature for a and b, who have claims, and for c, who has none."""
    people = [{"person": p, "household": p, "present": True} for p in "abc"]
    feeds = TableFeeds(silent={"medical_claims": silent} if silent else {}, medical_claims=CLAIMS)
    frame = assemble.Frame(feeds, AS_OF, history())
    table = assemble.add_events(frame, memtable(people, PERSON_SPINE), [feature])
    return by_key(table, "person", feature.name)


def declared(months: int | None, missing: object, function, ago: int = 0) -> Feature:
    with scratch_registry():
        return source("medical_claims").feature(months=months, ago=ago, missing=missing, **LABELS)(
            function
        )


def costs(c):
    """Costs."""
    return c.self_paid.sum()


def listed(c):
    """Ill."""
    return c.listed_disease.any()


def test_while_a_feed_speaks_no_record_means_none():
    agree(told(declared(12, 0.0, costs), None), {"a": 30000.0, "b": 0.0, "c": 0.0})


def test_the_sum_of_a_window_that_lacks_months_is_unknown():
    agree(told(declared(12, 0.0, costs), SILENT), {"a": None, "b": None, "c": None})


def test_a_window_that_ends_before_the_silence_is_complete():
    agree(told(declared(12, 0.0, costs, ago=6), SILENT), {"a": 30000.0, "b": 0.0 + 100, "c": 0.0})


def test_a_fact_recorded_in_the_window_stands_and_its_absence_is_unknown():
    agree(told(declared(12, False, listed), SILENT), {"a": True, "b": None, "c": None})


def test_without_a_window_the_record_stands_and_no_record_is_unknown():
    agree(told(declared(None, False, listed), SILENT), {"a": True, "b": False, "c": None})


@pytest.mark.parametrize(
    ("silent", "expected"),
    [
        (None, {"disabled": True, "n_disabled": 1, "self_paid_12m": 0.0}),
        ("disability_certificates", {"disabled": True, "n_disabled": 1, "self_paid_12m": 0.0}),
        ("medical_claims", {"disabled": True, "n_disabled": 1, "self_paid_12m": None}),
    ],
)
def test_a_certificate_stays_when_its_feed_falls_silent(profile, silent, expected):
    profile(
        {
            "disabled": {"a": expected["disabled"]},
            "n_disabled": {1: expected["n_disabled"]},
            "self_paid_12m": {"b": expected["self_paid_12m"]},
        },
        silent={silent: SILENT} if silent else {},
        population_register="""
        person | household
        a      | 1
        b      | 1
        """,
        disability_certificates="""
        person | category | grade
        a      | physical | 2
        """,
        medical_claims=CLAIMS.replace("b      |", "z      |"),
    )


def test_a_household_none_of_whose_members_is_on_record_is_unknown(profile):
    profile(
        "n_disabled",
        {1: None},
        silent={"disability_certificates": SILENT},
        population_register="""
        person | household
        a      | 1
        b      | 1
        """,
        disability_certificates="""
        person | category | grade
        z      | physical | 2
        """,
    )
