"""How a case ends that never was: as recorded ones did, the same in every trial."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.laboratory.fates import cool_downs, drawn, ended, fates
from alerts.laboratory.record import OUTCOMES
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import alerts

MANY = np.arange(20_000)


def known():
    """Nine of ten old alerts were reached; finds stayed open for four months, others for one."""
    rows = [(n, 0, 4, "confirmed") for n in range(40)]
    rows += [(n, 0, 1, "false_alarm") for n in range(40, 90)]
    rows += [(n, 0, 3, None) for n in range(90, 100)]
    return fates(alerts(*rows), now=6)


def test_the_share_of_alerts_that_are_reached_is_the_records() -> None:
    assert (known().reached, known().raised, known().reach) == (90, 100, 0.9)
    # Young alerts may still be waiting for their visit.
    assert fates(alerts((0, 5, None, None)), now=6).raised == 0


def test_ends_come_as_often_as_expected_and_last_as_recorded() -> None:
    months, outcome, found = ended(known(), MANY, 7, np.full(len(MANY), 0.4))
    assert found.mean() == pytest.approx(0.9 * 0.4, abs=0.01)
    assert set(months[found]) == {4}
    unreached = outcome == OUTCOMES.index("")
    assert unreached.mean() == pytest.approx(0.1, abs=0.01)
    assert set(months[unreached]) == {3}
    assert set(months[~found & ~unreached]) == {1}


def test_the_draw_depends_on_household_and_month_alone() -> None:
    first = drawn(MANY, 3, 0)
    assert np.array_equal(first[::2], drawn(MANY[::2], 3, 0))
    assert first.mean() == pytest.approx(0.5, abs=0.01)
    for other in (drawn(MANY, 4, 0), drawn(MANY, 3, 1)):
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.03


def test_without_a_record_cases_end_by_plain_defaults() -> None:
    months, _, found = ended(fates(alerts(), now=0), MANY, 0, np.ones(len(MANY)))
    assert found.mean() == pytest.approx(0.95, abs=0.01)
    assert set(months[found]) == {3}


def test_the_cool_down_after_each_end_is_the_policys() -> None:
    policy = past.policy(cool_down_months={"default": 6, "referred": 3, "not_visited": 0})
    by_outcome = dict(zip(OUTCOMES, cool_downs(policy).tolist(), strict=True))
    assert (by_outcome["confirmed"], by_outcome["referred"], by_outcome[""]) == (6, 3, 0)
