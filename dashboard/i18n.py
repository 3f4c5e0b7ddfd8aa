"""Words of the pages in Chinese and English, and how numbers and dates are written.

The words live in gettext catalogues (`locale/<language>/LC_MESSAGES/doudi.po`), so a translator
needs no Python. Message ids are the English sentences; `python -m dashboard.catalogue` collects
them from the code and compiles the catalogues.
"""

from __future__ import annotations

import gettext
import math
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.words import Bilingual, pick

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "doudi"
LANGUAGES = {"zh": "中文", "en": "English"}
UNKNOWN = "–"
# Not taken from the machine's locale: a page has its own language.
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def mark(message: str) -> str:
    """The message itself; marks text for the catalogue that is translated later by name."""
    return message


class Say:
    """One language: `say("{n} alerts", n="312")` translates, then fills in."""

    def __init__(self, language: str) -> None:
        """Open the catalogue of 'zh' or 'en'.

        Raises FileNotFoundError when it was never compiled.
        """
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, LOCALE, languages=[language])

    def __call__(self, message: str, /, **values: object) -> str:
        """The message in this language with its values filled in."""
        text = self._catalogue.gettext(message) if message else ""
        return text.format(**values) if values else text

    def many(self, one: str, more: str, n: int, /, **values: object) -> str:
        """A message about `n` things, `{n}` in it: `say.many("{n} day", "{n} days", 3)`."""
        text = self._catalogue.ngettext(one, more, n)
        return text.format(n=self.number(n), **values)

    def pick(self, zh: str, en: str) -> str:
        """The one of two texts that is in this language (names and labels from other rooms)."""
        return pick(zh, en, self.language)

    def label(self, thing: Bilingual) -> str:
        """The label of anything that carries `zh` and `en` (states, indicators, needs, ...)."""
        return self.pick(thing.zh, thing.en)

    def number(self, value: Any, digits: int = 0, sign: bool = False) -> str:
        """A number with thousands separated; a dash when it is not known.

        Rounded to nothing it has no sign, whatever `sign` says.
        """
        if _missing(value):
            return UNKNOWN
        rounded = round(float(value), digits) or 0.0
        return f"{rounded:{'+' if sign and rounded else ''},.{digits}f}"

    def may_tell(self, part: float, whole: float) -> bool:
        """Whether the share of a part in a whole may be written here."""
        return True

    def percent(self, value: Any, digits: int = 0) -> str:
        """A share (0..1) as per cent; a dash when it is not known.

        A share above zero is never written as none.
        """
        if _missing(value):
            return UNKNOWN
        told = f"{float(value) * 100:.{digits}f}%"
        if value > 0 and not told.strip("0.%"):
            least = f"{10**-digits:.{digits}f}%"
            return self.pick(f"不到 {least}", f"under {least}")
        return told

    def interval(self, low: Any, high: Any) -> str:
        """A 95 % interval of a share, such as 57–65%."""
        if _missing(low) or _missing(high):
            return UNKNOWN
        return f"{float(low) * 100:.0f}–{float(high) * 100:.0f}%"

    def day(self, value: Any) -> str:
        """A date as 2026-06-30; a dash when it is not known."""
        if _missing(value):
            return UNKNOWN
        return f"{value:%Y-%m-%d %H:%M}" if _has_time(value) else f"{value:%Y-%m-%d}"

    def month(self, value: date) -> str:
        """A month in words: 2026年6月, June 2026."""
        english = f"{_MONTHS[value.month - 1]} {value.year}"
        return self.pick(f"{value.year}年{value.month}月", english)

    def moment(self, value: datetime) -> str:
        """A moment in words, by the clock on the wall: 2026年6月30日 14:05."""
        english = f"{value.day} {_MONTHS[value.month - 1]} {value:%Y, %H:%M}"
        return self.pick(f"{value.year}年{value.month}月{value.day}日 {value:%H:%M}", english)

    def yes_no(self, value: Any) -> str:
        """Yes, no, or a dash when it is not known."""
        if _missing(value):
            return UNKNOWN
        return self(mark("yes")) if value else self(mark("no"))


def _has_time(value: date) -> bool:
    return isinstance(value, datetime) and (value.hour, value.minute) != (0, 0)


def _missing(value: Any) -> bool:
    if value is None:
        return True
    try:
        return bool(value != value) or (isinstance(value, float) and math.isinf(value))
    except (TypeError, ValueError):
        # pandas' NA refuses to be a truth value
        return True


@lru_cache(maxsize=len(LANGUAGES))
def translator(language: str) -> Say:
    """The words of a language, opened once; Chinese for anything unknown."""
    return Say(language if language in LANGUAGES else "zh")
