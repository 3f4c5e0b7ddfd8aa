"""What every kind of declaration shares."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from features.engine.errors import FeatureError
from features.engine.feature import Feature

UNSET: Any = object()


def base_feature(
    function: Callable[..., Any],
    level: str,
    kind: str,
    value: Any,
    missing: Any,
    feeds: tuple[str, ...],
    source: Any = None,
) -> Feature:
    """A feature without its labels, from its function; FeatureError when it has no docstring."""
    doc = inspect.getdoc(function)
    if not doc:
        raise FeatureError(f"feature '{function.__name__}' needs a docstring: what it means")
    return Feature(
        name=function.__name__,
        level=level,
        kind=kind,
        zh="",
        en="",
        unit="",
        category="",
        feeds=feeds,
        dtype=str(value.type()),
        missing=missing,
        description=doc,
        function=function,
        source=source,
    )


def check_missing_chosen(name: str, missing: Any) -> None:
    """Refuse a feature of a feed that does not say what no record means."""
    if missing is UNSET:
        raise FeatureError(
            f"feature '{name}' must say what no record means: missing=0.0, missing=False, … "
            "or missing=None to leave it null"
        )


def model_ready(feature: Feature, asked: bool | None) -> bool:
    """Household numbers feed the model unless the author says otherwise."""
    numeric = feature.dtype.startswith(("int", "float", "bool", "decimal", "uint"))
    if asked and not (numeric and feature.level == "household"):
        raise FeatureError(
            f"feature '{feature.name}' is {feature.dtype} per {feature.level}; "
            "the model takes numbers and yes/no per household"
        )
    return (numeric and feature.level == "household") if asked is None else asked
