"""What a run keeps beside its model, and that it is found again wherever the store is."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from core.home import Home
from features.versions import code_version
from models.risk.dataset import catalogue, listed
from models.risk.portable import artefacts, keeping, plots
from models.risk.portable.months import month_rows
from models.risk.tracking import log_and_register, open_client
from tests.models.risk.conftest import month

pytestmark = pytest.mark.slow

CONTENT = {
    "question": "existing",
    "synthetic": True,
    "rows": [
        {"population": "all", "scorer": "model", "precision_at_k": 0.6, "precision_low": 0.5,
         "precision_high": 0.7, "n_seen": 90, "k": 120},
        {"population": "return", "scorer": "model", "precision_at_k": None},
    ],
    "reliability": [{"scorer": "model", "mean_risk": 0.2, "observed": 0.25, "n": 40}],
    "importance": [{"feature": "income_to_standard", "mean_abs_shap": 0.4}],
    "by_month": [{"month": "2026-05-31", "precision_at_k": 0.5, "precision_low": 0.3,
                  "precision_high": 0.7, "n_seen": 30}],
}  # fmt: skip


@pytest.fixture
def run(home, fitted):
    kept = log_and_register(home, fitted, question="existing")
    keeping.keep(home, kept.run_id, CONTENT)
    return open_client(home).get_run(kept.run_id)


def test_report_pictures_months_and_populations_are_kept(home, run) -> None:
    client = open_client(home)
    assert artefacts.read_json(home, client, run, artefacts.REPORT)["rows"] == CONTENT["rows"]
    files = {one.path for one in client.list_artifacts(run.info.run_id, "plots")}
    assert files == {f"plots/{name}.png" for name in
                     ("calibration", "precision_at_capacity", "importance", "months")}  # fmt: skip
    (point,) = client.get_metric_history(run.info.run_id, "month.precision_at_k")
    assert (point.step, point.value) == (202605, 0.5)
    assert run.data.tags["populations"] == "all, return"
    assert run.data.tags["synthetic"] == "true"


def test_each_question_has_an_experiment_of_its_own(home, fitted, run) -> None:
    other = log_and_register(home, fitted, question="coming")
    client = open_client(home)
    ids = {run.info.experiment_id, client.get_run(other.run_id).info.experiment_id}
    assert {client.get_experiment(one).name for one in ids} == {
        "doudi-risk-existing", "doudi-risk-coming",
    }  # fmt: skip


def test_a_moved_home_finds_the_report_of_its_runs(home, run, tmp_path) -> None:
    shutil.move(home.root, tmp_path / "moved")
    moved = Home(tmp_path / "moved")
    found = artefacts.read_json(moved, open_client(moved), run, artefacts.REPORT)
    assert found["question"] == "existing"
    assert artefacts.read_json(moved, open_client(moved), run, "nothing.json") is None


def test_a_training_that_no_later_month_tested_draws_only_what_it_has() -> None:
    assert set(plots.pictures({"importance": CONTENT["importance"]})) == {"importance.png"}
    assert plots.pictures({}) == {}


def test_each_month_is_measured_by_itself() -> None:
    rows = pd.DataFrame(
        {
            "as_of": [month(0)] * 4 + [month(1)] * 4,
            "model": [0.9, 0.8, 0.2, 0.1] * 2,
            "label": [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
            "weight": 1.0,
            "reason": "round",
        }
    )
    first, second = month_rows(rows, np.ones(8, bool), 2)
    assert (first["month"], first["precision_at_k"], first["n_seen"]) == ("2024-01-31", 1.0, 2)
    assert (second["precision_at_k"], second["recall_at_k"]) == (0.0, 0.0)


def test_a_feature_carries_the_version_of_its_code() -> None:
    cards = catalogue()
    told = listed(cards, list(cards)[:40])
    assert all(len(one["code"]) == 12 for one in told)
    assert len({one["code"] for one in told}) == 40
    assert {one["code"] for one in listed(cards, list(cards)[:3], own=True)} == {""}


def test_a_features_version_follows_what_it_is_computed_from() -> None:
    from dataclasses import replace

    from features.engine.feature import scratch_registry

    known = _features()
    derived, part = next(
        (f, name) for f in known.values() if f.kind == "derived" for name in f.uses if name in known
    )
    before = code_version(derived.name)
    with scratch_registry(copy=True) as scratch:
        used = scratch.features[part]
        scratch.features[used.name] = replace(used, months=(used.months or 0) + 1)
        code_version.cache_clear()
        assert code_version(derived.name) != before
    code_version.cache_clear()
    assert code_version(derived.name) == before
    assert code_version("no_such_feature") == ""


def _features():
    from features.engine.feature import registry

    return registry().features
