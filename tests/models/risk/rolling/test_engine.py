"""All candidates on the same folds, and what the report says of them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models.risk.errors import RiskError
from models.risk.measures import Capacity
from models.risk.rolling import evaluate_table
from tests.models.risk.conftest import FEATURES
from tests.models.risk.rolling.conftest import QUICK, table_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def result(people):
    rng = np.random.default_rng(0)
    planted = people.assign(
        card=people["self_paid"].round(),
        # What nobody has: the true chance, with a little noise.
        best=np.clip(people["label"] * 0.6 + 0.2 + 0.05 * rng.normal(size=len(people)), 0, 1),
    )
    table = table_of(
        planted, features=FEATURES, scorecard="card", oracle="best", monotone={"self_paid": 1}
    )
    return evaluate_table(table, count=2, capacity=Capacity(count=20), way=QUICK)


def rows(result, section, **wanted):
    return [r for r in result.report[section] if all(r[k] == v for k, v in wanted.items())]


def test_every_candidate_is_judged_on_the_same_rows(result) -> None:
    names = {"lightgbm_monotone", "lightgbm", "logistic", "both", "scorecard", "income", "oracle"}
    assert set(result.report["candidates"]) == names
    assert len({r["n"] for r in rows(result, "rows", population="all")}) == 1
    assert len(result.scored) == len(result.scored.drop_duplicates(["household", "as_of"]))
    assert {len(f["choices"]) for f in result.report["folds"]} == {3}


def test_the_report_is_plain_json(result) -> None:
    assert json.loads(json.dumps(result.report)) == result.report


def test_a_planted_better_candidate_is_seen_as_better(result) -> None:
    gaps = {g["measure"]: g for g in rows(result, "differences", candidate="oracle")}
    assert gaps["ap"]["difference_low"] > 0
    assert gaps["auc"]["difference_low"] > 0
    worse = {g["measure"]: g for g in rows(result, "differences", candidate="income")}
    assert worse["ap"]["difference_high"] < 0


def test_precision_stands_with_n_interval_and_ties(result) -> None:
    places = ["real", "0.005", "0.01", "0.02", "0.05"]
    assert [r["capacity"] for r in rows(result, "capacity", fold=None, candidate="logistic")] == (
        places
    )
    card = rows(result, "capacity", fold=None, candidate="scorecard", capacity="real")[0]
    months = sum(len(f["test"]) for f in result.report["folds"])
    assert card["k"] == 20 * months
    # The card ties many families: the last places may be won or lost.
    assert card["tie_low"] < card["precision"] < card["tie_high"]
    assert card["precision_low"] < card["precision"] < card["precision_high"]


def test_a_rank_promises_nothing(result) -> None:
    names = {r["candidate"] for r in rows(result, "promise", fold=None)}
    assert names == {"lightgbm_monotone", "lightgbm", "logistic", "income", "oracle"}
    assert "brier" not in rows(result, "rows", population="all", candidate="scorecard")[0]


def test_the_over_promise_is_promised_minus_found(result) -> None:
    one = rows(result, "promise", fold=None, candidate="oracle")[0]
    # The planted scores say .8 of every case: they promise too little.
    assert one["gap"] == pytest.approx(one["promised"] - one["found"])
    assert one["gap_high"] < 0


def test_the_oracle_is_never_chosen(result) -> None:
    assert rows(result, "regret", measure="ap")
    assert all("oracle" not in (r["chosen"], r["best"]) for r in result.report["regret"])
    assert all(r["regret"] >= 0 for r in result.report["regret"])


def test_an_unknown_reference_is_refused(people) -> None:
    with pytest.raises(RiskError, match="no candidate 'rules' to compare with"):
        evaluate_table(table_of(people), count=1, reference="rules", way=QUICK)
