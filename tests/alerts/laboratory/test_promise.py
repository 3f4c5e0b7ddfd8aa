"""What the next quarter is promised to find, and whether it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from alerts.laboratory.chances import learn
from alerts.laboratory.material import Material
from alerts.laboratory.promise import Promise, came, kept, promise
from core.home import add_months
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import Family, alerts, material, visits

SIZE = 300


def county(found: float = 0.5, months: int = 6, visited: bool = True) -> Material:
    """Each month other families are expected to be in need with 0.5; visits find `found`."""
    draw = np.random.default_rng(2)
    pasts = [[Family(m * SIZE + n, existing=0.5) for n in range(SIZE)] for m in range(months)]
    rows, seen = [], []
    for month, families in enumerate(pasts[:-1] if visited else []):
        for family in families:
            outcome = "confirmed" if draw.random() < found else "false_alarm"
            rows.append((family.number, month, month + 1, outcome))
            day = add_months(past.FIRST, month) + timedelta(days=9)
            seen.append((family.number, day, outcome == "confirmed", "alert"))
    return material(*pasts, recorded=alerts(*rows), seen=visits(*seen))


def of(pasts: Material, **more) -> Promise:
    return promise(pasts, past.rules(), past.policy(), learn(pasts), **more)


def test_a_quarter_is_promised_what_its_alerts_are_expected_to_find() -> None:
    found = of(county())
    assert found.alerts == pytest.approx(3 * SIZE)
    assert found.expected == pytest.approx(3 * SIZE * 0.5, rel=0.05)
    assert found.low < found.expected < found.high


def test_where_visits_find_less_than_the_curve_says_the_promise_follows() -> None:
    found = of(county(0.3))
    assert found.expected == pytest.approx(3 * SIZE * 0.3, rel=0.15)
    assert found.naive is not None
    assert found.naive[0] == pytest.approx(3 * SIZE * 0.3, rel=0.1)


def with_found(shares: list[float]) -> Promise:
    """The promise where months found these shares and the curve says one in two."""
    first = county(0.5, len(shares) + 1)
    draw = np.random.default_rng(5)
    recorded = first.record.alerts
    found = draw.random(len(recorded.month)) < np.array(shares)[recorded.month]
    pasts = replace(first, record=replace(first.record, alerts=replace(recorded, found=found)))
    return promise(pasts, past.rules(), past.policy(), learn(first))


def test_newest_months_that_find_less_pull_the_promise_down() -> None:
    """Half a year that was good and half a year that was not: quarters are alike."""
    found = with_found([0.65] * 6 + [0.3] * 6)
    assert 0.55 < found.drift < 0.85
    assert found.months_differ > of(county()).months_differ


def test_months_that_go_up_and_down_say_nothing_of_the_next_quarter() -> None:
    """Their spread makes the promise wide; where the newest happen to lie does not move it."""
    found = with_found([0.6, 0.4] * 5 + [0.6])
    assert found.drift == 1.0
    assert found.months_differ > 3 * with_found([0.5] * 11).months_differ


def test_without_any_visit_the_doubt_is_wide_and_nothing_naive_stands_beside() -> None:
    blind, seen = of(county(visited=False)), of(county())
    assert blind.naive is None
    assert blind.high - blind.low > 2 * (seen.high - seen.low)


def test_the_width_is_made_of_its_parts() -> None:
    found = of(county())
    parts = [found.chance, found.curve, found.months_differ, found.quarters_differ]
    width = 1.6448536 * np.sqrt(np.square(parts).sum())
    assert (found.high - found.low) / 2 == pytest.approx(width, rel=1e-6)
    # Nine hundred visits that find a need or not, one in two: the chance alone.
    assert found.chance == pytest.approx(np.sqrt(3 * SIZE * 0.25), rel=0.05)


def test_fewer_months_on_record_promise_as_much_by_scale() -> None:
    assert of(county(months=2)).expected == pytest.approx(of(county()).expected, rel=0.25)


def test_a_promise_is_judged_by_what_came() -> None:
    made = Promise(3, 100, 50, 40, 60, 1, 1, 1, 1, 1, (70, 65, 75))
    inside = kept(made, 45)
    assert (inside.inside, inside.naive_inside) == (True, False)
    assert (inside.error, inside.naive_error) == pytest.approx((5 / 45, 25 / 45))
    assert not kept(made, 61).inside
    assert kept(replace(made, naive=None), 0).error is None


def test_what_came_leaves_draws_out() -> None:
    pasts = county(0.5, 3)
    whole = came(pasts, 0, 2)
    assert (whole.alerts, whole.settled) == (2 * SIZE, 2 * SIZE)
    recorded = pasts.record.alerts
    drawn = replace(recorded, source=np.zeros_like(recorded.source) + 5)
    bare = replace(pasts, record=replace(pasts.record, alerts=drawn))
    assert came(bare, 0, 2).alerts == 0


def test_a_quarter_under_a_new_model_is_promised_from_its_own_months() -> None:
    """Nobody is in need by the new version; what the old one named is no longer raised."""
    whole = county(0.5, 9)
    old = [replace(m, model="existing 1") for m in whole.months[:6]]
    new = [
        replace(m, model="existing 2", existing=np.zeros_like(m.existing)) for m in whole.months[6:]
    ]
    replaced = of(replace(whole, months=(*old, *new)))
    same = [replace(m, model="existing 1") for m in whole.months[6:]]
    kept_on = of(replace(whole, months=(*old, *same)))
    assert replaced.alerts == 0
    assert kept_on.alerts == pytest.approx(3 * SIZE)
