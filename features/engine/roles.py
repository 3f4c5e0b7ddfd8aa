"""Records that name people in roles: one row for each person, or each household, they count for.

`people` gives for each role that counts the column with its person. What comes out has the columns
`person` and `role` beside the record's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

People = Mapping[str, str]


def per_person(events: ibis.Table, people: People) -> ibis.Table:
    """One row for each person a record names; somebody in two roles counts once, in the first."""
    parts, before = [], []
    for role, column in people.items():
        keep = events[column].notnull()
        for other in before:
            keep &= _differs(events[column], events[other])
        parts.append(events.filter(keep).mutate(person=events[column], role=ibis.literal(role)))
        before.append(column)
    return _together(parts)


def per_household(events: ibis.Table, people: People, links: ibis.Table) -> ibis.Table:
    """One row for each household that lives with someone a record names, as `household`.

    `links` are members and the households they live in. Two spouses of one household count once,
    under the first of their roles.
    """
    homes = {role: f"home_of_{role}" for role in people}
    for role, column in people.items():
        one = links.rename({f"member_{role}": "member", homes[role]: "lives_in"})
        events = events.left_join(one, events[column] == one[f"member_{role}"])
        events = events.drop(f"member_{role}")
    parts, before = [], []
    for role, column in people.items():
        home = events[homes[role]]
        keep = home.notnull()
        for other in before:
            keep &= _differs(home, events[other])
        found = events.filter(keep).mutate(
            household=home, person=events[column], role=ibis.literal(role)
        )
        parts.append(found.drop(*homes.values()))
        before.append(homes[role])
    return _together(parts)


def first_named(events: ibis.Table, people: People) -> dict[str, Any]:
    """The first person a record names, and in which role."""
    cases = [(events[column].notnull(), role) for role, column in people.items()]
    person = ibis.coalesce(*(events[column] for column in people.values()))
    return {"person": person, "role": ibis.cases(*cases)}


def _differs(one: Any, other: Any) -> Any:
    return other.isnull() | (one != other)


def _together(parts: list[ibis.Table]) -> ibis.Table:
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
