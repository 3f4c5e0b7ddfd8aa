"""Which feeds a county waits for: nobody is warned of what was never to come.

A county says in `county.yaml` which feeds it gets (`feeds`). One that does not say waits for every
feed but those whose contract is `optional`. What was delivered once is awaited from then on.
"""

from __future__ import annotations

from datetime import date

from core.home import Home
from data.contracts import all_feeds, load_contract
from data.lake import Lake


def usual() -> tuple[str, ...]:
    """The feeds that a county gets unless it says otherwise."""
    return tuple(feed for feed in all_feeds() if not load_contract(feed).optional)


def awaited(home: Home, as_of: date | None = None, lake: Lake | None = None) -> set[str]:
    """The feeds that the county gets, or got by a day."""
    lake = lake or Lake(home)
    told = home.county.get("feeds") if home.county_file.exists() else None
    asked = told or usual()
    return {feed for feed in all_feeds() if feed in asked or lake.present(feed, as_of)}
