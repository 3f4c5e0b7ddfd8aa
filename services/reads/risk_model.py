"""Reads and steps of the model page: the last report, the registry, promotion and rollback."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from models.risk.errors import RiskError
from models.risk.gate import PREFIX
from models.risk.report import read_report
from models.risk.tracking import has_store
from services.reads import base

__all__ = [
    "Registry",
    "RiskError",
    "Version",
    "calibration",
    "card",
    "external",
    "external_page",
    "fold_spans",
    "importance",
    "measured",
    "populations",
    "promote",
    "registry",
    "report",
    "rollback",
    "rolling",
    "scored_by",
    "sections",
    "shadow",
    "shadow_totals",
    "table",
    "versions",
]


@dataclass(frozen=True)
class Registry:
    """Who speaks: cards of champion and challenger, what could be rolled back to, all steps."""

    champion: dict[str, Any] | None
    challenger: str | None
    previous: str | None
    history: pd.DataFrame


@dataclass(frozen=True)
class Version:
    """A registered version and what it is: champion, challenger, previous or ''."""

    number: str
    role: str


def report(home: str) -> dict[str, Any]:
    """The report of the last training.

    Raises NothingYet before the first one.
    """
    found = read_report(base.home_at(home))
    if not found:
        raise base.NothingYet("model")
    return found


def sections(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The report by question (existing, coming); one section '' for a model of one label."""
    return dict(content.get("questions") or {"": content})


@base.cached_models
def registry(home: str, question: str = "") -> Registry:
    """Champion, challenger, previous and the history of promotions; empty without a registry."""
    folder, asked = base.home_at(home), question or None
    columns = ["at", "action", "version", "previous", "reason", "actor", "forced", "second",
               "override", "said"]  # fmt: skip
    if not has_store(folder):
        return Registry(None, None, None, pd.DataFrame(columns=columns))
    # MLflow takes seconds to import: only this read waits for it.
    from models.risk.registry import CHALLENGER, PREVIOUS, alias, champion_card, history

    taken = [asdict(step) for step in history(folder, asked)]
    return Registry(
        champion_card(folder, asked),
        alias(folder, CHALLENGER, asked),
        alias(folder, PREVIOUS, asked),
        pd.DataFrame(taken, columns=columns)[::-1],
    )


@base.cached_models
def versions(home: str, question: str = "") -> list[Version]:
    """Every version of a question, the newest first; [] before the first training."""
    from models.risk import registry as kept

    folder, asked = base.home_at(home), question or None
    held = {kept.alias(folder, name, asked): name for name in kept.ALIASES}
    return [Version(number, held.get(number, "")) for number in kept.versions(folder, asked)]


def card(home: str, version: str, question: str, language: str) -> bytes:
    """The model card of a version, one HTML file. Raises RiskError for an unknown version."""
    from models.risk.card import card_html, gather

    return card_html(gather(base.home_at(home), version, question), language).encode("utf-8")


@base.cached_scores
def shadow(home: str, question: str) -> list[dict[str, Any]]:
    """The challenger beside the champion, one row a month (`models.risk.shadow.beside`)."""
    from models.risk.shadow import beside

    if question not in ("existing", "coming"):
        return []
    folder = base.home_at(home)
    return beside.shadow_rows(folder, question)  # type: ignore[arg-type]


def shadow_totals(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The months of the newest pair together; {} without months."""
    from models.risk.shadow import beside

    return beside.totals(rows)


@base.cached_scores
def scored_by(home: str) -> list[tuple[date, str]]:
    """Which version every stored risk of a month carries, the newest month first."""
    folder = base.home_at(home)
    found = []
    for month in reversed(folder.months("risk")):
        path = folder.monthly("risk", month) / "risk.parquet"
        if path.exists():
            table = pq.read_table(path, columns=["model_version"], partitioning=None)
            told = table.column("model_version").unique().to_pylist()
            found.append((month, " / ".join(str(one) for one in told)))
    return found


@base.cached_models
def measured(home: str, question: str, version: str) -> dict[str, Any]:
    """What the training of an older version measured, as far as its run kept it; {} for nothing."""
    from models.risk.registry import measured as read

    try:
        found = read(base.home_at(home), version, question)
    except RiskError:
        return {}
    split = found["split"] or {}
    checked = {k.removeprefix(PREFIX): v for k, v in found["gate"].items() if k.startswith(PREFIX)}
    return {
        "version": version,
        "rows": found["rows"] or [],
        "gate": checked,
        "split": {"train": split.get("teach"), "test": split.get("test")},
        "as_of_trained": split.get("known_by"),
        "refit_known_by": _newer(split),
        "question": question,
        "slots": checked.get("slots"),
        "evaluated_on": "test" if split.get("test") else "nothing",
    }


def _newer(split: dict[str, Any]) -> str | None:
    """Until when the version has learned once more after its test; None where it has not."""
    known = split.get("model_known_by")
    return None if known == split.get("known_by") else known


def external(home: str) -> dict[str, Any]:
    """The report of the last table of one's own; {} before the first."""
    from models.risk.external import read_report as read

    return read(base.home_at(home)) or {}


def external_page(home: str, language: str) -> bytes:
    """The same as one HTML file. Raises NothingYet before the first."""
    from models.risk.external import report_html

    content = external(home)
    if not content:
        raise base.NothingYet("model")
    return report_html(content, language).encode("utf-8")


@base.cached_models
def rolling(home: str, question: str) -> dict[str, Any]:
    """The kept rolling test of a question; {} before the first."""
    from models.risk.rolling.county import read_rolling

    return read_rolling(base.home_at(home), question) or {}


def promote(
    home: str,
    version: str,
    reason: str,
    actor: str,
    question: str = "",
    *,
    second: str | None = None,
    override: str | None = None,
) -> None:
    """Make a version the champion. Raises RiskError with what speaks against it."""
    from models.risk import promote as step

    step(
        base.home_at(home),
        version,
        reason=reason,
        actor=actor,
        question=question or None,
        second=second,
        override=override,
    )
    registry.clear()
    versions.clear()


def rollback(home: str, reason: str, actor: str, question: str = "") -> None:
    """Return to the champion before. Raises RiskError when there is none."""
    from models.risk import rollback as step

    step(base.home_at(home), reason=reason, actor=actor, question=question or None)
    registry.clear()
    versions.clear()


def table(content: dict[str, Any], population: str | None, truth: bool = False) -> pd.DataFrame:
    """Scorers of one population, best precision first; `truth` takes the synthetic truth's rows.

    Against the truth of now, whoever knows it would be right in every visit as long as families in
    need are left: that is the row 'oracle' of the existing.
    """
    rows = pd.DataFrame(content.get("truth_rows" if truth else "rows") or [])
    if rows.empty:
        return rows
    rows = rows[rows["population"] == population]
    if truth and len(rows) and content.get("question") == "existing":
        first = rows.iloc[0]
        cases, k = float(first["prevalence"]) * float(first["n_test"]), float(first["k"])
        best = {
            "population": population, "scorer": "oracle", "n_test": first["n_test"], "k": k,
            "prevalence": first["prevalence"], "precision_at_k": min(1.0, cases / k) if k else None,
            "recall_at_k": min(1.0, k / cases) if cases else None,
        }  # fmt: skip
        rows = pd.concat([rows, pd.DataFrame([best])], ignore_index=True)
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
