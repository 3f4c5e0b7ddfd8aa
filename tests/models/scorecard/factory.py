"""Small profiles for tests: name only the features a test is about, the rest is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from core.home import Home
from models.scorecard import RuleSet, engine, events

AS_OF = date(2026, 6, 30)
Facts = Mapping[str, Any]
_TYPES = {"number": pa.float64(), "flag": pa.bool_(), "word": pa.string()}


@dataclass(frozen=True)
class Family:
    """One household: its own facts, and one mapping of facts per member."""

    household: Facts = field(default_factory=dict)
    persons: Sequence[Facts] = ({},)


@dataclass(frozen=True)
class Result:
    """Scores by household, all parts and all events, as plain rows."""

    scores: dict[str, dict[str, Any]]
    parts: list[dict[str, Any]]
    events: list[dict[str, Any]]

    def of(self, number: int) -> dict[str, Any]:
        """Score row of the family at a position."""
        return self.scores[name(number)]

    def points(self, number: int, indicator: str) -> list[float]:
        """Points of an indicator in one family, one entry per part, in order of member."""
        return [
            row["points"]
            for row in self.parts
            if row["household"] == name(number) and row["indicator"] == indicator
        ]


def name(number: int) -> str:
    """Pseudonym of the family at a position."""
    return f"h{number:04d}"


def schema(rules: RuleSet, scope: str) -> pa.Schema:
    """Columns of a profile that holds every feature of the rules."""
    columns = {"household": pa.string()}
    columns |= {"person": pa.string()} if scope == "person" else {"n_members": pa.int64()}
    for indicator in rules.indicators.values():
        if indicator.scope == scope:
            columns[indicator.feature] = _TYPES[indicator.kind]
            gates = (indicator.source.only_if, indicator.source.unless)
            columns |= {gate: pa.bool_() for gate in gates if gate}
            columns |= {t.event: pa.bool_() for t in indicator.tiers if isinstance(t.event, str)}
            if indicator.source.event and indicator.source.event.happened:
                columns[indicator.source.event.happened] = pa.date32()
    return pa.schema(columns)


def profile(families: Sequence[Family], rules: RuleSet) -> tuple[pa.Table, pa.Table]:
    """Person and household tables. A feature that no rule knows is refused."""
    homes, people = [], []
    for number, family in enumerate(families):
        own = {"household": name(number), "n_members": len(family.persons)}
        homes.append(own | dict(family.household))
        people += [
            {"household": name(number), "person": f"p{number:04d}{k:02d}"} | dict(facts)
            for k, facts in enumerate(family.persons)
        ]
    tables = []
    for scope, rows in (("person", people), ("household", homes)):
        shape = schema(rules, scope)
        unknown = {key for row in rows for key in row} - set(shape.names)
        assert not unknown, f"no rule looks at the {scope} feature {sorted(unknown)}"
        tables.append(pa.Table.from_pylist(rows, schema=shape))
    return tables[0], tables[1]


def score(
    con: Backend, families: Sequence[Family], rules: RuleSet, everything: bool = False
) -> Result:
    """Score families in the engine."""
    arrays = profile(families, rules)
    person = con.create_table("person", arrays[0], temp=True, overwrite=True)
    household = con.create_table("household", arrays[1], temp=True, overwrite=True)
    # Stored first, as in a month: compiling one long expression twice costs a second.
    rows = engine.parts(person, household, rules, everything)
    parts = con.create_table("parts", rows, temp=True, overwrite=True)
    known = engine.coverage(person, household, rules)
    facts = events.events(parts, person, household, rules, AS_OF)
    facts = con.create_table("events", facts, temp=True, overwrite=True)
    scores = engine.scores(parts, known, facts, rules).to_pyarrow().to_pylist()
    ordered = parts.order_by("household", "indicator", "person").to_pyarrow().to_pylist()
    lane = facts.order_by("household", "order", "person").to_pyarrow().to_pylist()
    return Result({row["household"]: row for row in scores}, ordered, lane)


def write_home(root: Path, as_of: date, families: Sequence[Family], rules: RuleSet) -> Home:
    """A home that holds nothing but one month's profile."""
    home = Home(root)
    folder = home.monthly("profile", as_of)
    folder.mkdir(parents=True, exist_ok=True)
    person, household = profile(families, rules)
    pq.write_table(person, folder / "person.parquet")
    pq.write_table(household, folder / "household.parquet")
    return home
