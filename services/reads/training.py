"""Reads of the training page, and the work that a training job does."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from alerts.slots import lane_slots
from core import jobs
from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.db.store import ready
from core.home import Home, add_months, month_end
from core.jobs import Job, State
from core.progress import Progress
from core.words import Text
from features.engine.feature import Feature
from models.risk.bench.config import TrainingConfig, parse
from models.risk.bench.planning import cards_of, known_by, plan_of
from models.risk.dataset import catalogue
from services import record
from services.context import Context
from services.reads import base

KIND = "train"
QUESTIONS = {"existing": Text("现存", "in need now"), "coming": Text("将至", "in need soon")}


@dataclass(frozen=True)
class Choices:
    """What can be chosen in this county: months (newest first), features by name, horizon."""

    months: tuple[date, ...]
    usual: date
    horizon: int
    features: Mapping[str, Feature]
    categories: Mapping[str, int]


@dataclass(frozen=True)
class Finding:
    """Main figures of one question: of the `n` picks that visits saw, the share in need (95 %).

    `faults` are what the gate refuses it for, `doubts` what only a written reason passes.
    """

    question: str
    version: str
    precision: float | None
    low: float | None
    high: float | None
    n: int | None
    k: int | None
    faults: tuple[Text, ...]
    doubts: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A job as a page shows it. Moments are UTC; `seconds` it took or has taken so far; `ahead`:
    jobs of any kind that it waits for."""

    number: int
    title: str
    state: State
    asked_by: str
    asked_at: datetime
    seconds: float | None
    step: Text
    done: int
    total: int
    stopping: bool
    stopped_by: str | None
    why: Text | None
    found: tuple[Finding, ...]
    config: TrainingConfig
    ahead: int = 0


def choices(home: str) -> Choices:
    """Months, features and horizon of the county. Raises NothingYet without county or files."""
    place = base.home_at(home)
    if not place.county_file.exists():
        raise base.NothingYet("county")
    if not (place.lake / "manifest.json").exists():
        raise base.NothingYet("feeds")
    about = place.county
    first, last = month_end(about["first_as_of"]), month_end(about["last_as_of"])
    months, month = [], last
    while month >= first:
        months.append(month)
        month = add_months(month, -1)
    cards = catalogue()
    counts: dict[str, int] = {}
    for card in cards.values():
        counts[card.category or "X"] = counts.get(card.category or "X", 0) + 1
    usual = max(known_by(place, TrainingConfig()), first)
    horizon = int(about.get("horizon_months", 6))
    return Choices(tuple(months), usual, horizon, cards, dict(sorted(counts.items())))


def check(home: str, config: TrainingConfig) -> None:
    """Raises ConfigError where this county cannot give what is asked."""
    place = base.home_at(home)
    plan_of(place, config)
    cards_of(config, catalogue())


def queue(home: str) -> tuple[Shown, ...]:
    """Trainings that wait, run or have ended, newest first."""
    place = base.home_at(home)
    if not ready(place):
        return ()
    return tuple(_shown(place, job) for job in jobs.listed(place, KIND))


def estimate(home: str) -> tuple[float, int] | None:
    """Seconds that a question took in earlier trainings here, without the time for seeking
    parameters (the median), and of how many."""
    place = base.home_at(home)
    if not ready(place):
        return None
    done = [job for job in jobs.listed(place, KIND) if job.told is State.DONE]
    taken = [_seconds_each(job) for job in done if job.ended_at and job.started_at]
    return (median(taken), len(taken)) if taken else None


def _seconds_each(job: Job) -> float:
    """Seconds a question of a training that has ended, without seeking parameters."""
    asked = parse(job.asked_for)
    whole = (job.ended_at - job.started_at) / timedelta(seconds=1)  # type: ignore[operator]
    sought = [q["seconds_sought"] for q in job.gave["questions"] if q.get("seconds_sought")]
    return max(0.0, whole - sum(sought)) / len(asked.questions)


def _shown(place: Home, job: Job) -> Shown:
    begun = job.started_at
    until = job.ended_at or jobs.now()
    why = Text(**json.loads(job.error)) if job.error else None
    return Shown(
        job.id,
        job.title,
        job.told,
        job.asked_by,
        job.asked_at,
        (until - begun) / timedelta(seconds=1) if begun else None,
        step_words(job.label),
        job.done,
        job.total,
        job.cancel_at is not None and job.told is State.RUNNING,
        job.cancelled_by,
        why,
        tuple(_finding(one) for one in job.gave.get("questions", [])),
        parse(job.asked_for),
        jobs.ahead(place, job.id) if job.told is State.WAITING else 0,
    )


