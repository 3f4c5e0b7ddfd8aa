"""What a declared feature is, and the register that keeps names unique."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.words import Bilingual
from features.engine.errors import FeatureError

CATEGORIES = "ABCDEFGHX"  # the eight scorecard categories; X = place and time


@dataclass(frozen=True)
class Feature(Bilingual):
    """One column of the profile, with everything a reader must know about it.

    `kind` says how it is computed: 'event' (a reduction over a feed), 'rollup' (a reduction over
    the members of a household), 'peers' (a reduction over households of one kind), 'derived' (an
    expression of one profile row), 'spine' (comes with the population), 'column' (of a table of
    one's own: nothing here computes it). `missing` fills a
    row without records while every feed in `feeds` is present and speaks; None leaves it null.
    `counted` asks the engine to count the window's rows, because the reduction alone would not be
    null without any. `category` is one of the eight scorecard categories A-H, or X. `monotone` is
    +1 where more never lowers risk, -1 where more never raises it, 0 where nothing is certain.
    `module` declared it.
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
    module: str = ""

    @property
    def late(self) -> bool:
        """A person feature that needs the household's answers first."""
        return bool(self.household_columns)

    def __reduce__(self) -> Any:
        """Kept answers name a declared feature: what computes it cannot be written down."""
        if self.function is None and self.source is None:
            return super().__reduce__()
        return _declared, (self.name,)

    def card(self) -> dict[str, Any]:
        """What a model run keeps of it, as JSON."""
        return {
            "name": self.name,
            "label_zh": self.zh,
            "label_en": self.en,
            "unit": self.unit,
            "category": self.category,
            "monotone": self.monotone,
        }

    @property
    def null_rule(self) -> str:
        """When this feature is empty, in one sentence."""
        if self.missing is not None:
            return f"{self.missing} without records; null where a feed is absent or silent"
        if self.kind == "derived":
            return "null where a part of the formula is unknown"
        return "null without records or where a feed is absent"


def _declared(name: str) -> Feature:
    if name not in _current.features:
        importlib.import_module("features.catalogue")
    return _current.features[name]


def column(
    name: str, zh: str = "", en: str = "", unit: str = "", category: str = "X", monotone: int = 0
) -> Feature:
    """A feature that no declaration here computes: a column of a table of one's own."""
    return Feature(
        name=name,
        level="household",
        kind="column",
        zh=zh or name,
        en=en or name,
        unit=unit,
        category=category,
        feeds=(),
        dtype="",
        missing=None,
        description="",
        for_model=True,
        monotone=monotone,
    )


def _declaring() -> str:
    """Name of the module that is being imported and declares a feature; '' outside of one."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return str(frame.f_globals.get("__name__", ""))
        frame = frame.f_back
    return ""


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
        feature = replace(feature, module=_declaring())
        self.features[feature.name] = feature
        return feature

    def arrange(self, place: Callable[[str], Any]) -> None:
        """Put features in order: each after all it uses, otherwise by the place of its module and
        as declared there."""
        declared = {name: i for i, name in enumerate(self.features)}
        places = {module: place(module) for module in {f.module for f in self.features.values()}}
        waiting = sorted(self.features.values(), key=lambda f: (places[f.module], declared[f.name]))
        arranged: dict[str, Feature] = {}

        def put(feature: Feature) -> None:
            if feature.name in arranged:
                return
            for used in sorted(feature.uses, key=lambda name: declared.get(name, -1)):
                if used in self.features and used != feature.name:
                    put(self.features[used])
            arranged[feature.name] = feature

        for feature in waiting:
            put(feature)
        self.features = arranged

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

    def beyond(self) -> set[str]:
        """Features that rest on what other households told, directly or through others."""
        found: set[str] = set()
        for f in self.features.values():
            if getattr(f.source, "beyond", None) or not found.isdisjoint(f.uses):
                found.add(f.name)
        return found

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
