"""What every read shares: the home, the chosen month and area, DuckDB, and the caches.

A cached read names home, month and area in its arguments, because the cache is shared by all
sessions. `forget` clears what a write has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd
import streamlit as st
from sqlalchemy import event
from sqlalchemy.orm import Session, with_loader_criteria

from alerts.models import Alert
from alerts.states import CHINA_TIME
from alerts.store import open_session, upgrade
from data.home import Home
from data.lake import Lake

TTL_SECONDS = 600
COUNTY, TOWNSHIP_DIGITS = "", 9


class NothingYet(Exception):
    """A page has nothing to show yet. `what` names the missing piece, `month` where it matters."""

    def __init__(self, what: str, month: date | None = None) -> None:
        super().__init__(what)
        self.what, self.month = what, month


class Here(NamedTuple):
    """Where a page looks: home folder, month end, and area ('' is the county, else a code)."""

    home: str
    as_of: date
    scope: str


# Reads over alerts: cleared by every write. Others live until their time is up.
_ALERT_READS: list[Any] = []


def cached(function: Callable[..., Any]) -> Any:
    """Keep a read of files that only the monthly run writes."""
    return st.cache_data(ttl=TTL_SECONDS, show_spinner=False, max_entries=256)(function)


def shared(function: Callable[..., Any]) -> Any:
    """Keep one object for all readers, where it is large and nobody changes it."""
    return st.cache_resource(ttl=TTL_SECONDS, show_spinner=False, max_entries=16)(function)


def cached_alerts(function: Callable[..., Any]) -> Any:
    """Keep a read of the workflow database until anybody, also another program, writes to it.

    The first argument of the read must be the home folder.
    """

    def stamped(stamp: tuple[int, ...], *args: Any) -> Any:
        return function(*args)

    # Streamlit tells cached functions apart by their name.
    stamped.__module__, stamped.__qualname__ = function.__module__, function.__qualname__
    kept = st.cache_data(ttl=TTL_SECONDS, show_spinner=False, max_entries=256)(stamped)
    _ALERT_READS.append(kept)

    @wraps(function)
    def read(home: str, *args: Any) -> Any:
        return kept(_written(home), home, *args)

    return read


def _written(home: str) -> tuple[int, ...]:
    """When the workflow database was last written: its file and its write-ahead log."""
    path = home_at(home).workflow_db
    files = [path, path.with_name(f"{path.name}-wal")]
    return tuple(f.stat().st_mtime_ns if f.exists() else 0 for f in files)


def forget() -> None:
    """Clear every cached read of alerts; called after a write."""
    for read in _ALERT_READS:
        read.clear()


def home_at(folder: str) -> Home:
    """The home of a folder given as text."""
    return Home(Path(folder))


@lru_cache(maxsize=16)
def lake_at(folder: str) -> Lake:
    """The lake of a home, which remembers its manifest until a file arrives."""
    return Lake(home_at(folder))


@lru_cache(maxsize=16)
def _ready(folder: str) -> bool:
    upgrade(home_at(folder))
    return True


def has_alerts(folder: str) -> bool:
    """Whether the home has a workflow database; brings its tables up to date once."""
    return home_at(folder).workflow_db.exists() and _ready(folder)


@contextmanager
def alert_session(folder: str, scope: str = COUNTY) -> Iterator[Session]:
    """A session in which only the area's alerts exist, for reading and for writing.

    Raises NothingYet when no alert was ever raised in this home.
    """
    if not has_alerts(folder):
        raise NothingYet("alerts")
    with open_session(home_at(folder)) as session:
        if scope:
            column = Alert.township_code if len(scope) <= TOWNSHIP_DIGITS else Alert.village_code
            inside = with_loader_criteria(Alert, column == scope, include_aliases=True)

            @event.listens_for(session, "do_orm_execute")
            def _narrow(state: Any) -> None:
                if state.is_select and not state.is_column_load and not state.is_relationship_load:
                    state.statement = state.statement.options(inside)

        yield session


@lru_cache(maxsize=1)
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 2})


def query(sql: str, values: dict[str, Any] | None = None) -> pd.DataFrame:
    """Run one query over Parquet files; sessions share the engine, each query has its cursor."""
    with _engine().cursor() as cursor:
        return cursor.execute(sql, values or {}).df()


def inside(scope: str, table: str = "p") -> str:
    """SQL condition that keeps an area's households; values go in as $scope."""
    if not scope:
        return "true"
    column = "township_code" if len(scope) <= TOWNSHIP_DIGITS else "village_code"
    return f"{table}.{column} = $scope"


def scope_values(scope: str) -> dict[str, str]:
    """The value that `inside` refers to."""
    return {"scope": scope} if scope else {}


def monthly_file(folder: str, kind: str, as_of: date, name: str) -> Path | None:
    """One month's table, or None when the month was not run."""
    path = home_at(folder).monthly(kind, as_of) / name
    return path if path.exists() else None


def needed_file(folder: str, kind: str, as_of: date, name: str) -> Path:
    """One month's table. Raises NothingYet naming the kind."""
    path = monthly_file(folder, kind, as_of, name)
    if path is None:
        raise NothingYet(kind, as_of)
    return path


def month_start(day: date) -> date:
    """First day of the month of a day."""
    return day.replace(day=1)


def months_back(as_of: date, count: int) -> date:
    """First day of the month `count` - 1 months before the month of `as_of`."""
    index = as_of.year * 12 + as_of.month - count
    return date(index // 12, index % 12 + 1, 1)


def is_latest(folder: str, as_of: date) -> bool:
    """Whether `as_of` is the newest month with scores: then 'now' is meant, not that evening."""
    months = home_at(folder).months("scores")
    return not months or as_of >= months[-1]


def known_at(folder: str, as_of: date) -> date | None:
    """Until which day events count: a past month as it was known then, the newest as of now."""
    return None if is_latest(folder, as_of) else as_of


def today_at(folder: str, as_of: date) -> date:
    """The day that deadlines are compared with. An invented county's time ends with its data."""
    if is_latest(folder, as_of) and not home_at(folder).county.get("synthetic"):
        return max(as_of, datetime.now(CHINA_TIME).date())
    return as_of


def moment_of(folder: str, as_of: date) -> datetime:
    """When an act of now is recorded: China time, in an invented county not before its last day."""
    now = datetime.now(CHINA_TIME).replace(tzinfo=None, microsecond=0)
    if now.date() <= as_of and home_at(folder).county.get("synthetic"):
        return datetime.combine(as_of + timedelta(days=1), max(now.time(), time(8)))
    return now


def strings(values: Sequence[Any]) -> list[str]:
    """The values that are known, as text."""
    return [str(v) for v in values if v is not None and v == v]
