"""Why the model gives a household its risk: SHAP contributions in log-odds, by feature and fact.

TreeSHAP from LightGBM itself; over several boosters the contributions are averaged, as their
margins are, so base + contributions = margin for every household (checked on every call). Features
that tell the same are one fact (`models.risk.facts`): their contributions are added, so the facts
add up to the margin as exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home
from features.engine.feature import Feature
from models.risk.dataset import catalogue, profile_file, slim_table
from models.risk.errors import RiskError
from models.risk.fact_frame import fact_frame
from models.risk.facts import fact_of
from models.risk.fitted import FittedRisk
from models.risk.registry import CHAMPION, alias, load
from models.risk.score import write_parquet

OTHER = "X"
TOLERANCE = 1e-6
# Rows for mean |SHAP|: each costs milliseconds and the order of features settles early.
SAMPLE = 300


def explain_households(
    home: Home,
    as_of: date,
    households: Sequence[str],
    *,
    fitted: FittedRisk | None = None,
    version: str | None = None,
    cards: Mapping[str, Feature] | None = None,
    names: Mapping[str, Mapping[str, str]] | None = None,
    question: str = "existing",
    write: bool = True,
) -> pd.DataFrame:
    """Contributions for the given households of a month, strongest first within each.

    Columns: household, as_of, question, feature, fact, label_zh, label_en, unit, category (A..H,
    X = other), value (text as in the profile, null = unknown), contribution (log-odds), base_value,
    margin, risk and base_risk (both calibrated), model_version. `question` is what `fitted` answers
    ('existing' or 'coming'). `names` gives, by feature, words for coded values, such as a city's
    name for its code. With `write` they join data/risk/as_of=…/explain.parquet, and their facts in
    words (`models.risk.fact_frame`) facts.parquet beside it; rows of the other question stay, and
    those of other households told by the same model version.
    Raises RiskError for households that the profile does not have.
    """
    if fitted is None:
        fitted, version = _speaking(home, question)
    profile = _profiles(home, as_of, households, fitted)
    found = explain_frame(fitted, profile, cards=cards)
    for feature, told in (names or {}).items():
        coded = found["feature"] == feature
        found.loc[coded, "value"] = found.loc[coded, "value"].map(lambda v, w=told: w.get(v, v))
    found.insert(1, "as_of", as_of)
    found.insert(2, "question", question)
    found["model_version"] = version or "unregistered"
    if write:
        _join(home, as_of, found, "explain.parquet")
        _join(home, as_of, fact_frame(home, as_of, found), "facts.parquet")
    return found


def _speaking(home: Home, question: str) -> tuple[FittedRisk, str]:
    """The champion of the question, else the one model that answers a single label."""
    if alias(home, CHAMPION, question) is not None:
        return load(home, question=question)
    return load(home)


def explain_frame(
    fitted: FittedRisk, frame: pd.DataFrame, *, cards: Mapping[str, Feature] | None = None
) -> pd.DataFrame:
    """The same for rows of any frame with `household` and the model's features."""
    shap, margin = fitted.contributions(frame), fitted.margin(frame)
    check_additivity(shap, margin)
    cards = catalogue() if cards is None else cards
    names = list(fitted.features)
    rows, columns = len(frame), len(names)
    repeated = pd.DataFrame(
        {
            "household": np.repeat(frame["household"].to_numpy(), columns),
            "feature": np.tile(np.array(names, dtype=object), rows),
            "value": [v for row in _texts(frame, names) for v in row],
            "contribution": shap[:, :-1].ravel(),
            "base_value": np.repeat(shap[:, -1], columns),
            "margin": np.repeat(margin, columns),
            "risk": np.repeat(fitted.calibrator(margin), columns),
            "base_risk": np.repeat(fitted.calibrator(shap[:, -1]), columns),
        }
    )
    words = pd.DataFrame([_words(name, cards) for name in names])
    found = repeated.merge(words, on="feature", how="left", sort=False)
    place = found.groupby("household", sort=False).ngroup()
    order = np.lexsort((-found["contribution"].abs().to_numpy(), place.to_numpy()))
    return found.iloc[order].reset_index(drop=True)


