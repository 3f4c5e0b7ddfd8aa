"""Reads and steps of the model page: the last report, the registry, promotion and rollback."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.services import base
from models.risk.errors import RiskError
from models.risk.report import read_report

__all__ = ["Registry", "RiskError", "calibration", "fold_spans", "importance", "promote",
           "registry", "report", "rollback", "table"]  # fmt: skip


@dataclass(frozen=True)
class Registry:
    """Who speaks: cards of champion and challenger, what could be rolled back to, all steps."""

    champion: dict[str, Any] | None
    challenger: str | None
    previous: str | None
    history: pd.DataFrame


def report(home: str) -> dict[str, Any]:
    """The report of the last training.

    Raises NothingYet before the first one.
    """
    found = read_report(base.home_at(home))
    if not found:
        raise base.NothingYet("model")
    return found


def _question(home: str) -> str | None:
    """The question whose figures stand at the top of the report; None for a model of one label."""
    content = read_report(base.home_at(home)) or {}
    return content.get("question")


@st.cache_data(ttl=base.TTL_SECONDS, show_spinner=False)
def registry(home: str) -> Registry:
    """Champion, challenger, previous and the history of promotions; empty without a registry."""
    folder = base.home_at(home)
    columns = ["at", "action", "version", "previous", "reason", "actor", "forced"]
    if not (folder.mlruns / "mlflow.db").exists():
        return Registry(None, None, None, pd.DataFrame(columns=columns))
    # MLflow takes seconds to import: only this read waits for it.
    from models.risk.registry import CHALLENGER, PREVIOUS, alias, champion_card, history

    question = _question(home)
    taken = [asdict(step) for step in history(folder, question)]
    return Registry(
        champion_card(folder, question),
        alias(folder, CHALLENGER, question),
        alias(folder, PREVIOUS, question),
        pd.DataFrame(taken, columns=columns)[::-1],
    )


def promote(home: str, version: str, reason: str, actor: str, force: bool = False) -> None:
    """Make a version the champion. Raises RiskError with what speaks against it."""
    from models.risk import promote as step

    question = _question(home)
    step(base.home_at(home), version, reason=reason, actor=actor, force=force, question=question)
    registry.clear()


def rollback(home: str, reason: str, actor: str) -> None:
    """Return to the champion before. Raises RiskError when there is none."""
    from models.risk import rollback as step

    step(base.home_at(home), reason=reason, actor=actor, question=_question(home))
    registry.clear()


def table(content: dict[str, Any], population: str, truth: bool = False) -> pd.DataFrame:
    """Scorers of one population, best precision first; `truth` takes the synthetic truth's rows."""
    rows = pd.DataFrame(content.get("truth_rows" if truth else "rows") or [])
    if rows.empty:
        return rows
    rows = rows[rows["population"] == population]
    return rows.sort_values("precision_at_k", ascending=False, ignore_index=True)


def populations(content: dict[str, Any]) -> list[str]:
    """Populations that the report measures, in its own order."""
    return list(dict.fromkeys(row["population"] for row in content.get("rows") or []))


def calibration(content: dict[str, Any]) -> pd.DataFrame:
    """Reliability rows: scorer, mean_risk, observed, n."""
    return pd.DataFrame(content.get("reliability") or [])


def importance(content: dict[str, Any]) -> pd.DataFrame:
    """Feature weights: feature, label_zh, label_en, category, gain, mean_abs_shap."""
    return pd.DataFrame(content.get("importance") or [])


def fold_spans(content: dict[str, Any]) -> list[tuple[str, date, date]]:
    """(role, first day, last day) of each run of months that train, calibrate and test."""
    spans: list[tuple[str, date, date]] = []
    for role in ("train", "calibrate", "test"):
        for text in sorted(str(m) for m in (content.get("split") or {}).get(role) or []):
            last = date.fromisoformat(text[:10])
            first = last.replace(day=1)
            if spans and spans[-1][0] == role and spans[-1][2] + timedelta(days=1) == first:
                first = spans.pop()[1]
            spans.append((role, first, last))
    return spans
