"""The interval of a share, against figures worked out by hand."""

import pytest

from alerts import wilson as published
from data.intervals import wilson
from models.risk import measures


def test_the_interval_of_ten_in_ten_stops_short_of_certainty():
    # n / (n + z²) = 10 / 13.8415
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


def test_nothing_counted_is_nothing_known():
    assert wilson(0, 0) == (None, None)


@pytest.mark.parametrize("n", [3, 7, 29, 211])
def test_the_ends_are_exact_where_none_or_all_were_hits(n: int):
    low, high = wilson(0, n)
    assert (low, wilson(n, n)[1]) == (0.0, 1.0)
    assert 0 < high < 1


def test_there_is_one_wilson_in_the_house():
    assert published.wilson is wilson
    assert measures.wilson is wilson
