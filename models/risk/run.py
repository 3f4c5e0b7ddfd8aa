"""One training from a labelled frame to a registered, reported challenger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.home import Home
from core.progress import Progress
from features.engine.feature import Feature
from models.risk import registry, report, tracking
from models.risk.baselines import Baseline, fit_baselines
from models.risk.dataset import listed, monotone_of
from models.risk.errors import RiskError
from models.risk.evaluate import TOP5, population_masks
from models.risk.explain import importance
from models.risk.fitted import FittedRisk
from models.risk.measures import Capacity
from models.risk.portable import keeping
from models.risk.split import TimeSplit
from models.risk.train import fit
from models.risk.truth import HouseholdOf

STEPS = 6


@dataclass(frozen=True)
class TrainResult:
    """What a training gave: registered version, its run, the report (see report.build_report)."""

    version: str
    run_id: str
    fitted: FittedRisk
    split: TimeSplit
    report: dict[str, Any]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The evaluation table."""
        return self.report["rows"]


@dataclass(frozen=True)
class Task:
    """What a training needs to know, whatever the table came from.

    `own` is the name of an external dataset; `metrics` are further figures of its run and `more`
    further parts of its report.
    """

    home: Home
    split: TimeSplit
    cards: Mapping[str, Feature]
    tell: Progress
    capacity: Capacity = TOP5
    household_of: HouseholdOf | None = None
    params: Mapping[str, Any] | None = None
    income: str | None = None
    own: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def run(task: Task, frame: pd.DataFrame) -> TrainResult:
    """Fit, measure, log, register as challenger, write the report."""
    split, tell = task.split, task.tell
    masks = {role: split.mask(frame["as_of"], role) for role in ("train", "calibrate", "test")}
    tell("fit", 2, STEPS)
    fitted, others = _learn(task, frame, masks)
    tell("evaluate", 4, STEPS)
    measured = report.measure(frame, split, fitted, others, None if task.own else task.home)
    trained = frame[masks["train"] & frame["label"].notna().to_numpy()]
    n_train = {k: int(m.sum()) for k, m in population_masks(trained["population"]).items()}
    outcome = measured.frame["label"].to_numpy()
    rows = report.tables(measured, n_train, task.capacity, outcome)
    against = report.truth_tables(
        task.home, measured, n_train, task.capacity, split.horizon, task.household_of
    )
    tell("MLflow", 5, STEPS)
    kept = _keep(task, frame, fitted, rows, {role: int(m.sum()) for role, m in masks.items()})
    content = report.build_report(
        split,
        fitted,
        measured,
        rows,
        importance=importance(fitted, measured.frame, cards=task.cards),
        truth_rows=against,
        synthetic=is_synthetic(task.home) and not task.own,
        table=task.own,
        version=kept.version,
        run_id=kept.run_id,
        capacity_share=task.capacity.share,
        capacity_count=task.capacity.count,
        champion=registry.champion_card(task.home),
    )
    content |= report.plain(task.more)
    keeping.keep(task.home, kept.run_id, content)
    _keep_card(task.home, kept.version)
    report.write_report(task.home, content, report.TABLE_FILE if task.own else report.FILE)
    tell("done", STEPS, STEPS)
    return TrainResult(kept.version, kept.run_id, fitted, split, content)


def _learn(
    task: Task, frame: pd.DataFrame, masks: Mapping[str, np.ndarray]
) -> tuple[FittedRisk, dict[str, FittedRisk | Baseline]]:
    """The model, and those it is compared with by name."""
    features = usable(frame, task.cards, masks["train"])
    fitted = fit(
        frame,
        features,
        train=masks["train"],
        calibrate_on=masks["calibrate"],
        monotone=monotone_of(task.cards),
        params=task.params,
    )
    known = {"known_by": task.split.known_by.isoformat(), "horizon": task.split.horizon}
    fitted = replace(fitted, report={**fitted.report, **known})
    task.tell("baselines", 3, STEPS)
    simple = fit_baselines(
        frame,
        fitted.encoder,
        train=masks["train"],
        calibrate_on=masks["calibrate"],
        income=task.income,
    )
    return fitted, {**{b.name: b for b in simple}, **_champion(task.home, task.split, frame)}


def _keep(
    task: Task,
    frame: pd.DataFrame,
    fitted: FittedRisk,
    rows: list[dict[str, Any]],
    counts: dict[str, int],
) -> tracking.Registered:
    columns = ["household", "as_of", *fitted.features, "label"]
    kept = tracking.log_and_register(
        task.home,
        fitted,
        rows=rows,
        split=task.split.as_dict(),
        fingerprint=tracking.fingerprint_of(task.home, frame, columns, counts),
        features=listed(task.cards, fitted.features, own=bool(task.own)),
        tags={"table": task.own} if task.own else None,
        metrics=task.metrics,
    )
    registry.challenge(task.home, kept.version)
    return kept


def usable(frame: pd.DataFrame, cards: Mapping[str, Feature], train: Any) -> list[str]:
    """Features of the frame that are ever known and ever differ in the training rows."""
    present = [name for name in cards if name in frame.columns]
    part = frame[present].iloc[np.flatnonzero(train)]
    return [name for name in present if part[name].nunique(dropna=False) > 1]


def _champion(home: Home, split: TimeSplit, frame: pd.DataFrame) -> dict[str, FittedRisk]:
    """The champion as a scorer, if its training ended before the measured months began."""
    try:
        fitted, _ = registry.load(home)
    except RiskError:
        return {}
    measured = split.test or split.calibrate
    known_by = fitted.report.get("known_by")
    seen = known_by is None or date.fromisoformat(known_by) > measured[0]
    lacks = [name for name in fitted.features if name not in frame.columns]
    return {} if seen or lacks else {"champion": fitted}


def _keep_card(home: Home, version: str) -> None:
    """The card of a version of one label."""
    from models.risk.card.keeping import keep_card as keep

    keep(home, version, None)


def is_synthetic(home: Home) -> bool:
    """Whether this home holds a simulated county."""
    return home.county_file.exists() and bool(home.county.get("synthetic"))
