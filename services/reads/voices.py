"""The two voices about a household: the scorecard's points and the model's contributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from core.access.areas import Area
from core.words import Text
from models.risk.fact_frame import closing, fact_frame
from models.risk.fact_lines import fact_lines
from models.risk.facts import fact_of
from models.risk.feature_words import value_text
from models.scorecard.month import explain_household
from models.scorecard.rules import RuleSet, load_rules
from services.reads import base

# The two disagree when one of them places a family this high and the other this low.
HIGH_BANDS, LOW_BANDS = {"red", "orange"}, {"none", "blue"}
HIGH_RANK, LOW_RANK = 0.05, 0.5
# Facts of the model on a page; what all others add up to is one line more.
FACTS_TOLD = 8
# Categories on the way to the risk; OTHERS is what the smaller ones add up to, place and time too.
CATEGORIES_TOLD = 6
OTHERS = "others"
# Features drawn one by one; what all others add up to is one step more.
FEATURES_TOLD = 12


@base.cached
def points(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
    """Scored parts: indicator, category, person, value, points, contribution, zh, en, line_zh,
    line_en.

    `zh` and `en` say in words what the tier means, `line_zh` and `line_en` what the household's own
    fact is: its amount, its source and how old that is; empty for a fact that is not declared.
    Empty when the month was not scored.
    """
    path = base.monthly_file(home, "scores", as_of, "parts.parquet")
    columns = ["indicator", "category", "person", "value", "points", "contribution", "zh", "en"]
    columns += ["line_zh", "line_en"]
    if path is None:
        return pd.DataFrame(columns=columns)
    found = base.query(
        "SELECT * FROM read_parquet($path) WHERE household = $household "
        "ORDER BY category, indicator, person",
        {"path": str(path), "household": household},
    )
    rules = load_rules(as_of, home=base.home_at(home))
    found = _with_lines(home, as_of, household, found, rules)
    told = [
        rules.words(i, None if pd.isna(t) else int(t))
        for i, t in zip(found["indicator"], found["tier"], strict=True)
        if i in rules.indicators or i.endswith("_cap")
    ]
    if len(told) == len(found):
        return found.assign(zh=[w.zh for w in told], en=[w.en for w in told])[columns]
    return found.assign(zh=found["indicator"], en=found["indicator"])[columns]


def _with_lines(
    home: str, as_of: date, household: str, parts: pd.DataFrame, rules: RuleSet
) -> pd.DataFrame:
    """The parts with the line of the fact that each rests on, as `line_zh` and `line_en`."""
    known, place = rules.indicators, base.home_at(home)
    facts = [fact_of(known[i].feature) if i in known else "" for i in parts["indicator"]]
    lines = fact_lines(place, as_of, {household: facts}) if place.has_profile(as_of) else {}
    none = Text("", "")
    told = [lines[household, f].text if (household, f) in lines else none for f in facts]
    return parts.assign(line_zh=[t.zh for t in told], line_en=[t.en for t in told])


def fired(home: str, as_of: date, scope: Area, household: str) -> list[str]:
    """The indicators that gave the household points, without how many: what to check on site."""
    parts: pd.DataFrame = points(home, as_of, scope, household)
    return [str(code) for code in parts.loc[parts["points"] > 0, "indicator"]]


@base.cached
def looked_at(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
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
    """The model's way from its starting point, the same for all families, to the household.

    `by_category`: category, weight (log-odds), change (share 0..1), the largest first and what all
    others add up to last, as OTHERS; `by_fact`: the strongest facts with fact, category, weight,
    zh, en (each with its amount, line, source and age), and `rest` what all others add up to.
    Changes add up from `start` to `end` exactly. `question` is what the model was asked: existing
    or coming. `by_feature`: zh, en, value_zh, value_en, weight of the strongest features by
    themselves, the values empty where they would name a place, and what all others add up to as
    OTHERS; they add up to `moved`, the whole way in log-odds.
    """

    start: float
    end: float
    by_category: pd.DataFrame
    by_fact: pd.DataFrame
    rest: Text | None
    version: str
    by_feature: pd.DataFrame
    moved: float
    question: str = "existing"


@base.cached
def model_voice(home: str, as_of: date, scope: Area, household: str) -> Voice | None:
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
    home: str, as_of: date, scope: Area, household: str, question: str = "existing"
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
    margin = float(found["base_value"].iloc[0]) + float(found["contribution"].sum())
    end = _calibrated(home, as_of, household, found, margin)
    start = _start(found, end)
    told = _facts(home, as_of, household, found)
    first = told["position"] <= FACTS_TOLD
    rest = closing(told, first)
    version = str(found["model_version"].iloc[0])
    return Voice(
        start,
        end,
        _steps(found, start, end),
        told.loc[first, ["fact", "category", "weight", "zh", "en"]],
        rest,
        version,
        _features(found),
        float(found["contribution"].sum()),
        str(found["question"].iloc[0]) if "question" in found else "existing",
    )


def _start(found: pd.DataFrame, end: float) -> float:
    """The calibrated risk that the model starts from before it looks at a family.

    An explanation of an earlier version does not hold it: then the contributions lead back to it.
    """
    if "base_risk" in found and pd.notna(found["base_risk"].iloc[0]):
        return float(found["base_risk"].iloc[0])
    bounded = min(max(end, 1e-6), 1 - 1e-6)
    return _sigmoid(math.log(bounded / (1 - bounded)) - float(found["contribution"].sum()))


def _steps(found: pd.DataFrame, start: float, end: float) -> pd.DataFrame:
    """The way from start to end by category: category, weight, change.

    Every category gets its part of the way in proportion to its weight: so the largest weight is
    the largest step wherever it stands, which steps along the curve of the risk are not.
    """
    weights = found.groupby("category")["contribution"].sum()
    named = weights.drop("X", errors="ignore")
    order = named.abs().sort_values(ascending=False, kind="stable").index
    steps = named[order[:CATEGORIES_TOLD]]
    if len(weights) > len(steps):
        steps[OTHERS] = weights.sum() - steps.sum()
    total = float(weights.sum())
    scale = (end - start) / total if abs(total) > 1e-9 else end * (1 - end)
    return pd.DataFrame(
        {"category": steps.index, "weight": steps.to_numpy(), "change": steps.to_numpy() * scale}
    )


def _features(found: pd.DataFrame) -> pd.DataFrame:
    """The strongest features one by one, then all others: zh, en, value_zh, value_en, weight."""
    order = found["contribution"].abs().sort_values(ascending=False, kind="stable").index
    first = found.loc[order[:FEATURES_TOLD]]
    rows = []
    for one in first.to_dict("records"):
        value = _value(one)
        rows.append((one["label_zh"], one["label_en"], value.zh, value.en, one["contribution"]))
    if len(found) > len(first):
        rest = found["contribution"].sum() - first["contribution"].sum()
        rows.append((OTHERS, OTHERS, "", "", float(rest)))
    return pd.DataFrame(rows, columns=["zh", "en", "value_zh", "value_en", "weight"])


def _value(row: dict[str, Any]) -> Text:
    """A feature's value with its unit; empty for a text value, such as a place's code."""
    value = row.get("value")
    number = pd.to_numeric(value, errors="coerce")
    if value is not None and value not in ("True", "False") and pd.isna(number):
        return Text("", "")
    return value_text(row.get("unit") or None, value)


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
