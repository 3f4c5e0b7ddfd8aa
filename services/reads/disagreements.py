"""Reads of the disagreements: where scorecard and model differ most, and later who was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from alerts.checkup.disagreement import MODEL, RULES, later, lists, places
from core.access.areas import Area
from models.scorecard.reading import ScorecardError
from services.reads import base, checked, people

SHOWN = 50  # households of a list on the page
REASONS = 3


@dataclass(frozen=True)
class Disagreements:
    """Two lists of one month. Each row: household, who (masked), township, village, n_members,
    rule_score, risk, rule_place, risk_place, difference, rules_zh/en and model_zh/en (lists of
    reasons in words; the model's are empty where it was not asked to explain).

    `compared` households were ranked by both; `listed` stand on each list, of which SHOWN are here.
    """

    compared: int
    listed: int
    rules: pd.DataFrame
    model: pd.DataFrame


@base.cached
def _placed(home: str, month: date, scope: Area) -> pd.DataFrame:
    """Places of a month's watched households; raises NothingYet without a risk."""
    base.needed_file(home, "risk", month, "risk.parquet")
    return places(checked.households(home, month, scope, watched=True))


@base.cached
def disagreements(home: str, as_of: date, scope: Area) -> Disagreements:
    """The month's households on which scorecard and model differ most, in the area.

    Raises NothingYet when the month has no score or no risk.
    """
    base.needed_file(home, "scores", as_of, "scores.parquet")
    placed = _placed(home, as_of, scope)
    found = lists(placed)
    shown = {name: _told(home, as_of, found[name].head(SHOWN)) for name in (RULES, MODEL)}
    return Disagreements(len(placed), len(found[RULES]), shown[RULES], shown[MODEL])


def _told(home: str, as_of: date, rows: pd.DataFrame) -> pd.DataFrame:
    keys = tuple(rows["household"])
    names = people.heads(home, as_of, keys)
    villages = _villages(home, as_of, keys)
    rules, model = _rule_reasons(home, as_of, keys), _model_reasons(home, as_of, keys)
    told = rows.assign(
        who=[names.get(key, "") for key in keys],
        village=[villages.get(key) for key in keys],
    )
    for language in ("zh", "en"):
        told[f"rules_{language}"] = [rules.get((key, language), []) for key in keys]
        told[f"model_{language}"] = [model.get((key, language), []) for key in keys]
    return told.reset_index(drop=True)


def _villages(home: str, as_of: date, keys: tuple[str, ...]) -> dict[str, str]:
    path = base.needed_file(home, "profile", as_of, "household.parquet")
    found = base.query(
        "SELECT household, village_code FROM read_parquet($path) "
        "WHERE list_contains($keys, household)",
        {"path": str(path), "keys": list(keys)},
    )
    return dict(zip(found["household"], found["village_code"], strict=True))


def _rule_reasons(home: str, as_of: date, keys: tuple[str, ...]) -> dict[tuple[str, str], list]:
    """The parts that moved each score most, in words with their points, by household, language."""
    path = base.needed_file(home, "scores", as_of, "parts.parquet")
    found = base.query(
        "SELECT household, indicator, tier, sum(contribution) AS points FROM read_parquet($path) "
        "WHERE list_contains($keys, household) GROUP BY ALL "
        "ORDER BY abs(sum(contribution)) DESC, indicator",
        {"path": str(path), "keys": list(keys)},
    )
    rules = checked.rules_on(home, as_of)
    told: dict[tuple[str, str], list] = {}
    for row in found.groupby("household", sort=False).head(REASONS).itertuples():
        try:
            words = rules.words(row.indicator, None if pd.isna(row.tier) else int(row.tier))
        except (ScorecardError, IndexError):  # the rules have changed since
            continue
        for language, text in (("zh", words.zh), ("en", words.en)):
            told.setdefault((row.household, language), []).append(f"{text} {row.points:+.1f}")
    return told


def _model_reasons(home: str, as_of: date, keys: tuple[str, ...]) -> dict[tuple[str, str], list]:
    """The facts that moved the model most, as stored for alerts, by household and language."""
    path = base.monthly_file(home, "risk", as_of, "facts.parquet")
    if path is None:
        return {}
    found = base.query(
        "SELECT household, contribution, text_zh, text_en FROM read_parquet($path) "
        "WHERE list_contains($keys, household) AND question = 'existing' "
        "QUALIFY row_number() OVER (PARTITION BY household ORDER BY position) <= $most "
        "ORDER BY household, position",
        {"path": str(path), "keys": list(keys), "most": REASONS},
    )
    told: dict[tuple[str, str], list] = {}
    for row in found.itertuples():
        arrow = "↑" if row.contribution > 0 else "↓"
        for language, text in (("zh", row.text_zh), ("en", row.text_en)):
            told.setdefault((row.household, language), []).append(f"{arrow} {text}")
    return told


@base.cached
def who_was_right(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """What visits found within six months in the households that past months listed.

    Rows of alerts.checkup.disagreement.later, for the months up to twelve back whose six months
    have passed; figures only.
    """
    months = checked.scored_months(home, as_of)
    placed = {
        month: _placed(home, month, scope)
        for month in months
        if base.monthly_file(home, "risk", month, "risk.parquet")
    }
    return later(placed, checked.findings(home, as_of), as_of)
