"""What may not be activated: floods, fires too often, bands upside down, too few months."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.laboratory.estimates import estimates, gather
from alerts.laboratory.gate import Figures, Limits, figures, found_by_band, refusals
from alerts.laboratory.replay import replay
from models.scorecard.bands import BandCheck
from models.scorecard.schema import Bars
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import FIRST, Family, material, visits

BANDS = ("red", "orange", "yellow", "blue", "none")


def bands(*found: int, visits: int = 200) -> dict[str, BandCheck]:
    pairs = zip(BANDS, found, strict=True)
    return {name: BandCheck(share=0.2, visits=visits, found=n) for name, n in pairs}


GOOD = Figures(12, {"t1": 10, "t2": 5}, 0.01, bands(150, 100, 60, 30, 10))


def codes(draft: Figures, current: Figures = GOOD, **more) -> list[str]:
    return [refusal.code for refusal in refusals(current, draft, **more)]


def test_a_sound_draft_passes() -> None:
    assert codes(GOOD, townships={"t1": 10, "t2": 5}) == []


def test_a_township_is_not_flooded() -> None:
    draft = replace(GOOD, visits={"t1": 13, "t2": 6})
    assert codes(draft, townships={"t1": 10, "t2": 5}) == ["flood"]
    (refusal,) = refusals(GOOD, draft, {"t1": 10})
    assert "township t1 would get 13 visits" in refusal.reason.en
    assert "t1" in refusal.reason.zh
    assert codes(draft, townships={"t1": 10}, limits=Limits(flood=1.5)) == []


def test_what_is_so_today_is_no_reason() -> None:
    draft = replace(GOOD, visits={"t1": 30}, named=0.2)
    assert (
        codes(draft, current=replace(GOOD, visits={"t1": 30}, named=0.2), townships={"t1": 10})
        == []
    )


def test_a_draft_that_names_too_many_is_refused() -> None:
    assert codes(replace(GOOD, named=0.06)) == ["fires"]
    assert codes(replace(GOOD, named=0.05)) == []


def test_bands_upside_down_are_refused_but_not_for_chance() -> None:
    assert codes(replace(GOOD, bands=bands(60, 100, 60, 30, 10))) == ["bands"]
    assert codes(replace(GOOD, bands=bands(98, 100, 60, 30, 10))) == []
    few = bands(3, 5, 3, 1, 0, visits=10)
    assert codes(replace(GOOD, bands=few)) == []


def test_without_enough_past_months_nothing_can_be_said() -> None:
    assert codes(replace(GOOD, months=5)) == ["months"]
    assert codes(replace(GOOD, months=6)) == []


def test_all_reasons_are_told_at_once() -> None:
    draft = Figures(2, {"t1": 99}, 0.5, bands(10, 100, 60, 30, 10))
    assert codes(draft, townships={"t1": 10}) == ["months", "flood", "fires", "bands"]


def test_the_figures_are_the_trials_own() -> None:
    families = [
        Family(n, existing=0.9, town=int(n > 2), score=90.0 - 30 * (n % 2)) for n in range(8)
    ]
    day = FIRST + timedelta(days=10)
    seen = visits(*[(n, day, n % 2 == 0, "round") for n in range(6)], (6, day, True, "application"))
    pasts = material(families, seen=seen)
    rules = replace(past.rules(), bars=Bars(red=80, orange=50, yellow=40, blue=20))
    policy = past.policy(capacity_per_1000_households=625.0)
    chances = gather(pasts).whole
    replayed = replay(pasts, rules, policy, chance=chances)
    found = figures(replayed, estimates(replayed, chances), rules)
    assert found.months == 1
    assert sum(found.visits.values()) == 5
    # Three more were named and had no place.
    assert found.named == pytest.approx(1.0)
    # Who is in process says nothing about the bands.
    busy = material([Family(n, score=90.0, busy=True) for n in range(6)], seen=seen)
    assert found_by_band(busy, rules)["red"].visits == 0
    assert (found.bands["red"].visits, found.bands["red"].found) == (3, 3)
    assert (found.bands["orange"].visits, found.bands["orange"].found) == (3, 0)
    assert found.bands["red"].share == 0.5
    assert found_by_band(pasts, rules) == found.bands
