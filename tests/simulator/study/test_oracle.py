"""The oracle and the model on the same households, at the visits the lane really had."""

import json

import numpy as np
import pandas as pd
import pytest

from simulator.study import oracle
from simulator.study.capacity import Ranking, top_hits, visits_of
from simulator.study.compare import Pooled, compare, scored_file
from simulator.study.truth import Truth
from simulator.world.clock import month_text
from simulator.world.founding import new_world
from simulator.world.step import step
from tests.simulator.study.sheet import JULY, Sheet, record, truth


class Folder:
    """A home that has only reports and truth."""

    def __init__(self, path):
        self.reports = self.truth = path


def test_households_tied_at_the_last_place_share_it():
    score = np.array([0.9, 0.5, 0.5, 0.5])
    need = np.array([1, 1, 0, 0])
    assert top_hits(score, need, 1) == 1
    assert top_hits(score, need, 2) == pytest.approx(1 + 1 / 3)
    assert top_hits(score, need, 9) == 2


def test_a_household_drawn_twice_takes_two_places():
    ranking = Ranking.of(np.array([0.9, 0.5, 0.1]), np.array([0, 1, 1]))
    assert ranking.hits(np.array([2.0, 1.0, 1.0]), 2) == 0
    assert ranking.hits(np.array([0.0, 1.0, 1.0]), 2) == 2


def test_capacity_is_what_the_lane_raised_that_month():
    sheet = Sheet()
    for number, (question, source) in enumerate(
        [("coming", "risk"), ("existing", "risk"), ("existing", "rule"), ("existing", "event"),
         ("existing", "audit")]
    ):  # fmt: skip
        sheet.alert(f"h{number}", "2025-07-31", question=question, source=source)
    told = record(sheet, truth({"a": ""}))
    assert visits_of(told, JULY, "coming") == 1
    assert visits_of(told, JULY, "existing") == 2
    assert visits_of(told, JULY + 1, "existing") == 0


def test_alerts_of_before_the_two_questions_count_by_lane():
    sheet = Sheet()
    for source in ("risk", "rule", "event"):
        sheet.alert(source, "2025-07-31", source=source)
    told = record(sheet, truth({"a": ""}))
    assert visits_of(told, JULY, "coming") == 1
    assert visits_of(told, JULY, "existing") == 2


def risk(**existing):
    rows = pd.DataFrame({"household": list(existing), "existing": list(existing.values())})
    return rows.assign(watch="at_risk", coming=rows["existing"])


def test_the_existing_is_judged_on_families_at_risk_that_are_not_in_process():
    sheet = Sheet()
    sheet.alert("open", "2025-06-30")  # a case of the month before, still open
    sheet.alert("x", "2025-07-31", source="risk", question="existing")
    need = "." * 6 + "1"
    true = truth({"open": need, "found": need, "missed": need, "well": ""})
    told = record(sheet, true, risk={JULY: risk(open=0.9, found=0.8, missed=0.1, well=0.5)})
    found = oracle.existing(told)
    assert (found["existing_visits"], found["existing_cases"]) == (1, 2)
    assert found["existing_model"] == 1.0
    assert found["existing_oracle"] == 1.0


def test_the_coming_leaves_out_those_already_in_need_and_counts_both_halves():
    sheet = Sheet()
    sheet.alert("x", "2025-07-31", source="risk", question="coming")
    true = truth({"000000": "." * 6 + "1", "000001": "." * 8 + "1", "000002": ""})
    told = record(sheet, true, risk={JULY: risk(**{"000000": 0.9, "000001": 0.2, "000002": 0.6})})
    people = oracle._people(told, JULY)
    assert people["household"].tolist() == ["000001", "000002"]
    assert people["row"].tolist() == [1, 2]
    first, second = np.array([0.8, 0.0]), np.array([0.6, 0.2])
    found = oracle._month(people, visits_of(told, JULY, "coming"), first, second)
    assert found[""] == (1, 0.0, 1.0)  # the model visits 000002, the oracle 000001
    assert found["_expected"] == (1, pytest.approx(0.1), pytest.approx((0.6 + 0.8) / 2))
    pooled = oracle._pooled("", [found])
    assert pooled["coming_share_of_oracle"] == 0.0
    assert oracle._pooled("", [])["coming_share_of_oracle"] is None


def test_without_a_scored_table_the_comparison_is_null(tmp_path):
    found = compare(record(Sheet(), truth({"a": ""}), Folder(tmp_path)))
    assert found["model_minus_logistic"] is None
    assert found["model_minus_logistic_low"] is None


