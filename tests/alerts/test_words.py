"""Needs and departments come from the scorecard; the fallbacks point at what exists there."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.errors import AlertsError
from alerts.words import Words
from models.scorecard import load_rules

WORDS = Words(load_rules(date(2026, 6, 30)))


def test_every_category_leads_to_a_need_that_exists() -> None:
    for category in [*"ABCDEFGH", "X", ""]:
        for kind in ("urban", "rural", None):
            assert WORDS.need_for("some_feature", category, kind) in WORDS.needs()


def test_every_need_has_a_department_with_a_name() -> None:
    for need in WORDS.needs():
        assert WORDS.department_of(need) in WORDS.departments()


def test_an_indicator_names_its_own_need_before_its_category() -> None:
    assert WORDS.need_for("D04", "D") == "dropout_control"
    assert WORDS.need_for("unheard_of", "D") == "student_aid"
    assert WORDS.suspected_needs([("D04", "D"), ("B01", "B"), ("D04", "D")]) == [
        "dropout_control",
        "basic_living",
    ]
    assert WORDS.suspected_needs([]) == ["basic_living"]


def test_unknown_codes_are_shown_as_they_are_but_unknown_needs_refused() -> None:
    assert WORDS.indicator("Z99").pick("zh") == "Z99"
    assert WORDS.reason("Z99", 0).pick("en") == "Z99"
    assert WORDS.onsite_check("Z99") is None
    assert WORDS.onsite_check("A01") is not None
    with pytest.raises(AlertsError, match="no kind of need 'sweets'; known are: basic_living"):
        WORDS.department_of("sweets")
