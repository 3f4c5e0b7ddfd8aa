"""What a run keeps beside its model: the whole report, pictures, figures of each tested month."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.home import Home
from models.risk.portable.artefacts import REPORT
from models.risk.portable.plots import pictures
from models.risk.report import plain
from models.risk.tracking import open_client, quiet

if TYPE_CHECKING:
    from mlflow import MlflowClient


def keep(home: Home, run_id: str, content: Mapping[str, Any]) -> None:
    """Log the report of a finished training with its run.

    report.json is the section of its question as the Model page reads it; plots/ are PNG files;
    each tested month's figures are metrics month.<figure> whose step is the month as 202606. Tags
    say which populations were measured and whether the county is invented.
    """
    client = open_client(home)
    with quiet():
        client.log_text(run_id, json.dumps(plain(content), ensure_ascii=False, indent=1), REPORT)
        with tempfile.TemporaryDirectory() as place:
            for name, png in pictures(content).items():
                (Path(place) / name).write_bytes(png)
            client.log_artifacts(run_id, place, "plots")
        _log_months(client, run_id, content.get("by_month") or [])
        for name, value in _tags(content).items():
            client.set_tag(run_id, name, value)


def _tags(content: Mapping[str, Any]) -> dict[str, str]:
    names = dict.fromkeys(row["population"] for row in content.get("rows") or [])
    synthetic = "true" if content.get("synthetic") else "false"
    told = {"populations": ", ".join(names), "synthetic": synthetic}
    if content.get("question"):
        told["question"] = str(content["question"])
    return told


def _log_months(client: MlflowClient, run_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    from mlflow.entities import Metric

    now = int(datetime.now(UTC).timestamp() * 1000)
    metrics = [
        Metric(f"month.{name}", float(value), now, step_of(str(row["month"])))
        for row in rows
        for name, value in row.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    if metrics:
        client.log_batch(run_id, metrics)


def step_of(month: str) -> int:
    """A month given as ISO text as MLflow's whole-number step: 2026-06-30 is 202606."""
    return int(month[:4]) * 100 + int(month[5:7])
