"""The two voices about a household: the scorecard's points and the model's contributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd

from dashboard.services import base, names
from dashboard.services.names import Words
from models.risk.fact_frame import closing, fact_frame
from models.risk.facts import fact_of
from models.scorecard.month import explain_household

# The two disagree when one of them places a family this high and the other this low.
HIGH_BANDS, LOW_BANDS = {"red", "orange"}, {"none", "blue"}
HIGH_RANK, LOW_RANK = 0.05, 0.5
# Facts of the model on a page; what all others add up to is one line more.
FACTS_TOLD = 8


@base.cached
def points(home: str, as_of: date, scope: str, household: str) -> pd.DataFrame:
    """Scored parts: indicator, category, person, value, points, contribution, zh, en.

    `zh` and `en` say in words what the tier means. Empty when the month was not scored.
    """
    path = base.monthly_file(home, "scores", as_of, "parts.parquet")
    columns = ["indicator", "category", "person", "value", "points", "contribution", "zh", "en"]
    if path is None:
        return pd.DataFrame(columns=columns)
    found = base.query(
        "SELECT * FROM read_parquet($path) WHERE household = $household "
        "ORDER BY category, indicator, person",
        {"path": str(path), "household": household},
    )
    rules = names.rules(as_of)
    told = [
        rules.words(i, None if pd.isna(t) else int(t))
        for i, t in zip(found["indicator"], found["tier"], strict=True)
        if i in rules.indicators or i.endswith("_cap")
    ]
    if len(told) == len(found):
        return found.assign(zh=[w.zh for w in told], en=[w.en for w in told])[columns]
    return found.assign(zh=found["indicator"], en=found["indicator"])[columns]


@base.cached
def looked_at(home: str, as_of: date, scope: str, household: str) -> pd.DataFrame:
    """Every indicator of the household, also known zeros and unknowns: indicator, status, zh, en,
    value. Computed on demand."""
    parts = explain_household(base.home_at(home), as_of, household)
    rows = [
        {
            "indicator": p.indicator,
            "category": p.category,
            "status": p.status,
            "zh": p.words.zh if p.words else "",
            "en": p.words.en if p.words else "",
            "points": p.points,
        }
        for p in parts
    ]
    frame = pd.DataFrame(rows)
    # Persons of one household often share a status: one line each is enough.
    return frame.drop_duplicates(["indicator", "status", "zh"], ignore_index=True)


@dataclass(frozen=True)
class Voice:
    """The model's way from the average to the household.

    `by_category`: category, weight (log-odds), change (share 0..1); `by_fact`: the strongest
    facts with fact, category, weight, zh, en (each with its amount, line, source and age), and
    `rest` what all others add up to. Changes add up from `start` to `end` exactly. `question` is
    what the model was asked: existing or coming.
    """

    start: float
    end: float
    by_category: pd.DataFrame
    by_fact: pd.DataFrame
    rest: Words | None
    version: str
    question: str = "existing"


@base.cached
def model_voice(home: str, as_of: date, scope: str, household: str) -> Voice | None:
    """The stored explanation; None when this household was not explained this month."""
    path = base.monthly_file(home, "risk", as_of, "explain.parquet")
    if path is None:
        return None
    found = base.query(
        "SELECT * FROM read_parquet($path) WHERE household = $household "
        "ORDER BY abs(contribution) DESC",
        {"path": str(path), "household": household},
    )
    return _voice(home, as_of, household, _one_answer(found)) if len(found) else None


def explain_now(
    home: str, as_of: date, scope: str, household: str, question: str = "existing"
) -> Voice:
    """Explain a household's risk of a question on demand; nothing is stored.

    Raises RiskError without a champion or when the household is unknown to the profile.
    """
    from models.risk import explain_households

    found = explain_households(
        base.home_at(home), as_of, [household], question=question, write=False
    )
    return _voice(home, as_of, household, found)


def _voice(home: str, as_of: date, household: str, found: pd.DataFrame) -> Voice:
    base_value = float(found["base_value"].iloc[0])
    margin = base_value + float(found["contribution"].sum())
    end = _calibrated(home, as_of, household, found, margin)
    path = _probability_path(base_value, margin, end)
    grouped = found.groupby("category", as_index=False)["contribution"].sum()
    grouped = grouped.rename(columns={"contribution": "weight"})
    order = grouped["weight"].abs().sort_values(ascending=False, kind="stable").index
    grouped = grouped.loc[order].reset_index(drop=True)
    stops = [path(m) for m in base_value + grouped["weight"].cumsum()]
    # The last stop is the household itself, whatever rounding says.
    stops = [path(base_value), *stops[:-1], end]
    changes = [after - before for before, after in pairwise(stops)]
    told = _facts(home, as_of, household, found)
    first = told["position"] <= FACTS_TOLD
    rest = closing(told, first)
    version = str(found["model_version"].iloc[0])
    return Voice(
        path(base_value),
        end,
        grouped.assign(change=changes),
        told.loc[first, ["fact", "category", "weight", "zh", "en"]],
        None if rest is None else Words(rest.zh, rest.en),
        version,
        str(found["question"].iloc[0]) if "question" in found else "existing",
    )


def _one_answer(found: pd.DataFrame) -> pd.DataFrame:
    """The rows of one question: whether a visit now finds need, where that was explained."""
    if "question" not in found:
        return found.assign(question="existing")
    questions = found["question"].unique()
    return found[found["question"] == ("existing" if "existing" in questions else questions[0])]


def _facts(home: str, as_of: date, household: str, found: pd.DataFrame) -> pd.DataFrame:
    """The explained facts in words as they were stored, else told now."""
    path = base.monthly_file(home, "risk", as_of, "facts.parquet")
    told = pd.DataFrame()
    if path is not None:
        told = base.query(
            "SELECT * FROM read_parquet($path) WHERE household = $household "
            "AND question = $question AND model_version = $version",
            {
                "path": str(path),
                "household": household,
                "question": str(found["question"].iloc[0]),
                "version": str(found["model_version"].iloc[0]),
            },
        )
    if not len(told):
        named = found.assign(fact=[fact_of(name) for name in found["feature"]])
        told = fact_frame(base.home_at(home), as_of, named)
    told = told.sort_values("position")
    return told.assign(weight=told["contribution"], zh=told["text_zh"], en=told["text_en"])


def _calibrated(
    home: str, as_of: date, household: str, found: pd.DataFrame, margin: float
) -> float:
    """The risk that the pages show for this household: the explanation's own, else the month's."""
    if "risk" in found and pd.notna(found["risk"].iloc[0]):
        return float(found["risk"].iloc[0])
    path = base.monthly_file(home, "risk", as_of, "risk.parquet")
    if path is not None:
        sql = "SELECT risk FROM read_parquet($path) WHERE household = $household"
        row = base.query(sql, {"path": str(path), "household": household})
        if len(row):
            return float(row["risk"].iloc[0])
    return _sigmoid(margin)


def _sigmoid(margin: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, margin))))


def _probability_path(start: float, margin: float, end: float) -> Any:
    """Margin -> probability, bent so that the household's margin gives its calibrated risk."""
    bounded = min(max(end, 1e-6), 1 - 1e-6)
    goal = math.log(bounded / (1 - bounded))
    slope = (goal - start) / (margin - start) if abs(margin - start) > 1e-9 else 1.0
    if slope <= 0:
        return lambda m: _sigmoid(m) if m != margin else end
    return lambda m: _sigmoid(start + (m - start) * slope)


def disagreement(band: str | None, rank: int | None, total: int) -> str | None:
    """'rules' when the rules shout and the model shrugs, 'model' the other way, else None."""
    if band is None or rank is None or not total:
        return None
    place = rank / total
    if band in HIGH_BANDS and place > LOW_RANK:
        return "rules"
    if band in LOW_BANDS and place <= HIGH_RANK:
        return "model"
    return None
