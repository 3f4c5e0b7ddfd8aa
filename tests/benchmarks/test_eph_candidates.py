"""The panel's candidates: chosen on earlier quarters, tested once on later ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.eph import candidates
from benchmarks.eph.split import HORIZON, QUARTER, quarter_end
from core.home import HomeError, add_months
from features.engine.feature import column
from models.risk.rolling import Way

pytestmark = pytest.mark.slow

TEST = quarter_end("2010Q1")
CARDS = {n: column(n, n, n, "", "B", sign) for n, sign in (("income", -1), ("jobs", 0))}


def panel(first: str = "2006Q1", size: int = 160) -> pd.DataFrame:
    day, parts, rng = quarter_end(first), [], np.random.default_rng(3)
    while day <= quarter_end("2010Q2"):
        income, jobs = rng.normal(size=size), rng.integers(0, 3, size).astype(float)
        poor = rng.random(size) < 1 / (1 + np.exp(1 + 1.6 * income + 0.8 * jobs))
        parts.append(pd.DataFrame({
            "household": [f"{day}-{i}" for i in range(size)], "as_of": pd.Timestamp(day),
            "population": rng.choice(["return", "new_entry", "poor"], size),
            "income": income, "jobs": jobs, "label": poor.astype(float),
        }))  # fmt: skip
        day = add_months(day, QUARTER)
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def compared():
    with pytest.MonkeyPatch.context() as patch:
        quick = Way({"learning_rate": 0.2}, (1,))
        patch.setattr(candidates, "Way", lambda **_: quick)
        table = candidates.panel_table(panel(), CARDS, "income")
        return candidates.compare(table, TEST, count=2)


def test_choosing_sees_no_quarter_of_the_test(compared) -> None:
    days = [day for fold in compared["choosing"]["folds"] for day in fold["test"]]
    assert max(days) < TEST.isoformat()
    assert compared["chosen"] in {"lightgbm", "lightgbm_monotone", "logistic", "income"}


def test_every_label_that_taught_is_dated_before_the_quarter_that_judges(compared) -> None:
    for part in ("choosing", "test"):
        for fold in compared[part]["folds"]:
            last = max(fold["teach"] + fold["curve"])
            told = add_months(pd.Timestamp(last).date(), HORIZON)
            assert told.isoformat() < min(fold["test"])
            assert fold["parts"] == 1  # each household once: nobody stands on both sides


def test_populations_stand_apart_with_intervals(compared) -> None:
    rows = compared["test"]["rows"]
    assert {"entry", "return", "new_entry", "all"} <= {r["population"] for r in rows}
    assert all(r["ap_low"] <= r["ap"] <= r["ap_high"] for r in rows)
    assert compared["chosen"] == max(
        candidates.ranks(compared["choosing"]), key=candidates.ranks(compared["choosing"]).get
    )


def test_a_panel_too_short_to_test_is_refused() -> None:
    table = candidates.panel_table(panel("2009Q4"), CARDS, "income")
    with pytest.raises(HomeError, match="can teach and another draw the curve"):
        candidates.compare(table, TEST)
