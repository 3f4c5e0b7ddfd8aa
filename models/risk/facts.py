"""Facts: what features tell a reader, one line for all features that tell the same.

Income over S, income per head, income over the local mean and what a visit found are one fact; the
windows of medical costs are one. `facts.yaml` declares them. Contributions add up over the features
of a fact, so sums stay exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.words import Bilingual, Filled, Text

FILE = Path(__file__).parent / "facts.yaml"
Form = Literal["yuan", "share", "times", "number", "years", "level", "yes"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Told(_Strict, Bilingual):
    zh: Filled
    en: Filled


class Line(_Told):
    """What a value is compared with, told under this name: one of four.

    A profile column; a number; the points of an indicator's tiers (`rule`, the furthest that is
    reached, else the nearest); those times a column. `reached`: told as reached or not, as
    shares are, not as 'below' or 'not below'.
    """

    column: str | None = None
    number: float | None = None
    rule: str | None = None
    form: Form = Field(default="yuan", alias="as")
    unit_zh: str = ""
    unit_en: str = ""
    reached: bool = False


class Phrase(_Told):
    """A part of a fact's line: how one column is told. `{v}` stands for the value."""

    column: str
    form: Form = Field(alias="as")
    times: str | None = None
    source: str | None = None
    of: str | None = None
    line: Line | None = None
    always: bool = False
    instead: bool = False
    follows: bool = False
    met: bool = False
    bound: float | None = None
    nothing: Text | None = None
    beyond: Text | None = None
    negative: Text | None = None
    steps_zh: tuple[str, ...] = ()
    steps_en: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        """Profile columns that the phrase reads."""
        found = {self.column, self.times, self.of, self.line.column if self.line else None}
        return {name for name in found if name is not None}


class Fact(_Told):
    """One thing that can be true of a household, told in one line. See facts.yaml for the keys."""

    code: str
    category: str
    source: tuple[str, ...]
    features: tuple[str, ...]
    says: tuple[Phrase, ...]
    none: Text | None = None
    unknown: Text | None = None
    since: str | None = None
    restates: tuple[str, ...] = ()
    most: int = 2

    @property
    def columns(self) -> set[str]:
        """Profile columns that the line reads."""
        found = {name for phrase in self.says for name in phrase.columns}
        return found | ({self.since} if self.since else set())

    @property
    def sources(self) -> set[str]:
        """Names of every source that the line may cite."""
        return {*self.source, *(p.source for p in self.says if p.source is not None)}


@dataclass(frozen=True)
class Facts:
    """All declared facts by code."""

    by_code: Mapping[str, Fact]

    def claims(self, feature: str) -> list[str]:
        """Codes of the facts that name a feature; a full name goes before a pattern."""
        named = [c for c, fact in self.by_code.items() if feature in fact.features]
        return named or [
            c
            for c, fact in self.by_code.items()
            if any(fnmatchcase(feature, pattern) for pattern in fact.features)
        ]

    def of(self, feature: str) -> str:
        """Code of the fact that a feature belongs to; a feature that none names is its own."""
        found = self.claims(feature)
        return found[0] if found else feature

    def columns(self, codes: Iterable[str] | None = None) -> set[str]:
        """Profile columns that the lines of these facts (all when None) read."""
        chosen = self.by_code if codes is None else [c for c in codes if c in self.by_code]
        return {name for code in chosen for name in self.by_code[code].columns}


@cache
def facts() -> Facts:
    """The declared facts. Raises ScorecardError naming the entry that is wrong."""
    from models.scorecard.reading import read

    declared: list[Fact] = read(FILE, list[Fact])
    return Facts({fact.code: fact for fact in declared})


@cache
def fact_of(feature: str) -> str:
    """Code of the fact that a profile column belongs to."""
    return facts().of(feature)
