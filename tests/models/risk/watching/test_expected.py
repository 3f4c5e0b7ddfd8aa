"""Expected finds, said before anybody went."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.risk.watching.expected import BELIEF, estimate, learn_level, picks, realised


def rows(risk: float, found: float, n: int) -> pd.DataFrame:
    """So many visited households of one risk, a share of them in need."""
    label = (np.arange(n) < round(found * n)).astype(float)
    return pd.DataFrame({"household": [f"h{i}" for i in range(n)], "risk": risk, "label": label})


def test_without_visits_the_model_is_taken_at_its_word() -> None:
    level = learn_level(rows(0.5, 0.5, 0))
    assert (level.shift, level.doubt, level.visits) == (0.0, BELIEF, 0)
    said = estimate(rows(0.5, 0.5, 100), level)
    assert said["share"] == said["raw"] == pytest.approx(0.5)


def test_many_visits_correct_a_model_that_promises_too_much_and_few_do_not() -> None:
    many, few = learn_level(rows(0.5, 0.3, 2000)), learn_level(rows(0.5, 0.3, 10))
    chosen = rows(0.5, 0.3, 200)
    assert estimate(chosen, many)["share"] == pytest.approx(0.3, abs=0.02)
    assert estimate(chosen, few)["share"] > 0.42
    assert many.doubt < few.doubt < BELIEF


def test_the_interval_holds_the_luck_of_visits_and_the_doubt_of_the_level() -> None:
    sure = learn_level(rows(0.5, 0.5, 100_000))
    said = estimate(rows(0.5, 0.5, 100), sure)
    # Luck alone: 1.96 times the root of .25 over a hundred.
    assert said["high"] - said["share"] == pytest.approx(1.96 * 0.05, rel=0.02)
    doubtful = estimate(rows(0.5, 0.5, 100), learn_level(rows(0.5, 0.5, 0)))
    assert doubtful["high"] > said["high"] + 0.1


def test_picks_are_at_risk_not_in_process_and_the_highest() -> None:
    risk = pd.DataFrame(
        {
            "household": ["a", "b", "c", "d", "e"],
            "watch": ["at_risk", "at_risk", "secured", "at_risk", "at_risk"],
            "risk": [0.9, 0.8, 0.99, 0.7, np.nan],
        }
    )
    assert list(picks(risk, pd.Series(["a"]), 2)["household"]) == ["b", "d"]


def test_what_came_counts_the_visited_picks_only() -> None:
    chosen = rows(0.6, 0.0, 4)
    seen = pd.DataFrame({"household": ["h0", "h1", "x"], "label": [1.0, 0.0, 1.0]})
    came = realised(chosen, seen)
    assert (came["n"], came["share"]) == (2, 0.5)
    assert came["low"] < 0.5 < came["high"]
