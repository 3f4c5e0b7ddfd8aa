"""What the record says beside the monthly results: visits, needs on record, the alerts raised.

Days are numbers of datetime64[D]. Months are counted from the material's first month (0); earlier
ones are negative. Everything known today is held, also what came after the last month: outcomes
judge with hindsight, candidates never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.coming import recorded_needs
from alerts.laboratory.months import Bools, Ints
from alerts.models import Alert, AlertReason
from alerts.sampling_material import Material as Sampled
from alerts.standing import standing
from alerts.states import Band, Outcome, Question, Source
from core.home import Home
from data.backends import connect
from models.risk.findings import ASKED, RANDOM, read_findings

STILL_OPEN = 10_000
SOURCES = tuple(Source)
QUESTIONS = (Question.EXISTING.value, Question.COMING.value, "")
# The visit found an unmet need; as recall counts them.
FOUND = (Outcome.CONFIRMED.value, Outcome.REFERRED.value)
OUTCOMES = ("", *(outcome.value for outcome in Outcome))


@dataclass(frozen=True)
class Visits:
    """Visits with a finding, ordered by household and day.

    `asked`: the family itself came; `random`: a lot decided; `to_alert`: an alert led there.
    `inclusion`: probability of having been drawn, NaN where nobody drew.
    """

    household: Ints
    day: Ints
    found: Bools
    asked: Bools
    random: Bools
    to_alert: Bools
    inclusion: np.ndarray

    def only(self, mask: Bools) -> Visits:
        """The visits under a yes/no mask."""
        return Visits(*(getattr(self, f.name)[mask] for f in fields(self)))

    @cached_property
    def unasked(self) -> Visits:
        """The visits that nobody asked for."""
        return self.only(~self.asked)

    @cached_property
    def keys(self) -> Ints:
        """Household and day as one rising number."""
        return by_day(self.household, self.day)


@dataclass(frozen=True)
class Alerts:
    """The alerts on record, in the order they were raised.

    `month` and `closed` (`STILL_OPEN` for an open case) are months from the material's first;
    `source`, `question`, `outcome` and `band` places in SOURCES, QUESTIONS, OUTCOMES and in
    `Band`. `found`: its visit found an unmet need; `verified`: its visit settled what is true.
    """

    household: Ints
    month: Ints
    closed: Ints
    source: Ints
    question: Ints
    outcome: Ints
    band: Ints
    found: Bools
    verified: Bools
    expected: np.ndarray

    def only(self, mask: Bools | Ints) -> Alerts:
        """The alerts under a yes/no mask."""
        return Alerts(*(getattr(self, f.name)[mask] for f in fields(self)))


class ByMonth:
    """Alerts on record, found by household and month."""

    def __init__(self, alerts: Alerts) -> None:
        keys = _by_month(alerts.household, alerts.month)
        order = np.argsort(keys, kind="stable")
        self.alerts, self._keys = alerts.only(order), keys[order]

    def find(self, household: Ints, month: Ints | int) -> tuple[Bools, Ints]:
        """Which households have an alert of that month, and where those stand in `alerts`."""
        keys = _by_month(household, month)
        at = np.searchsorted(self._keys, keys)
        real = np.zeros(len(keys), bool)
        inside = at < len(self._keys)
        real[inside] = self._keys[at[inside]] == keys[inside]
        return real, at[real]


def _by_month(household: Ints, month: Ints | int) -> Ints:
    return household.astype(np.int64) * 1000 + month


@dataclass(frozen=True)
class Needs:
    """Unmet needs on record (findings, grants, entries into aid), by household and day."""

    household: Ints
    day: Ints

    @cached_property
    def keys(self) -> Ints:
        """Household and day as one rising number."""
        return by_day(self.household, self.day)


@dataclass(frozen=True)
class Record:
    """All of it; `told` are facts alerted before the first month: (household, kind, month).

    `sampled` is what the estimate of recall is made from, None where no random visit tells.
    """

    visits: Visits
    alerts: Alerts
    needs: Needs
    told: tuple[tuple[int, str, int], ...] = ()
    sampled: Sampled | None = None


def read_visits(home: Home, index: pd.Index, known_by: date | None) -> Visits:
    """Every visit with a finding, of households that the index numbers."""
    rows = read_findings(home, connect(), known_by).to_pandas()
    number = numbers(index, rows["household"])
    rows = rows.assign(number=number, day=days(rows["visited_on"]))[number >= 0]
    rows = rows.sort_values(["number", "day"])
    reason = rows["reason"]
    # An audit visit with a known chance is the alerts' own draw; others are the departments'.
    drawn = (reason == "audit") & rows["inclusion"].notna()
    return Visits(
        rows["number"].to_numpy(np.int32),
        rows["day"].to_numpy(np.int32),
        rows["found"].to_numpy(bool),
        reason.isin(ASKED).to_numpy(),
        reason.isin(RANDOM).to_numpy(),
        (reason.isin(["alert", "explore"]) | drawn).to_numpy(),
        rows["inclusion"].to_numpy(float),
    )


def read_alerts(session: Session, index: pd.Index, first: date, known_by: date | None) -> Alerts:
    """Every alert on record, of households that the index numbers."""
    rows = standing(session, known_by)
    number = numbers(index, rows["household"])
    rows = rows.assign(number=number)[number >= 0].sort_values("id")
    band = {member.value: place for place, member in enumerate(Band)}
    question = rows["question"].fillna("").map(QUESTIONS.index)
    return Alerts(
        rows["number"].to_numpy(np.int32),
        months_from(first, rows["as_of"]),
        months_from(first, rows["closed_on"]),
        rows["source"].map([s.value for s in SOURCES].index).to_numpy(np.int16),
        question.to_numpy(np.int16),
        rows["outcome"].fillna("").map(OUTCOMES.index).to_numpy(np.int16),
        rows["band"].map(band).to_numpy(np.int16),
        rows["outcome"].isin(FOUND).to_numpy(),
        rows["verified"].to_numpy(bool),
        rows["expected"].to_numpy(float),
    )


def read_needs(home: Home, session: Session, index: pd.Index, known_by: date | None) -> Needs:
    """Every need on record, of households that the index numbers."""
    rows = recorded_needs(session, home, known_by)
    number = numbers(index, rows["household"])
    rows = rows.assign(number=number, day=days(rows["on"]))[number >= 0]
    rows = rows.sort_values(["number", "day"])
    return Needs(rows["number"].to_numpy(np.int32), rows["day"].to_numpy(np.int32))


def read_told(session: Session, index: pd.Index, first: date) -> tuple[tuple[int, str, int], ...]:
    """Facts that alerts told before the first month."""
    query = (
        select(Alert.household, AlertReason.code, AlertReason.as_of)
        .join(Alert.reasons)
        .where(AlertReason.source == Source.EVENT, AlertReason.as_of < first)
    )
    rows = [(str(h), str(code), day) for h, code, day in session.execute(query)]
    found = numbers(index, [h for h, _, _ in rows])
    return tuple(
        (int(number), code, _months(first, day))
        for number, (_, code, day) in zip(found, rows, strict=True)
        if number >= 0
    )


def by_day(household: Ints, day: Ints) -> Ints:
    """Household and day as one number; days since 1970 stay below 2^20."""
    return (household.astype(np.int64) << 20) + day


def numbers(index: pd.Index, names: Sequence[str] | pd.Series) -> Ints:
    """Number of each household; -1 for one that the index does not hold."""
    return index.get_indexer(pd.Index(names))


def days(column: pd.Series) -> np.ndarray:
    """Dates as numbers of days."""
    return pd.to_datetime(column).to_numpy("datetime64[D]").astype(np.int32)


def months_from(first: date, column: pd.Series) -> Ints:
    """Calendar months between `first` and each date; STILL_OPEN where there is none."""
    found = [STILL_OPEN if pd.isna(day) else _months(first, day) for day in column]
    return np.array(found, dtype=np.int16)


def _months(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month
