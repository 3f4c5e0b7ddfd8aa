"""What speaks against a version on the day somebody decides on it.

Its run says what was measured when it was trained; who is in use and which feeds are silent may
have changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.home import Home, month_end
from core.workflow.calendar import CHINA_TIME
from models.risk import better, gate
from models.risk.objections import Objection
from models.risk.portable.artefacts import read_json
from models.risk.portable.feeds import silent_feeds
from models.risk.tracking import open_client, quiet


def objections(home: Home, candidate: Any, in_use: str | None) -> list[Objection]:
    """What speaks against a version of a question today, `in_use` being the champion's number;
    [] is fine. `candidate`: MLflow's own record of the version."""
    client = open_client(home)
    with quiet():
        run = client.get_run(candidate.run_id)
    kept = read_json(home, client, run, "features.json") or []
    names = [str(one["name"] if isinstance(one, Mapping) else one) for one in kept]
    return gate.verdict({**run.data.metrics, **metrics_now(home, names, in_use)})


def metrics_now(home: Home, features: list[str], in_use: str | None) -> dict[str, float]:
    """Figures of today, named as the run's own."""
    told = {better.IN_USE: float(in_use or 0)}
    day = _today(home)
    silent = silent_feeds(home, features, day) if day else []
    told |= {gate.SILENT_NOW: float(len(silent))}
    told |= {f"{gate.SILENT_NOW}.{feed}": 1.0 for feed in silent}
    return {f"{gate.PREFIX}{name}": value for name, value in told.items()}


def _today(home: Home) -> date | None:
    """Today; the time of an invented county ends with its data. None before any data."""
    if not (home.lake / "manifest.json").exists() or not home.county_file.exists():
        return None
    about = home.county
    if not about.get("synthetic"):
        return datetime.now(CHINA_TIME).date()
    return month_end(about["last_as_of"]) if "last_as_of" in about else None
