"""What equal recall costs, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.risk.groups import equal
from tests.models.risk.groups.county import picked


def test_the_cut_off_moves_down_until_recall_is_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equal, "SMALL", 1)
    (women,) = equal.equalised(picked())
    # Women 1/4, men 1/2: of the women's weight of need (4) one more must be picked, w2 (1).
    assert (women.group, women.recall, women.aim) == ("woman", 0.25, 0.5)
    assert (women.visits, women.more, women.cutoff) == (3, 1, 0.3)
    # Before: w1 1, m1 1 of 1 + 1 + 3; after, w2 joins.
    assert women.before == pytest.approx(2 / 5)
    assert (women.after, women.after_n) == (pytest.approx(3 / 6), 4)
    assert (women.added, women.added_n) == (1.0, 1)
    assert women.more_low <= women.more <= women.more_high


def test_who_is_found_as_often_costs_nothing_and_a_small_group_is_left_out() -> None:
    assert equal.equalised(picked()) == []  # four visits are too few


def test_nobody_else_loses_a_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equal, "SMALL", 1)
    rows = picked()
    before = rows.pick.copy()
    equal.equalised(rows)
    assert np.array_equal(rows.pick, before)
