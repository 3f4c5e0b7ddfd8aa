"""The profile (画像): one row per person and one per household, as known at a month end."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import ibis
import pyarrow as pa

from core.atomic import atomic, write_text
from core.home import Home
from data import support_duty
from data.backends import connect
from data.contracts import all_feeds
from data.lake import REGISTER, Lake
from data.region_table import RegionTable
from data.regions import Regions, RegionsError
from data.same_person import merges
from data.standards import NAMES, SIDES, Standards
from data.support_duty import Terms
from features import catalogue, population  # noqa: F401 (the catalogue declares the features)
from features.engine import assemble
from features.engine.errors import FeatureError
from features.engine.feature import Feature, registry
from features.engine.peers import add_peers
from features.engine.plans import WRITTEN_FOR, Plan, Plans, named
from features.engine.schema import PERSON_SPINE, STANDARDS, feed_schema
from features.population import COUNTY_DIGITS, Where

FAR = date(9999, 1, 1)
SOURCES = "sources.json"
IDENTITIES = "identities"  # beside the feeds: who was told to be one person
# Tables of standards that a plan names: those of the month, and those of all days.
NOW, EVER = "standards_now", "standards_ever"
KEYS = {"county_code": "string", "urban_rural": "string"}
DATED = KEYS | {"since": "date", "until": "date"}
_PLANS = Plans()
PERSON_COLUMNS = ("person", "household", "as_of", "age", "sex", "relation")


@dataclass(frozen=True)
class Profile:
    """Two expressions: `person` and `household`, columns as the feature catalogue lists them."""

    person: ibis.Table
    household: ibis.Table


class Given(Protocol):
    """Where a profile's feeds come from."""

    def table(self, feed: str) -> ibis.Table | str | None:
        """Rows of a feed known by the month end, as a table or as a SELECT; None while it was
        never delivered."""

    def silent_since(self, feed: str) -> date | None:
        """Last day a feed tells of, once it is silent for longer than its contract allows."""


class LakeFeeds:
    """The lake as it was known at a month end."""

    def __init__(self, lake: Lake, as_of: date) -> None:
        self._lake, self._as_of = lake, as_of

    def table(self, feed: str) -> str | None:
        """SELECT of the rows of a feed known by the month end; None while it was never delivered.

        As text: to plan a few lines of SQL anew for each of thirty feeds takes longer than to read
        a small county's month.
        """
        rows = self._lake.rows_sql(feed, self._as_of)
        if rows is None:
            return None
        whole, day = self._lake.whole_sql(feed, rows), self._as_of
        return f"SELECT * FROM ({whole}) WHERE known_on <= DATE '{day}'"  # noqa: S608 (ours)

    def silent_since(self, feed: str) -> date | None:
        """Last day a feed tells of, once it is silent for longer than its contract allows."""
        return self._lake.silent_since(feed, self._as_of)


def build_profile(home: Home, as_of: date, con: Any = None) -> Profile:
    """Everything known about persons and households at the month end `as_of`.

    Steps are temporary tables of `con`; the result is valid while `con` is open. Raises
    FeatureError when no population register was known by then.
    """
    con = con or connect()
    standards = Standards.load(home, known_by=as_of)
    table = region_table(home)
    where = where_of(home, standards, table, as_of)
    return assemble_profile(
        LakeFeeds(Lake(home), as_of),
        as_of,
        where.region,
        standards_on(standards, where.region, as_of),
        standards_history(standards, where.region, table),
        where=where,
        terms=support_duty.in_force(home, as_of),
        con=con,
    )


def region_table(home: Home) -> RegionTable:
    """Every place a home knows of, with its dates; an empty table where it knows none."""
    try:
        return Regions.load(home).table
    except RegionsError:
        return RegionTable(())


def places_moved(home: Home, on: date) -> dict[str, str | None]:
    """What codes that ended by a day are then; None where nobody can tell."""
    return region_table(home).moves(on)


def where_of(home: Home, standards: Standards, table: RegionTable, as_of: date) -> Where:
    """Which places a home holds at a month end, by its standards and its region table."""
    region = str(home.county["region"])
    counties = {code[:COUNTY_DIGITS] for code in table.codes("township")}
    counties = {table.on(code, as_of) or code for code in counties}
    parts = tuple(standards.elsewhere(region))
    single = Where.of(region, (*parts, *counties)).single
    return Where(region, parts, single, table.moves(as_of))


