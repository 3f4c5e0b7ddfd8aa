"""A lake table's rows under the pseudonym of the family that had the household's number."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import pyarrow as pa

from data.deliveries.naming import Named
from data.deliveries.reading import whole_sql
from data.households.handing import COLUMNS, HandedOn


def own_family(rows: ibis.Table, home: str, handed: HandedOn) -> ibis.Table:
    """One column of households: the family a row's person belongs to, else the one of its day."""
    columns, kind = rows.columns, COLUMNS[home]
    spans = handed.by_date(kind)
    if not spans:
        return rows
    names = ("number_", "since_", "until_", "family_")
    days = ibis.memtable(
        pa.table(dict(zip(names, zip(*spans, strict=True), strict=True))),
        schema=ibis.schema(dict(zip(names, ("string", "date", "date", "string"), strict=True))),
    )
    on = [rows[home] == days.number_, rows.happened_on >= days.since_]
    both = rows.left_join(days, [*on, rows.happened_on < days.until_])
    family = ibis.coalesce(both.family_, both[home])
    both = both.mutate(family_=family).select([*columns, "family_"])
    if "person" in columns:
        members = zip(*handed.by_person(kind), strict=True)
        named = dict(zip(("number_", "member_", "whose_"), members, strict=True))
        people = ibis.memtable(pa.table(named))
        known = [both[home] == people.number_, both.person == people.member_]
        both = both.left_join(people, known)
        both = both.mutate(family_=ibis.coalesce(both.whose_, both.family_))
    return both.mutate(**{home: both.family_}).select(columns)


def families_sql(rows: str, schema: ibis.Schema, handed: HandedOn) -> str:
    """What `own_family` does, to every such column, for reads in SQL."""
    replaced, joins = [], []
    for home in (name for name in COLUMNS if name in schema.names):
        spans = handed.by_date(COLUMNS[home])
        if not spans:
            continue
        days = ", ".join(f"('{n}', DATE '{a}', DATE '{b}', '{f}')" for n, a, b, f in spans)
        people = ", ".join(f"('{n}', '{p}', '{f}')" for n, p, f in handed.by_person(COLUMNS[home]))
        joins.append(
            f"LEFT JOIN (VALUES {days}) on_{home}(number, since, until, family) "
            f"ON on_{home}.number = f.{home} AND f.happened_on >= on_{home}.since "
            f"AND f.happened_on < on_{home}.until"
        )
        told = [f"on_{home}.family", f"f.{home}"]
        if people:
            joins.append(
                f"LEFT JOIN (VALUES {people}) in_{home}(number, person, family) "
                f"ON in_{home}.number = f.{home} AND in_{home}.person = f.person"
            )
            told.insert(0, f"in_{home}.family")
        replaced.append(f"coalesce({', '.join(told)}) AS {home}")
    if not replaced:
        return rows
    whole = whole_sql(rows, schema)
    told_as, joined = ", ".join(replaced), " ".join(joins)
    return f"SELECT f.* REPLACE ({told_as}) FROM ({whole}) f {joined}"  # noqa: S608 (pseudonyms)


def as_written(named: Named, handed: HandedOn, joined: Mapping[str, str]) -> Named:
    """Every pseudonym that files may have for those in `named`: of people also the records that
    were joined to them, of families also the numbers that they have or had."""
    numbers: dict[str, set[str]] = {}
    for one in handed.families:
        numbers.setdefault(one.household, set()).add(one.number)
    return {
        column: sorted(
            {*wanted}
            | {record for record, own in joined.items() if own in wanted}
            | {number for home in wanted for number in numbers.get(home, ())}
        )
        for column, wanted in named.items()
    }
