"""The single changes that a page can make to the rules, and the texts after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from alerts.rulebook import with_policy
from core.rulebook.states import RulebookError
from models.scorecard import editing
from models.scorecard.reading import ScorecardError


@dataclass(frozen=True)
class Points:
    """Other points for a tier (counted from 0) of an indicator."""

    indicator: str
    tier: int
    points: float


@dataclass(frozen=True)
class Bound:
    """Another line for a tier: `bound` is at_least, below or at_most."""

    indicator: str
    tier: int
    bound: str
    value: float


@dataclass(frozen=True)
class Switch:
    """An indicator on or off."""

    indicator: str
    on: bool


@dataclass(frozen=True)
class Bars:
    """Lowest score of each band."""

    red: float
    orange: float
    yellow: float
    blue: float


@dataclass(frozen=True)
class PolicyValue:
    """Another value of the alert policy, by its dotted name; a mapping as pairs."""

    name: str
    value: float | tuple[tuple[str, int], ...]


Edit = Points | Bound | Switch | Bars | PolicyValue


def edited(texts: Mapping[str, str], edits: Sequence[Edit], since: date) -> Mapping[str, str]:
    """The texts after some edits that hold from `since` on. Raises RulebookError."""
    try:
        for edit in edits:
            texts = _one(texts, edit, since)
    except ScorecardError as error:
        raise wrong(error) from error
    return texts


def _one(texts: Mapping[str, str], edit: Edit, since: date) -> Mapping[str, str]:
    if isinstance(edit, Points):
        return editing.with_points(texts, edit.indicator, edit.tier, edit.points, since)
    if isinstance(edit, Bound):
        one = (edit.indicator, edit.tier, edit.bound, edit.value)
        return editing.with_bound(texts, *one, since)
    if isinstance(edit, Switch):
        turned = editing.switched_on if edit.on else editing.switched_off
        return turned(texts, edit.indicator, since)
    if isinstance(edit, Bars):
        bars = {"red": edit.red, "orange": edit.orange, "yellow": edit.yellow, "blue": edit.blue}
        return editing.with_bands(texts, bars, since)
    value = dict(edit.value) if isinstance(edit.value, tuple) else edit.value
    return with_policy(texts, {edit.name: value})


def wrong(error: ScorecardError) -> RulebookError:
    """A mistake in a rule file, told in both languages."""
    return RulebookError(f"规则有误：{error}", f"the rules are wrong: {error}")


KINDS: dict[str, type[Edit]] = {
    one.__name__: one for one in (Points, Bound, Switch, Bars, PolicyValue)
}


def plain(edits: Sequence[Edit]) -> list[list[Any]]:
    """Edits as JSON-ready lists: the kind, then its values."""
    return [[type(edit).__name__, *astuple(edit)] for edit in edits]


def of_plain(told: Sequence[Sequence[Any]]) -> tuple[Edit, ...]:
    """Edits from what `plain` made. Raises RulebookError for anything else."""
    try:
        return tuple(KINDS[kind](*map(_tuples, values)) for kind, *values in told)
    except (KeyError, TypeError, ValueError) as error:
        raise RulebookError(
            "地址中的调整内容已损坏，请回到阈值实验室重新打开",
            "the changes in the address are damaged; open the laboratory again",
        ) from error


def _tuples(value: Any) -> Any:
    """Lists as tuples: what came from an address must be a key again."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
