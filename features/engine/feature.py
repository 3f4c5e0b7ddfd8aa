"""What a declared feature is, and the register that keeps names unique."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from core.words import Bilingual
from features.engine.errors import FeatureError

CATEGORIES = "ABCDEFGHX"  # the eight scorecard categories; X = place and time


@dataclass(frozen=True)
class Feature(Bilingual):
    """One column of the profile, with everything a reader must know about it.

    `kind` says how it is computed: 'event' (a reduction over a feed), 'rollup' (a reduction over
    the members of a household), 'derived' (an expression of one profile row), 'spine' (comes with
    the population). `missing` fills a row without records while every feed in `feeds` is present
    and speaks; None leaves it null. `counted` asks the engine to count the window's rows, because
    the reduction alone would not be null without any.
    """

    name: str
    level: str
    kind: str
    zh: str
    en: str
    unit: str
    category: str
    feeds: tuple[str, ...]
    dtype: str
    missing: Any
    description: str
    function: Callable[..., Any] | None = None
    source: Any = None
    uses: tuple[str, ...] = ()
    months: int | None = None
    ago: int = 0
    stage: int = 0
    household_columns: tuple[str, ...] = ()
    include_departed: bool = False
    counted: bool = False
    for_model: bool = False
    monotone: int = 0

    @property
    def late(self) -> bool:
        """A person feature that needs the household's answers first."""
        return bool(self.household_columns)

    @property
    def null_rule(self) -> str:
        """When this feature is empty, in one sentence."""
        if self.missing is not None:
            return f"{self.missing} without records; null where a feed is absent or silent"
        if self.kind == "derived":
            return "null where a part of the formula is unknown"
        return "null without records or where a feed is absent"


class Registry:
    """All declared features in order of declaration; names are unique across levels."""

    def __init__(self) -> None:
        self.features: dict[str, Feature] = {}

    def add(self, feature: Feature) -> Feature:
        """Keep a feature; raises FeatureError when its name is taken or a label is missing."""
        if feature.name in self.features:
            raise FeatureError(f"feature '{feature.name}' is declared twice; names are unique")
        if not (feature.zh.strip() and feature.en.strip()):
            raise FeatureError(f"feature '{feature.name}' needs a zh and an en label")
        if feature.category not in CATEGORIES:
            raise FeatureError(
                f"feature '{feature.name}' has category '{feature.category}'; "
                f"use one of {', '.join(CATEGORIES)}"
            )
        if feature.monotone not in (-1, 0, 1):
            raise FeatureError(f"feature '{feature.name}': monotone is -1, 0 or +1")
        self.features[feature.name] = feature
        return feature

    def of(self, level: str, kind: str | None = None) -> list[Feature]:
        """Features of one level (and kind), as declared."""
        return [
            f
            for f in self.features.values()
            if f.level == level and (kind is None or f.kind == kind)
        ]

    def closure(self, names: Iterable[str]) -> set[str]:
        """The named features and all those they are computed from."""
        wanted: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self.features and name not in wanted:
                wanted.add(name)
                waiting += self.features[name].uses
        return wanted

    def columns(self, level: str, late: bool = False) -> dict[str, str]:
        """Column name -> type of the features of a level declared so far."""
        return {f.name: f.dtype for f in self.of(level) if late or not f.late}


_current = Registry()


def registry() -> Registry:
    """The register that declarations go to."""
    return _current


@contextlib.contextmanager
def scratch_registry(copy: bool = False) -> Iterator[Registry]:
    """Declare into a register that is thrown away afterwards (for tests and notebooks)."""
    global _current
    before = _current
    _current = Registry()
    if copy:
        _current.features.update(before.features)
    try:
        yield _current
    finally:
        _current = before
