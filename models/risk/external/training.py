"""Train on an external dataset: folds first, then the model that is registered.

file ─▶ checks ─▶ rolling test (folds, candidates, leaks) ─▶ gate ─▶ one training ─▶ registry
                                                                └──▶ data/reports/table_report.json
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import yaml

from core.home import Home, add_months
from core.progress import Progress, quiet
from features.engine.feature import Feature, column
from models.risk import gate
from models.risk.dataset import catalogue, monotone_of
from models.risk.errors import RiskError
from models.risk.evaluate import reliability_rows
from models.risk.external.reading import External, read_asked
from models.risk.measures import Capacity
from models.risk.report import TABLE_FILE
from models.risk.rolling.candidates import Way
from models.risk.rolling.engine import TOP5, Evaluated, evaluate_table
from models.risk.rolling.table import Table
from models.risk.run import Task, TrainResult, run
from models.risk.split import CALIBRATION_MONTHS, TimeSplit, split_months

TEST_SHARE = 0.25
CONFIG_FILE = "external.yaml"
# Drawn in the reliability table beside the model itself.
BESIDE = "logistic"


def train_from_file(
    home: Home,
    asked: External,
    *,
    way: Way | None = None,
    capacity: Capacity = TOP5,
    synthetic: bool = False,
    progress: Progress = quiet,
) -> TrainResult:
    """The rolling test of a labelled table, then the model to be registered as a challenger.

    The report has everything a training's has, and `folds_report` (see rolling.report), `gate`,
    `faults` (zh, en), `reliability` of the folds, `asked`. The run logs leak.flag, how many
    features were flagged. Raises RiskError for a table that cannot be learned from.
    """
    progress("read", 0, 1)
    table, asked = read_asked(asked)
    cards = _cards(table, asked.monotone)
    table = replace(table, monotone=monotone_of(cards))
    split = split_table(table)
    found = evaluate_table(table, count=asked.folds, capacity=capacity, way=way, progress=progress)
    name = "lightgbm_monotone" if table.monotone else "lightgbm"
    metrics = {**figures(found.report, name), **_measured(found.report)}
    more = _told(asked, table, found, cards, name, metrics) | {"synthetic": synthetic}
    task = Task(home, split, cards, progress, capacity, params=way.params if way else None,
                income=asked.income, own=asked.path.name, metrics=metrics, more=more)  # fmt: skip
    result = run(task, table.frame.assign(label_known=table.frame["label"].notna()))
    _keep_config(home, result.run_id, asked)
    return result


def read_report(home: Home) -> dict[str, Any] | None:
    """The report of the last external dataset; None before the first."""
    path = home.reports / TABLE_FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def split_table(table: Table) -> TimeSplit:
    """Months of the model that is registered: the newest quarter tests it, if history allows.

    A short table gets a smaller test, then a curve of one month, never no training.
    """
    months = sorted(table.frame.loc[table.frame["label"].notna(), "as_of"].unique())
    closed_by = add_months(months[-1], table.closes)
    wanted = len(months) - max(1, math.ceil(len(months) * TEST_SHARE))
    for width in range(CALIBRATION_MONTHS, 0, -1):
        for known_by in months[max(0, wanted) :]:
            try:
                found = split_months(months, table.closes, known_by, closed_by=closed_by,
                                     calibration_months=width)  # fmt: skip
            except RiskError:
                continue
            return replace(found, horizon=table.horizon)
    raise RiskError("月份太少，不够训练和校准", "too few months to train and to calibrate")


def figures(report: Mapping[str, Any], name: str) -> dict[str, float]:
    """What the gate looks at, of candidate `name` over all folds, as metrics of a run."""
    rank = _pooled(report["rows"], name, population="all")
    at = _pooled(report["capacity"], name, fold=None, capacity="real")
    gap = _pooled(report["differences"], name, measure="precision", reference="logistic")
    promised = _pooled(report["promise"], name, fold=None)
    checked = {
        "tested": float(rank.get("n_cases", 0) > 0),
        "minus_logistic": gap.get("difference"),
        "minus_logistic_high": gap.get("difference_high"),
        "n_logistic": at.get("n_seen"),
        "slope": rank.get("slope"),
        "ece": rank.get("ece"),
        "promised": promised.get("promised"),
        "promised_minus_found": promised.get("gap"),
        "found": promised.get("found"),
        "found_low": promised.get("found_low"),
        "found_high": promised.get("found_high"),
    }
    return {**gate.figures(checked), gate.LEAK: float(len(report["leaks"]["flags"]))}


def _pooled(rows: Sequence[Mapping[str, Any]], name: str, **wanted: Any) -> Mapping[str, Any]:
    wanted = {"candidate": name, **wanted}
    return next((r for r in rows if all(r.get(k) == v for k, v in wanted.items())), {})


def _measured(report: Mapping[str, Any]) -> dict[str, float]:
    """Figures of every candidate over all folds: folds.lightgbm.ap and so on."""
    rows = [r for r in report["rows"] if r["population"] == "all"]
    rows += [r for r in report["capacity"] if r["fold"] is None and r["capacity"] == "real"]
    names = ("ap", "auc", "brier", "slope", "ece", "precision", "recall")
    return {
        f"folds.{row['candidate']}.{name}": float(row[name])
        for row in rows
        for name in names
        if row.get(name) is not None
    }


def _told(
    asked: External,
    table: Table,
    found: Evaluated,
    cards: Mapping[str, Feature],
    name: str,
    metrics: Mapping[str, float],
) -> dict[str, Any]:
    report = dict(found.report)
    flags = []
    for flag in report["leaks"]["flags"]:
        card = cards[flag["feature"]]
        flags.append({**flag, "label_zh": card.zh, "label_en": card.en})
    report["leaks"] = {**report["leaks"], "flags": flags}
    return {
        "asked": asked.as_dict(),
        "own": name,
        "n_rows": len(table.frame),
        "n_labelled": int(table.frame["label"].notna().sum()),
        "n_cases": int(table.frame["label"].sum()),
        "n_groups": int(table.frame["household"].nunique()),
        "folds_report": report,
        "folds_reliability": _reliability(found.scored, name),
        "gate": {k.removeprefix(gate.PREFIX): v for k, v in metrics.items()
                 if k.startswith(gate.PREFIX)},
        "faults": [{"zh": one.zh, "en": one.en} for one in gate.verdict(metrics)],
    }  # fmt: skip


def _reliability(scored: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    """Promised against found over all folds; the model is called 'model'."""
    seen = scored[scored["label"].notna().to_numpy()]
    outcome = seen["label"].to_numpy(float)
    names = {"model": name, BESIDE: BESIDE}
    return reliability_rows(outcome, {k: seen[v].to_numpy(float) for k, v in names.items()})


def _cards(table: Table, monotone: Mapping[str, int]) -> dict[str, Feature]:
    """Labels and directions from the catalogue where names agree; what was asked for goes first.

    A text has no direction.
    """
    known, found = catalogue(), {}
    for name in table.features:
        card = known.get(name, column(name))
        bound = monotone.get(name, card.monotone)
        number = pd.api.types.is_numeric_dtype(table.frame[name])
        found[name] = replace(card, monotone=bound if number else 0)
    return found


def _keep_config(home: Home, run_id: str, asked: External) -> None:
    from models.risk.tracking import open_client
    from models.risk.tracking import quiet as still

    text = yaml.safe_dump(asked.as_dict(), allow_unicode=True, sort_keys=False)
    with still():
        open_client(home).log_text(run_id, text, CONFIG_FILE)
