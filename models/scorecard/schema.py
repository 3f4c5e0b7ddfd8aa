"""What a rule file may say.

YAML holds what a notice can change (bars, points, caps, bands, with the date each starts);
how a fact is computed is a feature with a name and a test. Every model refuses unknown keys.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.words import Filled, Text

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
IndicatorId = Annotated[str, Field(pattern=r"^[A-H]\d{2}$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Kind = Literal["number", "flag", "word"]
Mode = Literal["per_member", "once"]
Band = Literal["red", "orange", "yellow", "blue", "none"]
T = TypeVar("T")


def oldest_first(dated: dict[date, T]) -> dict[date, T]:
    """Refuse an empty setting, or dates out of order."""
    if not dated:
        raise ValueError("needs at least one date")
    days = list(dated)
    for before, after in pairwise(days):
        if after <= before:
            raise ValueError(f"{after} comes after {before}; write the dates oldest first")
    return dated


Dated = Annotated[dict[date, T], AfterValidator(oldest_first)]


class Strict(BaseModel):
    """Unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tier(Strict):
    """One step of an indicator: a condition on the feature's value, its points, its words.

    `at_least` (>=) may stand together with `below` (<) or `at_most` (<=); `equals` names a flag
    or a word; `otherwise` takes every known value that is left.
    """

    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None
    equals: bool | Filled | None = None
    otherwise: Literal[True] | None = None
    points: Number
    label: Text
    # In the event lane: false keeps the tier out of it; a name is a yes/no feature of the same
    # scope, and the tier is an event where it is yes.
    event: Literal[False] | Code | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> Tier:
        ways = [bool(self.bounds), self.equals is not None, self.otherwise is not None]
        if sum(ways) != 1:
            raise ValueError(
                "needs one condition: at_least, below, at_most, equals, or otherwise: true"
            )
        if self.below is not None and self.at_most is not None:
            raise ValueError("has both below and at_most; keep one")
        if self.bounds != sorted(set(self.bounds)):
            raise ValueError(f"at_least {self.at_least:g} must be less than the upper bound")
        return self

    @property
    def bounds(self) -> list[float]:
        """The numbers the condition compares with, lower first."""
        return [b for b in (self.at_least, self.below, self.at_most) if b is not None]

    @property
    def kind(self) -> Kind | None:
        """The kind of value the condition speaks of; None for `otherwise`."""
        if self.otherwise:
            return None
        if self.equals is None:
            return "number"
        return "flag" if isinstance(self.equals, bool) else "word"

    def matches(self, value: float | bool | str) -> bool:
        """Whether a known value falls on this tier, earlier tiers aside."""
        if self.otherwise:
            return True
        if self.equals is not None:
            return value == self.equals
        number = float(value)
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.below is None or number < self.below)
            and (self.at_most is None or number <= self.at_most)
        )


Tiers = tuple[Tier, ...]


def _samples(tiers: Tiers) -> list[float | bool | str]:
    """Values that between them touch every step a list of tiers can have."""
    bounds = sorted({bound for tier in tiers for bound in tier.bounds})
    if bounds:
        between = [(low + high) / 2 for low, high in pairwise(bounds)]
        return [bounds[0] - 1, *bounds, *between, bounds[-1] + 1]
    words = [t.equals for t in tiers if t.equals is not None]
    return [True, False] if tiers[0].kind == "flag" else [*words, "\0 any other word"]


def check_tiers(tiers: Tiers) -> Tiers:
    """Refuse tiers of mixed kinds, without a last `otherwise`, or that can never be reached.

    With one `otherwise` at the end every known value falls on exactly one tier.
    """
    if len(tiers) < 2:
        raise ValueError("needs at least two tiers: a condition and otherwise")
    if [i for i, t in enumerate(tiers) if t.otherwise] != [len(tiers) - 1]:
        raise ValueError("needs 'otherwise: true' exactly once, as the last tier")
    kinds = {t.kind for t in tiers[:-1]}
    if len(kinds) > 1:
        raise ValueError("mixes bounds, flags and words; one feature has one kind of value")
    reached = {next(i for i, t in enumerate(tiers) if t.matches(v)) for v in _samples(tiers)}
    for index, tier in enumerate(tiers):
        if index not in reached:
            raise ValueError(
                f"tier {index + 1} ('{tier.label.en}') can never be reached: "
                "an earlier tier takes all its values"
            )
    return tiers