def test_a_home_without_scored_tables_still_tells_what_its_training_reported(tmp_path):
    rows = [
        {"population": "all", "scorer": "model", "precision_at_k": 0.413},
        {"population": "all", "scorer": "logistic", "precision_at_k": 0.422},
        {"population": "return", "scorer": "model", "precision_at_k": 0.9},
    ]
    (tmp_path / "model_report.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    found = compare(record(Sheet(), truth({"a": ""}), Folder(tmp_path)))
    assert found["reported_model_minus_logistic"] == pytest.approx(-0.009)


def scored(tmp_path, families=40):
    """LightGBM ranks the needy first in every month, logistic last; each month two visits."""
    rows = [
        {
            "household": f"h{n}",
            "as_of": pd.Timestamp("2025-07-31"),
            "lightgbm": float(n < 10),
            "logistic": float(n >= 10),
            "label": None,
        }
        for n in range(families)
    ]
    pd.DataFrame(rows).to_parquet(scored_file(Folder(tmp_path), "existing"))


def test_model_minus_logistic_is_judged_by_the_truth_at_the_months_visits(tmp_path):
    scored(tmp_path)
    sheet = Sheet()
    sheet.alert("x", "2025-07-31", source="risk", question="existing")
    sheet.alert("y", "2025-07-31", source="risk", question="existing")
    true = truth({f"h{n}": "." * 6 + "1" if n < 10 else "" for n in range(40)})
    found = compare(record(sheet, true, Folder(tmp_path)), replicates=50)
    assert found["model_minus_logistic"] == 1.0
    assert found["model_minus_logistic_visits"] == 2
    assert found["at_capacity"] == {"lightgbm": 1.0, "logistic": 0.0}
    assert found["model_minus_logistic_recorded"] is None


def test_the_bootstrap_draws_households_so_that_many_months_of_one_are_one():
    rng = np.random.default_rng(0)
    names = [f"h{n}" for n in range(60)]
    one = pd.DataFrame({"household": names, "score": rng.random(60), "need": rng.random(60) < 0.4})
    one = one.assign(visits=20)
    once = Pooled([one], "score", "need", one["household"])
    often = Pooled([one] * 12, "score", "need", one["household"])
    weight = np.bincount(rng.integers(0, 60, 60), minlength=60).astype(float)
    # Twelve equal months tell no more than one: every redrawn county gives the same precision.
    assert often.precision(weight) == pytest.approx(once.precision(weight))


@pytest.mark.slow
def test_a_month_between_saved_states_is_lived_again_and_must_agree_with_the_truth(tmp_path):
    state = new_world(3, 300, JULY - 12, JULY, "normal")
    state.save(tmp_path / "states" / f"{month_text(state.month)}.npz")
    start, rows = state.month, []
    for _ in range(18):
        step(state)
        rows.append(state.h.unmet.copy())
    unmet = np.stack(rows)
    assert unmet.any()
    names = [f"990321{n:06d}" for n in range(300)]
    own = pd.Series(range(300), index=names)
    true = Truth(start + 1, pd.Index(names), np.array(names), unmet, unmet, unmet, own)
    told = record(Sheet(), true, Folder(tmp_path))
    again = oracle.true_state(told, start + 14)
    assert again is not None
    assert (again.h.unmet == unmet[13]).all()
    # A county in which help changed a life since the saved state cannot be lived again from it.
    unmet[13, 5] = ~unmet[13, 5]
    assert oracle.true_state(told, start + 14) is None


@pytest.mark.parametrize("alone", [True, False])
def test_a_household_is_asked_about_alone_where_its_luck_is_its_own(monkeypatch, alone):
    class County:
        def __init__(self, rows):
            self.rows = rows

    if alone:
        County.part = lambda self, rows: County(self.rows[rows])
    monkeypatch.setattr(oracle, "unmet_share", lambda state, horizon, n, seed: state.rows / n)
    world = oracle.World(County(np.array([10.0, 20.0, 30.0])), np.array([2, 0]))
    assert oracle.futures([world], 3, 1)[0][0].tolist() == [15.0, 5.0]  # two of three to rank


def test_at_least_two_futures_are_needed_to_rank_and_to_count():
    with pytest.raises(ValueError, match="at least two futures"):
        oracle.futures([], 1, 1)
    assert oracle.futures([], 2, 1) == []
