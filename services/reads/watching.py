"""Reads of the page that watches the model: a month's report, made when it is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow.parquet as pq

from alerts.policy import load_policy
from core.progress import Progress, quiet
from models.risk.dataset import profile_file
from models.risk.watching import read_watch, watch_month
from services.reads import base

__all__ = ["watch", "watched"]


def watched(home: str, as_of: date) -> dict[str, Any] | None:
    """The report of a month; None when nobody has asked for it yet.

    Raises NothingYet for a month without risks.
    """
    base.needed_file(home, "risk", as_of, "risk.parquet")
    return read_watch(base.home_at(home), as_of)


def watch(home: str, as_of: date, progress: Progress = quiet) -> dict[str, Any]:
    """Make the month's report and keep it; see models.risk.watching.report.watch_month.

    Raises NothingYet for a month without risks, RiskError without a model in use.
    """
    county = base.home_at(home)
    base.needed_file(home, "risk", as_of, "risk.parquet")
    policy = load_policy(county, as_of)
    households = pq.read_metadata(profile_file(county, as_of)).num_rows
    cuts = {"existing": policy.open_existing, "coming": policy.open_coming}
    return watch_month(county, as_of, slots=policy.slots(households), cuts=cuts, progress=progress)
