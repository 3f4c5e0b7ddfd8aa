"""What MLflow keeps of a training: parameters, metrics, features, data fingerprint, the model.

Only explicit clients: no global tracking address is set, so two homes in one process, or a page
and a training, never write into each other's store.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.home import Home
from models.risk.fitted import FittedRisk
from models.risk.portable.saving import save_pyfunc

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODEL_NAME = "doudi-risk"
# By their full names: MLflow sets its own root logger to INFO when it is imported.
SILENCED = ("mlflow.store.db.utils", "mlflow.tracking", "mlflow.models", "mlflow.pyfunc", "alembic")
SERVER_VARIABLE = "MLFLOW_TRACKING_URI"


def model_name(question: str | None = None) -> str:
    """Registered name, and experiment, of a question's model; None: the model of one label."""
    return MODEL_NAME if question is None else f"{MODEL_NAME}-{question}"


@dataclass(frozen=True)
class Registered:
    """Where a training went: the registered version and its run."""

    version: str
    run_id: str


@contextmanager
def quiet() -> Iterator[None]:
    """MLflow and SQLAlchemy warn about each other and MLflow reports its migrations: not ours."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def has_store(home: Home) -> bool:
    """Whether anything can have been logged: a server is named or the home has a database."""
    return bool(os.environ.get(SERVER_VARIABLE)) or (home.mlruns / "mlflow.db").exists()


def open_client(home: Home) -> MlflowClient:
    """A client on home/mlruns/mlflow.db, or on the server named by MLFLOW_TRACKING_URI."""
    address = os.environ.get(SERVER_VARIABLE)
    if address:
        return _kept(address, 0)
    file = (home.mlruns / "mlflow.db").resolve()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        return _open(store_address(home))
    return _kept(store_address(home), file.stat().st_ino)


def store_address(home: Home) -> str:
    """Where the runs of a home are kept, as MLflow writes it: the server named, or its database."""
    file = (home.mlruns / "mlflow.db").resolve()
    return os.environ.get(SERVER_VARIABLE) or f"sqlite:///{file}"


@lru_cache(maxsize=8)
def _kept(address: str, _file: int) -> MlflowClient:
    """Opening a store takes a third of a second, so it is kept; a new file has a new number."""
    return _open(address)


def _open(address: str) -> MlflowClient:
    with quiet():
        from mlflow import MlflowClient

        return MlflowClient(tracking_uri=address)


def experiment(home: Home, client: MlflowClient, name: str = MODEL_NAME) -> str:
    """Id of the experiment `name` whose artifacts lie in this home; made when there is none.

    An experiment keeps an absolute artifact address. After a home was moved a new experiment is
    begun, because the old one would go on writing to the old place.
    """
    if os.environ.get(SERVER_VARIABLE):
        found = client.get_experiment_by_name(name)
        return found.experiment_id if found else client.create_experiment(name)
    wanted = (home.mlruns / "artifacts").resolve().as_uri()
    known = client.search_experiments()
    for one in known:
        if one.artifact_location == wanted and _is_of(one.name, name):
            return one.experiment_id
    taken = {one.name for one in known}
    names = [name, *(f"{name}-{i}" for i in range(2, len(taken) + 3))]
    free = next(each for each in names if each not in taken)
    return client.create_experiment(free, artifact_location=wanted)


def _is_of(experiment_name: str, name: str) -> bool:
    """Whether an experiment is `name` itself or the one begun after a move (name-2, …)."""
    rest = experiment_name.removeprefix(name)
    return rest == "" or (rest != experiment_name and rest[1:].isdigit())


def log_and_register(
    home: Home,
    fitted: FittedRisk,
    *,
    rows: Sequence[Mapping[str, Any]] = (),
    split: Mapping[str, Any] | None = None,
    fingerprint: Mapping[str, Any] | None = None,
    features: Sequence[Mapping[str, Any]] = (),
    tags: Mapping[str, str] | None = None,
    metrics: Mapping[str, float] | None = None,
    question: str | None = None,
    run_id: str | None = None,
) -> Registered:
    """Log one training as a run and register its model as a new version of 'doudi-risk'.

    A `question` has an experiment and a registered model of its own ('doudi-risk-existing', …).
    `metrics` are further figures of the run, such as the gate's.

    `rows` is the evaluation table (each figure becomes a metric population.scorer.figure),
    `features` the list with labels and units, `fingerprint` from `fingerprint_of`. No alias is
    set: that is a step of its own, see registry. `run_id` names a run that is open already.
    """
    client = open_client(home)
    with quiet():
        name = model_name(question)
        if run_id is None:
            run = client.create_run(experiment(home, client, name), tags=dict(tags or {}))
            run_id = run.info.run_id
        else:
            run = client.get_run(run_id)
        try:
            _log_run(client, run_id, fitted, rows, split or {}, fingerprint or {}, features)
            _log_metrics(client, run_id, metrics or {})
            model_version = _register(client, run, fitted, name)
        except BaseException:
            client.set_terminated(run_id, "FAILED")
            raise
        client.set_terminated(run_id)
    return Registered(str(model_version), run_id)


def _log_run(
    client: MlflowClient,
    run_id: str,
    fitted: FittedRisk,
    rows: Sequence[Mapping[str, Any]],
    split: Mapping[str, Any],
    fingerprint: Mapping[str, Any],
    features: Sequence[Mapping[str, Any]],
) -> None:
    from mlflow.entities import Metric, Param, RunTag

    report = fitted.report
    params = {**report.get("params", {}), **{k: v for k, v in report.items() if k != "params"}}
    params["horizon"], params["known_by"] = split.get("horizon"), split.get("known_by")
    params.pop("monotone", None)
    now = int(datetime.now(UTC).timestamp() * 1000)
    metrics = [Metric(name, value, now, 0) for name, value in metric_items(rows)]
    short = {k: v for k, v in fingerprint.items() if not isinstance(v, Mapping)}
    client.log_batch(
        run_id,
        metrics,
        [Param(k, str(v)[:500]) for k, v in params.items()],
        [RunTag("code", code_version()), *(RunTag(f"data.{k}", str(v)) for k, v in short.items())],
    )
    for name, content in {
        "features.json": features or fitted.features,
        "data.json": dict(fingerprint),
        "split.json": dict(split),
        "evaluation.json": list(rows),
    }.items():
        client.log_text(run_id, json.dumps(content, ensure_ascii=False, indent=1), name)


def _log_metrics(client: MlflowClient, run_id: str, metrics: Mapping[str, float]) -> None:
    from mlflow.entities import Metric

    now = int(datetime.now(UTC).timestamp() * 1000)
    if metrics:
        client.log_batch(run_id, [Metric(k, float(v), now, 0) for k, v in metrics.items()])


def metric_items(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """Figures of the evaluation table as (name, value): 'all.model.ap', 0.47."""
    return [
        (f"{plain_name(row['population'])}.{row['scorer']}.{name}", float(value))
        for row in rows
        for name, value in row.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]


def plain_name(name: str) -> str:
    """A name as MLflow takes it for a metric: letters of any script, digits, and - . _ / : only."""
    return re.sub(r"[^/\w.\- :]", "_", str(name))


def _register(client: MlflowClient, run: Any, fitted: FittedRisk, name: str) -> str:
    from mlflow.exceptions import MlflowException

    with tempfile.TemporaryDirectory() as place:
        saved = save_pyfunc(fitted, Path(place))
        model = client.create_logged_model(
            run.info.experiment_id, name="risk", source_run_id=run.info.run_id, model_type="risk"
        )
        client.log_model_artifacts(model.model_id, str(saved))
    client.finalize_logged_model(model.model_id, "READY")
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name)
    # The artifact address itself, not models:/<id>: MLflow would resolve that one through its
    # global address, which we leave alone.
    made = client.create_model_version(
        name, model.artifact_location, run.info.run_id, model_id=model.model_id
    )
    return str(made.version)


def fingerprint_of(
    home: Home, frame: pd.DataFrame, columns: Sequence[str], rows_by_role: Mapping[str, int]
) -> dict[str, Any]:
    """What identifies the data of a training: row counts, a hash of the table, of the manifest.

    The hash covers `columns` and does not depend on the order of the rows.
    """
    content = {"columns": list(columns), "rows": len(frame)}
    total = 0
    if len(frame):
        hashed = pd.util.hash_pandas_object(frame[list(columns)], index=False)
        total = int(hashed.to_numpy().sum(dtype="uint64"))
    seed = json.dumps({**content, "sum": total}, sort_keys=True)
    manifest = home.lake / "manifest.json"
    return {
        **{f"rows_{role}": count for role, count in rows_by_role.items()},
        "table_sha256": hashlib.sha256(seed.encode()).hexdigest(),
        "lake_manifest_sha256": (
            hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.exists() else None
        ),
    }


def code_version() -> str:
    """Commit of the working copy this code runs from, else the installed package's version."""
    git = Path(__file__).resolve().parents[2] / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        name = head.removeprefix("ref: ")
        return head if name == head else (git / name).read_text(encoding="utf-8").strip()
    except OSError:
        pass
    try:
        return version("doudi")
    except PackageNotFoundError:
        return "unknown"
