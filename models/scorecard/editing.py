"""Changing the rules of a version: points, lines, bands, an indicator on or off.

A change adds a dated entry, as a person editing the file would; what held before stays readable.
Functions take a version's texts and give back others; nothing is stored here.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

from core.yamls import edited
from models.scorecard.bands import Fits
from models.scorecard.files import FITS
from models.scorecard.reading import ScorecardError, parse
from models.scorecard.schema import Band

Texts = Mapping[str, str]
BOUNDS = ("at_least", "below", "at_most")
BANDS: tuple[Band, ...] = ("red", "orange", "yellow", "blue")


def with_points(
    texts: Texts, indicator: str, tier: int, points: float, since: date
) -> dict[str, str]:
    """Other points for one tier of an indicator (tiers count from 0, in their order)."""

    def change(entry: Any) -> None:
        _tier(entry, indicator, tier)["points"] = _plain(points)

    return _with_tiers(texts, indicator, since, change)


def with_bound(
    texts: Texts, indicator: str, tier: int, bound: str, value: float, since: date
) -> dict[str, str]:
    """Another line for one tier: `bound` is at_least, below or at_most, and must be there.

    A neighbour that meets the old line moves with it, so that no gap or overlap opens.
    """

    def change(entry: Any) -> None:
        own = _tier(entry, indicator, tier)
        if bound not in BOUNDS or bound not in own:
            raise ScorecardError(f"{indicator}.yaml: tier {tier + 1} has no {bound}")
        before = own[bound]
        own[bound] = _plain(value)
        for other in entry:
            for name in BOUNDS:
                if other is not own and name in other and other[name] == before:
                    other[name] = _plain(value)

    return _with_tiers(texts, indicator, since, change)


def switched_off(texts: Texts, indicator: str, since: date) -> dict[str, str]:
    """The indicator withdrawn from a day on."""

    def change(content: Any) -> None:
        content["tiers"][since] = None

    return {**texts, **_file(texts, indicator, change)}


def switched_on(texts: Texts, indicator: str, since: date) -> dict[str, str]:
    """The indicator in force again, as it was when it last was."""

    def change(content: Any) -> None:
        last = next((tiers for tiers in reversed(list(content["tiers"].values())) if tiers), None)
        content["tiers"][since] = copy.deepcopy(last)

    return {**texts, **_file(texts, indicator, change)}


def with_bands(texts: Texts, bars: Mapping[str, float], since: date) -> dict[str, str]:
    """Other bars of the bands from a day on; not before the newest fit, which they replace."""
    fits: Fits = parse(FITS, texts[FITS], Fits) if FITS in texts else Fits()
    since = max([since, *fits.bands])

    def change(content: Any) -> None:
        content["bands"][since] = {band: _plain(bars[band]) for band in BANDS}
        _in_order(content["bands"])

    return {**texts, "bands.yaml": edited(texts["bands.yaml"], change)}


def _with_tiers(texts: Texts, indicator: str, since: date, change: Any) -> dict[str, str]:
    def dated(content: Any) -> None:
        tiers = content["tiers"]
        newest = max(day for day in tiers if day <= since)
        if tiers[newest] is None:
            raise ScorecardError(f"{indicator}.yaml: it is switched off; switch it on first")
        if newest != since:
            tiers[since] = copy.deepcopy(tiers[newest])
        change(tiers[since])
        _in_order(tiers)

    return {**texts, **_file(texts, indicator, dated)}


def _file(texts: Texts, indicator: str, change: Any) -> dict[str, str]:
    path = f"indicators/{indicator}.yaml"
    if path not in texts:
        raise ScorecardError(f"no indicator {indicator} in this version")
    return {path: edited(texts[path], change)}


def _tier(entry: Any, indicator: str, tier: int) -> Any:
    if not 0 <= tier < len(entry):
        raise ScorecardError(f"{indicator}.yaml: it has {len(entry)} tiers, no tier {tier + 1}")
    return entry[tier]


def _in_order(dated: Any) -> None:
    """Dates rise from top to bottom."""
    for day in sorted(dated):
        dated.move_to_end(day)


def _plain(number: float) -> float | int:
    """Whole numbers are written without a point."""
    return int(number) if float(number).is_integer() else float(number)
