"""A table of one's own from the file to a registered, reported version."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import models.risk
from models.risk import registry
from models.risk.errors import RiskError
from models.risk.external import read_report, report_html, train_from_file
from models.risk.external.reading import read_external
from models.risk.external.training import figures, split_table
from models.risk.tracking import open_client
from tests.models.risk.conftest import month
from tests.models.risk.external.conftest import QUICK, people, written

pytestmark = pytest.mark.slow

CHINESE = {"label": "返贫", "as_of": "月份", "income_to_standard": "收入比"}


@pytest.fixture
def trained(home, tmp_path):
    """Two populations, Chinese names, one direction that must hold."""
    frame = people().rename(columns=CHINESE)
    frame["区域"] = np.where(frame["household"] < "h00100", "城(区)", "乡")
    asked = written(frame, tmp_path, label="返贫", time="月份", population="区域",
                    monotone={"收入比": -1})  # fmt: skip
    seen: list[str] = []
    tell = lambda label, done, total: seen.append(label)  # noqa: E731
    result = train_from_file(home, asked, way=QUICK, progress=tell)
    return home, result, seen, frame


def test_it_is_tested_on_folds_registered_and_reported(trained, tmp_path) -> None:
    home, result, seen, frame = trained
    assert {"fold 1 of 2", "fold 2 of 2", "MLflow", "done"} <= set(seen)
    content = read_report(home)
    assert content == json.loads(json.dumps(result.report))
    assert not (home.reports / "model_report.json").exists()
    _folds(content)
    _populations(content)
    _logged(home, result)
    assert result.fitted.report["monotone"][result.fitted.features.index("收入比")] == -1
    assert registry.alias(home, registry.CHALLENGER) == result.version
    _told(content)
    _opened_elsewhere(home, result, frame, tmp_path)


def _folds(content) -> None:
    folds = content["folds_report"]
    assert {"lightgbm", "lightgbm_monotone", "logistic"} == set(folds["candidates"])
    assert [f["number"] for f in folds["folds"]] == [1, 2]
    assert all(f["parts"] == 3 for f in folds["folds"])
    assert all(row["precision_low"] <= row["precision"] for row in folds["capacity"])
    assert {r["scorer"] for r in content["folds_reliability"]} == {"model", "logistic"}
    assert folds["leaks"]["flags"] == []


def _populations(content) -> None:
    """Those of the table and no others, none of them empty."""
    wanted = {"all", "城(区)", "乡"}
    assert {r["population"] for r in content["rows"]} == wanted
    assert {r["population"] for r in content["folds_report"]["rows"]} == wanted
    assert all(r["n_test"] for r in content["rows"])


def _logged(home, result) -> None:
    client = open_client(home)
    run = client.get_run(result.run_id)
    assert run.data.metrics["leak.flag"] == 0
    assert run.data.metrics["gate.tested"] == 1
    assert {"folds.logistic.ap", "gate.minus_logistic", "城_区_.model.ap"} <= set(run.data.metrics)
    files = {one.path for one in client.list_artifacts(result.run_id)}
    assert {"external.yaml", "report.json", "split.json"} <= files


def _told(content) -> None:
    assert content["asked"]["group"] == "household"
    wanted = {
        "zh": ["自带数据表", "收入比", "启用门槛", "按时间分折"],
        "en": ["Table of one's own", "Folds by time", "Precision by share picked"],
    }
    for language, words in wanted.items():
        page = report_html(content, language).replace("&#x27;", "'")
        assert all(word in page for word in words)
        assert "http" not in page
        assert "Synthetic" not in page
    assert "合成数据 Synthetic" in report_html({**content, "synthetic": True}, "zh")


def _opened_elsewhere(home, result, frame, tmp_path) -> None:
    """A process that has no Doudi loads the version and gives the same risks."""
    rows = frame[list(result.fitted.features)].head(5)
    rows.to_parquet(tmp_path / "rows.parquet")
    code = (
        "import mlflow, pandas as pd, sys\n"
        f"mlflow.set_tracking_uri('sqlite:///{home.mlruns / 'mlflow.db'}')\n"
        f"model = mlflow.pyfunc.load_model('models:/doudi-risk/{result.version}')\n"
        f"print(list(model.predict(pd.read_parquet('{tmp_path / 'rows.parquet'}'))))\n"
        "assert 'models.risk' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True,
                          text=True, check=True)  # fmt: skip
    numbers = [float(part.split("(")[-1].strip("[]) \n")) for part in done.stdout.split(",")]
    assert np.allclose(numbers, result.fitted.predict(rows))


def test_a_feature_made_from_the_answer_is_named_and_refused(home, tmp_path) -> None:
    frame = people(n=120)
    frame["closed"] = frame["label"]
    result = train_from_file(home, written(frame, tmp_path), way=QUICK)
    flags = result.report["folds_report"]["leaks"]["flags"]
    assert {"alone"} <= {f["kind"] for f in flags if f["feature"] == "closed"}
    assert {f["feature"] for f in flags} == {"closed"}
    assert open_client(home).get_run(result.run_id).data.metrics["leak.flag"] == len(flags)
    assert any("leak" in fault["en"] for fault in result.report["faults"])
    with pytest.raises(RiskError, match=r"stays challenger: .*looks like a leak"):
        models.risk.promote(home, result.version, "want it")
    assert "it alone tells the label" in report_html(result.report, "en")
    assert "closed：单独就能分辨结果" in report_html(result.report, "zh")


def test_without_populations_there_is_one_line_a_candidate(tmp_path, home) -> None:
    result = train_from_file(home, written(people(n=120), tmp_path), way=QUICK)
    assert {r["population"] for r in result.report["rows"]} == {"all"}
    assert "By population" not in report_html(result.report, "en")


def test_the_registered_model_keeps_horizon_and_gap_before_its_test(tmp_path) -> None:
    frame = people()
    table = read_external(written(frame, tmp_path, horizon=1, gap=2))
    split = split_table(table)
    assert split.horizon == 1
    assert split.train[-1] <= month(3)
    assert max(split.calibrate) < split.known_by
    assert (split.known_by.year - max(split.calibrate).year) * 12 + (
        split.known_by.month - max(split.calibrate).month
    ) >= 3


def test_the_shortest_table_that_folds_also_trains(tmp_path) -> None:
    table = read_external(written(people(months=5), tmp_path))
    split = split_table(table)
    assert (split.train, split.calibrate) == ((month(0),), (month(2),))
    assert split.test == (month(4),)


def test_the_gate_reads_the_candidate_over_all_folds() -> None:
    row = {"candidate": "lightgbm", "population": "all", "n_cases": 9, "slope": 1.1, "ece": 0.02}
    report = {
        "rows": [{**row, "population": "x", "slope": 9.0}, row],
        "capacity": [{"candidate": "lightgbm", "fold": None, "capacity": "real", "n_seen": 50}],
        "differences": [{"candidate": "lightgbm", "measure": "precision", "reference": "logistic",
                         "difference": -0.2, "difference_high": -0.1}],
        "promise": [{"candidate": "lightgbm", "fold": 1, "promised": 0.9},
                    {"candidate": "lightgbm", "fold": None, "promised": 0.5, "gap": 0.1}],
        "leaks": {"flags": [{}, {}]},
    }  # fmt: skip
    found = figures(report, "lightgbm")
    assert found["gate.slope"] == 1.1
    assert found["gate.minus_logistic_high"] == -0.1
    assert found["gate.promised"] == 0.5
    assert found["leak.flag"] == 2


def test_another_model_of_one_label_has_no_gate(home, fitted) -> None:
    from models.risk.tracking import log_and_register

    first = log_and_register(home, fitted)
    assert models.risk.promote(home, first.version, "first") == first.version


def test_a_table_of_quarters(home, tmp_path) -> None:
    frame = people(n=120, months=10)
    number = {day: i for i, day in enumerate(sorted(frame["as_of"].unique()))}
    frame["as_of"] = [f"{2022 + number[d] // 4}Q{number[d] % 4 + 1}" for d in frame["as_of"]]
    asked = replace(written(frame, tmp_path), horizon=3)
    assert len(read_external(asked).frame["as_of"].unique()) == 10
    assert split_table(read_external(asked)).test
    assert pd.notna(read_external(asked).frame["label"]).all()
