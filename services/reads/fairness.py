"""Reads of the page of fairness: the report by groups of a month, kept once it was made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from alerts.groups import groups_report
from alerts.models import AlertEvent
from core.access.areas import COUNTY
from core.home import Home
from core.progress import Progress, quiet
from core.words import Text
from data.regions import Regions, RegionsError
from models.risk.errors import RiskError
from models.risk.groups.members import CROSS
from models.risk.groups.naming import FEW_FINDS, MEASURES, SMALL
from models.risk.groups.report import RULERS, label, read_groups, sentence, worst, write_groups
from models.risk.monthly import own_pseudonyms
from models.risk.report import read_report
from models.risk.rows import QUESTIONS
from services.reads import base
from services.reads.asked import Asked, newest

__all__ = [
    "FEW_FINDS",
    "KIND",
    "MEASURES",
    "QUESTIONS",
    "RULERS",
    "SMALL",
    "Asked",
    "asked",
    "crossings",
    "equal",
    "frame",
    "is_newest",
    "kept",
    "label",
    "measure",
    "names",
    "sentence",
    "work",
    "worst",
]

KIND = "fairness"
STEPS = {
    "visits": Text("读取随机走访 …", "Reading the random visits …"),
    "alerts": Text("按群体统计近十二个月的预警 …",
                   "Measuring the alerts of twelve months by group …"),
    "model": Text("按群体统计模型的选户线 …", "Measuring the model's cut-off by group …"),
    "report": Text("完成", "Done"),
}  # fmt: skip


def kept(home: str, as_of: date, question: str) -> dict[str, Any] | None:
    """The report of a month; None before it was made. County-wide."""
    return read_groups(base.home_at(home), question, as_of)


def is_newest(home: str, as_of: date, report: dict[str, Any]) -> bool:
    """Whether nothing came since that the report should know: no act of the period, no training."""
    return bool(report.get("stamp") == _stamp(home, as_of, str(report["question"])))


def asked(home: str, as_of: date, question: str) -> Asked | None:
    """The newest measurement of the month and question in the queue; None where none was asked."""
    return newest(home, KIND, configuration(as_of, question), STEPS)


def configuration(as_of: date, question: str) -> dict[str, str]:
    """What a job of this kind is asked."""
    return {"as_of": as_of.isoformat(), "question": question}


def can_measure(home: str, as_of: date) -> None:
    """Raises NothingYet where the month has no profile, or no alert was ever raised."""
    base.needed_file(home, "profile", as_of, "household.parquet")
    if not base.has_alerts(home):
        raise base.NothingYet("alerts", as_of)


def work(home: Home, asked: Mapping[str, Any], who: str, tell: Progress) -> dict[str, Any]:
    """Measure as a job was asked; see measure."""
    measure(str(home.root), date.fromisoformat(asked["as_of"]), str(asked["question"]), tell)
    return {}


def measure(home: str, as_of: date, question: str, progress: Progress = quiet) -> dict[str, Any]:
    """Measure anew and keep the report; on an invented county by the sealed truth too.

    Raises NothingYet before any alert was raised or any month run.
    """
    folder = base.home_at(home)
    asked: Any = question
    with base.alert_session(home, COUNTY) as session:
        try:
            found = groups_report(folder, session, asked, as_of, own_pseudonyms(folder), progress)
        except RiskError as nothing:
            raise base.NothingYet("profile", as_of) from nothing
    found["stamp"] = _stamp(home, as_of, question)
    write_groups(folder, found)
    return found


def _stamp(home: str, as_of: date, question: str) -> str:
    """The newest act of an alert by the month's end, and the version last trained."""
    newest = None
    if base.has_alerts(home):
        until = datetime.combine(as_of, time.max)
        query = select(func.max(AlertEvent.id)).where(AlertEvent.at <= until)
        with base.alert_session(home, COUNTY) as session:
            newest = session.scalar(query)
    trained = (read_report(base.home_at(home)) or {}).get("questions") or {}
    return f"{newest}/{(trained.get(question) or {}).get('version')}"


def names(home: str) -> dict[str, Text]:
    """Names of the townships by code; none where the county has no map."""
    try:
        towns = Regions.load(base.home_at(home)).townships.values()
    except RegionsError:
        return {}
    return {town.code: Text(town.name_zh, town.name_en) for town in towns}


def frame(report: dict[str, Any], towns: dict[str, Text], ruler: str, measure: str) -> pd.DataFrame:
    """The figures of one measure by one ruler: label_zh, label_en and the columns of a Figure."""
    rows = [one for one in report["figures"] if one["ruler"] == ruler and one["measure"] == measure]
    words = [label(report, one["dimension"], one["group"], towns) for one in rows]
    found = pd.DataFrame(rows)
    return found.assign(label_zh=[w.zh for w in words], label_en=[w.en for w in words])


def crossings(report: dict[str, Any]) -> list[str]:
    """The pairs of dimensions that are crossed, by code."""
    pairs = (one["dimension"] for one in report["figures"] if one["crossed"])
    return [pair for pair in dict.fromkeys(pairs) if CROSS in pair]


def equal(report: dict[str, Any], towns: dict[str, Text], ruler: str) -> pd.DataFrame:
    """What equal recall would cost each group: label_zh, label_en and the columns of an Equal."""
    rows = report["equal"].get(ruler) or []
    words = [label(report, one["dimension"], one["group"], towns) for one in rows]
    found = pd.DataFrame(rows)
    return found.assign(label_zh=[w.zh for w in words], label_en=[w.en for w in words])
