"""Years whose public holidays the county enters itself, and deadlines against another count."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from core.home import Home
from core.workflow import calendar, years
from core.workflow.calendar import add_working_days
from core.workflow.years import YearError, checked, read_days

AT = datetime(2026, 11, 10, 9, 0)  # noqa: DTZ001 (China time, as stored)
NOTICE = "国办发明电〔2026〕7号"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "data").mkdir()
    yield Home(tmp_path)
    calendar.use({}, frozenset())
    years._followed = None


def enter(home: Home, off: str, worked: str = "") -> None:
    year = checked(2027, read_days(off), read_days(worked), NOTICE, "admin", AT)
    years.put(home, years.entered(home) | {year.number: year})


def test_an_entered_year_is_certain_and_counts_its_own_days(home: Home) -> None:
    # Entered as if: 1 to 3 January off, Saturday the 9th worked instead.
    enter(home, "2027-01-01..2027-01-03", "2027-01-09")
    assert add_working_days(date(2026, 12, 31), 1).on == date(2027, 1, 4)
    due = add_working_days(date(2027, 1, 8), 1)
    assert (due.on, due.certain) == (date(2027, 1, 9), True)


def test_a_year_taken_back_counts_weekends_only_again(home: Home) -> None:
    enter(home, "2027-01-01..2027-01-04")
    assert add_working_days(date(2026, 12, 31), 1).on == date(2027, 1, 5)
    years.put(home, years.without(years.entered(home), 2027))
    due = add_working_days(date(2026, 12, 31), 1)
    assert (due.on, due.certain) == (date(2027, 1, 1), False)
    with pytest.raises(YearError):
        years.without(years.entered(home), 2027)


def test_another_process_follows_what_was_entered(home: Home) -> None:
    enter(home, "2027-01-01..2027-01-04")
    calendar.use({}, frozenset())  # a process that has not looked yet
    years._followed = None
    assert add_working_days(date(2026, 12, 31), 1).on == date(2027, 1, 1)
    years.follow(home)
    assert add_working_days(date(2026, 12, 31), 1).on == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2027-01-01", 1),
        ("2027-02-05..2027-02-11", 7),
        ("2027-02-05至2027-02-11，2027-04-05", 8),
        ("2027-01-01\n2027-01-01 2027-01-02", 2),
        ("", 0),
    ],
)
def test_days_are_read_as_people_type_them(text: str, days: int) -> None:
    assert len(read_days(text)) == days


@pytest.mark.parametrize("text", ["soon", "2027-02-30", "2027-02-11..2027-02-05", "2027-01-01.."])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(YearError):
        read_days(text)


@pytest.mark.parametrize(
    ("off", "worked", "notice", "told"),
    [
        ("2027-01-02", "", NOTICE, "Monday to Friday"),
        ("2026-10-01", "", NOTICE, "does not lie in 2027"),
        ("2027-01-01", "2027-01-08", NOTICE, "no Saturday or Sunday"),
        ("2027-01-01..2027-01-03", "2027-01-03", NOTICE, "both"),
        ("2027-01-01", "", "  ", "notice"),
    ],
)
def test_a_year_that_cannot_be_is_refused_with_the_reason(
    off: str, worked: str, notice: str, told: str
) -> None:
    with pytest.raises(YearError) as refused:
        checked(2027, read_days(off), read_days(worked), notice, "admin", AT)
    assert told in refused.value.en


@pytest.mark.slow
def test_ten_thousand_deadlines_equal_another_count() -> None:
    """Against a list of every working day of the published years, counted off by position."""
    first, last = date(2019, 1, 1), date(2026, 12, 31)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    holidays = chinese_calendar.constants.holidays
    makeup = chinese_calendar.constants.workdays
    worked = [d for d in span if d in makeup or (d.weekday() < 5 and d not in holidays)]
    luck = random.Random(20261130)  # noqa: S311
    wrong = []
    for _ in range(10_000):
        start, days = span[luck.randrange(len(span) - 150)], luck.randrange(0, 61)
        later = [d for d in worked if start < d <= start + timedelta(days=140)]
        due = (start if start in set(worked) else later[0]) if days == 0 else later[days - 1]
        if add_working_days(start, days).on != due:
            wrong.append((start, days))
    assert wrong == []
