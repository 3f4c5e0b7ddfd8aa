"""A stored model opens in a process that has no Doudi, and answers the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from models.risk import registry
from models.risk.calibrate import Calibrator
from models.risk.errors import RiskError
from models.risk.portable import saving
from models.risk.tracking import log_and_register, open_client, quiet

# Stands in for a machine without our source: any of its rooms fails to import.
ELSEWHERE = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"models", "core", "data", "features", "doudi", "services"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Gone())
import mlflow.pyfunc, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
rows = pd.read_parquet(sys.argv[2])
pd.Series(model.predict(rows), dtype=float).to_frame("risk").to_parquet(sys.argv[3])
"""


def answered_elsewhere(source: str, rows: pd.DataFrame, place: Path) -> np.ndarray:
    """What a fresh process without Doudi, started in another folder, answers for `rows`."""
    rows.to_parquet(place / "rows.parquet")
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        ELSEWHERE,
        source,
        "rows.parquet",
        "risk.parquet",
    ]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return pd.read_parquet(place / "risk.parquet")["risk"].to_numpy()


@pytest.fixture(autouse=True)
def _as_when_it_is_logged() -> Iterator[None]:
    """A model is stored where MLflow's warnings about itself are not heard."""
    with quiet():
        yield


@pytest.fixture
def stored(home, fitted):
    """The artifact folder of a registered version."""
    kept = log_and_register(home, fitted, question="existing")
    client = open_client(home)
    return client.get_model_version("doudi-risk-existing", kept.version).source


@pytest.mark.slow
def test_a_fresh_process_without_doudi_answers_the_same(stored, fitted, frame, tmp_path) -> None:
    rows = frame[list(fitted.features)].head(500)
    told = answered_elsewhere(stored, rows, tmp_path)
    assert np.abs(told - fitted.predict(rows)).max() < 1e-12
    assert told.std() > 0.01


@pytest.mark.parametrize(
    "curve",
    [
        Calibrator("none"),
        Calibrator("logistic", 0.7, -0.4),
        Calibrator("isotonic", 0.9, 0.1, (-2.0, -0.5, 1.0), (-3.0, -1.0, 0.5)),
    ],
)
def test_every_curve_is_drawn_the_same(curve, fitted, frame, tmp_path) -> None:
    one = replace(fitted, calibrator=curve)
    one.save(tmp_path)
    saving.check_same(one, tmp_path, frame[list(one.features)])


def test_a_curve_the_loader_does_not_know_is_refused_when_it_is_stored(fitted, tmp_path) -> None:
    newer = replace(fitted, calibrator=Calibrator("venn", 1.0, 0.0))  # type: ignore[arg-type]
    with pytest.raises(RiskError, match="its loader knows only none, logistic, isotonic"):
        saving.save_pyfunc(newer, tmp_path)


def test_a_loader_that_strays_from_the_model_is_found(fitted, frame, tmp_path) -> None:
    fitted.save(tmp_path)
    other = replace(fitted, calibrator=Calibrator("logistic", 0.5, 0.0))
    with pytest.raises(RiskError, match="differs from the model"):
        saving.check_same(other, tmp_path, frame[list(fitted.features)].head(5))


def test_it_says_what_it_needs_and_how_a_call_looks(stored, fitted) -> None:
    folder = Path(stored.removeprefix("file://"))
    signature = json.loads((folder / "MLmodel").read_text().split("inputs: '")[1].split("'")[0])
    assert [one["name"] for one in signature] == list(fitted.features)
    pinned = (folder / "requirements.txt").read_text().split()
    assert all("==" in one for one in pinned)
    assert {one.split("==")[0] for one in pinned} == {"mlflow", *saving.PACKAGES}
    assert (folder / "python_env.yaml").exists()
    assert not list(folder.rglob("*.pkl"))


def test_the_input_example_is_nobodys_row(stored, fitted) -> None:
    example = json.loads((Path(stored.removeprefix("file://")) / "input_example.json").read_text())
    rows = pd.DataFrame(example["data"], columns=example["columns"])
    numbers = rows.drop(columns=list(fitted.encoder.levels)).astype(float)
    assert set(np.unique(numbers.fillna(-1).to_numpy())) == {-1.0, 0.0, 1.0}


def test_a_version_stored_before_the_portable_loader_still_opens(
    home, stored, fitted, frame
) -> None:
    folder = Path(stored.removeprefix("file://"))
    about = yaml.safe_load((folder / "MLmodel").read_text())
    flavour = about["flavors"]["python_function"]
    del flavour["code"]
    flavour["loader_module"] = "models.risk.flavour"
    (folder / "MLmodel").write_text(yaml.safe_dump(about))
    shutil.rmtree(folder / "code")
    rows = frame.head(50)
    again, version = registry.load(home, "1", "existing")
    assert version == "1"
    np.testing.assert_allclose(again.predict(rows), fitted.predict(rows))
    import mlflow.pyfunc

    opened = mlflow.pyfunc.load_model(str(folder))
    np.testing.assert_allclose(
        opened.predict(rows[list(fitted.features)]), fitted.predict(rows), atol=1e-12
    )
