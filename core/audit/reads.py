"""What auditors read: the events by page, who looked at whom, and looking that is unusual.

Days and hours are China's. An unusual finding accuses nobody: it is where to ask first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import chinese_calendar
import pandas as pd
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.audit.models import EVENTS

CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
HOUSEHOLD = "household"
LOOKS = ("look", "reveal", "break_glass")
"""Actions that show a household to somebody."""
MANY_HOUSEHOLDS = 40
"""Distinct households an account looks at on one day, from which it is unusual: a worker visits
some ten a day and prepares as many; twice that."""
REFUSALS = 5
"""Refusals of an account one after the other, from which they are unusual."""
NIGHT_FROM, NIGHT_TO = 22, 6
"""Hours; a look at 22:00 is at night, one at 06:00 is not."""
_MADE, _USED = ("create_account", "reset_password", "make_token"), ("sign_in", "call")
_SOON = timedelta(days=1)


@dataclass(frozen=True)
class Event:
    """One event of the record, ready to show."""

    seq: int
    at: datetime
    """In China time."""
    account: str
    unit: str
    role: str
    action: str
    object_kind: str
    object: str
    area: str
    purpose: str
    result: str
    rows: int | None
    place: str
    session: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some events, newest first, and how many there are in all."""

    events: list[Event]
    total: int


@dataclass(frozen=True)
class Sought:
    """Which events; an empty field asks for nothing. `since` is included, `until` is not."""

    account: str = ""
    action: str = ""
    object: str = ""
    object_kind: str = ""
    area: str = ""
    result: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Unusual:
    """One account's unusual looking on one day (refusals: from `first` to `last`)."""

    kind: str
    """many_households, night, rest_day, own_area, refusals, same_place"""
    account: str
    day: date
    count: int
    """Households for many_households and own_area, looks or refusals otherwise."""
    first: int
    last: int
    """Numbers of the first and last event concerned."""

    @property
    def zh(self) -> str:
        """In Chinese."""
        return _UNUSUAL[self.kind][0].format(self)

    @property
    def en(self) -> str:
        """In English."""
        return _UNUSUAL[self.kind][1].format(self)


_UNUSUAL = {
    "many_households": (
        "{0.account} 在 {0.day} 查看了 {0.count} 户",
        "{0.account} looked at {0.count} households on {0.day}",
    ),
    "night": (
        "{0.account} 在 {0.day} 夜间（22 时至 6 时）查看 {0.count} 次",
        "{0.account} looked {0.count} times in the night (22 to 6) on {0.day}",
    ),
    "rest_day": (
        "{0.account} 在休息日 {0.day} 查看 {0.count} 次",
        "{0.account} looked {0.count} times on {0.day}, a day of rest",
    ),
    "own_area": (
        "{0.account} 在 {0.day} 查看了本人居住村（社区）的 {0.count} 户",
        "{0.account} looked at {0.count} households of the own village on {0.day}",
    ),
    "refusals": (
        "{0.account} 自 {0.day} 起连续 {0.count} 次被拒绝",
        "{0.account} was refused {0.count} times in a row from {0.day}",
    ),
    "same_place": (
        "{0.account} 在 {0.day} 首次使用，地址与一天内新建或重设该账号的管理员相同",
        "{0.account} was first used on {0.day} from the address at which its administrator had "
        "made or reset it within a day",
    ),
}


def utc_text(moment: datetime) -> str:
    """A moment as the `at` column writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def page(session: Session, sought: Sought, number: int = 1, size: int = 50) -> Page:
    """The `number`-th page (from 1) of the events sought, newest first."""
    total = session.scalar(_narrow(select(func.count()).select_from(EVENTS), sought)) or 0
    statement = _narrow(select(EVENTS), sought).order_by(EVENTS.c.seq.desc())
    rows = session.execute(statement.limit(size).offset((max(number, 1) - 1) * size)).mappings()
    return Page([_event(row) for row in rows], total)


def event(session: Session, seq: int) -> Event | None:
    """One event by its number."""
    row = session.execute(select(EVENTS).where(EVENTS.c.seq == seq)).mappings().one_or_none()
    return _event(row) if row else None


def words_in_use(session: Session, column: str) -> list[str]:
    """Values that stand in a column ('action', 'account', 'area' …), for a choice of filters."""
    found = session.scalars(select(EVENTS.c[column]).distinct().order_by(EVENTS.c[column]))
    return [word for word in found if word]


def who_looked_at_whom(session: Session, sought: Sought) -> pd.DataFrame:
    """One row per account and household: looks, reveals, first and last (China time).

    Sought by account it answers what somebody looked at, by object who looked at a household.
    """
    seen = _looks(session, sought)
    seen["reveal"] = seen["action"].eq("reveal").astype(int)
    grouped = seen.groupby(["account", "object"], as_index=False)
    found = grouped.agg(
        looks=("seq", "size"), reveals=("reveal", "sum"), first=("at", "min"), last=("at", "max")
    )
    return found.sort_values("last", ascending=False, ignore_index=True)


def unusual(
    session: Session,
    since: datetime,
    until: datetime | None = None,
    own_area: Mapping[str, str] | None = None,
) -> list[Unusual]:
    """Everything unusual in a period, newest first. `own_area`: account -> code of its village."""
    seen = _looks(session, Sought(since=since, until=until))
    found = many_households(seen) + at_night(seen) + on_rest_days(seen)
    found += in_own_area(seen, own_area or {}) + refusals_in_a_row(session, since, until)
    found += used_where_made(session, since, until)
    return sorted(found, key=lambda one: one.last, reverse=True)


def many_households(seen: pd.DataFrame, threshold: int = MANY_HOUSEHOLDS) -> list[Unusual]:
    """Accounts and days with at least `threshold` distinct households."""
    return _by_day("many_households", seen, "object", "nunique", threshold)


def at_night(seen: pd.DataFrame) -> list[Unusual]:
    """Looks between 22:00 and 06:00; those after midnight count for the new day."""
    hour = seen["at"].dt.hour
    return _by_day("night", seen[(hour >= NIGHT_FROM) | (hour < NIGHT_TO)])


def on_rest_days(seen: pd.DataFrame) -> list[Unusual]:
    """Looks on week-ends and public holidays; a Saturday that makes up for one is a working day."""
    resting = seen["day"].map({day: _rests(day) for day in seen["day"].unique()})
    return _by_day("rest_day", seen[resting.astype(bool)])


def in_own_area(seen: pd.DataFrame, own_area: Mapping[str, str]) -> list[Unusual]:
    """Looks at households of the village where the account's holder lives."""
    lives = seen["account"].map(dict(own_area))
    return _by_day("own_area", seen[seen["area"].eq(lives)], "object", "nunique")


