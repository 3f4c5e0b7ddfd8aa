"""Rule scores of past months under other points, tiers, caps, or with indicators switched.

Only what changed is computed again, by the scorecard's own engine on the stored profiles; what
stayed is taken from the stored parts. The caps are applied anew to both together, and scores are
sums of these parts, so a new score equals what the whole engine would give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from alerts.laboratory.material import Material
from alerts.laboratory.months import Floats, Month
from alerts.laboratory.sheets import Sheet, Sheets, computed, read_sheets
from alerts.rows import needed
from core.home import Home
from data.backends import connect
from models.scorecard import RuleSet, engine
from models.scorecard.month import read_profile
from models.scorecard.schema import plain

Rules = RuleSet | Mapping[date, RuleSet]
COLUMNS = (
    "household",
    "person",
    "indicator",
    "category",
    "feature",
    "value",
    "tier",
    "points",
    "contribution",
)


@dataclass(frozen=True)
class Rescored:
    """The material and its sheets under the draft; `changed` indicators were computed again.

    `whole`: months whose stored scores are of rules that were not given: there every indicator
    was computed again.
    """

    material: Material
    sheets: Sheets
    changed: tuple[str, ...]
    whole: tuple[date, ...]


def rescore(
    home: Home,
    material: Material,
    current: Rules,
    draft: RuleSet,
    sheets: Sheets | None = None,
    con: Any = None,
) -> Rescored:
    """All months under `draft`; `current` are the rules that gave the stored scores, by month where
    they differ.

    `sheets`: what is stored (`read_sheets`), where that was read before. Raises ScorecardError
    when a profile lacks a column that the draft needs, AlertsError when a month's parts are gone.
    """
    con = con or connect()
    sheets = sheets or read_sheets(home, material, con)
    moved = [_moved(current, draft, month) for month in material.months]
    found = _computed(home, material, draft, moved, con)
    ids = tuple(sorted({*sheets.ids, *draft.indicators}))
    made = tuple(
        _kept(sheets, number, ids, gone).joined(found[number].named(ids).months[0])
        for number, gone in enumerate(moved)
    )
    scores = [
        scores_of(sheet, ids, draft, material)[month.household]
        for sheet, month in zip(made, material.months, strict=True)
    ]
    days = [month.as_of for month in material.months]
    again = set().union(*(draft.indicators if gone is None else gone for gone in moved))
    return Rescored(
        material.rescored(scores),
        Sheets(ids, made),
        tuple(sorted(again)),
        tuple(day for day, gone in zip(days, moved, strict=True) if gone is None),
    )


def _moved(current: Rules, draft: RuleSet, month: Month) -> frozenset[str] | None:
    """Indicators to compute again in a month; None: all, since its rules were not given."""
    ours = current if isinstance(current, RuleSet) else current.get(month.as_of)
    if ours is None or ours.version != month.rule_version:
        return None
    return frozenset(changes(ours, draft))


def _computed(
    home: Home,
    material: Material,
    draft: RuleSet,
    moved: Sequence[frozenset[str] | None],
    con: Any,
) -> list[Sheets]:
    """The entries computed again, one month each; months that ask the same are asked together."""
    found: dict[int, Sheets] = {}
    for gone in set(moved):
        places = [number for number, one in enumerate(moved) if one == gone]
        days = [material.months[number].as_of for number in places]
        ids = set(draft.indicators) if gone is None else gone
        several = computed(home, days, material, draft, ids, con)
        for number, sheet in zip(places, several.months, strict=True):
            found[number] = Sheets(several.ids, (sheet,))
    return [found[number] for number in range(len(moved))]


def _kept(sheets: Sheets, number: int, ids: tuple[str, ...], gone: frozenset[str] | None) -> Sheet:
    """The stored entries that still hold."""
    if gone is None:
        return Sheet.none()
    sheet = sheets.months[number]
    stays = ~np.isin(sheet.indicator, sheets.places(gone))
    return Sheets(sheets.ids, (sheet.only(stays),)).named(ids).months[0]


def scores_of(sheet: Sheet, ids: tuple[str, ...], rules: RuleSet, material: Material) -> Floats:
    """Scores by number of the household: sums of the entries, each category within its cap."""
    size = len(material.households)
    letters = np.array([id[0] for id in ids] or [""])[sheet.indicator]
    total = np.zeros(size)
    for category, cap in rules.caps.items():
        mask = letters == category
        total += np.minimum(_sums(sheet.only(mask), size), cap)
    rest = ~np.isin(letters, list(rules.caps))
    return np.round(total + _sums(sheet.only(rest), size), engine.DECIMALS)


def _sums(sheet: Sheet, size: int) -> Floats:
    # Without any entry numpy counts in whole numbers.
    return np.bincount(sheet.household, sheet.points, size).astype(np.float64)


def changes(current: RuleSet, draft: RuleSet) -> set[str]:
    """Indicators that one of the two lacks or scores otherwise; words count for nothing."""
    ids = set(current.indicators) | set(draft.indicators)
    moved = {id for id in ids if _scoring(current, id) != _scoring(draft, id)}
    if current.mode != draft.mode:
        moved |= {id for id in ids if _scope(current, draft, id) == "household"}
    return moved


def _scoring(rules: RuleSet, id: str) -> object:
    """All of an indicator that moves a score."""
    found = rules.indicators.get(id)
    if found is None:
        return None
    source = found.source
    tiers = [{**plain(tier), "label": None, "event": None} for tier in found.tiers]
    return found.scope, found.category, found.feature, source.only_if, source.unless, tiers


def _scope(current: RuleSet, draft: RuleSet, id: str) -> str:
    return (current.indicators.get(id) or draft.indicators[id]).scope


def parts(home: Home, as_of: date, current: RuleSet, draft: RuleSet, con: Any = None) -> Any:
    """Every part of one stored month under `draft`, caps included, as an Ibis table.

    Its contributions sum to the draft's scores. Columns as in `engine.parts`.
    """
    con = con or connect()
    person, household = read_profile(home, as_of, con)
    moved = sorted(changes(current, draft))
    stored = con.read_parquet(needed(home, "scores", as_of, "parts.parquet")).select(*COLUMNS)
    found = stored.filter(~stored.indicator.endswith("_cap"), ~stored.indicator.isin(moved))
    some = {id: draft.indicators[id] for id in moved if id in draft.indicators}
    if some:
        bare = replace(draft, indicators=some, caps={})
        found = found.union(engine.parts(person, household, bare).select(*COLUMNS))
    caps = engine.capped(found, draft)
    return found if caps is None else found.union(caps.select(*COLUMNS))
