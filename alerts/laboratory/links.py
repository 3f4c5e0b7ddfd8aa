"""Which visit speaks for which household-month, and what it found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np

from alerts.laboratory.material import Material
from alerts.laboratory.months import Bools, Ints
from alerts.laboratory.record import QUESTIONS, SOURCES, Needs, Visits, by_day
from alerts.laboratory.replay import Raised
from alerts.states import Question, Source
from models.scorecard.fitting import FOLLOW_DAYS

# A need within so many months makes an alert about the coming right (`alerts.coming`).
HORIZON_DAYS = 184


@dataclass(frozen=True)
class Linked:
    """Visits with the household-month that they speak for, the newest before their day.

    `found`, `asked`, `random`, `to_alert`, `inclusion` are the visit's (`record.Visits`); `event`
    and `coming`: the month had raised the household for a fresh fact, or asked about the coming.
    """

    month: Ints
    row: Ints
    found: Bools
    asked: Bools
    random: Bools
    to_alert: Bools
    inclusion: np.ndarray
    event: Bools
    coming: Bools

    def only(self, mask: Bools) -> Linked:
        """The visits under a yes/no mask."""
        return Linked(*(getattr(self, f.name)[mask] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.row)


def as_days(material: Material) -> Ints:
    """Day of each month's end, as a number."""
    return np.array([m.as_of for m in material.months], "datetime64[D]").astype(np.int32)


def linked(material: Material, months: Collection[int] | None = None) -> Linked:
    """Visits within three months after a month's end; `months` (places) restricts which."""
    visits, ends = material.record.visits, as_days(material)
    place = np.searchsorted(ends, visits.day, side="left") - 1
    near = (place >= 0) & (visits.day - ends[np.maximum(place, 0)] <= FOLLOW_DAYS)
    if months is not None:
        near &= np.isin(place, list(months))
    numbers = sorted(set(place[near].tolist()))
    parts = [_of_month(material, number, visits, near & (place == number)) for number in numbers]
    if not parts:
        none = Visits(*(getattr(visits, f.name)[:0] for f in fields(visits)))
        flag = np.empty(0, bool)
        return _linked(np.empty(0, np.int16), np.empty(0, np.int32), none, flag, flag)
    return Linked(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Linked)))


def _of_month(material: Material, number: int, visits: Visits, mask: Bools) -> Linked:
    month, seen = material.months[number], visits.only(mask)
    row = np.minimum(np.searchsorted(month.household, seen.household), len(month) - 1)
    here = month.household[row] == seen.household
    row, seen = row[here], seen.only(here)
    recorded = material.record.alerts
    raised = recorded.month == material.place(number)
    for_fact = raised & (recorded.source == SOURCES.index(Source.EVENT))
    for_later = raised & (recorded.question == QUESTIONS.index(Question.COMING.value))
    flags = [np.isin(seen.household, recorded.household[m]) for m in (for_fact, for_later)]
    return _linked(np.full(len(row), number, np.int16), row.astype(np.int32), seen, *flags)


def _linked(month: Ints, row: Ints, seen: Visits, event: Bools, coming: Bools) -> Linked:
    told = (seen.found, seen.asked, seen.random, seen.to_alert, seen.inclusion)
    return Linked(month, row, *told, event, coming)


def outcomes(material: Material, raised: Raised, days: int, asked: bool = False) -> np.ndarray:
    """What a visit within `days` after each alert's month found: 1, 0, or NaN where nobody went.

    The first visit counts. Visits that the family itself asked for are left out unless `asked`:
    they were made because of the need, so they would flatter whom they reach.
    """
    visits = material.record.visits if asked else material.record.visits.unasked
    place = following(visits, material, raised)
    found = np.full(len(raised), np.nan)
    known = place >= 0
    ends = as_days(material)[raised.month]
    known[known] = visits.day[place[known]] <= ends[known] + days
    found[known] = visits.found[place[known]]
    return found


def following(dated: Visits | Needs, material: Material, raised: Raised) -> Ints:
    """Place of the first visit or need after each alert's month; -1 where there is none."""
    ends = as_days(material)[raised.month]
    place = np.searchsorted(dated.keys, by_day(raised.household, ends), side="right")
    inside = place < len(dated.keys)
    same = np.zeros(len(raised), bool)
    same[inside] = dated.household[place[inside]] == raised.household[inside]
    return np.where(same, place, -1)