def refusals_in_a_row(
    session: Session, since: datetime, until: datetime | None = None, threshold: int = REFUSALS
) -> list[Unusual]:
    """Runs of at least `threshold` refused events of an account with none done between."""
    columns = [EVENTS.c[name] for name in ("seq", "at", "account", "result")]
    statement = _narrow(select(*columns), Sought(since=since, until=until)).order_by(EVENTS.c.seq)
    runs: dict[str, list[tuple[int, str]]] = {}
    found: list[Unusual] = []

    def close(account: str) -> None:
        run = runs.pop(account, [])
        if len(run) >= threshold:
            day = _china(run[0][1]).date()
            found.append(Unusual("refusals", account, day, len(run), run[0][0], run[-1][0]))

    for seq, at, account, result in session.execute(statement):
        if result == "refused":
            runs.setdefault(account, []).append((seq, at))
        else:
            close(account)
    for account in list(runs):
        close(account)
    return found


def used_where_made(
    session: Session, since: datetime, until: datetime | None = None
) -> list[Unusual]:
    """Accounts whose first sign-in or call after being made or reset came within a day from the
    address from which their administrator had acted: perhaps the administrator's own."""
    columns = [EVENTS.c[name] for name in ("seq", "at", "account", "action", "object", "place",
                                           "detail")]  # fmt: skip
    sought = Sought(result="done", since=since - _SOON, until=until)
    statement = _narrow(select(*columns), sought).where(EVENTS.c.action.in_([*_MADE, *_USED]))
    made: dict[str, tuple[int, datetime, str]] = {}
    found: list[Unusual] = []
    for seq, at, account, action, about, place, detail in session.execute(
        statement.order_by(EVENTS.c.seq)
    ):
        address, moment = place.split(" ")[0], _china(at)
        if action in _MADE:
            named = json.loads(detail).get("account", "") if action == "make_token" else about
            made[named] = (seq, moment, address)
        elif account in made:
            first, then, there = made.pop(account)
            if address and address == there and since <= moment <= then + _SOON:
                found.append(Unusual("same_place", account, moment.date(), 1, first, seq))
    return found


def _narrow(statement: Select[Any], sought: Sought) -> Select[Any]:
    for name in ("account", "action", "object", "object_kind", "area", "result"):
        if value := getattr(sought, name):
            statement = statement.where(EVENTS.c[name] == value)
    if sought.since:
        statement = statement.where(EVENTS.c.at >= utc_text(sought.since))
    if sought.until:
        statement = statement.where(EVENTS.c.at < utc_text(sought.until))
    return statement


def _looks(session: Session, sought: Sought) -> pd.DataFrame:
    """The looks at households that were not refused, with China time and day."""
    names = ["seq", "at", "account", "action", "object", "area"]
    statement = _narrow(select(*[EVENTS.c[name] for name in names]), sought)
    statement = statement.where(
        EVENTS.c.object_kind == HOUSEHOLD, EVENTS.c.action.in_(LOOKS), EVENTS.c.result == "done"
    ).order_by(EVENTS.c.seq)
    seen = pd.DataFrame(session.execute(statement).all(), columns=names)
    seen["at"] = pd.to_datetime(seen["at"], format="ISO8601", utc=True).dt.tz_convert(CHINA_TIME)
    seen["day"] = seen["at"].dt.date
    return seen


def _by_day(
    kind: str, seen: pd.DataFrame, column: str = "seq", how: str = "size", threshold: int = 1
) -> list[Unusual]:
    grouped = seen.groupby(["account", "day"], as_index=False)
    counted = grouped.agg(count=(column, how), first=("seq", "min"), last=("seq", "max"))
    rows: list[dict[str, Any]] = counted[counted["count"] >= threshold].to_dict("records")  # type: ignore[assignment]
    return [Unusual(kind=kind, **row) for row in rows]


def _rests(day: date) -> bool:
    try:
        return not chinese_calendar.is_workday(day)
    except NotImplementedError:  # next year's holidays are not announced yet
        return day.weekday() >= 5


def _china(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(CHINA_TIME)


def _event(row: Mapping[Any, Any]) -> Event:
    values = {field.name: row[field.name] for field in fields(Event)}
    values["at"] = _china(row["at"])
    values["detail"] = json.loads(row["detail"])
    return Event(**values)
