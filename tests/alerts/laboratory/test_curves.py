"""All cut-offs at once, and the cut-offs that are proposed."""

from __future__ import annotations

import pytest

from alerts.errors import AlertsError
from alerts.laboratory.curves import curve, scores_at, with_cut_off
from alerts.laboratory.estimates import gather
from alerts.laboratory.fitting import (
    best_payoff,
    fit_to_capacity,
    fit_to_recall,
    payoff,
    steady,
)
from alerts.laboratory.material import Material
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import Family, material

# A hundred families, expected to be in need from 0.00 to 0.99; others in the next months.
MONTHS = 3


def county(busy: int = 0) -> Material:
    months = [
        [
            Family(m * 100 + n, existing=n / 100, score=float(n), busy=n >= 100 - busy)
            for n in range(100)
        ]
        for m in range(MONTHS)
    ]
    return material(*months)


def points(by="both", **more):
    pasts = county()
    chances = gather(pasts).whole
    return curve(pasts, past.rules(), past.policy(), chances, by=by, **more)


def test_a_looser_cut_off_visits_more_and_is_right_less_often() -> None:
    found = points(cut_offs=(0.2, 0.5, 0.8))
    assert [round(p.visits) for p in found] == [80, 50, 20]
    right = [p.found.precision.value for p in found if p.found.precision]
    assert right == pytest.approx([0.595, 0.745, 0.895], abs=0.01)
    # The finds of all but those who are never reached.
    assert found[1].finds == pytest.approx(50 * 0.745 * 0.95, rel=0.02)


def test_todays_and_the_proposed_point_are_named() -> None:
    found = points(cut_offs=(0.2,), named={"today": 0.35, "proposed": 0.2})
    assert [(p.cut_off, p.name) for p in found] == [(0.2, "proposed"), (0.35, "today")]


def test_the_ceiling_of_the_lane_is_left_out() -> None:
    pasts = county()
    tight = past.policy(capacity_per_1000_households=10.0)
    chances = gather(pasts).whole
    (found,) = curve(pasts, past.rules(), tight, chances, cut_offs=(0.5,))
    assert found.visits == 50


def test_the_rules_curve_runs_over_scores_of_every_band() -> None:
    found = points("rules", cut_offs=(10.0, 90.0))
    assert [p.visits for p in found] == [90, 10]


def test_families_that_nobody_watches_keep_their_distance() -> None:
    policy = past.policy(open_existing=0.35, open_unwatched=0.45)
    moved = with_cut_off(policy, 0.6, "both", "existing")
    assert (moved.open_existing, moved.open_unwatched) == pytest.approx((0.6, 0.7))
    assert with_cut_off(policy, 0.98, "both", "existing").open_unwatched == 1.0
    assert with_cut_off(policy, 0.1, "both", "existing").close_existing == 0.1
    assert with_cut_off(policy, 0.2, "both", "coming").open_coming == 0.2


def test_scores_are_found_for_shares_of_the_households() -> None:
    # The three families with the highest score have 99.
    assert scores_at(county(), (0.01, 0.5)) == pytest.approx((49.5, 98.01), abs=0.6)


def test_fitted_to_the_capacity_the_visits_just_fit() -> None:
    pasts = county()
    policy = past.policy(capacity_per_1000_households=250.0)
    found = fit_to_capacity(pasts, past.rules(), policy, gather(pasts))
    assert (found.wanted, found.reached) == (25, True)
    assert 24 <= found.choosing.value <= 25
    assert found.cut_off == pytest.approx(0.75, abs=0.01)
    assert found.policy.open_existing == found.cut_off
    by_rules = fit_to_capacity(pasts, past.rules(), policy, gather(pasts), by="rules")
    assert by_rules.cut_off == pytest.approx(75, abs=1)


def test_a_recall_floor_needs_random_visits() -> None:
    pasts = county()
    with pytest.raises(AlertsError, match="audit sample"):
        fit_to_recall(pasts, past.rules(), past.policy(), gather(pasts))


def test_a_steady_load_follows_from_a_percentile() -> None:
    policy = past.policy(capacity_per_1000_households=100.0)
    found = steady(county(), policy)
    assert (found.places, found.percentile) == (10, pytest.approx(0.9))
    assert found.cut_offs == pytest.approx((0.9,) * MONTHS)
    # Who is in process is not visited: the cut-off goes deeper.
    assert steady(county(busy=5), policy).median == pytest.approx(0.85)


def test_what_visits_cost_and_found_families_are_worth() -> None:
    found = payoff(100, 40, 50.0, 300.0)
    assert (found.cost, found.worth, found.balance, found.per_found) == (5000, 12000, 7000, 125)
    assert payoff(10, 0, 50, 300).per_found is None


def test_the_best_cut_off_stops_where_a_visit_costs_more_than_it_is_expected_to_find() -> None:
    found = points(cut_offs=(0.1, 0.3, 0.5, 0.7, 0.9))
    # A find worth twice a visit: visits pay down to about one half.
    assert best_payoff(found, 100.0, 100.0 * 2 / 0.95).cut_off == 0.5
    assert best_payoff(found, 100.0, 100.0 * 10).cut_off == 0.1
