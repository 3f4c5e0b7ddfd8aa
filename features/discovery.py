"""Where features are declared, and in which order they stand: found, not listed.

Features of a feed stand in the feed's folder (`data/feeds/<feed>/features*.py`), those that rest on
several feeds in `features/combined/`. The files in a feed's folder belong to this room: they are
what a feed adds to the profile, kept beside its contract so that a feed is one folder (decision
0060).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import features.combined
from data.contracts import all_feeds, folder, load_contract
from features.engine.errors import FeatureError
from features.engine.feature import registry

LAST = 1_000_000  # the place of a module that gives none


def modules() -> Iterator[str]:
    """Names of all modules that declare features: those of feeds, then the combined ones."""
    for feed in all_feeds():
        for path in sorted(folder(feed).glob("features*.py")):
            yield f"data.feeds.{feed}.{path.stem}"
    for found in pkgutil.iter_modules(features.combined.__path__):
        yield f"{features.combined.__name__}.{found.name}"


def declare_all() -> None:
    """Import every module that declares features, and put their features in order.

    A feature stands after all it uses. Otherwise features stand by the place of their module: a
    feed's is its contract's `order`, a combined module's its `ORDER`; then by name and as declared.
    Raises FeatureError for a module that uses what it does not import.
    """
    for name in modules():
        try:
            importlib.import_module(name)
        except FeatureError as error:
            raise FeatureError(f"{name}: {error}") from error
    registry().arrange(_place)


def _place(module: str) -> tuple[int, str]:
    parts = module.split(".")
    if parts[:2] == ["data", "feeds"]:
        return load_contract(parts[2]).order, module
    known = importlib.import_module(module) if module.startswith("features.combined.") else None
    return getattr(known, "ORDER", LAST), module
