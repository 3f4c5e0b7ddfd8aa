"""The past months of a county as they were known then: what every trial of the laboratory runs on.

Read once from the stored monthly results (profile, scores, facts, risk) and kept in memory as
arrays, about 35 bytes a household and month. What was visited, found and alerted stands beside
them (`alerts.laboratory.record`).

What hindsight cannot undo: the stored results of a month already contain what visits of the months
before had found. A family that a draft would not have visited keeps the profile that the real
visit gave it; only its state `in_process` is taken back (`Month.by_alert`). Facts are fresh as the
policy in force at reading says.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy.orm import Session

from alerts.errors import AlertsError
from alerts.laboratory import record
from alerts.laboratory.months import (
    COLUMNS,
    GROUP_SQL,
    GROUPS,
    NEVER,
    WATCHES,
    Bools,
    Facts,
    Floats,
    Ints,
    Month,
    calendar_month,
)
from alerts.laboratory.record import Record, Visits
from alerts.policy import Policy
from alerts.rows import Month as Stored
from alerts.rows import columns_of
from alerts.sampling_material import Material as Sampled
from alerts.sampling_material import gathered
from core.home import Home, add_months, month_end
from models.risk.findings import APPLICATION_MONTHS, FOUND_MONTHS
from models.scorecard import Expectation, load_rules

MOST_MONTHS = 24


@dataclass(frozen=True)
class Material:
    """Months, oldest first, and the record beside them.

    `households` names the numbers that the months use, `townships` and `villages` the places,
    `kinds` the indicators of facts. `missing`: months asked for without stored results, left out;
    `without_model`: months in which the model had not answered. `expected`: the curve from rule
    score to finding in force in each month. `start` is the place of the first month on the
    record's count. `synthetic`: invented or replicated figures, good for timing only.
    """

    months: tuple[Month, ...]
    households: np.ndarray
    townships: tuple[str, ...]
    villages: tuple[str, ...]
    kinds: tuple[str, ...]
    record: Record
    expected: tuple[Expectation | None, ...]
    missing: tuple[date, ...] = ()
    pairs: int = 0
    start: int = 0
    synthetic: bool = False

    @property
    def without_model(self) -> tuple[date, ...]:
        """Months in which the model had not answered: there the rules speak alone."""
        return tuple(m.as_of for m in self.months if not m.has_model)

    @property
    def size(self) -> int:
        """Household-months."""
        return sum(map(len, self.months))

    @property
    def memory(self) -> int:
        """Bytes held by the months."""
        return sum(month.size() for month in self.months)

    def place(self, month: int) -> int:
        """Place of a month on the record's count: calendar months, gaps included."""
        first, this = self.months[0].as_of, self.months[month].as_of
        return self.start + (this.year - first.year) * 12 + this.month - first.month

    def span(self, first: int, last: int) -> Material:
        """The months from `first` up to, not including, `last` (places in `months`)."""
        kept = self.months[first:last]
        if not kept:
            raise AlertsError(
                f"没有第 {first} 至 {last} 个月；共 {len(self.months)} 个月",
                f"there are no months {first} to {last}; the material has {len(self.months)}",
            )
        start, expected = self.place(first), self.expected[first:last]
        return replace(self, months=kept, expected=expected, start=start)

    def within(self, areas: Collection[str]) -> Material:
        """The households of some townships and villages, given by their codes.

        Raises AlertsError for a code that no household has.
        """
        codes = set(areas)
        known = {*self.townships, *self.villages}
        if unknown := sorted(codes - known):
            raise AlertsError(
                f"没有地区 {'、'.join(unknown)}；请给出本县乡镇或村的代码",
                f"no household lives in {', '.join(unknown)}; give codes of townships or villages",
            )
        towns = np.isin(self.townships, list(codes))
        villages = np.isin(self.villages, list(codes))
        months = tuple(m.only(towns[m.township] | villages[m.village]) for m in self.months)
        return replace(self, months=months)

    def rescored(self, scores: Sequence[Floats]) -> Material:
        """The same months under other rule scores, one array a month."""
        pairs = zip(self.months, scores, strict=True)
        return replace(self, months=tuple(month.rescored(score) for month, score in pairs))

    def replicate(self, times: int) -> Material:
        """So many copies side by side, as if that many such counties were one: for timing only."""
        step, towns = len(self.households), len(self.townships)
        months = tuple(_copies(month, times, step, towns, self.pairs) for month in self.months)
        names = np.concatenate([self.households + f"/{n}" for n in range(times)])
        townships = tuple(f"{t}/{n}" for n in range(times) for t in self.townships)
        return replace(
            self,
            months=months,
            households=names,
            townships=townships,
            record=_copied_record(self.record, times, step),
            pairs=self.pairs * times,
            synthetic=True,
        )


