"""How many audit visits a width of the interval takes."""

from __future__ import annotations

from math import sqrt

import pytest

from alerts.sampling import Estimate
from alerts.sampling_plan import (
    Stratum,
    neyman,
    planned,
    spread_by_score,
    spread_simple,
    unexplained,
    visits_for_width,
    width_of,
)

# 9,000 households of whom hardly any is missed, 1,000 of whom a tenth is.
COUNTY = (Stratum("risk", 0.0, 0.1, 9000, 0.001, 0.1), Stratum("risk", 0.1, 1.0, 1000, 0.1, 0.5))


def test_the_spread_of_simple_visits_is_that_of_one_share() -> None:
    # 9 + 100 missed of 10,000
    share = 109 / 10_000
    assert spread_simple(COUNTY, 0.0) == pytest.approx(10_000**2 * share * (1 - share))


def test_visits_go_where_households_and_doubt_are() -> None:
    sizes = [9000 * sqrt(0.001 * 0.999), 1000 * sqrt(0.1 * 0.9)]
    assert neyman(COUNTY, 0.0) == pytest.approx([s / sum(sizes) for s in sizes])
    assert spread_by_score(COUNTY, 0.0) == pytest.approx(sum(sizes) ** 2)


def test_drawing_by_score_never_needs_more_visits() -> None:
    assert spread_by_score(COUNTY, 0.04) < spread_simple(COUNTY, 0.04)
    alike = [Stratum("risk", 0.0, 0.1, 500, 0.02, 0.3), Stratum("risk", 0.1, 1.0, 700, 0.02, 0.3)]
    assert spread_by_score(alike, 0.04) == pytest.approx(spread_simple(alike, 0.04))


def test_visits_and_width_answer_each_other() -> None:
    spread = spread_simple(COUNTY, 0.04)
    for width in (0.1, 0.28, 0.5):
        visits = visits_for_width(width, 0.6, 109, spread)
        assert visits is not None
        assert width_of(visits, 0.6, 109, spread) <= width < width_of(visits - 1, 0.6, 109, spread)


def test_four_times_the_visits_halve_a_narrow_interval() -> None:
    spread = spread_simple(COUNTY, 0.0)
    assert width_of(40_000, 0.5, 109, spread) == pytest.approx(
        width_of(10_000, 0.5, 109, spread) / 2, rel=0.01
    )


def test_what_visits_cannot_narrow_stays() -> None:
    spread = spread_simple(COUNTY, 0.0)
    low, high, n = 0.3, 0.7, 2000
    other = unexplained(low, high, 0.5, 109, spread, n)
    assert width_of(n, 0.5, 109, spread, other) == pytest.approx(0.4)
    assert visits_for_width(0.05, 0.5, 109, spread, other) is None
    assert unexplained(0.499, 0.501, 0.5, 109, spread, n) == 0.0


@pytest.mark.parametrize(
    ("width", "recall", "missed"), [(0, 0.5, 9), (1, 0.5, 9), (0.2, 1, 9), (0.2, 0, 9), (0.2, 1, 0)]
)
def test_a_width_outside_the_possible_is_refused(width: float, recall: float, missed: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        visits_for_width(width, recall, missed, 1.0)


def test_a_plan_scales_the_strata_to_the_families_missed() -> None:
    plan = planned(
        COUNTY, Estimate(0.6, 0.2, 0.9), Estimate(218.0, 90.0, 400.0), 0.04, 300, (0.5, 0.3)
    )
    assert plan is not None
    assert sum(s.households * s.missed for s in plan.strata) == pytest.approx(218)
    assert sum(s.share for s in plan.strata) == pytest.approx(1)
    assert [w.width for w in plan.wanted] == [0.5, 0.3]
    for row in plan.reached:
        assert row.by_score_checked_twice < row.by_score < row.simple
        assert row.by_score_checked_twice >= plan.narrowest


def test_where_nobody_was_found_missing_the_middle_of_the_interval_is_planned_for() -> None:
    plan = planned(COUNTY, Estimate(1.0, 0.6, 1.0), Estimate(0.0, 0.0, 60.0), 0.04, 300)
    assert plan is not None
    assert plan.recall == pytest.approx(0.8)
    assert sum(s.households * s.missed for s in plan.strata) == pytest.approx(30)


def test_without_strata_there_is_nothing_to_plan() -> None:
    assert planned([], Estimate(0.5, 0.2, 0.8), Estimate(9.0, 1.0, 20.0), 0.04, 300) is None
