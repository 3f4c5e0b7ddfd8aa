"""Days and moments of an office in China: working days, public holidays, make-up Saturdays.

The holiday calendar is published by the State Council one year at a time. For a year that it does
not know yet and that nobody entered, weekends are the only days off and the result says so
(`certain` is False), so a page can tell that the date may still move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

import chinese_calendar

CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
_WEEKEND = 5


def county_time(moment: datetime) -> datetime:
    """The moment as naive China time, the form stored; naive values are taken as China time."""
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(CHINA_TIME).replace(tzinfo=None)


@dataclass(frozen=True)
class Due:
    """A due day, and whether the public holidays up to it were known."""

    on: date
    certain: bool = True

    @property
    def warning(self) -> tuple[str, str] | None:
        """What to tell the reader in Chinese and English, or None."""
        if self.certain:
            return None
        return (
            f"{self.on.year} 年放假安排尚未公布，期限 {self.on} 只按周末计算，公布后可能变化",
            f"the public holidays of {self.on.year} are not published yet; the deadline "
            f"{self.on} counts weekends only and may move",
        )


# What a county entered itself (`core.workflow.years`): it holds before the published calendar.
_own_days: Mapping[date, bool] = {}
_own_years: frozenset[int] = frozenset()


def use(days: Mapping[date, bool], years: frozenset[int]) -> None:
    """Take over the days off (False) and worked weekend days (True) of whole years."""
    global _own_days, _own_years
    _own_days, _own_years = dict(days), years
    for function in (is_working_day, add_working_days, working_days_between):
        function.cache_clear()


def knows(year: int) -> bool:
    """Whether the public holidays of a year are known."""
    return is_working_day(date(year, 1, 4))[1]


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether offices work that day, and whether the holiday calendar knew the year."""
    if day.year in _own_years:
        return _own_days.get(day, day.weekday() < _WEEKEND), True
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < _WEEKEND, False


@lru_cache(maxsize=65536)
def add_working_days(start: date, days: int) -> Due:
    """The day that is `days` working days after `start`; 0 means the first working day from it."""
    day, certain, left = start, True, days
    while True:
        working, known = is_working_day(day)
        certain = certain and known
        if working and day > start:
            left -= 1
        if working and left <= 0:
            return Due(day, certain)
        day += timedelta(days=1)


@lru_cache(maxsize=65536)
def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    days, day = 0, start
    while day < end:
        day += timedelta(days=1)
        days += is_working_day(day)[0]
    return days
