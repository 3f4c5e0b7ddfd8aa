"""Folds by time, a horizon apart, no household on both sides."""

from __future__ import annotations

import pytest

from core.home import add_months
from models.risk.errors import RiskError
from models.risk.rolling import evaluate_table, rolling_folds
from models.risk.rolling.engine import apart
from models.risk.rolling.folds import judged_rows, teach_rows
from tests.models.risk.conftest import month
from tests.models.risk.rolling.conftest import HORIZON, table_of


def test_the_horizon_is_a_gap_before_the_curve_and_before_the_test(people) -> None:
    folds = rolling_folds(table_of(people), 3)
    assert len(folds) == 3
    for fold in folds:
        assert add_months(max(fold.teach), HORIZON) <= min(fold.curve)
        assert add_months(max(fold.curve), HORIZON) <= min(fold.test)
    # Later folds know more and judge later; no month is judged twice.
    assert [f.known_by for f in folds] == sorted(f.known_by for f in folds)
    tested = [m for f in folds for m in f.test]
    assert len(tested) == len(set(tested))
    assert max(tested) == month(13)


def test_months_of_arrival_widen_the_gap(people) -> None:
    late = rolling_folds(table_of(people, gap=2), 1, step=2)[0]
    assert add_months(max(late.curve), HORIZON + 2) <= late.known_by


def test_no_row_that_teaches_was_known_after_the_fold_began(people) -> None:
    table = table_of(people)
    for fold in rolling_folds(table, 2):
        rows = teach_rows(table, fold, 0)
        assert max(add_months(m, HORIZON) for m in rows["as_of"]) <= fold.known_by
        # Rows between what grows and the curve come in with the refit, not before.
        assert set(rows.loc[rows["grow"], "as_of"]) == set(fold.teach)
        assert set(rows.loc[rows["curve_weight"] > 0, "as_of"]) == set(fold.curve)


def test_every_household_is_judged_once_by_a_model_that_never_saw_it(people) -> None:
    table = table_of(people)
    fold = rolling_folds(table, 1)[0]
    assert fold.parts == 3
    judged = []
    for part in range(fold.parts):
        taught, later = teach_rows(table, fold, part), judged_rows(table, fold, part)
        assert not set(taught["household"]) & set(later["household"])
        judged += list(later["household"].unique())
    assert sorted(judged) == sorted(people["household"].unique())


def test_a_household_on_both_sides_is_refused(people) -> None:
    table = table_of(people)
    fold = rolling_folds(table, 1)[0]
    taught, later = teach_rows(table, fold, 0), judged_rows(table, fold, 0)
    planted = later.assign(household=[taught["household"].iloc[0], *later["household"].iloc[1:]])
    with pytest.raises(RiskError, match=r"1 household\(s\) teach and are judged"):
        apart(taught, planted)
    with pytest.raises(RiskError, match="not older than the months that judge"):
        apart(taught, later.assign(as_of=taught["as_of"].min()))
    with pytest.raises(RiskError, match="give at least two parts"):
        rolling_folds(table, 1, parts=1)


def test_households_that_come_once_need_no_parts(people) -> None:
    once = people.drop_duplicates("household", keep="last").assign(
        as_of=[month(i % 14) for i in range(300)]
    )
    assert rolling_folds(table_of(once), 1)[0].parts == 1


def test_a_random_split_over_persons_is_refused_with_the_reason(people) -> None:
    with pytest.raises(RiskError, match="same family stands on both sides"):
        evaluate_table(table_of(people), split="persons")


def test_a_history_too_short_is_told(people) -> None:
    short = people[people["as_of"] <= month(3)]
    with pytest.raises(RiskError, match="too little history for a fold: 4"):
        rolling_folds(table_of(short), 2)