def read_material(
    home: Home,
    session: Session,
    policy: Policy,
    months: int = 12,
    until: date | None = None,
    known_by: date | None = None,
) -> Material:
    """The last `months` months (at most 24) up to `until` (default: the newest scored month).

    `known_by` leaves out visits and outcomes that became known later. Raises AlertsError when
    none of the months has stored results.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise AlertsError(
            f"月数应为 1 至 {MOST_MONTHS}，不能是 {months}",
            f"months must lie from 1 to {MOST_MONTHS}, not {months}",
        )
    stored = set(home.months("scores")) & set(home.months("profile"))
    last = month_end(until) if until else max(stored, default=None)
    wanted = [] if last is None else [add_months(last, -back) for back in range(months)][::-1]
    present = [month for month in wanted if month in stored]
    if not present:
        raise AlertsError(
            "没有可以试算的既往月份，请先运行 'doudi run --as-of MONTH'",
            "there is no past month to try on; 'doudi run --as-of MONTH' first",
        )
    tables = [Stored(home, month, policy) for month in present]
    wholes = [table.whole(_more(home, table.as_of)) for table in tables]
    index = pd.Index(sorted(set().union(*(w["household"].to_pylist() for w in wholes))))
    past = _record(home, session, index, present, known_by)
    found, names = _months(tables, wholes, index, past.visits)
    return Material(
        months=found,
        households=np.asarray(index),
        townships=names.townships,
        villages=names.villages,
        kinds=tuple(names.kinds),
        record=past,
        expected=tuple(load_rules(month, home=home).expectation for month in present),
        missing=tuple(month for month in wanted if month not in stored),
        pairs=len(names.pairs),
    )


class _Names:
    """Numbers given to places, indicators of facts, and pairs of household and indicator."""

    def __init__(self, wholes: Sequence[pa.Table]) -> None:
        self.townships = _places(wholes, "township_code")
        self.villages = _places(wholes, "village_code")
        self.kinds: dict[str, int] = {}
        self.pairs: dict[tuple[int, int], int] = {}


def _places(wholes: Sequence[pa.Table], column: str) -> tuple[str, ...]:
    found: set[str] = set()
    for whole in wholes:
        found |= {code or "" for code in whole[column].unique().to_pylist()}
    return tuple(sorted(found))


def _more(home: Home, as_of: date) -> dict[str, str]:
    """Whether a household belongs to each group, as far as the month's profile can tell."""
    columns = columns_of(home.monthly("profile", as_of) / "household.parquet")
    return {
        name: f"coalesce({sql}, false)" if column in columns else "false"
        for name, (column, sql) in GROUP_SQL.items()
    }


def _record(
    home: Home, session: Session, index: pd.Index, months: Sequence[date], known_by: date | None
) -> Record:
    first = months[0]
    try:
        sampled = gathered(home, session, first.replace(day=1), months[-1], known_by)
    except AlertsError:  # no random visit in these months: recall stays unknown
        sampled = None
    return Record(
        record.read_visits(home, index, known_by),
        record.read_alerts(session, index, first, known_by),
        record.read_needs(home, session, index, known_by),
        record.read_told(session, index, first),
        sampled,
    )


def _months(
    tables: Sequence[Stored], wholes: Sequence[pa.Table], index: pd.Index, visits: Visits
) -> tuple[tuple[Month, ...], _Names]:
    names = _Names(wholes)
    pairs = zip(tables, wholes, strict=True)
    return tuple(_month(table, whole, index, names, visits) for table, whole in pairs), names


def _month(table: Stored, whole: pa.Table, index: pd.Index, names: _Names, visits: Visits) -> Month:
    frame = whole.to_pandas()
    household = record.numbers(index, frame["household"]).astype(np.int32)
    score = frame["rule_score"].to_numpy(np.float32)
    busy = frame["in_process"].to_numpy(bool)
    versions = frame["rule_version"].dropna().unique()
    return Month(
        as_of=table.as_of,
        household=household,
        score=score,
        known_score=score,
        existing=frame["existing"].to_numpy(np.float32),
        coming=frame["coming"].to_numpy(np.float32),
        watch=frame["watch"].map(WATCHES.index).to_numpy(np.int8),
        in_process=busy,
        by_alert=busy & _by_alert(visits, household, table.as_of, len(index)),
        township=_numbers(frame["township_code"], names.townships, np.int16),
        village=_numbers(frame["village_code"], names.villages, np.int32),
        groups=_groups(frame),
        facts=_facts(table, frame["household"], household, names),
        rule_version=str(versions[0]) if len(versions) else "",
        model=_answered(frame["model_version"]),
    )


