"""`spec` runs one feature on one small table; `profile` runs features on a small county."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import ibis
import pytest

from features import profile as profiles
from features.engine import Feature, assemble, registry
from features.engine.schema import HOUSEHOLD_SPINE, PERSON_SPINE
from tests.features.tables import TableFeeds, history, memtable, standards

AS_OF = "2026-06-30"


def by_key(table: ibis.Table, key: str, column: str) -> dict[str, Any]:
    rows = table.select(key, column).to_pyarrow().to_pylist()
    return {row[key]: row[column] for row in rows}


def plain(found: Any) -> Any:
    return None if isinstance(found, float) and math.isnan(found) else found


def agree(found: dict[str, Any], expected: dict[Any, Any]) -> None:
    expected = {str(key): value for key, value in expected.items()}
    found = {key: plain(value) for key, value in found.items()}
    approx = {k: pytest.approx(v) if isinstance(v, float) else v for k, v in expected.items()}
    assert found == approx


@pytest.fixture
def spec() -> Callable[..., None]:
    """spec(feature, table, {id: value}, as_of=…): one event feature, one feed."""

    def run(
        feature: Feature, text: str | None, expected: dict[Any, Any], as_of: str = AS_OF
    ) -> None:
        source = feature.source
        feeds = TableFeeds(**({source.feed: text} if text else {}))
        people = [{"person": str(k), "household": str(k), "present": True, "urban_rural": "rural"}
                  for k in expected]  # fmt: skip
        persons = memtable(people, PERSON_SPINE)
        frame = assemble.Frame(feeds, date.fromisoformat(as_of), history())
        if feature.level == "person":
            table = assemble.add_events(frame, persons, [feature])
        else:
            homes = [{"household": p["household"], "urban_rural": "rural"} for p in people]
            table = assemble.add_events(frame, memtable(homes, HOUSEHOLD_SPINE), [feature], persons)
        agree(by_key(table, feature.level, feature.name), expected)

    return run


@pytest.fixture
def profile() -> Callable[..., None]:
    """profile("feature", {id: value}, feed=table, …): features on a small county.

    Several at once: profile({"feature": {id: value}, …}, feed=table, …). Ids not named may have any
    value.
    """

    def run(
        wanted: str | dict[str, dict[Any, Any]],
        expected: dict[Any, Any] | None = None,
        as_of: str = AS_OF,
        lines: dict[str, float] | None = None,
        silent: dict[str, date] | None = None,
        **feeds: str,
    ) -> None:
        answers = wanted if isinstance(wanted, dict) else {wanted: expected or {}}
        lines = lines or {}
        built = profiles.assemble_profile(
            TableFeeds(silent, **feeds),
            date.fromisoformat(as_of),
            "990321",
            standards(**lines),
            history(**lines),
            only=list(answers),
        )
        for name, answer in answers.items():
            level = registry().features[name].level
            table = built.person if level == "person" else built.household
            found = by_key(table, level, name)
            agree({k: found.get(k, "no row") for k in map(str, answer)}, answer)

    return run
