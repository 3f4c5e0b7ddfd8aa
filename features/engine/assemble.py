"""From declared features to one expression: one aggregate per source, one row each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import ibis

from features.engine.cut import Feeds, cut, only_rows, window, within
from features.engine.feature import Feature
from features.engine.roles import first_named, per_household, per_person
from features.engine.schema import STANDARDS, dtype

# Engines add up in any order, and fractions added in another order differ in their last bits. A
# month run again must give the same profile, so what is added up keeps this many decimals.
DECIMALS = 6


@dataclass(frozen=True)
class Frame:
    """What every step needs: the feeds, the month end, and the standards of every day.

    `as_of` is the month end that the SQL is written for, `today` the one it is meant for where
    that is another (features.engine.plans).
    `standards` has county_code, urban_rural, since, until and one column a standard. `places` says
    for each household whose standards it takes (resident, their_place). `regions` are those with
    standards; `terms` those of the duty of support (data.support_duty.in_force), nearest first.
    """

    feeds: Feeds
    as_of: date
    standards: ibis.Table | None = None
    places: ibis.Table | None = None
    regions: tuple[str, ...] = ()
    terms: tuple[tuple[str, Any], ...] = ()
    today: date | None = None

    def present(self, feature: Feature) -> bool:
        """Whether every feed the feature rests on has been delivered."""
        return all(self.feeds.table(feed) is not None for feed in feature.feeds)

    def tells(self, feature: Feature) -> bool:
        """Whether no record means "nothing": none of its feeds is silent within its window."""
        until = window(self.today or self.as_of, feature.months, feature.ago)[1]
        silent = (self.feeds.silent_since(feed) for feed in feature.feeds)
        return all(day is None or until <= day for day in silent)


def add_events(
    frame: Frame, spine: ibis.Table, features: Iterable[Feature], persons: ibis.Table | None = None
) -> ibis.Table:
    """Join the reductions over feeds to a spine of persons or of households.

    `persons` links person records to households and is needed for a household spine only.
    """
    features = list(features)
    entity = "person" if persons is None else "household"
    joined, found = spine, {}
    for number, (source, group) in enumerate(_by_source(features).items()):
        events = frame.feeds.table(source.feed)
        if events is None:
            continue
        rows = None if source.each else source.rows
        events = cut(events, frame.as_of, _earliest(frame.as_of, group), rows)
        events = with_entity(events, source, spine, persons)
        if source.beyond:
            events = source.beyond.add(events, frame, persons, spine)
        if source.each:
            events = newest_of_each(events, (entity, *source.each), source.rows)
        if source.standards:
            events = with_standards(events, spine, entity, frame)
        aggregate = _aggregate_windows(events, frame.as_of, entity, group, number)
        key = f"key_{number}"
        joined = joined.left_join(aggregate.rename({key: entity}), [(entity, key)])
        found |= {f.name: _counter(f, number) for f in group}
    return with_features(frame, spine, joined, found, features)


def _by_source(features: list[Feature]) -> dict[Any, list[Feature]]:
    groups: dict[Any, list[Feature]] = {}
    for feature in features:
        groups.setdefault(feature.source, []).append(feature)
    return groups


def _earliest(as_of: date, features: list[Feature]) -> date | None:
    """Start of the longest window, or None when a feature looks at all history."""
    starts = [window(as_of, f.months, f.ago)[0] for f in features]
    return None if None in starts else min(s for s in starts if s)


def _aggregate_windows(
    events: ibis.Table, as_of: date, entity: str, features: list[Feature], number: int
) -> ibis.Table:
    """One pass over a source for all its windows: each reduction sees its own window's rows."""
    bounds = {_mask(f): window(as_of, f.months, f.ago) for f in features}
    events = events.mutate(**{name: within(events, *ends) for name, ends in bounds.items()})
    values = {f.name: only_rows(f.function(events), events[_mask(f)]) for f in features}
    counters = {_counter(f, number): events[_mask(f)].sum() for f in features if f.counted}
    return events.group_by(entity).aggregate(**counters, **values)


def _mask(feature: Feature) -> str:
    return f"in_{feature.months or 'all'}_{feature.ago}"


def _counter(feature: Feature, number: int) -> str | None:
    """Column with the number of rows in the feature's window, where that decides about null."""
    return f"rows_{number}_{_mask(feature)}" if feature.counted else None


def with_entity(
    events: ibis.Table, source: Any, spine: ibis.Table, persons: ibis.Table | None
) -> ibis.Table:
    """Events with the key they are grouped by.

    A person feed seen from the household takes the household each person now lives in. A record
    with a household number of its own keeps it while that household exists, and otherwise follows
    the person it names (households split and are renumbered), of several the first.
    """
    if persons is None:
        return per_person(events, source.people) if source.roles else events
    links = persons.filter(persons.present).select(member="person", lives_in="household")
    if source.roles and source.through_members:
        return per_household(events, source.people, links)
    if source.roles:
        events = events.mutate(**first_named(events, source.people))
    if source.through_members:
        linked = events.join(links, events.person == links.member)
        return linked.drop("member").rename(household="lives_in")
    if "person" not in events.columns:
        return events
    known = spine.select(existing="household")
    linked = events.left_join(known, events.household == known.existing)
    linked = linked.left_join(links, events.person == links.member)
    household = ibis.coalesce(linked.existing, linked.lives_in)
    return linked.mutate(household=household).drop("existing", "member", "lives_in")


