"""What the name of a delivered file says."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

from data.contracts import all_feeds, load_contract

_FORM = re.compile(r"(.+?)_(\d{6})_(\d{8})([_\-( ].*)?\.(csv|txt|xlsx|xls)", re.I)


@dataclass(frozen=True)
class Delivery:
    """Which feed, which period (YYYYMM), delivered when."""

    feed: str
    period: str
    delivered_on: date


def parse_file_name(name: str) -> Delivery | None:
    """Feed, period and delivery date from `<feed>_<YYYYMM>_<YYYYMMDD>.<csv|xlsx>`, or None.

    Anything after the delivery date (`_2`, `-补报`) is allowed and ignored.
    """
    match = _FORM.fullmatch(_plain(name))
    feed = _feed_by_name().get(match[1]) if match else None
    if match is None or feed is None or not 1 <= int(match[2][4:]) <= 12:
        return None
    try:
        delivered = date(int(match[3][:4]), int(match[3][4:6]), int(match[3][6:]))
    except ValueError:
        return None
    return Delivery(feed, match[2], delivered)


@cache
def _feed_by_name() -> dict[str, str]:
    names = (
        (name, feed) for feed in all_feeds() for name in (*load_contract(feed).file_names, feed)
    )
    return {_plain(name): feed for name, feed in names}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
