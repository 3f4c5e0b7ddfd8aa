"""Figures of one ranking, against sklearn and against counting by hand."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from models.risk import measures
from models.risk.errors import RiskError
from models.risk.measures import Capacity, at_capacity

RANKED = st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=5)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(rows=RANKED, visits=st.integers(1, 5))
def test_ties_count_at_the_mean_of_all_orders_with_the_worst_and_best_beside(rows, visits) -> None:
    score = np.array([s for s, _ in rows], float)
    outcome = np.array([y for _, y in rows], float)
    visits = min(visits, len(rows))
    orders = [
        sum(outcome[i] for i in order[:visits])
        for order in permutations(range(len(rows)))
        if all(score[a] >= score[b] for a, b in pairwise(order))
    ]
    top = at_capacity(score, outcome, Capacity(count=visits))
    assert top.hits == pytest.approx(np.mean(orders))
    assert (top.hits_low, top.hits_high) == (min(orders), max(orders))


def test_capacity_is_spent_within_each_month() -> None:
    score = np.array([9, 8, 1, 7, 6, 5.0])
    outcome = np.array([0, 1, 1, 1, 0, 0.0])
    month = np.array([1, 1, 1, 2, 2, 2])
    top = at_capacity(score, outcome, Capacity(count=1), month)
    # January visits 9 (no need), February 7 (need); of 3 in need 1 is found.
    assert (top.visits, top.hits, top.cases) == (2, 1, 3)
    assert top.precision() == 0.5
    assert top.recall() == pytest.approx(1 / 3)


def test_a_share_visits_at_least_one_household() -> None:
    assert Capacity(share=0.05).of(3) == 1
    assert Capacity(share=0.05).of(1000) == 50
    assert Capacity(count=80).of(20) == 20


@pytest.mark.parametrize("wrong", [{}, {"share": 0.1, "count": 3}, {"share": 1.5}, {"count": 0}])
def test_a_capacity_that_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(RiskError, match="capacity"):
        Capacity(**wrong)


def test_auc_and_average_precision_are_sklearns() -> None:
    rng = np.random.default_rng(1)
    score, outcome = rng.random(300).round(2), (rng.random(300) < 0.2).astype(float)
    assert measures.auc(score, outcome) == pytest.approx(roc_auc_score(outcome, score))
    expected = average_precision_score(outcome, score)
    assert measures.average_precision(score, outcome) == pytest.approx(expected)
    assert measures.brier(score, outcome) == pytest.approx(np.mean((score - outcome) ** 2))


def test_one_class_only_has_no_auc_rather_than_a_wrong_one() -> None:
    none = np.zeros(5)
    assert measures.auc(np.arange(5.0), none) is None
    assert measures.average_precision(np.arange(5.0), none) is None
    assert at_capacity(np.arange(5.0), none, Capacity(count=2)).recall() is None


def test_wilson_agrees_with_the_published_example() -> None:
    # Xiaochang's 404 of 687 with z = 1.96: 55.1 % to 62.4 %.
    low, high = measures.wilson(404, 687)
    assert (round(low, 3), round(high, 3)) == (0.551, 0.624)
    assert measures.wilson(0, 0) == (None, None)
    assert measures.wilson(0, 10)[0] == 0.0


def test_reliability_keeps_every_household_and_never_splits_equal_risks() -> None:
    risk = np.repeat([0.01, 0.2, 0.6], [80, 15, 5])
    outcome = np.repeat([0, 1, 1], [80, 15, 5]).astype(float)
    table = measures.reliability(risk, outcome, bins=10)
    assert sum(b.n for b in table) == 100
    assert table[0].n == 80
    error = (80 * 0.01 + 15 * 0.8 + 5 * 0.4) / 100
    assert measures.expected_calibration_error(risk, outcome) == pytest.approx(error)


def test_a_perfectly_calibrated_forecast_has_a_small_error() -> None:
    rng = np.random.default_rng(2)
    risk = rng.random(20_000) * 0.3
    outcome = (rng.random(20_000) < risk).astype(float)
    assert measures.expected_calibration_error(risk, outcome) < 0.01