def check_additivity(contributions: np.ndarray, margin: np.ndarray) -> None:
    """Raise RiskError when base + contributions differ from the margin anywhere."""
    if len(margin) == 0:
        return
    gap = float(np.abs(contributions.sum(axis=1) - margin).max())
    if gap > TOLERANCE:
        raise RiskError(
            f"各项影响之和与得分不符（相差 {gap:.2g}）",
            f"the explanation does not add up to the score (off by {gap:.2g})",
        )


def by_category(explained: pd.DataFrame) -> pd.DataFrame:
    """Contributions summed by household and category: household, category, contribution."""
    return explained.groupby(["household", "category"])[["contribution"]].sum().reset_index()


def importance(
    fitted: FittedRisk,
    frame: pd.DataFrame,
    *,
    cards: Mapping[str, Feature] | None = None,
    sample: int = SAMPLE,
    seed: int = 7,
) -> list[dict[str, Any]]:
    """Features by weight: gain (share of all splits' gain) and mean |SHAP| on a sample of rows.

    Rows: feature, fact, label_zh, label_en, category, gain, mean_abs_shap; strongest |SHAP| first.
    """
    cards = catalogue() if cards is None else cards
    gain = np.sum([b.feature_importance("gain") for b in fitted.boosters], axis=0)
    share = gain / gain.sum() if gain.sum() else gain
    part = frame.sample(min(sample, len(frame)), random_state=seed)
    weight = np.abs(fitted.contributions(part)[:, :-1]).mean(axis=0) if len(part) else share * 0
    rows = [
        {**_words(name, cards), "gain": float(share[i]), "mean_abs_shap": float(weight[i])}
        for i, name in enumerate(fitted.features)
    ]
    return sorted(rows, key=lambda row: -row["mean_abs_shap"])


def _words(name: str, cards: Mapping[str, Feature]) -> dict[str, Any]:
    card = cards.get(name)
    return {
        "feature": name,
        "fact": fact_of(name),
        "label_zh": card.zh if card else name,
        "label_en": card.en if card else name,
        "unit": card.unit if card else "",
        "category": (card.category if card else "") or OTHER,
    }


def _profiles(
    home: Home, as_of: date, households: Iterable[str], fitted: FittedRisk
) -> pd.DataFrame:
    asked = list(dict.fromkeys(households))
    path = profile_file(home, as_of)
    have = set(pq.read_schema(path).names)
    columns = ["household", *(f for f in fitted.features if f in have)]
    table = pq.read_table(
        path, columns=columns, partitioning=None, filters=[("household", "in", asked or [""])]
    )
    frame = slim_table(table, fitted.features)
    if len(frame) < len(asked):
        raise RiskError(
            f"有 {len(asked) - len(frame)} 户没有 {as_of} 的画像",
            f"{len(asked) - len(frame)} of the households have no profile of {as_of}",
        )
    return frame.set_index("household").reindex(asked).reset_index()


def _texts(frame: pd.DataFrame, names: Sequence[str]) -> list[list[str | None]]:
    return [[_text(value) for value in row] for row in frame[list(names)].itertuples(index=False)]


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    # Six digits: float32 knows no more.
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def _join(home: Home, as_of: date, found: pd.DataFrame, name: str) -> None:
    """Add rows to a month's table; a household's rows for a question replace its earlier ones."""
    target = home.monthly("risk", as_of) / name
    if target.exists() and len(found):
        old = pq.read_table(target, partitioning=None).to_pandas()
        # A table from before there were two questions is written anew.
        if "question" in old:
            same = old["model_version"] == found["model_version"].iloc[0]
            other = ~old["question"].isin(found["question"].unique())
            again = old["household"].isin(found["household"].unique())
            kept = old[other | (same & ~again)]
            found = pd.concat([kept, found], ignore_index=True) if len(kept) else found
    write_parquet(found, target)
