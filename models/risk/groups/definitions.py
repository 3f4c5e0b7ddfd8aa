"""Which groups of households are compared: `groups.yaml`, each cut from one profile column."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from core.words import Bilingual, Filled, Text

FILE = Path(__file__).parent / "groups.yaml"
UNKNOWN = "unknown"
UNKNOWN_WORDS = Text("不详", "Unknown")


class _Told(BaseModel, Bilingual):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    zh: Filled
    en: Filled


class Group(_Told):
    """Households whose value lies in [at_least, below), or is `equals`."""

    at_least: float | None = None
    below: float | None = None
    equals: str | None = None

    def holds(self, values: pd.Series) -> np.ndarray:
        """Whether each value belongs to the group; what is not known does not."""
        if self.equals is not None:
            return (values == self.equals).fillna(False).to_numpy(dtype=bool)
        number = values.astype("float64").to_numpy()
        low = -np.inf if self.at_least is None else self.at_least
        high = np.inf if self.below is None else self.below
        return np.asarray((number >= low) & (number < high))


class Dimension(_Told):
    """One way to part the households; see the head of groups.yaml."""

    feature: str
    groups: tuple[Group, ...] = ()
    each: bool = False
    optional: bool = False

    def of(self, values: pd.Series) -> np.ndarray:
        """Code of the group of each value."""
        if self.each:
            return values.astype("object").where(values.notna(), UNKNOWN).to_numpy()
        found = np.full(len(values), UNKNOWN, dtype=object)
        for group in self.groups:
            found[group.holds(values)] = group.code
        return found


class Definitions(BaseModel):
    """All dimensions, and the pairs of them that are crossed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dimensions: tuple[Dimension, ...]
    crossings: tuple[tuple[str, str], ...]

    def there(self, columns: set[str]) -> tuple[Dimension, ...]:
        """The dimensions that a profile with these columns can tell."""
        return tuple(d for d in self.dimensions if d.feature in columns)

    def absent(self, columns: set[str]) -> tuple[Dimension, ...]:
        """The dimensions that are not in the data."""
        return tuple(d for d in self.dimensions if d.feature not in columns)


@cache
def definitions() -> Definitions:
    """The declared groups. Raises ScorecardError naming the entry that is wrong."""
    from models.scorecard.reading import read

    found: Definitions = read(FILE, Definitions)
    return found


def group_words(dimension: str, group: str) -> Text:
    """What a group is called; one that a dimension's values make goes by its value."""
    about = {one.code: one for one in definitions().dimensions}.get(dimension)
    if about is None:
        return Text(f"{dimension} {group}", f"{dimension} {group}")
    if group == UNKNOWN:
        return Text(f"{about.zh}{UNKNOWN_WORDS.zh}", f"{about.en}: {UNKNOWN_WORDS.en.lower()}")
    for one in about.groups:
        if one.code == group:
            return Text(one.zh, one.en)
    return Text(f"{about.zh} {group}", f"{about.en} {group}")
