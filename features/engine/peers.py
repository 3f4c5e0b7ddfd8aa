"""What is usual among households of one kind: peers.feature().

The only place where one household's row looks at others'. It sees what events and members told, so
that nothing computed from a comparison is compared again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import ibis

from features.engine import checks
from features.engine.assemble import Frame, with_features
from features.engine.declaration import base_feature
from features.engine.errors import FeatureError
from features.engine.feature import Feature, registry
from features.engine.schema import HOUSEHOLD_SPINE, unbound

COMPARED = ("event", "rollup")
Keys = Callable[[Any], tuple[Any, ...]]


@dataclass(frozen=True)
class Alike:
    """Which households are compared: those for which all of `by` is the same."""

    by: Keys


class Peers:
    """Reductions over households of one kind, told to each of them."""

    def feature(
        self, *, by: Keys, zh: str, en: str, category: str, unit: str = ""
    ) -> Callable[[Callable[..., Any]], Feature]:
        """Declare a reduction over a household's peers; it is for formulas, not for the model.

        The function gets the household profile as feeds and members told it, `by` the same and
        gives the columns that peers share. A household of which one of them is unknown has no
        peers, and the feature is null.
        """

        def declare(function: Callable[..., Any]) -> Feature:
            name = function.__name__
            table = unbound("household_profile", _columns())
            value = checks.apply(name, function, table)
            checks.check_reduction(name, value, table, "kind of household")
            used = checks.columns_read(value, table)
            for key in by(table):
                checks.check_columnar(name, key, table, "household")
                used |= checks.columns_read(key, table)
            feeds = _feeds(used)
            base = base_feature(function, "household", "peers", value, None, feeds, Alike(by))
            return registry().add(
                replace(base, zh=zh, en=en, category=category, unit=unit, uses=tuple(sorted(used)))
            )

        return declare


peers = Peers()


def _columns() -> dict[str, str]:
    told = {f.name: f.dtype for f in registry().of("household") if f.kind in COMPARED}
    return HOUSEHOLD_SPINE | told


def _feeds(columns: Iterable[str]) -> tuple[str, ...]:
    known = registry().features
    feeds = {feed for c in columns if c in known for feed in known[c].feeds}
    if not feeds:
        raise FeatureError("peers are compared by what a feed told; use a feature of one")
    return tuple(sorted(feeds))


def add_peers(frame: Frame, households: ibis.Table, features: Iterable[Feature]) -> ibis.Table:
    """Join to every household what is usual among its peers."""
    features = list(features)
    joined, found = households, {}
    for number, feature in enumerate(f for f in features if frame.present(f)):
        keys = {f"peer_{number}_{i}": k for i, k in enumerate(feature.source.by(households))}
        sorted_out = households.mutate(**keys)
        usual = sorted_out.group_by(list(keys)).aggregate(
            **{feature.name: feature.function(sorted_out)}
        )
        named = usual.rename({f"of_{key}": key for key in keys})
        joined = joined.mutate(**keys).left_join(named, [(key, f"of_{key}") for key in keys])
        joined = joined.select(*households.columns, *found, feature.name)
        found[feature.name] = None
    return with_features(frame, households, joined, found, features)
