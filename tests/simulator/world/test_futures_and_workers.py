"""The oracle and the visitors."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from simulator.world.clock import month_number
from simulator.world.founding import new_world
from simulator.world.futures import unmet_share
from simulator.world.step import settle_in


WANT = ["household", "visited_on", "outcome", "cause", "needs"]


@pytest.fixture(scope="module")
def state():
    first = month_number("2024-01")
    state = new_world(2, 1200, first - 12, first, "normal")
    settle_in(state, 12)
    return state


def test_futures_leave_the_present_alone_and_repeat(state) -> None:
    before = state.copy()
    share = unmet_share(state, horizon=2, n_futures=4, seed=9)
    assert np.array_equal(share, unmet_share(state, horizon=2, n_futures=4, seed=9))
    assert state.month == before.month
    assert all(np.array_equal(state.p[k], before.p[k]) for k in before.p)
    assert ((share >= 0) & (share <= 1)).all()
    assert 0 < share.mean() < 0.1


def test_what_futures_call_likely_happens_more_often(state) -> None:
    share = unmet_share(state, horizon=3, n_futures=12, seed=9)
    fresh = ~state.h.unmet & (state.h.n > 0)
    ever = np.zeros(len(share), bool)
    for own in range(4):
        ever |= unmet_share(state, horizon=3, n_futures=1, seed=77 + own) > 0
    likely, unlikely = fresh & (share > 0.1), fresh & (share == 0)
    assert ever[likely].mean() > 5 * ever[unlikely].mean()


def test_a_future_needs_a_horizon(state) -> None:
    with pytest.raises(ValueError, match="at least one"):
        unmet_share(state, horizon=0)


def a_truth(size: int, unmet: bool) -> pd.DataFrame:
    return pd.DataFrame({
        "household_no": [f"{i:012d}" for i in range(size)], "month": "2026-06",
        "in_need": unmet, "unmet": unmet, "watched": False, "needs": "medical" if unmet else "",
    })  # fmt: skip


def visit(truth: pd.DataFrame, townships: str | None = None) -> pd.DataFrame:
    alerts = pd.DataFrame({"household": "h" + truth["household_no"]})
    if townships:
        alerts["township_code"] = townships
    rng = np.random.default_rng(1)
    return visit_outcomes(truth, alerts, lambda number: f"h{number}", "2026-06", rng)


def test_visitors_confirm_a_real_need_93_times_in_100() -> None:
    result = visit(a_truth(6000, unmet=True))
    assert list(result.columns) == WANT
    met = result[~result["outcome"].isin(["", "refused", "unreachable"])]
    confirmed = met["outcome"].isin(["confirmed", "referred"])
    assert 0.92 <= confirmed.mean() <= 0.94
    assert set(met.loc[confirmed, "needs"]) == {"medical"}
    assert set(met.loc[~confirmed, "needs"]) == {""}


def test_visitors_see_a_need_that_is_not_there_4_times_in_100() -> None:
    result = visit(a_truth(6000, unmet=False))
    met = result[~result["outcome"].isin(["", "refused", "unreachable"])]
    assert 0.03 <= met["outcome"].isin(["confirmed", "referred"]).mean() <= 0.05
    wrong = result["outcome"] == "false_alarm"
    assert (result.loc[wrong, "cause"] != "").all()
    assert (result.loc[~wrong, "cause"] == "").all()


def test_far_townships_are_visited_later_and_some_alerts_never() -> None:
    near, far = visit(a_truth(800, True), "990321101"), visit(a_truth(800, True), "990321112")
    month_end = pd.Timestamp(date(2026, 6, 30))
    wait = [(r["visited_on"].dropna() - month_end).dt.days for r in (near, far)]
    assert wait[0].min() >= 1
    assert wait[1].mean() > 2 * wait[0].mean()
    assert (near["visited_on"].isna() == (near["outcome"] == "")).all()
    assert 0.02 <= near["visited_on"].isna().mean() <= 0.09


def test_a_month_outside_the_truth_is_refused() -> None:
    with pytest.raises(ValueError, match="holds no month 2030-01"):
        visit_outcomes(
            a_truth(1, True), pd.DataFrame({"household": ["h0"]}), str, "2030-01",
            np.random.default_rng(0),
        )  # fmt: skip
