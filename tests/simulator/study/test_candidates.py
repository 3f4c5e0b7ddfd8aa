"""Which households a candidate is judged on, and by which truth."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.home import HomeError
from simulator.study import candidate_runs, candidates
from simulator.study.runs import Run
from simulator.world.clock import month_number
from tests.simulator.study.sheet import JULY, Sheet, record, truth

IN_JULY = "." * 6 + "1"


def scored(*households: str) -> pd.DataFrame:
    """A month's scores, the first household highest."""
    ranks = [float(n) for n in range(len(households), 0, -1)]
    return pd.DataFrame({"household": households, "month": JULY, "logistic": ranks, "both": None})


def county():
    """`open` has a case of the month before, `soon` comes into need in September."""
    sheet = Sheet()
    sheet.alert("open", "2025-06-30")
    sheet.alert("x", "2025-07-31", source="risk", question="existing")
    true = truth({"open": IN_JULY, "found": IN_JULY, "soon": "." * 8 + "1", "well": ""})
    risk = pd.DataFrame(
        {"household": ["found"], "watch": "at_risk", "existing": 0.7, "coming": 0.1}
    )
    return record(sheet, true, risk={JULY: risk})


def test_the_existing_is_judged_by_the_month_itself() -> None:
    rows = candidates._judged(county(), "existing", JULY, scored("open", "found", "soon", "well"))
    assert rows is not None
    assert rows["household"].tolist() == ["found", "soon", "well"]
    assert rows["need"].tolist() == [1.0, 0.0, 0.0]
    assert rows["oracle"].tolist() == [1.0, 0.0, 0.0]
    assert rows["visits"].tolist() == [1, 1, 1]
    # Whom the model in use gave no risk, it would have visited last.
    assert rows["in_use"].tolist() == [0.7, 0.0, 0.0]
    assert "both" not in rows.columns


def test_the_coming_leaves_out_who_is_in_need_already() -> None:
    rows = candidates._judged(county(), "coming", JULY, scored("open", "found", "soon", "well"))
    assert rows is not None
    assert rows["household"].tolist() == ["soon", "well"]
    assert rows["need"].tolist() == [1.0, 0.0]
    assert "oracle" not in rows.columns


def test_a_month_whose_half_year_is_not_over_says_nothing_of_the_coming() -> None:
    january = month_number("2026-01")
    assert candidates._judged(county(), "coming", january, scored("soon")) is None
    december = candidates._judged(county(), "coming", january - 1, scored("soon"))
    assert december is not None


def test_the_oracle_ranks_by_futures_of_the_true_state(monkeypatch) -> None:
    sheet = Sheet()
    true = truth({"000000": "", "000001": "", "000002": ""})
    told = record(sheet, true)
    part = scored("000002", "000000").assign(need=0.0)
    monkeypatch.setattr(candidates, "true_state", lambda record, month: SimpleNamespace())
    asked = []

    def futures(worlds, n, workers):
        asked.extend(world._rows.tolist() for world in worlds)
        return [(np.array([0.5, 0.0]), np.array([0.3, 0.2]))]

    monkeypatch.setattr(candidates, "futures", futures)
    (rows,) = candidates._with_futures(told, [part], 4, 1)
    assert asked == [[2, 0]]
    assert rows["oracle"].tolist() == [0.8, 0.2]
    monkeypatch.setattr(candidates, "true_state", lambda record, month: None)
    told = record(sheet, true, SimpleNamespace(root="HOME"))
    with pytest.raises(HomeError, match="no true state of HOME"):
        candidates._with_futures(told, [part], 4, 1)


def test_a_county_that_has_its_rows_is_not_lived_again(tmp_path: Path, monkeypatch) -> None:
    lived = []
    monkeypatch.setattr(
        candidate_runs.county, "live", lambda home, **given: lived.append(given["seed"])
    )
    monkeypatch.setattr(candidate_runs, "read_record", lambda home: None)
    monkeypatch.setattr(candidate_runs, "candidate_rows", lambda *given, **more: scored("a"))
    runs = candidate_runs.counties(2, 500)
    assert [(run.seed, run.setting) for run in runs] == [(51, "calm"), (52, "normal")]
    alike = candidate_runs.counties(2, 500, 7, "normal")
    assert [(run.seed, run.setting) for run in alike] == [(7, "normal"), (8, "normal")]
    first = candidate_runs.all_rows([Run(51, "calm", 500)], tmp_path)
    assert set(first) == {"existing", "coming"}
    again = candidate_runs.all_rows(runs, tmp_path)
    assert lived == [51, 52]
    assert again["coming"]["county"].unique().tolist() == ["calm 51", "normal 52"]
