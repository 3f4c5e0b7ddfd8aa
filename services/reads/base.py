"""What every read shares: the home, the chosen month and area, DuckDB, and what is kept.

A kept read names home, month and area in its arguments, because what is kept is shared by
everybody. The area is applied here, where rows are read, and nowhere else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import ColumnElement, and_, event, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, with_loader_criteria

from alerts.models import Alert, AlertEvent, Need
from alerts.referrals.lifecycle import OPEN as UNANSWERED
from alerts.referrals.lifecycle import State as ReferralState
from alerts.referrals.models import Referral, ReferralEvent
from alerts.states import NeedState
from core.access.areas import COUNTY, Area
from core.db import engine_of, exists, open_session, upgrade
from core.engine import cursor
from core.home import Home
from core.workflow import years
from core.workflow.calendar import CHINA_TIME
from data.lake import Lake
from data.regions import Regions, RegionsError
from data.same_person import IdentityDecision
from services.cache import Kept, kept


class NothingYet(Exception):
    """A page has nothing to show yet. `what` names the missing piece, `month` where it matters."""

    def __init__(self, what: str, month: date | None = None) -> None:
        super().__init__(what)
        self.what, self.month = what, month


# Reads over alerts: a new event makes them be read again. Others live until their time is up.
_ALERT_READS: list[Kept] = []
cached = kept


def cached_alerts(function: Callable[..., Any]) -> Any:
    """Keep a read of alerts until anybody, also another program, adds an event to one, or their due
    days are worked out anew.

    The first argument of the read must be the home folder.
    """
    return _cached_until(alert_stamp, function, _ALERT_READS)


def cached_lake(function: Callable[..., Any]) -> Any:
    """Keep a read of the lake until a delivery comes in or is undone, or somebody decides who is
    one person, in whatever program.

    The first argument of the read must be the home folder.
    """
    return _cached_until(lake_stamp, function, [])


def cached_cases(function: Callable[..., Any]) -> Any:
    """Keep a read of alerts and of the lake until either tells something new.

    The first argument of the read must be the home folder.
    """
    return _cached_until(lambda home: (alert_stamp(home), lake_stamp(home)), function, _ALERT_READS)


def cached_models(function: Callable[..., Any]) -> Any:
    """Keep a read of models until anybody, also a training in a process apart, writes about them.

    The first argument of the read must be the home folder.
    """
    return _cached_until(model_stamp, function, [])


def cached_scores(function: Callable[..., Any]) -> Any:
    """Keep a read of stored risks until a month is scored, by whatever program, or an alert moves.

    The first argument of the read must be the home folder.
    """
    return _cached_until(score_stamp, function, [])


def _cached_until(
    stamp_of: Callable[[str], Any], function: Callable[..., Any], listed: list[Kept]
) -> Any:
    @wraps(function)
    def stamped(stamp: Any, *args: Any, **named: Any) -> Any:
        return function(*args, **named)

    stamped.__signature__ = _with_stamp(function)  # type: ignore[attr-defined]
    answers = kept(stamped)
    listed.append(answers)

    @wraps(function)
    def read(home: str, *args: Any, **named: Any) -> Any:
        return answers(stamp_of(home), home, *args, **named)

    read.clear = answers.clear  # type: ignore[attr-defined]
    return read


def model_stamp(folder: str) -> tuple[int, ...]:
    """When MLflow's database and the reports of models were last written; 0 for what is not there.

    A server of MLflow elsewhere tells no such moment: then its answers live until their time is
    up, and the reports' files alone make them be read again.
    """
    home = home_at(folder)
    files = [home.mlruns / "mlflow.db", *sorted(home.reports.glob("*_report.json"))]
    files += sorted(home.reports.glob("rolling_*.json"))
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)


def score_stamp(folder: str) -> tuple[object, ...]:
    """The newest event of any alert, when models were written, and when months were scored."""
    files = sorted((home_at(folder).data / "risk").glob("*/*.parquet"))
    return alert_stamp(folder), model_stamp(folder), *(file.stat().st_mtime_ns for file in files)


def _with_stamp(function: Callable[..., Any]) -> inspect.Signature:
    own = inspect.signature(function)
    stamp = inspect.Parameter("stamp", inspect.Parameter.POSITIONAL_ONLY)
    first, *others = own.parameters.values()
    first = first.replace(kind=inspect.Parameter.POSITIONAL_ONLY)
    return own.replace(parameters=[stamp, first, *others])


def alert_stamp(folder: str) -> tuple[int | None, int | None, int]:
    """The newest event of any alert and of any referral, and when a year's working days were last
    changed: due days follow from these without an event."""
    newest = newest_event(folder)
    referred = None if newest is None else _newest(folder, ReferralEvent.id)
    return newest, referred, years.stamp(home_at(folder))


def lake_stamp(folder: str) -> tuple[int, int, int | None]:
    """When the lake's manifest was last written, and the newest decision about two records."""
    home = home_at(folder)
    path = home.lake / "manifest.json"
    written = path.stat() if path.exists() else None
    decided = _newest(folder, IdentityDecision.id) if exists(home) and _ready(folder) else None
    return (written.st_mtime_ns, written.st_ino, decided) if written else (0, 0, decided)