def assemble_profile(
    feeds: Given,
    as_of: date,
    county: str,
    standards: ibis.Table,
    history: ibis.Table | None = None,
    only: Iterable[str] | None = None,
    parts: Sequence[str] = (),
    where: Where | None = None,
    terms: tuple[tuple[str, Terms], ...] | None = None,
    con: Any = None,
) -> Profile:
    """The profile over any feeds, tables or SELECTs; build_profile reads them from the lake.

    `parts` are regions beside the home's own that have standards, which the tables then hold;
    `where` says that and more. `terms` are those of the duty of support, the shipped ones where
    left out. `only` names the features wanted (and brings those they rest on),
    for tests and notebooks.
    """
    where = where or Where.of(county, parts)
    in_force = support_duty.in_force(None, as_of) if terms is None else terms
    regions = tuple({where.region: None, **dict.fromkeys(where.parts)})
    given = {feed: told for feed in all_feeds() if (told := feeds.table(feed)) is not None}
    frame = assemble.Frame(
        _Named(feeds, given), WRITTEN_FOR, history, regions=regions, terms=in_force, today=as_of
    )
    chosen = _Chosen(only)
    if REGISTER not in given:
        raise FeatureError(
            f"no population register known by {as_of}; deliver 户籍人口 "
            "first, or take a later month"
        )
    plan = _PLANS.get(
        _shape(frame, chosen, tuple(given), where),
        lambda: _written(frame, chosen, where),
        chosen.features,
    )
    lines = {NOW: standards} if history is None else {NOW: standards, EVER: history}
    made = plan.run(con or connect(), as_of, {**given, **lines})
    return Profile(person=made.table("person"), household=made.table("household"))


class _Named:
    """Feeds that a plan names."""

    def __init__(self, feeds: Given, given: Iterable[str]) -> None:
        self._feeds, self._given = feeds, frozenset(given)

    def table(self, feed: str) -> ibis.Table | None:
        return named(feed, feed_schema(feed)) if feed in self._given else None

    def silent_since(self, feed: str) -> date | None:
        return self._feeds.silent_since(feed)


def _shape(
    frame: assemble.Frame, chosen: _Chosen, given: tuple[str, ...], where: Where
) -> tuple[object, ...]:
    """All that a plan's SQL depends on but for the days."""
    told = tuple((id(f), frame.tells(f)) for f in chosen.features)
    moves = tuple(sorted(where.moves.items()))
    places = (where.region, where.parts, where.single, moves)
    return told, given, places, frame.terms, frame.standards is None


def _written(frame: assemble.Frame, chosen: _Chosen, where: Where) -> Plan:
    plan = Plan()
    now = named(NOW, KEYS | STANDARDS)
    ever = None if frame.standards is None else named(EVER, DATED | STANDARDS)
    with _plain_sql():
        _assemble(replace(frame, standards=ever), chosen, now, where, plan)
    return plan


def _assemble(
    frame: assemble.Frame,
    chosen: _Chosen,
    standards: ibis.Table,
    where: Where,
    plan: Plan,
) -> None:
    feeds, as_of = frame.feeds, frame.as_of
    people = population.people(named(REGISTER, feed_schema(REGISTER)), feeds, as_of)
    people = plan.keep("people", population.moved(people, where.moves))
    spine = plan.keep("homes", population.households(people, standards, where))
    frame = replace(frame, places=plan.keep("places", population.places(spine, where)))
    persons = population.with_households(people, spine)
    persons = assemble.add_events(frame, persons, chosen.of("person", "event"))
    early = [f for f in chosen.of("person", "derived") if not f.late]
    persons = plan.keep("persons", assemble.add_derived(frame, persons, early))
    later = registry().beyond()
    first, second = (
        {
            kind: [f for f in chosen.of("household", kind) if (f.name in later) == beyond]
            for kind in ("event", "rollup", "derived")
        }
        for beyond in (False, True)
    )
    homes = assemble.add_events(frame, spine, first["event"], persons=persons)
    homes = assemble.add_rollups(frame, homes, persons, first["rollup"])
    homes = add_peers(frame, homes, chosen.of("household", "peers"))
    homes = plan.keep("first", assemble.add_derived(frame, homes, first["derived"]))
    if second["event"]:  # what households tell of others, once each has told of itself
        homes = assemble.add_events(frame, homes, second["event"], persons=persons)
        homes = plan.keep("second", homes)
    homes = plan.keep("household", assemble.add_derived(frame, homes, second["derived"]))
    plan.keep("person", _person_rows(frame, persons, homes, chosen))


@contextlib.contextmanager
def _plain_sql() -> Iterator[None]:
    """Leave nested selects to the engine's planner: half the time to write hundreds of columns."""
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


