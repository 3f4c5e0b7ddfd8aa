"""How far a feature has moved: effect sizes that a hand can check."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.risk.watching.shift import LEAST, cliffs_delta, distance, shift, shifts


def test_delta_counts_pairs() -> None:
    """Of nine pairs seven rose, one is equal, one fell."""
    then, now = np.array([1.0, 2.0, 4.0]), np.array([4.0, 5.0, 3.0])
    above = sum(n > t for n in now for t in then)
    below = sum(n < t for n in now for t in then)
    assert cliffs_delta(then, now) == pytest.approx((above - below) / 9)
    assert cliffs_delta(now, then) == pytest.approx((below - above) / 9)
    assert cliffs_delta(then, then) == 0


def test_words_move_by_the_share_that_would_have_to_change() -> None:
    then = pd.Series(["farm"] * 6 + ["works"] * 4)
    now = pd.Series(["farm"] * 3 + ["works"] * 5 + ["none"] * 2)
    assert distance(then, now) == (pytest.approx(0.3), "none")


def test_values_that_became_unknown_are_a_change_of_their_own() -> None:
    known = pd.Series(np.arange(200.0))
    gone = known.where(np.arange(200) % 2 == 0)
    found = shift("wage", "county", known, gone)
    assert (found.unknown_then, found.unknown_now) == (0.0, 0.5)
    assert abs(found.delta or 0.0) < 0.05  # those still known are the same
    assert found.size == "large"


def test_too_few_known_values_have_no_effect_size() -> None:
    few = pd.Series(np.arange(LEAST - 1.0))
    assert shift("wage", "county", few, few + 1000).delta is None


def test_every_feature_is_compared_in_every_group() -> None:
    then = pd.DataFrame({"a": np.zeros(300), "b": np.zeros(300)})
    now = pd.DataFrame({"a": np.ones(300)})
    half = np.arange(300) < 150
    everyone = np.ones(300, bool)
    groups = {"county": (everyone, everyone), "watched": (half, half)}
    found = {(s.feature, s.group): s for s in shifts(then, now, ["a", "b"], groups)}
    assert len(found) == 4
    assert found["a", "watched"].delta == 1.0
    assert found["a", "watched"].n_now == 150
    # A column that the table lacks is unknown throughout, not zero.
    assert found["b", "county"].unknown_now == 1.0