class Event(Strict):
    """How the facts of an event indicator come in: by kind, and each fact by its day."""

    # 1 is answered first.
    order: Annotated[int, Field(ge=1)]
    # Concerns life, a child or the roof: never waits and is never held back.
    urgent: bool = False
    # A date feature of the same scope: the day of the fact.
    happened: Code | None = None
    # A fact that happened longer ago is a standing fact; one of unknown day still is an event.
    within_months: Annotated[int, Field(ge=1)] | None = None


class IndicatorFile(Strict):
    """indicators/<ID>.yaml: one indicator with all its dates."""

    id: IndicatorId
    category: Annotated[str, Field(pattern=r"^[A-H]$")]
    label: Text
    scope: Literal["person", "household"]
    feature: Code
    # A yes/no feature of the same scope; where it is no, the indicator does not apply.
    only_if: Code | None = None
    # A yes/no feature of the same scope; where it is yes, the indicator does not apply: another
    # indicator has counted the same shortage. Where it is unknown, the indicator applies.
    unless: Code | None = None
    sources: Annotated[tuple[Code, ...], Field(min_length=1)]
    event_lane: bool
    event: Event | None = None
    # A date with null withdraws the indicator from that day.
    tiers: Dated[Annotated[Tiers, AfterValidator(check_tiers)] | None]
    reference: Text
    push_to: Annotated[tuple[Code, ...], Field(min_length=1)]
    need: Code | None
    onsite_check: Text
    not_yet: Text | None = None

    @model_validator(mode="after")
    def _own_category(self) -> IndicatorFile:
        if not self.id.startswith(self.category):
            raise ValueError(f"category {self.category} does not fit the id {self.id}")
        kinds = {t.kind for tiers in self.tiers.values() if tiers for t in tiers[:-1]}
        if len(kinds) > 1:
            raise ValueError("tiers of different dates need different kinds of value")
        return self

    @model_validator(mode="after")
    def _event_in_the_lane(self) -> IndicatorFile:
        if self.event_lane:
            return self
        marked = [t for tiers in self.tiers.values() if tiers for t in tiers if t.event is not None]
        if self.event is not None or marked:
            raise ValueError("event is for the event lane; set event_lane: true or remove it")
        return self


class AwaitedIndicator(Strict):
    """One indicator of the 55 that no feed supports yet."""

    id: IndicatorId
    label: Text
    scope: Literal["person", "household"]
    event_lane: bool
    planned: Text
    waiting_for: Text


class CategoryEntry(Strict):
    """One of the eight categories; `cap` bounds its share of a score from above."""

    label: Text
    cap: Dated[Number | None] | None = None


class Department(Strict):
    """A department that needs are sent to."""

    label: Text


class Need(Strict):
    """A kind of help, with the department that leads it."""

    label: Text
    department: Code


class Bars(Strict):
    """Lowest score of each band; below `blue` there is no band."""

    red: Number
    orange: Number
    yellow: Number
    blue: Number

    @model_validator(mode="after")
    def _descending(self) -> Bars:
        if not self.red > self.orange > self.yellow > self.blue:
            raise ValueError("red, orange, yellow, blue must go down in this order")
        return self


class BandsFile(Strict):
    """bands.yaml"""

    bands: Dated[Bars]
    labels: dict[Band, Text]
    reference: Text


class Hold(Strict):
    """Event alerts are only watched when these household facts together reach `at_most`."""

    indicators: Annotated[tuple[IndicatorId, ...], Field(min_length=1)]
    at_most: Number


class SettingsFile(Strict):
    """settings.yaml: how points become a score."""

    household_fact_mode: Dated[Mode]
    event_hold: Dated[Hold]
    sufficient_coverage: Dated[Annotated[float, Field(ge=0, le=1)]]
    reference: Text


def in_force(dated: dict[date, T], on: date) -> tuple[date, T] | None:
    """The entry with the latest start not after `on`, or None before the first."""
    days = [day for day in dated if day <= on]
    return (days[-1], dated[days[-1]]) if days else None


def plain(model: BaseModel) -> Any:
    """A model as JSON-ready values, for fingerprints."""
    return model.model_dump(mode="json", exclude_none=True)