class _Chosen:
    """The declared features, or those asked for with all they rest on."""

    def __init__(self, only: Iterable[str] | None) -> None:
        declared, wanted = registry(), None if only is None else registry().closure(only)
        self.features = [
            f for f in declared.features.values() if wanted is None or f.name in wanted
        ]

    def of(self, level: str, kind: str | None = None) -> list[Feature]:
        kinds = [f for f in self.features if kind is None or f.kind == kind]
        return [f for f in kinds if f.level == level]


def _person_rows(
    frame: assemble.Frame, persons: ibis.Table, homes: ibis.Table, chosen: _Chosen
) -> ibis.Table:
    """Present members with the features that need their household's answers."""
    late = [f for f in chosen.of("person", "derived") if f.late]
    wanted = {c for f in late for c in f.household_columns} - set(PERSON_SPINE)
    shared = homes.select("household", *sorted(wanted))
    rows = persons.filter(persons.present).inner_join(shared, "household")
    rows = assemble.add_derived(frame, rows, late)
    return rows.select(*PERSON_COLUMNS, *(f.name for f in chosen.of("person")))


def write_profile(home: Home, as_of: date, con: Any = None) -> dict[str, Path]:
    """Build a month's profile and write `person.parquet` and `household.parquet`.

    Each file appears whole or not at all, and last `sources.json`: what the month was built from.
    Returns the tables' paths by name.
    """
    sources = _sources(home, as_of)
    profile = build_profile(home, as_of, con)
    folder = home.monthly("profile", as_of)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    # In a fixed order: an engine's joins leave rows in any, and a month run again must be the same.
    persons = profile.person.order_by("household", "person")
    for name, table in (
        ("person", persons),
        ("household", profile.household.order_by("household")),
    ):
        paths[name] = folder / f"{name}.parquet"
        with atomic(paths[name]) as aside:
            table.to_parquet(aside)
    write_text(folder / SOURCES, json.dumps(sources, indent=1))
    return paths


def newer_feeds(home: Home, as_of: date) -> list[str]:
    """Feeds of which something else is known as of a month now than when its profile was built.

    Deliveries count that are in force and were delivered by the month end, however late they were
    taken in. Empty where there is no profile, or one from before this was recorded.
    """
    path = home.monthly("profile", as_of) / SOURCES
    if not path.exists():
        return []
    then, now = json.loads(path.read_text(encoding="utf-8")), _sources(home, as_of)
    return [feed for feed in {**then, **now} if then.get(feed) != now.get(feed)]


def _sources(home: Home, as_of: date) -> dict[str, list[str]]:
    """The batches in force as of a month end, by feed, since when a feed is silent, and which
    records are one person's."""
    lake, told = Lake(home), {}
    for feed in all_feeds():
        if names := [b.batch for b in lake.current(feed, as_of)]:
            told[feed] = [*names, f"silent since {lake.silent_since(feed, as_of)}"]
    if one := merges(home, as_of):
        told[IDENTITIES] = sorted(f"{record} {own}" for record, own in one.items())
    return told


def standards_on(standards: Standards, county: str, on: date) -> ibis.Table:
    """Standards in force on a day for the county and every other region that has figures."""
    rows = [
        {"county_code": region, "urban_rural": side, **_values(standards, region, side, on)}
        for region in (county, *standards.elsewhere(county))
        for side in SIDES
    ]
    return _memtable(rows, KEYS)


def standards_history(
    standards: Standards, county: str, table: RegionTable | None = None
) -> ibis.Table:
    """Standards over time: a row for each region, side and interval [since, until).

    Before a region's code began, the figures of the one place it was made of count.
    """
    known = table or RegionTable(())
    days = {d.since for series in standards.series.values() for d in series}
    days |= {day for e in known.entries if (day := e.valid_from) is not None}
    starts = sorted(days)
    rows = [
        {"county_code": region, "urban_rural": side, "since": since, "until": until}
        | _values(standards, known.before(region, since), side, since)
        for region in (county, *standards.elsewhere(county))
        for since, until in zip(starts, [*starts[1:], FAR], strict=True)
        for side in SIDES
    ]
    return _memtable(rows, DATED)


def _values(
    standards: Standards, region: str | None, side: str, on: date
) -> dict[str, float | None]:
    named = [name for name in NAMES if name in STANDARDS]
    if region is None:
        return dict.fromkeys(named)
    entries = {name: standards.entry(name, region, side, on) for name in named}
    return {name: entry.value if entry else None for name, entry in entries.items()}


def _memtable(rows: list[dict[str, Any]], keys: dict[str, str]) -> ibis.Table:
    schema = ibis.schema(keys | STANDARDS)
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema.to_pyarrow()))
