"""Which feeds a model learns from had fallen silent when it was trained."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.home import Home


def silent_feeds(home: Home, features: Iterable[str], known_by: date) -> list[str]:
    """Feeds of the features that told nothing for longer than their contract allows.

    A feed that the county never had is not among them: the model cannot have learned from it.
    """
    from data.lake import Lake
    from features.catalogue import BY_NAME

    used = sorted({feed for n in features if n in BY_NAME for feed in BY_NAME[n].feeds})
    if not used:
        return []
    lake = Lake(home)
    return [feed for feed in used if lake.silent_since(feed, known_by) is not None]
