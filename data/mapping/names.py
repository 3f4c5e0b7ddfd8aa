"""What stays the same in a sender's file names, and what month a name speaks of.

A department calls its file 医保中心结算明细2026年6月.xls in June and …2026年7月.xls in July: the
form is 医保中心结算明细#年#月, and the digits say which month.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import PurePath

_DAY = re.compile(r"(?<!\d)(20\d{2})[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_.年 ]*(0?[1-9]|1[0-2])(?!\d)月?")
_QUARTER = re.compile(r"(?<!\d)(20\d{2})[-_.年 ]*第?(?:[Qq]([1-4])|([1-4一二三四])季度?)")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
# What follows a known name and says which piece or kind of delivery it is.
_REST = re.compile(r"[-_. (（\[【].*")


def name_form(name: str) -> str:
    """The name's form: NFKC, without ending and spaces, each run of digits as #."""
    return re.sub(r"\d+", "#", _stem(name))


def _stem(name: str) -> str:
    plain = unicodedata.normalize("NFKC", PurePath(name).name)
    return re.sub(r"\s+", "", re.sub(r"\.[A-Za-z]{2,7}$", "", plain)).lower()


def follows(form: str, known: str) -> bool:
    """Whether a file of this form is of the known one: the same, or with an addition behind it."""
    return form == known or (form.startswith(known) and bool(_REST.match(form[len(known) :])))


def sign_of(name: str, known: str) -> str:
    """What stands behind the known form in a name: 补报, 2, 东镇; "" for nothing."""
    pattern = re.escape(known).replace(re.escape("#"), r"\d+")
    beginning = re.match(pattern, _stem(name))
    return _stem(name)[beginning.end() :].strip(" -_.()[]【】") if beginning else ""


def told_by_name(name: str) -> tuple[str | None, date | None]:
    """The period (YYYYMM) and the day of delivery that a name speaks of; None for what it does not.

    202606, 2026-06, 2026年6月 and 2026.6 are months, 2026年第2季度 and 2026Q2 their last one;
    20260628 is a day, and the month of the data only where nothing else names one.
    """
    plain = unicodedata.normalize("NFKC", PurePath(name).stem)
    days = [_day(m) for m in _DAY.finditer(plain)]
    without = _DAY.sub(" ", plain)
    if quarter := _QUARTER.search(without):
        number = int(quarter[2] or 0) or _QUARTERS.get(quarter[3]) or int(quarter[3])
        period = f"{quarter[1]}{number * 3:02d}"
    elif month := _MONTH.search(without):
        period = f"{month[1]}{int(month[2]):02d}"
    else:
        period = None
    known = [d for d in days if d is not None]
    delivered = known[-1] if known else None
    if period is None and delivered is not None:
        period = f"{delivered:%Y%m}"
    return period, delivered


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