def _answered(versions: pd.Series) -> str:
    """Of 'existing 2, coming 1' what answered the existing; a single version is its own name."""
    known = versions.dropna().unique()
    told = str(known[0]).split(", ") if len(known) else [""]
    return next((part for part in told if part.startswith("existing")), told[0])


def _numbers(column: pd.Series, names: Sequence[str], kind: type) -> Ints:
    return record.numbers(pd.Index(names), column.fillna("")).astype(kind)


def _groups(frame: pd.DataFrame) -> Ints:
    bits = np.zeros(len(frame), np.uint8)
    for place, name in enumerate(GROUPS):
        bits |= frame[name].to_numpy(bool).astype(np.uint8) << place
    return bits


def _by_alert(visits: Visits, household: Ints, as_of: date, size: int) -> Bools:
    """Households that only visits to alerts can have put in process."""

    def marked(mask: Bools, months: int) -> Bools:
        since = np.datetime64(add_months(as_of, -months), "D").astype(int)
        inside = mask & (visits.day > since) & (visits.day <= today)
        flags = np.zeros(size, bool)
        flags[visits.household[inside]] = True
        return flags

    today = np.datetime64(as_of, "D").astype(int)
    by_alert = marked(visits.found & visits.to_alert, FOUND_MONTHS)
    others = marked(visits.found & ~visits.to_alert, FOUND_MONTHS)
    asked = marked(visits.asked, APPLICATION_MONTHS)
    return (by_alert & ~others & ~asked)[household]


def _facts(table: Stored, codes: pd.Series, household: Ints, names: _Names) -> Facts:
    """The month's fresh facts as arrays."""
    place = pd.Index(codes)
    rows = [(h, fact) for h, facts in table.fresh().items() for fact in facts]
    at = place.get_indexer([h for h, _ in rows])
    kept = [(int(row), fact) for row, (_, fact) in zip(at, rows, strict=True) if row >= 0]
    if not kept:
        return Facts.none()
    row = np.array([row for row, _ in kept], np.int32)
    kind = [names.kinds.setdefault(f["indicator"], len(names.kinds)) for _, f in kept]
    keys = zip(household[row].tolist(), kind, strict=True)
    pair = [names.pairs.setdefault(key, len(names.pairs)) for key in keys]
    happened = [f["happened_on"] for _, f in kept]
    return Facts(
        row,
        np.array(kind, np.int16),
        np.array(pair, np.int32),
        np.array([int(f["order"]) for _, f in kept], np.int16),
        np.array([bool(f["urgent"]) for _, f in kept]),
        np.array([bool(f["held"]) for _, f in kept]),
        np.array([NEVER if d is None else calendar_month(d) for d in happened], np.int16),
    )


def _copies(month: Month, times: int, step: int, towns: int, pairs: int) -> Month:
    size = len(month)
    shift = np.repeat(np.arange(times), size)
    columns: dict[str, Any] = {name: np.tile(getattr(month, name), times) for name in COLUMNS}
    columns["household"] = (columns["household"] + shift * step).astype(np.int32)
    columns["township"] = (columns["township"] + shift * towns).astype(np.int16)
    if month.known_score is month.score:
        columns["known_score"] = columns["score"]
    told, turn = month.facts, np.repeat(np.arange(times), len(month.facts.row))
    copied = {f.name: np.tile(getattr(told, f.name), times) for f in fields(told)}
    copied["row"] = (copied["row"] + turn * size).astype(np.int32)
    copied["pair"] = (copied["pair"] + turn * pairs).astype(np.int32)
    return replace(month, facts=Facts(**copied), **columns)


def _copied_record(past: Record, times: int, step: int) -> Record:
    def copied(table: object) -> dict[str, np.ndarray]:
        names = [f.name for f in fields(table)]  # type: ignore[arg-type]
        found = {name: np.tile(getattr(table, name), times) for name in names}
        shift = np.repeat(np.arange(times), len(table.household)) * step  # type: ignore[attr-defined]
        found["household"] = (found["household"] + shift).astype(np.int32)
        return found

    told = tuple((h + n * step, kind, m) for n in range(times) for h, kind, m in past.told)
    tables = Visits(**copied(past.visits)), record.Alerts(**copied(past.alerts))
    sampled = None if past.sampled is None else _copied_sample(past.sampled, times)
    # A search needs the households in order, as the copies stand.
    return Record(*tables, record.Needs(**copied(past.needs)), told, sampled)


def _copied_sample(sampled: Sampled, times: int) -> Sampled:
    def copied(frame: pd.DataFrame) -> pd.DataFrame:
        parts = [frame.assign(household=frame["household"] + f"/{n}") for n in range(times)]
        return pd.concat(parts, ignore_index=True)

    frames: dict[str, Any] = {
        name: copied(getattr(sampled, name)) for name in ("alerts", "random", "delivered")
    }
    return replace(sampled, households=sampled.households * times, **frames)
