"""What the name of a delivered file says."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from core.home import Home
from data.contracts import all_feeds, load_contract

# Endings of files that are read as tables; what a file really is, its first bytes say.
# Those of other spreadsheets are opened to be told what to save them as.
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".parquet", ".ods", ".xlsb")
_FORM = re.compile(r"(.+?)_(\d{6})_(\d{8})(\D.*)?\.(csv|txt|tsv|xlsx|xls|parquet|ods|xlsb)", re.I)
_SECOND_DOWNLOAD = re.compile(r"\s*\(\d+\)")
_FIRST_YEAR = 1990  # no office kept files of this kind before

# Why a name cannot be right (`Delivery.doubt`).
PERIOD_IMPOSSIBLE, PERIOD_AHEAD = "period_impossible", "period_ahead"


@dataclass(frozen=True)
class Delivery:
    """Which feed, which period (YYYYMM), delivered when.

    `sign` is what the name says besides (`补报`, `2`, `东镇`), as `data.deliveries.names` reads it.
    `doubt` says why the period cannot be right; `period` is then the likeliest one, and `written`
    what the name has.
    """

    feed: str
    period: str
    delivered_on: date
    sign: str = ""
    doubt: str = ""
    written: str = ""


def parse_file_name(name: str) -> Delivery | None:
    """What `<feed>_<YYYYMM>_<YYYYMMDD>.<csv|xlsx>` says, or None.

    Words may follow the feed's name or the day (`-补报`, `_2`, `（东镇）`): they become the sign.
    """
    match = _FORM.fullmatch(_plain(name))
    known = _feed_and_sign(match[1]) if match else None
    if match is None or known is None or not 1 <= int(match[2][4:]) <= 12:
        return None
    try:
        delivered = date(int(match[3][:4]), int(match[3][4:6]), int(match[3][6:]))
    except ValueError:
        return None
    feed, before = known
    sign = " ".join(filter(None, (before, _bare(match[4] or ""))))
    period, doubt = _sensible(match[2], delivered)
    return Delivery(feed, period, delivered, sign, doubt, match[2] if doubt else "")


def incoming_path(home: Home, delivery: Delivery, digest: str, suffix: str) -> Path:
    """Where a file that came over the network is kept, under a name that ingest reads.

    Of the sender's name it has what tells the kind (补报, a part); the same content has the same
    name.
    """
    day, sign = delivery.delivered_on, f"-{delivery.sign}" if delivery.sign else ""
    name = f"{delivery.feed}_{delivery.period}_{day:%Y%m%d}_{digest[:8]}{sign}{suffix}"
    return home.incoming / f"{day:%Y-%m}" / name


def _sensible(period: str, delivered: date) -> tuple[str, str]:
    """The period and why it is doubtful; a month before there were files is the delivery's own."""
    if int(period[:4]) < _FIRST_YEAR:
        return f"{delivered:%Y%m}", PERIOD_IMPOSSIBLE
    return period, PERIOD_AHEAD if period > f"{delivered:%Y%m}" else ""


def _feed_and_sign(text: str) -> tuple[str, str] | None:
    """The feed that a name begins with, and what stands between it and the period."""
    names = _feed_by_name()
    if text in names:
        return names[text], ""
    fitting = [n for n in names if text.startswith(n) and not text[len(n)].isalnum()]
    if not fitting:
        return None
    longest = max(fitting, key=len)
    return names[longest], _bare(text[len(longest) :])


def _bare(text: str) -> str:
    """A sign without the marks around it; the `(1)` of a second download is none."""
    if _SECOND_DOWNLOAD.fullmatch(text):
        return ""
    return text.strip(" -_.()[]{}【】〔〕《》")


@cache
def _feed_by_name() -> dict[str, str]:
    names = (
        (name, feed) for feed in all_feeds() for name in (*load_contract(feed).file_names, feed)
    )
    return {_plain(name): feed for name, feed in names}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
