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


def test_there_is_one_wilson_in_the_house():
    assert published.wilson is wilson
    assert measures.wilson is wilson
