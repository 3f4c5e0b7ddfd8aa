"""Which feeds a county is lived without: named one by one, or as a group.

The groups are read from where feeds and indicators are described; there is no list of them here.
"""

from __future__ import annotations

from datetime import date

from core.home import HomeError
from data.awaited import usual
from data.contracts import all_feeds
from models.scorecard import load_rules

# Without it nobody is known to live anywhere: no household, no profile, nothing to study.
INDISPENSABLE = "population_register"


def later() -> tuple[str, ...]:
    """Feeds that a county has only where it says so: all beyond the first ten."""
    return tuple(feed for feed in all_feeds() if feed not in usual())


def contrary() -> tuple[str, ...]:
    """Those of the later feeds that bring facts against need: an indicator that can take points
    away names them as its sources."""
    told = {
        feed
        for indicator in load_rules(date.max).indicators.values()
        if any(tier.points < 0 for tier in indicator.tiers)
        for feed in indicator.source.sources
    }
    return tuple(feed for feed in later() if feed in told)


GROUPS = {"contrary": contrary, "later": later}


def feeds_of(words: str) -> tuple[str, ...]:
    """The feeds that 'vehicles,firms' or 'contrary' names, in the order departments are listed.

    Raises HomeError for an unknown name, for none, and for the register, which cannot be spared.
    """
    names = [word.strip() for word in words.split(",") if word.strip()]
    if not names:
        raise HomeError("--without names no feed; write it like vehicles,firms or contrary")
    found: set[str] = set()
    for name in names:
        if name in GROUPS:
            found |= set(GROUPS[name]())
        elif name in all_feeds():
            found.add(name)
        else:
            known = f"the groups are {', '.join(GROUPS)}; the feeds are {', '.join(all_feeds())}"
            raise HomeError(f"no feed '{name}'; {known}")
    if INDISPENSABLE in found:
        raise HomeError(f"no county can be studied without {INDISPENSABLE}: it has no households")
    return tuple(feed for feed in all_feeds() if feed in found)


def named(feeds: tuple[str, ...]) -> str:
    """A group's name where the feeds are just that group, else the feeds' names."""
    found = next((name for name, group in GROUPS.items() if group() == feeds), None)
    return found or ", ".join(feeds)
