"""Who is there on a date: the spine every profile row hangs on.

The population register (公安 户籍) is the only authority on membership: its newest row known by
the month end says where a person lives. A person the register lost (moved out, cancelled) or the
civil-affairs death feed reports dead is no member any more; those who died within two years stay
on the spine with present = False, so that the loss of an earner can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis

from core.home import add_months
from features.engine.cut import Feeds, cut
from features.engine.schema import HOUSEHOLD_SPINE, PERSON_SPINE, STANDARDS

REMEMBER_DEAD_MONTHS = 24
COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9
GONE = ("moved_out", "death_cancelled")


def people(register: ibis.Table, feeds: Feeds, as_of: date) -> ibis.Table:
    """Present members and the recently dead, one row each, without standards."""
    newest = _newest_rows(cut(register, as_of))
    rows = _with_deaths(newest, feeds, as_of)
    present = rows.died_on.isnull() & ~rows.change_type.isin(GONE).fill_null(False)
    recent = (rows.died_on > ibis.literal(add_months(as_of, -REMEMBER_DEAD_MONTHS))).fill_null(
        False
    )
    return rows.mutate(present=present, age=_age(rows)).filter(
        (present | recent) & rows.household.notnull()
    )


def _newest_rows(register: ibis.Table) -> ibis.Table:
    newest_first = [
        ibis.desc(register.happened_on),
        ibis.desc(register.known_on),
        ibis.desc(register.batch),
        # Two rows of one batch on one day: a removal is the later step.
        ibis.desc(register.change_type.isin(GONE)),
        register.household,
    ]
    place = ibis.row_number().over(group_by=register.person, order_by=newest_first)
    return register.mutate(place=place).filter(lambda t: t.place == 0).drop("place")


def _with_deaths(rows: ibis.Table, feeds: Feeds, as_of: date) -> ibis.Table:
    cancelled = (rows.change_type == "death_cancelled").ifelse(rows.happened_on, ibis.null("date"))
    deaths = feeds.table("deaths")
    if deaths is None:
        return rows.mutate(died_on=cancelled)
    dead = cut(deaths, as_of).group_by("person").aggregate(reported=lambda d: d.happened_on.min())
    joined = rows.left_join(dead, "person")
    return joined.mutate(died_on=ibis.coalesce(joined.reported, cancelled)).drop(
        "reported", "person_right"
    )


def _age(rows: ibis.Table) -> Any:
    months = (rows.as_of.year() - rows.born_month.year()) * 12
    months = months + rows.as_of.month() - rows.born_month.month()
    return (months / 12).floor().cast("int64")


@dataclass(frozen=True)
class Where:
    """Which places a home holds, and whose standards a household takes.

    `region` is the home's own code, `parts` the others that have standards. `single`: nothing but
    the home's own county is known of, so that a household without a place lies in it. `moves` are
    codes that had ended by the month end, with what they are then (None: nobody can tell).
    """

    region: str
    parts: tuple[str, ...] = ()
    single: bool = True
    moves: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, region: str, parts: Iterable[str] = ()) -> Where:
        """The places of a home whose codes never changed."""
        others = tuple(parts)
        single = all(_nested(code[:COUNTY_DIGITS], region) for code in others)
        return cls(region, others, single)


def _nested(code: str, region: str) -> bool:
    return code.startswith(region) or region.startswith(code)


def moved(people: ibis.Table, moves: Mapping[str, str | None]) -> ibis.Table:
    """People with the codes their places have at the month end; the village tells the township.

    A place that was split or given up is unknown unless the village says more.
    """
    if not moves:
        return people
    towns = {code: now for code, now in moves.items() if len(code) == TOWNSHIP_DIGITS}
    villages = {code: now for code, now in moves.items() if len(code) > TOWNSHIP_DIGITS}
    village = _now(people.village_code, villages)
    told = people.township_code.isin(list(towns)) & village.notnull()
    town = told.fill_null(False).ifelse(
        village.left(TOWNSHIP_DIGITS), _now(people.township_code, towns)
    )
    return people.mutate(township_code=town, village_code=village)


def _now(code: Any, moves: Mapping[str, str | None]) -> Any:
    if not moves:
        return code
    known = {old: now for old, now in moves.items() if now is not None}
    kept = code.isin(list(moves)).fill_null(False).ifelse(ibis.null("string"), code)
    if not known:
        return kept
    return ibis.cases(*((code == old, now) for old, now in known.items()), else_=kept)


def households(persons: ibis.Table, standards: ibis.Table, where: Where) -> ibis.Table:
    """One row per household with a present member: place, size, head, local standards.

    The head's registered place counts; without a head the oldest member's. A household takes the
    standards of the nearest region around it, never those of another county: none where its county
    has none. It names its own county, whatever the home's.
    """
    leads = _leads(persons)
    own = leads.township_code.left(COUNTY_DIGITS)
    if len(where.region) >= COUNTY_DIGITS:
        own = (own == where.region[:COUNTY_DIGITS]).ifelse(where.region, own)
    county = own.fill_null(where.region) if where.single else own
    leads = leads.mutate(county_code=county, limits_for=nearest(leads, where))
    limits = standards.rename(limits_of="county_code", limits_side="urban_rural")
    joined = leads.left_join(
        limits,
        [leads.limits_for == limits.limits_of, leads.urban_rural == limits.limits_side],
    )
    return joined.select(**{c: joined[c].cast(t) for c, t in HOUSEHOLD_SPINE.items()})


def places(spine: ibis.Table, where: Where) -> ibis.Table:
    """Whose standards each household takes: resident (the household), their_place (a region)."""
    return spine.select(resident="household", their_place=nearest(spine, where))


def nearest(rows: ibis.Table, where: Where) -> Any:
    """Code of the smallest region with standards that a row's place lies in; null for none.

    Regions nest by code: village, township, county, city, province. A row without a place takes
    the home's own where the home holds a single county.
    """
    place = ibis.coalesce(rows.village_code, rows.township_code)
    inner_first = sorted({where.region, *where.parts}, key=lambda code: (-len(code), code))
    cases = [
        (place.startswith(code) | rows.township_code.startswith(code), code) for code in inner_first
    ]
    if where.single:
        cases.append((place.isnull(), where.region))
    return ibis.cases(*cases)


def _leads(persons: ibis.Table) -> ibis.Table:
    """The head of each household (or else the oldest member) with the number of members."""
    members = persons.filter(persons.present)
    order = [ibis.desc(members.relation == "head"), members.born_month, members.person]
    ranked = members.mutate(
        place=ibis.row_number().over(group_by=members.household, order_by=order),
        n_members=members.person.count().over(group_by=members.household),
    )
    return ranked.filter(ranked.place == 0).mutate(head_age=lambda t: t.age)


def with_households(persons: ibis.Table, spine: ibis.Table) -> ibis.Table:
    """Persons of the spine's households, with the household's size and standards."""
    own = [c for c in PERSON_SPINE if c not in STANDARDS and c not in ("n_members", "urban_rural")]
    shared = spine.select("household", "n_members", "urban_rural", *STANDARDS)
    joined = persons.select(*own).inner_join(shared, "household")
    return joined.select(**{c: joined[c].cast(t) for c, t in PERSON_SPINE.items()})
