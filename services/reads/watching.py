"""Reads of the page that watches the model: a month's report, made when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow.parquet as pq

from alerts.policy import load_policy
from core.home import Home
from core.progress import Progress, quiet
from core.words import Text
from models.risk.dataset import profile_file
from models.risk.watching import file_of, read_watch, watch_month
from services.reads import base
from services.reads.asked import Asked, newest

__all__ = [
    "KIND",
    "Asked",
    "asked",
    "can_watch",
    "configuration",
    "raised",
    "watch",
    "watched",
    "work",
]

KIND = "watch"
STEPS = {
    "features": Text("比较各项特征 …", "Comparing features …"),
    "deliveries": Text("比较各部门报送 …", "Comparing deliveries …"),
    "risks": Text("读取风险概率 …", "Reading the risks …"),
    "visits": Text("读取走访结果 …", "Reading what visits found …"),
    "expected finds": Text("估计应查实户数 …", "Expected finds …"),
    "done": Text("完成", "Done"),
}


def watched(home: str, as_of: date) -> dict[str, Any] | None:
    """The report of a month; None when nobody has asked for it yet.

    Raises NothingYet for a month without risks.
    """
    can_watch(home, as_of)
    return read_watch(base.home_at(home), as_of)


def raised(home: Home) -> tuple[int, int]:
    """How many notices the newest watch raised: to stop, to look at; (0, 0) before the first."""
    months = [m for m in home.months("risk") if file_of(home, m).exists()]
    report = read_watch(home, months[-1]) if months else None
    levels = [one["level"] for one in (report or {}).get("notices", [])]
    return levels.count("stop"), levels.count("look")


def can_watch(home: str, as_of: date) -> None:
    """Raises NothingYet for a month without risks."""
    base.needed_file(home, "risk", as_of, "risk.parquet")


def asked(home: str, as_of: date) -> Asked | None:
    """The newest watch of the month in the queue; None where none was asked for."""
    return newest(home, KIND, configuration(as_of), STEPS)


def configuration(as_of: date) -> dict[str, str]:
    """What a job of this kind is asked."""
    return {"as_of": as_of.isoformat()}


def work(home: Home, asked: Mapping[str, Any], who: str, tell: Progress) -> dict[str, Any]:
    """Watch as a job was asked; see watch."""
    watch(str(home.root), date.fromisoformat(asked["as_of"]), tell)
    return {}


def watch(home: str, as_of: date, progress: Progress = quiet) -> dict[str, Any]:
    """Make the month's report and keep it; see models.risk.watching.report.watch_month.

    Raises NothingYet for a month without risks, RiskError without a model in use.
    """
    county = base.home_at(home)
    can_watch(home, as_of)
    policy = load_policy(county, as_of)
    households = pq.read_metadata(profile_file(county, as_of)).num_rows
    cuts = {"existing": policy.open_existing, "coming": policy.open_coming}
    return watch_month(county, as_of, slots=policy.slots(households), cuts=cuts, progress=progress)
