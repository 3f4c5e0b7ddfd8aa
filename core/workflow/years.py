"""Days off and make-up working days of years that the program does not know yet.

The State Council publishes them one year at a time, usually in November. Until a new version of the
program knows a year, an administrator enters it from the notice; it lies in the home as
`data/working_days.json` and holds before the program's own calendar.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.atomic import write_text
from core.errors import Told
from core.home import Home
from core.workflow import calendar

FILE = "working_days.json"
_WEEKEND = 5
_MOST_OFF = 60


class YearError(Told):
    """A year's days cannot be so; the message says what would be right."""


@dataclass(frozen=True)
class Year:
    """The days off and the worked weekend days of one year, and the notice they come from."""

    number: int
    off: tuple[date, ...]
    worked: tuple[date, ...]
    document: str
    by: str = ""
    at: str = ""


def read_days(text: str) -> list[date]:
    """Dates and ranges such as '2027-01-01 2027-02-05..2027-02-11', in any order.

    Separated by spaces, commas or new lines; '至' and '~' stand for '..' too. Raises YearError
    naming what is not a date.
    """
    for mark in ("~", "～", "至", "—"):
        text = text.replace(mark, "..")
    found: list[date] = []
    for part in text.replace("，", " ").replace("、", " ").replace(",", " ").split():
        first, joint, last = part.partition("..")
        start = _day(first)
        end = _day(last) if joint else start
        if not start <= end <= start + timedelta(days=_MOST_OFF):
            raise YearError(
                f"“{part}”的起止日期有误，请写成 2027-02-05..2027-02-11",
                f"'{part}' is no range of days; write it like 2027-02-05..2027-02-11",
            )
        found += [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return sorted(set(found))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise YearError(
            f"“{text}”不是日期，请写成 2027-01-01", f"'{text}' is no date; write it like 2027-01-01"
        ) from error


def checked(
    number: int, off: Iterable[date], worked: Iterable[date], document: str, by: str, at: datetime
) -> Year:
    """A year as it can be kept. Raises YearError."""
    year = Year(
        number, tuple(sorted(off)), tuple(sorted(worked)), document.strip(), by, f"{at:%F %T}"
    )
    if not year.document:
        raise YearError(
            "请填写通知文号，如 国办发明电〔2026〕7号", "name the notice that the days come from"
        )
    if strange := [day for day in (*year.off, *year.worked) if day.year != number]:
        raise YearError(
            f"{strange[0]} 不在 {number} 年，请核对", f"{strange[0]} does not lie in {number}"
        )
    if not any(day.weekday() < _WEEKEND for day in year.off):
        raise YearError(
            "放假日期至少要有一个周一至周五的日子",
            "of the days off at least one must fall on a Monday to Friday",
        )
    if both := sorted(set(year.off) & set(year.worked)):
        raise YearError(
            f"{both[0]} 不能既放假又上班", f"{both[0]} cannot be both a day off and a working day"
        )
    if wrong := [day for day in year.worked if day.weekday() < _WEEKEND]:
        raise YearError(
            f"调休上班日 {wrong[0]} 不是周末，请核对",
            f"the make-up working day {wrong[0]} is no Saturday or Sunday",
        )
    return year


def entered(home: Home) -> dict[int, Year]:
    """The years that somebody entered in a home, by number."""
    path = home.data / FILE
    if not path.exists():
        return {}
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {int(number): _year(int(number), value) for number, value in sorted(told.items())}


def _year(number: int, told: dict[str, Any]) -> Year:
    days = {name: tuple(map(date.fromisoformat, told[name])) for name in ("off", "worked")}
    return Year(number, days["off"], days["worked"], told["document"], told["by"], told["at"])


def without(known: dict[int, Year], number: int) -> dict[int, Year]:
    """The years without one. Raises YearError for one that nobody entered."""
    if number not in known:
        raise YearError(f"没有登记过 {number} 年", f"nobody entered {number}")
    return {other: year for other, year in known.items() if other != number}


def put(home: Home, years: dict[int, Year]) -> None:
    """Let these be the years that were entered."""
    told = {
        str(number): {
            "off": [day.isoformat() for day in year.off],
            "worked": [day.isoformat() for day in year.worked],
            "document": year.document,
            "by": year.by,
            "at": year.at,
        }
        for number, year in sorted(years.items())
    }
    write_text(home.data / FILE, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    follow(home)


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """One administrator changes the years at a time, also from another process."""
    with (home.data / f"{FILE}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def touch(home: Home) -> None:
    """Let every process read anew what it keeps of due days, once they are stored."""
    os.utime(home.data / FILE)
    follow(home)


def stamp(home: Home) -> int:
    """When the years were last changed, and the due days with them; 0 for never."""
    path = home.data / FILE
    return path.stat().st_mtime_ns if path.exists() else 0


_followed: tuple[Path, int] | None = None


def follow(home: Home) -> None:
    """Count working days by what was entered in a home, from now on in this process.

    Cheap when nothing has changed since: one look at the file.
    """
    global _followed
    now = (home.data / FILE, stamp(home))
    if now == _followed or (_followed is None and not now[1]):
        return
    years = entered(home)
    calendar.use(
        {day: False for year in years.values() for day in year.off}
        | {day: True for year in years.values() for day in year.worked},
        frozenset(years),
    )
    _followed = now
