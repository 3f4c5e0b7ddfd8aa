"""The catalogue of features: one entry per profile column, for labels, documents and the model."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from features.engine.feature import Feature, registry

# In the order in which they build on one another.
MODULES = (
    "register",
    "rolls",
    "claims",
    "diseases",
    "claims_household",
    "disability",
    "schooling",
    "employment",
    "employment_household",
    "housing",
    "vehicles",
    "real_estate",
    "firms",
    "housing_fund",
    "financial_assets",
    "tax",
    "social_insurance",
    "deaths",
    "visits",
    "in_process",
    "visit_members",
    "trends",
    "income_visited",
    "income_told",
    "income",
    "roster",
    "indicators_population",
    "indicators_children",
    "indicators_income",
    "indicators_medical",
    "indicators_education",
    "indicators_employment",
    "indicators_housing",
    "indicators_business",
    "indicators_means",
    "event_dates",
)


@dataclass(frozen=True)
class FeatureInfo:
    """What readers of a profile column need: its names, unit, source and when it is empty.

    `category` is one of the eight scorecard categories A-H, or X. `monotone` is +1 where more
    never lowers risk, -1 where more never raises it, 0 where nothing is certain.
    """

    name: str
    level: str
    label_zh: str
    label_en: str
    unit: str
    feeds: tuple[str, ...]
    category: str
    null_rule: str
    for_model: bool
    monotone: int
    description: str
    months: int | None
    dtype: str


def load() -> None:
    """Declare every feature of the project, once."""
    for name in MODULES:
        importlib.import_module(f"features.{name}")


def _info(f: Feature) -> FeatureInfo:
    return FeatureInfo(
        name=f.name,
        level=f.level,
        label_zh=f.zh,
        label_en=f.en,
        unit=f.unit,
        feeds=f.feeds,
        category=f.category,
        null_rule=f.null_rule,
        for_model=f.for_model,
        monotone=f.monotone,
        description=f.description,
        months=f.months,
        dtype=f.dtype,
    )


load()
FEATURES: list[FeatureInfo] = [_info(f) for f in registry().features.values()]
BY_NAME: dict[str, FeatureInfo] = {f.name: f for f in FEATURES}


def model_features() -> list[FeatureInfo]:
    """Household columns the risk model may use, in catalogue order."""
    return [f for f in FEATURES if f.for_model]
