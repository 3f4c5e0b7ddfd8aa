"""Changing rules leaves what is not changed as it was written."""

from __future__ import annotations

from datetime import date

import pytest

from models.scorecard import ScorecardError, editing
from models.scorecard.differences import differences
from models.scorecard.rules import rules_of, shipped

SINCE = date(2026, 7, 1)
BEFORE = date(2026, 6, 30)
TEXTS = shipped()


def test_points_change_from_the_day_on_and_the_past_stays() -> None:
    texts = editing.with_points(TEXTS, "C01", 0, 30, SINCE)
    assert rules_of(texts, BEFORE).indicators["C01"].tiers[0].points == 25
    assert rules_of(texts, SINCE).indicators["C01"].tiers[0].points == 30
    assert rules_of(texts, BEFORE).version == rules_of(TEXTS, BEFORE).version
    (told,) = differences(rules_of(TEXTS, SINCE), rules_of(texts, SINCE))
    assert (told.code, told.before.en, told.after.en) == (
        "C01.0.points",
        "25 points",
        "30 points",
    )


def test_comments_and_other_lines_stay_as_they_were_written() -> None:
    texts = editing.with_points(TEXTS, "C01", 0, 30, SINCE)
    path = "indicators/C01.yaml"
    kept = [line for line in TEXTS[path].splitlines() if line.strip()]
    assert "# Half of D alerts" in texts[path]
    assert [line for line in texts[path].splitlines() if line in kept][: len(kept)]
    assert set(kept) <= set(texts[path].splitlines())
    assert {p for p in TEXTS if TEXTS[p] != texts[p]} == {path}


def test_a_second_change_of_one_day_is_one_entry() -> None:
    texts = editing.with_points(TEXTS, "C01", 0, 30, SINCE)
    texts = editing.with_points(texts, "C01", 1, 12, SINCE)
    assert texts["indicators/C01.yaml"].count("2026-07-01") == 1
    assert [t.points for t in rules_of(texts, SINCE).indicators["C01"].tiers] == [30, 12, 8, 0]


def test_a_line_moves_and_its_neighbour_with_it() -> None:
    found = rules_of(TEXTS, SINCE).indicators["B02"].tiers
    bound = next(n for n in editing.BOUNDS if getattr(found[0], n) is not None)
    texts = editing.with_bound(TEXTS, "C01", 0, "at_least", 1.2, SINCE)
    assert rules_of(texts, SINCE).indicators["C01"].tiers[0].at_least == 1.2
    with pytest.raises(ScorecardError, match="has no"):
        editing.with_bound(TEXTS, "A01", 0, bound, 1, SINCE)


def test_off_and_on_again() -> None:
    off = editing.switched_off(TEXTS, "H01", SINCE)
    assert "H01" in rules_of(off, BEFORE).indicators
    assert "H01" not in rules_of(off, SINCE).indicators
    again = editing.switched_on(off, "H01", date(2026, 8, 1))
    assert differences(rules_of(TEXTS, SINCE), rules_of(again, date(2026, 8, 1))) == []
    (told,) = differences(rules_of(TEXTS, SINCE), rules_of(off, SINCE))
    assert (told.code, told.before.en, told.after.en) == ("H01", "on", "off")


def test_an_indicator_switched_off_takes_no_points() -> None:
    off = editing.switched_off(TEXTS, "H01", SINCE)
    with pytest.raises(ScorecardError, match="switch it on first"):
        editing.with_points(off, "H01", 0, 5, SINCE)


@pytest.mark.parametrize(
    ("indicator", "tier", "said"), [("C01", 9, "no tier 10"), ("Z99", 0, "no indicator Z99")]
)
def test_what_is_not_there_is_named(indicator: str, tier: int, said: str) -> None:
    with pytest.raises(ScorecardError, match=said):
        editing.with_points(TEXTS, indicator, tier, 5, SINCE)


def test_bands_change_from_the_day_on() -> None:
    bars = {"red": 60, "orange": 40, "yellow": 20, "blue": 10}
    texts = editing.with_bands(TEXTS, bars, SINCE)
    assert rules_of(texts, SINCE).bars.red == 60
    assert [d.code for d in differences(rules_of(TEXTS, SINCE), rules_of(texts, SINCE))] == [
        "bands.red",
        "bands.orange",
    ]


def test_bands_out_of_order_are_refused() -> None:
    bars = {"red": 30, "orange": 40, "yellow": 20, "blue": 10}
    with pytest.raises(ScorecardError, match="must go down"):
        rules_of(editing.with_bands(TEXTS, bars, SINCE), SINCE)