def newest_event(folder: str) -> int | None:
    """Number of the newest event of any alert: every change of one leaves one behind.

    None where no alert was ever raised.
    """
    home = home_at(folder)
    if not exists(home) or not _ready(folder):
        return None
    return _newest(folder, AlertEvent.id)


def _newest(folder: str, of: InstrumentedAttribute[int]) -> int | None:
    with engine_of(home_at(folder)).connect() as connection:
        newest: int | None = connection.scalar(select(func.max(of)))
    return newest


def forget() -> None:
    """Clear every kept read of alerts; called after a write."""
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
    """Whether an alert was ever raised in the home; brings its tables up to date once."""
    return newest_event(folder) is not None


@contextmanager
def alert_session(folder: str, scope: Area = COUNTY) -> Iterator[Session]:
    """A session in which only the area's alerts exist, for reading and for writing.

    Raises NothingYet when no alert was ever raised in this home.
    """
    if not has_alerts(folder):
        raise NothingYet("alerts")
    with open_session(home_at(folder)) as session:
        if scope:
            of_area = _of_area(scope, codes_of(folder, scope))
            inside = with_loader_criteria(Alert, of_area, include_aliases=True)

            @event.listens_for(session, "do_orm_execute")
            def _narrow(state: Any) -> None:
                if state.is_select and not state.is_column_load and not state.is_relationship_load:
                    state.statement = state.statement.options(inside)

        yield session


def codes_of(folder: str, scope: Area) -> list[str]:
    """The codes of an area's place: its own, and those of what was merged into it."""
    if not scope.code or not home_at(folder).region_table.exists():
        return [scope.code] if scope.code else []
    known = _regions_at(folder, home_at(folder).region_table.stat().st_mtime_ns)
    return known.formerly(scope.code) if known else [scope.code]


@lru_cache(maxsize=16)
def _regions_at(folder: str, stamp: int) -> Regions | None:
    try:
        return Regions.load(home_at(folder))
    except RegionsError:
        return None


def _of_area(scope: Area, codes: Sequence[str]) -> ColumnElement[bool]:
    """The alerts of an area; a department's are those with a confirmed need that is its own, or
    that were referred to it."""
    tests: list[ColumnElement[bool]] = []
    if scope.code:
        column = Alert.village_code if scope.is_village else Alert.township_code
        tests.append(column.in_(codes))
    if scope.department:
        own = select(Need.alert_id).where(
            Need.department == scope.department,
            Need.state.in_([NeedState.CONFIRMED, NeedState.HANDLING, NeedState.MET]),
        )
        asked = select(Referral.alert_id).where(
            Referral.department == scope.department,
            Referral.state.in_([*UNANSWERED, ReferralState.DONE]),
        )
        tests.append(or_(Alert.id.in_(own), Alert.id.in_(asked)))
    return and_(*tests)


def query(
    sql: str, values: dict[str, Any] | None = None, tables: Mapping[str, pa.Table] | None = None
) -> pd.DataFrame:
    """Run one query over Parquet files, and over tables under their names; sessions share the
    engine, each query has its cursor."""
    with cursor() as asked:
        for name, table in (tables or {}).items():
            asked.register(name, table)
        return asked.execute(sql, values or {}).df()


def inside(scope: Area, table: str = "p") -> str:
    """SQL condition that keeps an area's households; its values come from `scope_values`."""
    tests = ["true"]
    if scope.code:
        column = "village_code" if scope.is_village else "township_code"
        tests.append(f"list_contains($scope, {table}.{column})")
    if scope.department:
        tests.append(f"list_contains($of_department, {table}.household)")
    return " AND ".join(tests)


def scope_values(home: str, scope: Area) -> dict[str, Any]:
    """The values that `inside` refers to."""
    values: dict[str, Any] = {"scope": codes_of(home, scope)} if scope.code else {}
    if scope.department:
        values["of_department"] = list(_of_department(home, scope))
    return values


@cached_alerts
def _of_department(home: str, scope: Area) -> tuple[str, ...]:
    """The households in whose case a department has a need to meet."""
    if not has_alerts(home):
        return ()
    with alert_session(home, scope) as session:
        return tuple(sorted(set(session.scalars(select(Alert.household)))))


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


def newest_month(folder: str) -> date:
    """The newest month with scores, for acts on a page that shows no month; today without any."""
    months = home_at(folder).months("scores")
    return months[-1] if months else datetime.now(CHINA_TIME).date()


def today_at(folder: str, as_of: date) -> date:
    """The day that deadlines are compared with. An invented county's time ends with its data."""
    if is_latest(folder, as_of) and not home_at(folder).county.get("synthetic"):
        return max(as_of, datetime.now(CHINA_TIME).date())
    return as_of


def moment_of(folder: str, as_of: date) -> datetime:
    """When an act of now is recorded: China time, in an invented county not before its last day."""
    now = datetime.now(CHINA_TIME).replace(tzinfo=None, microsecond=0)
    if now.date() <= as_of < date.max and home_at(folder).county.get("synthetic"):
        return datetime.combine(as_of + timedelta(days=1), max(now.time(), time(8)))
    return now


def strings(values: Sequence[Any]) -> list[str]:
    """The values that are known, as text."""
    return [str(v) for v in values if v is not None and v == v]
