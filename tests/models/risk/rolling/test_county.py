"""A county's own months as folds: what was known at each start teaches, later visits judge."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from models.risk.errors import RiskError
from models.risk.rolling import county as rolling
from models.risk.rolling import report
from models.risk.rolling.candidates import Way
from tests.models.risk import test_questions
from tests.models.risk.conftest import month
from tests.models.risk.test_questions import CARDS, HORIZON, MONTHS

county = test_questions.county


@pytest.fixture
def quick(county, monkeypatch):
    monkeypatch.setattr(rolling, "catalogue", lambda: CARDS)
    monkeypatch.setattr(rolling, "Way", lambda *given: Way({**given[0]}, (1,), given[2], 0.0))
    return county


def test_test_months_are_counted_back_in_quarters() -> None:
    months = [month(i) for i in range(12)]
    found = rolling.blocks(months, month(11), 1, 3)
    assert found == [tuple(months[2:5]), tuple(months[5:8]), tuple(months[8:11])]
    # The coming needs its horizon to have closed.
    assert max(rolling.blocks(months, month(11), 6, 1)[0]) == month(5)
    assert rolling.blocks([], date(2024, 1, 31), 1, 2) == []


@pytest.mark.slow
def test_each_fold_learns_what_was_known_when_it_began(quick) -> None:
    source = rolling.County.read(quick, "existing", 2)
    assert len(source.folds) == 2
    for fold in source.folds:
        for part in range(fold.parts):
            taught, later = source.teach(fold, part), source.judged(fold, part)
            assert set(taught["household"]).isdisjoint(later["household"])
            assert max(taught["visited_on"]) <= fold.known_by
            assert min(later["as_of"]) == fold.known_by
            # The lane: at risk and nobody on the case.
            assert (later["watch"] == "at_risk").all()
            assert not later["in_process"].any()


def test_visits_to_alerts_count_in_the_promise_alone() -> None:
    rows = pd.DataFrame({"label": [1.0, 0.0], "weight": [0.0, 1.0], "label_any": [1.0, 0.0],
                         "weight_any": [1.0, 1.0]})  # fmt: skip
    assert report.by_every_visit(rows)["weight"].tolist() == [1.0, 1.0]
    assert rows["weight"].tolist() == [0.0, 1.0]
    plain = rows[["label", "weight"]]
    assert report.by_every_visit(plain)["weight"].tolist() == [0.0, 1.0]


@pytest.mark.slow
def test_need_is_dated_by_the_first_visit_that_found_it(quick) -> None:
    source = rolling.County.read(quick, "existing", 1)
    later = source.judged(source.folds[0], 0)
    found = later[later["label"] == 1]
    assert len(found)
    assert found["need_on"].notna().all()
    assert (found["need_on"].dt.date > found["as_of"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("question", ["existing", "coming"])
def test_the_report_is_kept_where_the_page_looks(quick, question) -> None:
    assert rolling.read_rolling(quick, question) is None
    found = rolling.evaluate_question(quick, question, count=1, slots={question: 20})
    assert rolling.read_rolling(quick, question) == found
    assert found["synthetic"] is True
    assert found["horizon"] == (1 if question == "existing" else HORIZON)
    assert {"lightgbm", "logistic", "scorecard", "both", "income"} <= set(found["candidates"])
    assert found["leaks"]["flags"] == []
    assert all(f["known_by"] <= min(f["test"]) for f in found["folds"])
    pooled = {r["candidate"]: r for r in found["capacity"]
              if r["fold"] is None and r["capacity"] == "real"}  # fmt: skip
    assert 0 < pooled["logistic"]["n_seen"] <= pooled["logistic"]["k"]


def test_persons_may_not_be_split_at_random(quick) -> None:
    with pytest.raises(RiskError, match="a random split over persons is refused"):
        rolling.evaluate_question(quick, "existing", split="random")


def test_too_little_history_says_what_would_help(quick, monkeypatch) -> None:
    kept = [m for m in (month(i) for i in range(MONTHS)) if m >= month(MONTHS - 2)]
    monkeypatch.setattr(type(quick), "months", lambda self, kind: kept)
    with pytest.raises(RiskError, match="run 'doudi run --as-of' for more months"):
        rolling.County.read(quick, "existing", 2)
