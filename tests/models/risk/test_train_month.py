"""The whole training step on a small county of hand-made profiles."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

import models.risk
from core.home import add_months
from features.engine.feature import column
from models.risk import dataset, monthly, registry
from models.risk.errors import RiskError
from models.risk.score import write_parquet
from models.risk.truth import true_outcome
from tests.models.risk.conftest import FEATURES, households, month

HORIZON, MONTHS = 2, 12
CARDS = {name: column(name, name, name, "", "B", 0) for name in FEATURES}
CARDS["income_to_standard"] = replace(CARDS["income_to_standard"], monotone=-1)
ROLLS = ["household", "assistance_class", "event", "happened_on", "known_on"]


class TinyLake:
    """Emergency grants in the month after a row whose label is 1; no visits ever."""

    rolls = pd.DataFrame(columns=ROLLS)

    def __init__(self, home) -> None:
        pass

    def table(self, con, feed, as_of=None):
        if feed != "assistance_rolls":
            return None
        rows = ibis.memtable(self.rolls, schema=dict(zip(ROLLS, [*["string"] * 3, "date", "date"],
                                                          strict=True)))  # fmt: skip
        return rows if as_of is None else rows.filter(rows.known_on <= as_of)

    def empty(self, feed):
        fields = [("household", "string"), ("happened_on", "date32"), ("unmet_need", "bool")]
        return ibis.memtable(
            pa.schema([(n, pa.type_for_alias(t)) for n, t in fields]).empty_table()
        )


@pytest.fixture
def county(home, monkeypatch):
    frame = households(n=150, months=MONTHS, seed=5)
    for as_of, rows in frame.groupby("as_of"):
        profile = rows.drop(columns="label")
        write_parquet(profile, home.monthly("profile", as_of) / "household.parquet")
        card = rows[["household"]].assign(rule_score=rows["self_paid"].round().astype(float))
        write_parquet(card, home.monthly("scores", as_of) / "scores.parquet")
    cases = frame[frame["label"] == 1]
    when = [add_months(m, 1).replace(day=15) for m in cases["as_of"]]
    monkeypatch.setattr(
        TinyLake,
        "rolls",
        pd.DataFrame(
            {
                "household": cases["household"].to_numpy(),
                "assistance_class": "emergency",
                "event": "grant",
                "happened_on": when,
                "known_on": [d.replace(day=28) for d in when],
            }
        ),
    )
    monkeypatch.setattr("data.lake.Lake", TinyLake)
    for module in (dataset, monthly):
        monkeypatch.setattr(module, "catalogue", lambda: CARDS)
    home.truth.mkdir(parents=True)
    need = cases.assign(month=[add_months(m, 1).strftime("%Y-%m") for m in cases["as_of"]])
    truth = need[["household", "month"]].rename(columns={"household": "household_no"})
    write_parquet(truth.assign(unmet=True, in_need=True), home.truth / "need.parquet")
    home.county_file.write_text(
        yaml.safe_dump(
            {
                "region": "990321",
                "synthetic": True,
                "label": "rolls",
                "horizon_months": HORIZON,
                "first_as_of": month(0).isoformat(),
                "last_as_of": month(MONTHS - 1).isoformat(),
            }
        ),
        encoding="utf-8",
    )
    return home


@pytest.mark.slow
def test_a_month_is_trained_measured_logged_and_reported(county) -> None:
    seen: list[str] = []
    result = models.risk.train_month(
        county,
        month(8),
        progress=lambda label, done, total: seen.append(label),
        household_of=str,
        params={"learning_rate": 0.1},
    )
    assert result.split.train == (month(0), month(1), month(2), month(3))[-4:]
    assert result.split.calibrate == (month(5), month(6))
    assert result.split.test == (month(8), month(9))
    scorers = {r["scorer"] for r in result.rows}
    assert scorers == {"model", "logistic", "income", "scorecard"}
    table = {(r["population"], r["scorer"]): r for r in result.rows}
    assert table["all", "model"]["auc"] > 0.65
    assert table["all", "model"]["n_test"] == 300
    assert table["all", "model"]["n_train"] == 4 * 150
    # The invented truth is the label itself here, so both tables agree.
    truth = {(r["population"], r["scorer"]): r for r in result.report["truth_rows"]}
    assert truth["all", "model"]["n_cases"] == table["all", "model"]["n_cases"]
    assert truth["all", "model"]["synthetic"]
    written = json.loads((county.reports / "model_report.json").read_text(encoding="utf-8"))
    assert written["rows"] == json.loads(json.dumps(result.rows))
    assert written["champion"] is None
    assert {s["role"] for s in written["folds"]} == {"train", "calibrate", "test"}
    assert [r["feature"] for r in written["importance"]]
    assert registry.alias(county, registry.CHALLENGER) == result.version
    assert seen[-1] == "done"

    models.risk.promote(county, result.version, reason="first", actor="tester")
    assert models.risk.read_report(county)["champion"]["reason"] == "first"
    models.risk.score_month(county, month(8))
    risk = models.risk.read_risk(county, month(8))
    assert len(risk) == 150
    found = models.risk.explain_households(county, month(8), risk["household"].head(3).tolist())
    assert found["model_version"].unique().tolist() == [result.version]

    # A later candidate meets the champion on the same rows.
    later = models.risk.train_month(county, month(9), household_of=str)
    assert "champion" in {r["scorer"] for r in later.rows}


@pytest.mark.slow
def test_without_a_closed_test_month_the_calibration_months_stand_in(county) -> None:
    result = models.risk.train_month(county, month(11), household_of=str)
    assert result.split.test == ()
    assert result.report["evaluated_on"] == "calibrate"
    assert all(r["n_test"] for r in result.rows if r["population"] == "all")


def test_too_short_a_history_is_refused_before_any_work(county) -> None:
    with pytest.raises(RiskError, match="too little history"):
        models.risk.train_month(county, month(3))


@pytest.mark.slow
def test_labels_of_training_know_nothing_after_known_by(county) -> None:
    late = TinyLake.rolls.assign(known_on=date(2030, 1, 1))
    TinyLake.rolls = late
    rows = dataset.build_dataset(county, [month(0)], HORIZON, known_by=month(4))
    assert rows["label_known"].all()
    assert rows["label"].sum() == 0
    seen = dataset.build_dataset(county, [month(0)], HORIZON)
    assert seen["label"].sum() > 0


def test_a_missing_profile_says_which_month(county) -> None:
    with pytest.raises(RiskError, match="no household profile of 2026-01"):
        dataset.build_dataset(county, [month(24)], HORIZON)


def test_truth_counts_months_after_as_of_up_to_the_horizon() -> None:
    frame = pd.DataFrame({"household": ["a", "b", "c"], "as_of": [month(0)] * 3})
    unmet = pd.DataFrame({"household": ["a", "b", "c"], "month": [month(0), month(2), month(3)]})
    assert np.array_equal(true_outcome(frame, unmet, 2), [0, 1, 0])
