"""What a month is compared with: months that the model learned from, its features, its groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from core.home import Home
from models.risk import registry, report
from models.risk.dataset import profile_file, read_profile
from models.risk.errors import RiskError
from models.risk.rows import QUESTIONS, profiled_months, watch_of

# Households compared on each side, and months that stand for what the model learned from.
SAMPLE, REFERENCE_MONTHS = 20_000, 4
GROUPS = ("county", "at_risk", "secured", "unwatched")


def reference_months(home: Home, as_of: date) -> list[date]:
    """Up to four profile months that the champion learned from, evenly spread.

    Without a champion's card: the profile months before the first that was scored. Raises
    RiskError when there is none.
    """
    known_by = _learned_by(home)
    taught = [m for m in profiled_months(home, min(known_by or as_of, as_of)) if m < as_of]
    if not taught:
        raise RiskError(
            f"{as_of:%Y-%m} 之前没有模型学习过的画像月份；监测至少要有一个",
            f"no profile month before {as_of:%Y-%m} the model learned from; watching needs one",
        )
    places = np.unique(np.linspace(0, len(taught) - 1, REFERENCE_MONTHS).round().astype(int))
    return [taught[place] for place in places]


def _learned_by(home: Home) -> date | None:
    """The day up to which the champion in use knows the county."""
    for question in QUESTIONS:
        number = registry.alias(home, registry.CHAMPION, question)
        if number is None:
            continue
        split = registry.measured(home, number, question)["split"] or {}
        if text := split.get("model_known_by") or split.get("known_by"):
            return date.fromisoformat(text)
    return None


def watched_features(home: Home) -> dict[str, float]:
    """Features of the champions with their weight (mean |SHAP|, as the report of the training
    has it; 0 where it has none)."""
    names: dict[str, float] = {}
    written = (report.read_report(home) or {}).get("questions") or {}
    for question in QUESTIONS:
        try:
            fitted, _ = registry.load(home, question=question)
        except RiskError:
            continue
        rows = (written.get(question) or {}).get("importance") or []
        weights = {r["feature"]: float(r["mean_abs_shap"]) for r in rows}
        for name in fitted.features:
            names[name] = names.get(name, 0.0) + weights.get(name, 0.0)
    if not names:
        raise RiskError(
            "没有在用的模型可监测；请在“模型”页启用一个",
            "no model in use to watch; promote one on the Model page",
        )
    return names


def sample(home: Home, months: Sequence[date], features: Sequence[str]) -> pd.DataFrame:
    """Households of some months, the same share of each, with their watch group."""
    parts = []
    for month in months:
        frame = read_profile(profile_file(home, month), features, at_risk_only=False)
        mark = pd.util.hash_array(frame["household"].to_numpy(object)) % 10_000
        share = SAMPLE / len(months) / max(1, len(frame))
        parts.append(frame.assign(watch=watch_of(frame))[mark < share * 10_000])
    return pd.concat(parts, ignore_index=True)


def groups(then: pd.DataFrame, now: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Rows of then and of now by group."""
    found = {"county": (np.ones(len(then), bool), np.ones(len(now), bool))}
    for name in GROUPS[1:]:
        found[name] = (then["watch"] == name).to_numpy(), (now["watch"] == name).to_numpy()
    return found