def newest_of_each(events: ibis.Table, things: tuple[str, ...], rows: Any = None) -> ibis.Table:
    """The newest record of each thing, of those the ones that `rows` wants.

    Two records of the same days are told apart by all their other columns, so that a month run
    again takes the same one.
    """
    told = {*things, "order_key"}
    others = [events[name] for name in sorted(events.columns) if name not in told]
    order = [ibis.desc(events.order_key), *others]
    place = ibis.row_number().over(group_by=list(things), order_by=order)
    newest = events.mutate(place=place)
    kept = newest.filter(newest.place == 0).drop("place")
    return kept if rows is None else kept.filter(rows(kept))


def with_standards(events: ibis.Table, spine: ibis.Table, entity: str, frame: Frame) -> ibis.Table:
    """Events with the local standards in force on the day each happened, where the family lives."""
    if frame.standards is None:
        return events.mutate(**{c: ibis.null(t) for c, t in STANDARDS.items()})
    standards = frame.standards.rename(limits_of="county_code", limits_side="urban_rural")
    sides = spine.select(entity_key=entity, their_side="urban_rural", their_home="household")
    if frame.places is not None:
        sides = sides.left_join(frame.places, sides.their_home == frame.places.resident)
    placed = events.inner_join(sides, events[entity] == sides.entity_key)
    same = [
        placed.their_side == standards.limits_side,
        placed.happened_on >= standards.since,
        placed.happened_on < standards.until,
    ]
    if frame.places is not None:
        same.append(placed.their_place == standards.limits_of)
    dated = placed.left_join(standards, same)
    return dated.select(*events.columns, *STANDARDS)


def add_rollups(
    frame: Frame, households: ibis.Table, persons: ibis.Table, features: Iterable[Feature]
) -> ibis.Table:
    """Join the reductions over members to the household spine."""
    features = list(features)
    usable = [f for f in features if frame.present(f)]
    joined, found = households, {}
    for departed in (False, True):
        group = [f for f in usable if f.include_departed == departed]
        if not group:
            continue
        members = persons if departed else persons.filter(persons.present)
        rolled = members.group_by("household").aggregate(
            **{f.name: f.function(members) for f in group}
        )
        key = f"key_{departed}"
        joined = joined.left_join(rolled.rename({key: "household"}), [("household", key)])
        found |= dict.fromkeys(f.name for f in group)
    return with_features(frame, households, joined, found, features)


def with_features(
    frame: Frame,
    spine: ibis.Table,
    joined: ibis.Table,
    found: Mapping[str, str | None],
    features: list[Feature],
) -> ibis.Table:
    """The spine's columns and the features, filled where nothing was recorded.

    `found` gives for each computed feature the column that counts the rows of its window. While a
    feed is silent nothing is filled, and of a window only what stands remains.
    """

    def filled(feature: Feature) -> Any:
        if feature.name not in found or not frame.present(feature):
            return ibis.null(dtype(feature.dtype))
        value, counter = joined[feature.name].cast(dtype(feature.dtype)), found[feature.name]
        if value.type().is_floating():
            value = value.round(DECIMALS)
        if counter is not None:
            value = (joined[counter] > 0).ifelse(value, None)
        if not frame.tells(feature):
            return _what_stands(feature, value)
        return value if feature.missing is None else value.fill_null(feature.missing)

    return joined.select(*spine.columns, **{f.name: filled(f) for f in features})


def _what_stands(feature: Feature, value: Any) -> Any:
    """What a window that reaches into a feed's silence still tells.

    A fact recorded in it stands (a disaster, an admission to a public payroll, a day). A sum, a
    count or a number of days does not: it lacks the silent months. Without a window the newest
    record stands, however old.
    """
    if feature.kind != "event" or feature.months is None:
        return value
    if value.type().is_boolean():
        return value.nullif(False)
    return ibis.null(value.type()) if value.type().is_numeric() else value


def add_derived(frame: Frame, table: ibis.Table, features: Iterable[Feature]) -> ibis.Table:
    """Add derived columns, those that read others after those."""
    ordered = sorted(features, key=lambda f: f.stage)
    for _, group in groupby(ordered, key=lambda f: f.stage):
        table = table.mutate(**{f.name: _derive(frame, f, table) for f in group})
    return table


def _derive(frame: Frame, feature: Feature, table: ibis.Table) -> Any:
    if feature.source is not None and not frame.present(feature):
        return ibis.null(dtype(feature.dtype))
    value = feature.function(table).cast(dtype(feature.dtype))
    filled = feature.missing is not None and frame.tells(feature)
    return value.fill_null(feature.missing) if filled else value
