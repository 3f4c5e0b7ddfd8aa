"""Bands fitted on a county's own past months: `data/bands.yaml` of its home.

Each entry is a dated setting like any other: bars, where they come from, and the map from rule
score to expected finding that was fitted on the same visits. fitting.py makes them.
"""

from __future__ import annotations

from datetime import date
from math import exp
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, Field

from core.atomic import write_text
from core.home import Home
from core.words import Text
from models.scorecard.reading import parse
from models.scorecard.schema import Bars, Number, Strict, oldest_first

HEAD = """# Bars of the bands, fitted on past months of this county by 'doudi bands fit'.
# An entry holds from its date; to change the bars by hand, add a later date.
"""
Share = Annotated[float, Field(ge=0, le=1)]
Falls = Literal["yes", "unclear", "no"]
Count = Annotated[int, Field(ge=0)]


class Expectation(Strict):
    """Probability that a visit finds an unmet need, by rule score: a logistic curve.

    `unwatched` is added for a household that is on no roll and in no compared group: of the same
    score, less is found there.
    """

    intercept: Number
    slope: Annotated[float, Field(ge=0)]
    unwatched: Number
    visits: Count
    found: Count

    def of(self, rule_score: float, watched: bool = True) -> float:
        """The probability at a score, 0..1."""
        margin = self.intercept + self.slope * rule_score + (0.0 if watched else self.unwatched)
        return 1 / (1 + exp(-margin)) if margin > -700 else 0.0


class BandCheck(Strict):
    """What the past says about one band: its size, and what visits found in it."""

    share: Share
    visits: Count
    found: Count


class Fit(Strict):
    """One dated entry: the bars and what they were fitted on."""

    bars: Bars
    reference: Text
    known_by: date
    months: Annotated[tuple[date, ...], Field(min_length=1)]
    household_months: Count
    check: dict[str, BandCheck]
    # Whether what visits found falls from red to none, band by band; unclear: but for chance.
    falling: Falls
    expected: Expectation | None = None


def _dated(fits: dict[date, Fit]) -> dict[date, Fit]:
    return oldest_first(fits) if fits else fits


class Fits(Strict):
    """bands.yaml of a home; without one nothing was fitted yet."""

    bands: Annotated[dict[date, Fit], AfterValidator(_dated)] = Field(default_factory=dict)


def read_fits_text(home: Home) -> str | None:
    """The file of a home's fits; None before the first."""
    path = home.bands_file
    return path.read_text(encoding="utf-8") if path.exists() else None


def read_fits(home: Home) -> Fits:
    """Every fit of a home, oldest first.

    Raises ScorecardError naming the file and the key.
    """
    text = read_fits_text(home)
    found: Fits = Fits() if text is None else parse(home.bands_file.name, text, Fits)
    return found


def write_fit(home: Home, since: date, fit: Fit) -> Path:
    """Put a fit in force from `since`; one of the same date is replaced, older ones stay."""
    write_text(home.bands_file, with_fit(read_fits_text(home), since, fit))
    return home.bands_file


def with_fit(text: str | None, since: date, fit: Fit) -> str:
    """The file of fits with one more, in force from `since`."""
    before: Fits = Fits() if text is None else parse("bands.yaml", text, Fits)
    bands = dict(sorted({**before.bands, since: fit}.items()))
    content = {day: entry.model_dump(mode="json") for day, entry in bands.items()}
    return HEAD + yaml.safe_dump({"bands": content}, allow_unicode=True, sort_keys=False)
