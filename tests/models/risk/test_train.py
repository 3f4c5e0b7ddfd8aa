"""Fitting: deterministic, monotone where promised, nothing learnt from what it may not see."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.risk import measures
from models.risk.errors import RiskError
from models.risk.fitted import FittedRisk
from models.risk.matrix import Encoder
from models.risk.train import fit, inner_folds
from tests.models.risk.conftest import FEATURES, month


def test_the_same_data_and_seed_give_the_same_model(frame, masks, fitted) -> None:
    directions = {"income_to_standard": -1, "self_paid": 1}
    again = fit(frame, FEATURES, **masks, monotone=directions, seeds=(1, 2), rounds=40)
    assert np.array_equal(again.predict(frame), fitted.predict(frame))


@pytest.mark.slow
def test_more_income_never_raises_the_risk_and_more_costs_never_lower_it(frame, fitted) -> None:
    some = frame.sample(60, random_state=1)
    steps = np.linspace(0.01, 8, 60)
    for name, sign in {"income_to_standard": -1, "self_paid": 1}.items():
        risks = np.stack([fitted.predict(some.assign(**{name: np.float32(v)})) for v in steps])
        assert (np.diff(risks, axis=0) * sign >= -1e-12).all()


def test_the_model_ranks_far_better_than_chance_on_later_months(frame, masks, fitted) -> None:
    late = frame[masks["calibrate_on"]]
    assert measures.auc(fitted.predict(late), late["label"].to_numpy()) > 0.7


def test_probabilities_mean_what_they_say(frame, masks, fitted) -> None:
    late = frame[masks["calibrate_on"]]
    assert fitted.predict(late).mean() == pytest.approx(late["label"].mean(), abs=0.01)


@pytest.mark.slow
def test_rounds_are_chosen_inside_the_training_rows(frame, masks) -> None:
    model = fit(frame, FEATURES, **masks, seeds=(1,))
    assert 20 <= model.report["rounds"] < 400
    changed = frame.assign(label=frame["label"].where(masks["train"], 1 - frame["label"]))
    other = fit(changed, FEATURES, **masks, seeds=(1,))
    # Calibration labels turned round: the trees do not notice.
    assert np.array_equal(other.margin(frame), model.margin(frame))


def test_stopping_rows_are_later_and_of_other_households(frame) -> None:
    folds = inner_folds(frame, "as_of", "household")
    assert len(folds) == 3
    for grow, stop in folds:
        assert frame["as_of"][grow].max() < frame["as_of"][stop].min()
        assert set(frame["household"][grow]).isdisjoint(frame["household"][stop])
    late = np.logical_or.reduce([stop for _, stop in folds])
    assert frame["as_of"][late].nunique() == 2  # the latest quarter of eight months


def test_households_seen_once_are_held_back_by_time_alone(frame) -> None:
    once = frame.drop_duplicates("household").assign(as_of=[month(i % 4) for i in range(400)])
    ((grow, stop),) = inner_folds(once, "as_of", "household")
    assert (grow ^ stop).all()
    assert once["as_of"][stop].unique().tolist() == [month(3)]


def test_without_time_or_group_fixed_thirds_stop_the_growing(frame) -> None:
    for grow, stop in inner_folds(frame, None, None):
        assert (grow ^ stop).all()
        assert 0.2 < stop.mean() < 0.5


def test_candidates_are_compared_and_the_better_wins(frame, masks) -> None:
    small = {"learning_rate": 0.1}
    useless = {"min_data_in_leaf": 5000}
    model = fit(frame, FEATURES, **masks, params=small, candidates=[useless, {}], seeds=(1,))
    assert model.report["params"]["min_data_in_leaf"] != 5000


def test_refit_learns_from_the_calibration_rows_too(frame, masks) -> None:
    once = fit(frame, FEATURES, **masks, seeds=(1,), rounds=30)
    more = fit(frame, FEATURES, **masks, seeds=(1,), rounds=30, refit=True)
    assert more.calibrator == once.calibrator
    assert not np.array_equal(more.margin(frame), once.margin(frame))


def test_rows_without_a_label_are_left_out(frame, masks) -> None:
    gaps = frame.assign(label=frame["label"].where(frame.index % 7 != 0))
    model = fit(gaps, FEATURES, **masks, seeds=(1,), rounds=20)
    known = gaps["label"].notna().to_numpy()
    assert model.report["n_train"] == int((masks["train"] & known).sum())


def test_a_row_in_both_roles_is_refused(frame, masks) -> None:
    with pytest.raises(RiskError, match="must not overlap"):
        fit(frame, FEATURES, train=masks["train"], calibrate_on=masks["train"])


def test_too_few_cases_are_refused_with_their_number(frame, masks) -> None:
    calm = frame.assign(label=0.0)
    with pytest.raises(RiskError, match="training has 0 households in need"):
        fit(calm, FEATURES, **masks)


def test_a_missing_feature_is_named(frame, masks, fitted) -> None:
    with pytest.raises(RiskError, match="self_paid"):
        fitted.predict(frame.drop(columns="self_paid"))


def test_a_saved_model_gives_the_same_risks(frame, fitted, tmp_path) -> None:
    fitted.save(tmp_path / "m")
    loaded = FittedRisk.load(tmp_path / "m")
    assert np.array_equal(loaded.predict(frame), fitted.predict(frame))
    assert loaded.report == fitted.report
    assert {p.suffix for p in (tmp_path / "m").iterdir()} == {".txt", ".json"}  # nothing pickled


def test_an_empty_folder_holds_no_model(tmp_path) -> None:
    with pytest.raises(RiskError, match="no risk model"):
        FittedRisk.load(tmp_path)


def test_unknown_categories_are_treated_like_missing_ones(frame, fitted) -> None:
    some = frame.head(20)
    strange = fitted.predict(some.assign(heating="fusion"))
    assert np.array_equal(strange, fitted.predict(some.assign(heating=None)))


def test_booleans_with_gaps_and_whole_numbers_become_numbers() -> None:
    rows = pd.DataFrame({"owns": [True, None, False], "rooms": pd.array([1, None, 3], "Int64")})
    matrix = Encoder.learn(rows, ["owns", "rooms"]).encode(rows)
    assert matrix[:, 0].tolist()[::2] == [1.0, 0.0]
    assert np.isnan(matrix[1]).all()
    assert matrix.dtype == np.float32


def test_dates_are_no_feature(frame) -> None:
    rows = pd.DataFrame({"since": [month(0), month(1)]})
    with pytest.raises(RiskError, match="feature since"):
        Encoder(("since",)).encode(rows)
