"""Reasons that hold when the figures change a little, and reasons that do not."""

from __future__ import annotations

from datetime import date

import numpy as np

from models.risk.explaining import stability
from models.risk.explaining.rows import watched
from models.risk.explaining.stability import SHAKE, UNSTABLE, alerts_stability, shaken, shares_kept
from tests.models.risk.explaining.conftest import AS_OF, explained


def test_amounts_change_by_at_most_five_per_cent_and_counts_stay(frame, plain) -> None:
    matrix = plain.encoder.encode(frame.head(200))
    after = shaken(plain, matrix, seed=1)
    members = plain.features.index("n_members")
    assert (after[:, members] == matrix[:, members]).all()
    assert (np.isnan(after) == np.isnan(matrix)).all()
    income = plain.features.index("income_to_standard")
    change = after[:, income] / matrix[:, income] - 1
    assert 0.04 < np.abs(change).max() <= SHAKE + 1e-6
    assert change.min() < 0 < change.max()


def test_a_seed_gives_the_same_changes_and_another_gives_others(frame, plain) -> None:
    matrix = plain.encoder.encode(frame.head(20))
    assert np.array_equal(shaken(plain, matrix, 1), shaken(plain, matrix, 1), equal_nan=True)
    assert not np.array_equal(shaken(plain, matrix, 1), shaken(plain, matrix, 2), equal_nan=True)


def test_figures_of_one_fact_change_together(plain, monkeypatch) -> None:
    monkeypatch.setattr(stability, "fact_of", lambda name: "one fact")
    after = shaken(plain, np.full((3, 4), 100.0, dtype=np.float32), seed=1)
    assert np.allclose(after, after[:, :1])
    assert len(np.unique(after[:, 0])) == 3  # of another household by another factor


def test_without_any_change_all_reasons_stay(frame, plain, monkeypatch) -> None:
    matrix = plain.encoder.encode(frame.head(50))
    monkeypatch.setattr(stability, "SHAKE", 0.0)
    assert shares_kept(plain, matrix).tolist() == [1.0] * 50


def test_large_changes_replace_reasons(frame, plain, monkeypatch) -> None:
    monkeypatch.setattr(stability, "TOP", 1)
    monkeypatch.setattr(stability, "SHAKE", 0.9)
    kept = shares_kept(plain, plain.encoder.encode(frame.head(100)))
    assert kept.min() < UNSTABLE
    assert ((kept >= 0) & (kept <= 1)).all()


def test_alerts_of_the_question_are_looked_at_with_interval_and_n(county, plain) -> None:
    names = [f"h{number:05d}" for number in range(30)]
    explained(county, AS_OF, names)
    found = alerts_stability(county, AS_OF, plain, "existing", watched(county, AS_OF, plain))
    assert found is not None
    assert (found.of, found.n, sum(found.shares)) == ("alerts", 30, 30)
    assert found.low <= found.mean <= found.high
    other = alerts_stability(county, AS_OF, plain, "coming", watched(county, AS_OF, plain))
    assert other is not None
    assert (other.of, other.n) == ("highest", stability.HIGHEST)


def test_an_alert_outside_the_watched_counts_too(county, plain) -> None:
    explained(county, AS_OF, ["h00001", "h00002"])
    frame = watched(county, AS_OF, plain)
    without = frame[frame["household"] != "h00001"]
    found = alerts_stability(county, AS_OF, plain, "existing", without)
    assert found is not None
    assert found.n == 2


def test_one_household_alone_says_next_to_nothing_of_the_mean(county, plain) -> None:
    explained(county, AS_OF, ["h00001"])
    found = alerts_stability(county, AS_OF, plain, "existing", watched(county, AS_OF, plain))
    assert found is not None
    assert found.high - found.low > 0.5


def test_a_month_without_explanations_has_none(county) -> None:
    assert stability.explained(county, date(2030, 1, 31), "existing") == []
