"""Logging, promotion and going back."""

from __future__ import annotations

import json
import os
import shutil

import numpy as np
import pandas as pd
import pytest

from core.home import Home
from models.risk import registry, tracking
from models.risk.errors import RiskError
from models.risk.score import score_month
from tests.models.risk.conftest import FEATURES, month

pytestmark = pytest.mark.slow


def metrics(precision: float, champion: float | None = None, ece: float = 0.01):
    rows = [{"population": "all", "scorer": "model", "precision_at_k": precision, "ece": ece}]
    if champion is not None:
        rows.append(
            {"population": "all", "scorer": "champion", "precision_at_k": champion, "ece": 0.01}
        )
    return rows


def log(home: Home, fitted, rows=()) -> str:
    return tracking.log_and_register(home, fitted, rows=rows).version


def test_a_logged_model_comes_back_as_it_was(home, frame, fitted) -> None:
    features = [{"name": FEATURES[0], "label_zh": "收入", "unit": "yuan"}]
    kept = tracking.log_and_register(
        home,
        fitted,
        rows=metrics(0.5),
        split={"horizon": 6, "known_by": "2025-06-30"},
        fingerprint=tracking.fingerprint_of(home, frame, FEATURES, {"train": 10}),
        features=features,
    )
    registry.promote(home, kept.version, reason="first", actor="tester")
    loaded, version = registry.load(home)
    assert version == kept.version == "1"
    assert np.array_equal(loaded.predict(frame), fitted.predict(frame))
    run = tracking.open_client(home).get_run(kept.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["horizon"] == "6"
    assert run.data.metrics["all.model.precision_at_k"] == 0.5
    assert run.data.tags["data.rows_train"] == "10"
    assert len(run.data.tags["data.table_sha256"]) == 64
    assert run.data.tags["code"]
    written = list(home.mlruns.rglob("features.json"))
    assert json.loads(written[0].read_text(encoding="utf-8")) == features


def test_mlflows_own_loader_predicts_the_same_and_nothing_is_pickled(home, frame, fitted) -> None:
    with tracking.quiet():
        import mlflow.pyfunc
    log(home, fitted)
    (card,) = home.mlruns.rglob("MLmodel")
    assert not [p for p in card.parent.rglob("*") if p.suffix in {".pkl", ".pickle"}]
    with tracking.quiet():
        model = mlflow.pyfunc.load_model(str(card.parent))
        rows = frame.head(50)[FEATURES].astype({"heating": "object"})
        risk = model.predict(rows)
    assert np.allclose(risk, fitted.predict(rows))
    names = [column.name for column in model.metadata.signature.inputs]
    assert names == list(fitted.features)


def test_no_global_tracking_address_is_left_behind(home, fitted) -> None:
    log(home, fitted)
    assert "MLFLOW_TRACKING_URI" not in os.environ


def test_promotion_keeps_the_previous_champion_and_rollback_returns_to_it(home, fitted) -> None:
    first, second = log(home, fitted), log(home, fitted, metrics(0.5, champion=0.45))
    registry.challenge(home, second)
    assert registry.champion_version(home) is None
    registry.promote(home, first, reason="first model", actor="ann")
    registry.promote(home, second, reason="better on new entries", actor="ann")
    assert registry.champion_version(home) == second
    assert registry.alias(home, registry.PREVIOUS) == first
    assert registry.alias(home, registry.CHALLENGER) is None
    assert registry.rollback(home, reason="too many false alarms", actor="bob") == first
    assert registry.champion_version(home) == first
    steps = registry.history(home)
    assert [(s.action, s.version, s.previous) for s in steps] == [
        ("promote", first, None),
        ("promote", second, first),
        ("rollback", first, second),
    ]
    card = registry.champion_card(home)
    assert card["reason"] == "too many false alarms"
    assert card["actor"] == "bob"


def test_a_worse_candidate_is_refused_unless_forced(home, fitted) -> None:
    first = log(home, fitted)
    registry.promote(home, first, reason="first")
    worse = log(home, fitted, metrics(0.30, champion=0.50))
    with pytest.raises(RiskError, match=r"precision at capacity is 0.300, the champion's 0.500"):
        registry.promote(home, worse, reason="newer")
    uncalibrated = log(home, fitted, metrics(0.50, champion=0.50, ece=0.08))
    with pytest.raises(RiskError, match="calibration error"):
        registry.promote(home, uncalibrated, reason="newer")
    unmeasured = log(home, fitted, metrics(0.9))
    with pytest.raises(RiskError, match="not measured beside the champion"):
        registry.promote(home, unmeasured, reason="newer")
    assert registry.champion_version(home) == first
    registry.promote(home, worse, reason="the bureau decided", force=True)
    assert registry.champion_version(home) == worse
    assert registry.history(home)[-1].forced


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_promotion_without_a_reason_is_refused(home, fitted, reason) -> None:
    version = log(home, fitted)
    with pytest.raises(RiskError, match="needs a reason"):
        registry.promote(home, version, reason=reason)


def test_before_the_first_model_everything_says_so(home) -> None:
    assert registry.champion_version(home) is None
    assert registry.champion_card(home) is None
    assert registry.history(home) == []
    with pytest.raises(RiskError, match=r"no champion.*doudi train"):
        registry.load(home)
    with pytest.raises(RiskError, match="no risk model version 7"):
        registry.promote(home, "7", reason="x")
    with pytest.raises(RiskError, match="no previous champion"):
        registry.rollback(home, reason="x")
    with pytest.raises(RiskError, match="no champion"):
        score_month(home, month(0))


def test_a_home_that_never_trained_is_not_given_a_database_by_asking(tmp_path) -> None:
    fresh = Home(tmp_path)
    assert registry.champion_version(fresh) is None
    assert registry.champion_card(fresh) is None
    assert registry.history(fresh) == []
    assert list(tmp_path.iterdir()) == []


def test_a_moved_home_still_finds_its_models_and_logs_to_its_new_place(
    home, frame, fitted, tmp_path
) -> None:
    registry.promote(home, log(home, fitted), reason="first")
    moved = Home(tmp_path / "elsewhere")
    shutil.move(home.root, moved.root)
    loaded, _ = registry.load(moved)
    assert np.array_equal(loaded.margin(frame.head()), fitted.margin(frame.head()))
    log(moved, fitted)
    assert len(list(moved.mlruns.rglob("risk.json"))) == 2
    assert not home.root.exists()


def test_the_fingerprint_ignores_row_order_and_sees_every_value(home, frame) -> None:
    def of(rows: pd.DataFrame) -> str:
        return tracking.fingerprint_of(home, rows, FEATURES, {})["table_sha256"]

    assert of(frame) == of(frame.sample(frac=1.0, random_state=1))
    assert of(frame) != of(frame.assign(self_paid=frame["self_paid"] + 1))
