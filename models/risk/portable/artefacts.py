"""Files of a run, wherever its store is: in this home, in a home that was moved, on a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from core.home import Home
from models.risk.tracking import quiet

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

REPORT = "report.json"


def local_folder(home: Home, address: str) -> Path | None:
    """The folder an artifact address means on this machine; None when it is not here."""
    if urlparse(address).scheme not in ("", "file"):
        return None
    folder = Path(unquote(urlparse(address).path))
    if not folder.exists() and "/artifacts/" in folder.as_posix():
        # The home was moved since: the same tree lies below the new one.
        folder = home.mlruns / "artifacts" / folder.as_posix().split("/artifacts/", 1)[1]
    return folder if folder.exists() else None


def read_json(home: Home, client: MlflowClient, run: Run, name: str) -> Any:
    """The content of a run's JSON file; None when the run has no such file."""
    from mlflow.exceptions import MlflowException

    folder = local_folder(home, run.info.artifact_uri)
    if folder is not None:
        path = folder / name
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    if urlparse(run.info.artifact_uri).scheme in ("", "file"):
        return None
    try:
        with quiet():
            found = Path(client.download_artifacts(run.info.run_id, name))
    except (MlflowException, OSError):
        return None
    return json.loads(found.read_text(encoding="utf-8"))
