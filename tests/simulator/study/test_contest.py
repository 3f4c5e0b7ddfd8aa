"""The contest: the same visits for all, the truth as judge, the oracle as the most there is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.study.candidates_page import write_page
from simulator.study.contest import CAME, FUTURES, by_county, contest, count, judges_of
from simulator.study.runs import Run
from simulator.study.table import BY_HAND

SMALL = 40


def month(number: int = 0, county: str = "calm 1", visits: int = 10) -> pd.DataFrame:
    """A hundred families, the first ten in need: `logistic` finds half of them, `lightgbm` all."""
    families = np.arange(100)
    need = families < 10
    half = np.where(families < 5, 2.0, 0.0) + np.where((families >= 10) & (families < 15), 1.0, 0.0)
    return pd.DataFrame(
        {
            "county": county,
            "household": [f"{county}-{n}" for n in families],
            "month": number,
            "visits": visits,
            "need": need.astype(float),
            "lightgbm": need.astype(float),
            "logistic": half,
            "scorecard": 0.0,
            "oracle": need.astype(float),
        }
    )


def at(found: list[dict], candidate: str, capacity: str = "visits") -> dict:
    """The one row of a candidate and a number of visits."""
    (row,) = [r for r in found if r["candidate"] == candidate and r["capacity"] == capacity]
    return row


def test_precision_recall_and_share_are_counted_at_the_same_visits() -> None:
    found = contest(month(), draws=SMALL)
    half = at(found, "logistic")
    assert (half["precision"], half["share"], half["recall"]) == (0.5, 0.5, 0.5)
    assert at(found, "lightgbm")["share"] == 1.0
    assert at(found, "lightgbm")["minus_logistic"] == 0.5
    five = at(found, "logistic", "0.05")
    assert (five["visits"], five["precision"], five["recall"]) == (5, 1.0, 0.5)


def test_the_oracle_is_held_to_the_visits_too() -> None:
    found = contest(month(visits=20), draws=SMALL)
    assert at(found, "oracle")["precision"] == 0.5  # ten in need, twenty visits
    assert at(found, "lightgbm")["share"] == 1.0


def test_ties_share_the_last_places_and_are_shown() -> None:
    row = at(contest(month(), draws=SMALL), "scorecard")
    assert row["precision"] == pytest.approx(0.1)  # ten of a hundred drawn by lot
    assert (row["tie_low"], row["tie_high"]) == (0.0, 1.0)
    assert "tie_low" not in at(contest(month(), draws=SMALL), "lightgbm")


def test_months_of_one_family_are_drawn_together() -> None:
    once = contest(month(), draws=SMALL)
    often = contest(pd.concat([month(n) for n in range(6)]), draws=SMALL)
    ends = [at(f, "logistic") for f in (once, often)]
    assert ends[0]["precision_low"] == pytest.approx(ends[1]["precision_low"])
    assert ends[0]["precision_low"] < 0.5 < ends[0]["precision_high"]


def test_counties_are_pooled_by_their_visits_and_told_apart() -> None:
    blind = month(county="poor_data 2", visits=30).assign(logistic=lambda f: -f["need"])
    both = pd.concat([month(), blind])
    assert at(contest(both, draws=SMALL), "logistic")["precision"] == pytest.approx(5 / 40)
    apart = {name: at(found, "logistic")["precision"] for name, found in by_county(both, SMALL)}
    assert apart == {"calm 1": 0.5, "poor_data 2": 0.0}


def test_a_candidate_that_did_not_score_everybody_is_left_out() -> None:
    rows = month().assign(in_use=np.nan)
    assert "in_use" not in count(rows, CAME, 2).hits


def test_futures_count_the_oracle_by_the_half_that_it_did_not_rank_by() -> None:
    rows = month()
    rows["half_a"] = np.where(rows.index < 10, 0.8, 0.0)
    rows["half_b"] = np.where(rows.index < 5, 0.4, 0.0)
    rows["oracle"] = rows["half_a"] + rows["half_b"]
    assert judges_of(rows) == (CAME, FUTURES)
    assert judges_of(month()) == (CAME,)
    found = contest(rows, FUTURES, draws=SMALL)
    # Ranked by a, counted by b: 2.0; ranked by b (five above, 95 tied for five), counted by a.
    by_b = 5 * 0.8 + 5 * (5 * 0.8 / 95)
    assert at(found, "oracle")["precision"] == pytest.approx((2.0 + by_b) / 2 / 10)
    assert at(found, "logistic")["precision"] == pytest.approx(5 * (0.8 + 0.4) / 2 / 10)
    with pytest.raises(ValueError, match="coming alone"):
        contest(month(), FUTURES, draws=2)


def test_without_need_nothing_is_shared() -> None:
    rows = month().assign(need=0.0, oracle=0.0)
    row = at(contest(rows, draws=SMALL), "logistic")
    assert (row["share"], row["recall"], row["precision"]) == (None, None, 0.0)


def test_the_page_says_synthetic_and_keeps_what_stands_below(tmp_path) -> None:
    page = tmp_path / "0004-candidates.md"
    page.write_text(f"old\n{BY_HAND}\n\nby hand\n", encoding="utf-8")
    coming = month().assign(half_a=0.5, half_b=0.5)
    write_page(page, {"existing": month(), "coming": coming}, [Run(1, "calm", 100)])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# 0004 ")
    assert "合成数据" in text
    assert text.endswith("by hand\n")
    assert "| logistic | 50.0 % (" in text
    assert "scorecard at the visits 0.0 – 100.0 %" in text
    assert "counted by the futures' probabilities" in text
    assert "1 county of 100 households: calm (seed 1)" in text
    assert "County by county" not in text
    assert "| LightGBM | +50.0 (" in text