def _finding(one: Mapping[str, Any]) -> Finding:
    known = {field.name: one[field.name] for field in fields(Finding) if field.name in one}
    told = {
        name: tuple(Text(**said) for said in one.get(name) or ()) for name in ("faults", "doubts")
    }
    return Finding(**{**known, **told})


STEPS = {
    "profile": Text("建立画像", "Building the profile of"),
    "rows": Text("读取", "Reading"),
    "visits": Text("估计走访机会", "Learning who gets visited"),
    "weights": Text("比较权重方案", "Comparing weights:"),
    "features": Text("挑选特征", "Choosing features"),
    "fit": Text("训练", "Fitting"),
    "tuning": Text("搜索参数，试验", "Seeking parameters, trial"),
    "baselines": Text("训练对照方法", "Fitting the baselines"),
    "score": Text("给后续月份打分", "Scoring"),
    "measure": Text("计算指标", "Measuring"),
    "leaks": Text("检查信息泄漏", "Looking for leaks"),
    "importance": Text("计算影响因素", "Weighing the factors"),
    "register": Text("登记", "Registering"),
    "done": Text("完成", "Done"),
}
_DETAILS = {
    "again": Text("（用最新数据）", "once more on the newest data"),
    "lightgbm": Text("LightGBM", "LightGBM"),
    "lightgbm_monotone": Text("单调 LightGBM", "monotone LightGBM"),
    "champion": Text("现用模型的学习方式", "the way of the version in use"),
    "lightgbm_tuned": Text("搜索参数后的 LightGBM", "LightGBM with the parameters found"),
    "every": Text("全部走访", "every visit"),
    "unasked": Text("不含主动申请", "without those who asked"),
    "inverse": Text("按走访机会加权", "by chance of a visit"),
}


def step_words(label: str) -> Text:
    """What a step's label says: 'existing rows 2025-03' in words."""
    words = label.split()
    asked = QUESTIONS.get(words[0]) if words else None
    step, *rest = words[1:] if asked else words or [""]
    if step not in STEPS:
        return Text(label or "准备中", label or "Getting ready")
    detail = " ".join(rest)
    more = _DETAILS.get(detail, Text(detail or " ", detail or " "))
    zh, en = f"{STEPS[step].zh} {more.zh}".strip(), f"{STEPS[step].en} {more.en}".strip()
    return Text(f"{asked.zh}：{zh}", f"{asked.en}: {en}") if asked else Text(zh, en)


def train(home: Home, asked: Mapping[str, Any], who: str, tell: Progress) -> dict[str, Any]:
    """Train as a job was asked, record it under the asker's name; the main figures by question."""
    from models.risk import train_questions

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    found = train_questions(home, progress=tell, slots=lane_slots(home), config=parse(asked))
    versions = {str(name): str(one.version) for name, one in found.items()}
    context = Context(Principal(who, who, (Grant(Role.DATA_SCIENTIST),)), str(home.root), date.max)
    record.write(context, "train", "model", detail=versions)
    return {"questions": [main_figures(str(name), one.report) for name, one in found.items()]}


def main_figures(question: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """Of a question's report: precision at capacity with n and interval, and the gate in words."""
    from models.risk import gate
    from models.risk.bench import flags

    rows = [r for r in report["rows"] if (r["population"], r["scorer"]) == ("all", "model")]
    row = rows[0] if rows else {}
    sought = (report.get("choices") or {}).get("tuning") or {}
    told = gate.verdict({**gate.figures(report.get("gate") or {}), **flags.of_report(report)})
    return {
        "question": question,
        "version": str(report["version"]),
        "precision": row.get("precision_at_k"),
        "low": row.get("precision_low"),
        "high": row.get("precision_high"),
        "n": row.get("n_seen"),
        "k": row.get("k"),
        "faults": [{"zh": one.zh, "en": one.en} for one in told if one.refuses],
        "doubts": [{"zh": one.zh, "en": one.en} for one in told if not one.refuses],
        "seconds_sought": sought.get("seconds"),
    }
