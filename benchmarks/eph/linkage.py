"""How well the panel's households are followed: found again, and with a head of the same sex."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from core.home import Home
from data.backends import connect
from data.lake import Lake

# Profile columns of a household at its second interview, not at a later one, that told its income
# both times.
SECOND_INTERVIEW = {"visits_made_24m": 2, "visits_with_income_3m": 1, "visits_with_income_6m": 2}
# A first interview has none in the two years of rotation before it.
EARLIER = (1, 3, 4, 5)
SECOND, THIRD = 1, 4


def linkage(home: Home, quarters: Sequence[date]) -> dict[str, Any]:
    """Shares of first interviews that were followed, over quarters where that can be told.

    A quarter counts when the panel holds the quarters before it (to know that an interview is the
    first) and the second and third rounds after it. Shares are None when no quarter counts.
    """
    there = {_number(q) for q in quarters}
    usable = [
        q for q in sorted(there) if all(q - e in there for e in EARLIER) and {q + 1, q + 4} <= there
    ]
    con, lake = connect(), Lake(home)
    visits = lake.table(con, "home_visits")
    if not usable or visits is None:
        return _shares(0, 0, 0, None, None)
    seen = _seen(visits)
    first = _first(seen, usable)
    counted = con.to_pandas(_followed(first, seen))
    heads = lake.table(con, "home_visit_members")
    sexes = None if heads is None else con.to_pandas(_head_sexes(first, heads))
    found = {c: int(counted[c].iloc[0] or 0) for c in ("first", "second", "third")}
    second = third = None
    if sexes is not None:
        second, third = sexes["second"].iloc[0], sexes["third"].iloc[0]
    return _shares(found["first"], found["second"], found["third"], second, third)


def _number(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def _quarter(day: ir.DateValue) -> ir.IntegerValue:
    return day.year() * 4 + day.quarter() - 1


def _seen(visits: ir.Table) -> ir.Table:
    return visits.select("household", quarter=_quarter(visits.happened_on)).distinct()


def _first(seen: ir.Table, usable: Sequence[int]) -> ir.Table:
    """Households and quarters of first interviews."""
    earlier = [seen.mutate(quarter=seen.quarter + e) for e in EARLIER]
    before = ibis.union(*earlier, distinct=True)
    start = seen.filter(seen.quarter.isin(usable))
    return start.anti_join(before, ["household", "quarter"])


def _followed(first: ir.Table, seen: ir.Table) -> ir.Table:
    joined = _later(_later(first, seen, SECOND, "second"), seen, THIRD, "third")
    return joined.agg(
        first=joined.count(),
        second=joined.second.sum(),
        third=(joined.second & joined.third).sum(),
    )


def _later(first: ir.Table, seen: ir.Table, after: int, name: str) -> ir.Table:
    moved = seen.select(who="household", when=seen.quarter - after)
    on = [first.household == moved.who, first.quarter == moved.when]
    joined = first.left_join(moved, on)
    return joined.mutate(**{name: joined.who.notnull()}).drop("who", "when")


def _head_sexes(first: ir.Table, members: ir.Table) -> ir.Table:
    """Shares of households whose head has the same sex one round later."""
    heads = (
        members.filter((members.relation == "head") & members.sex.notnull())
        .mutate(quarter=_quarter(members.happened_on))
        .group_by("household", "quarter")
        .agg(sex=lambda t: t.sex.min())
    )
    joined = first.inner_join(heads, ["household", "quarter"])
    for after, name in ((SECOND, "sex_second"), (THIRD, "sex_third")):
        moved = heads.select(who="household", when=heads.quarter - after, **{name: heads.sex})
        on = [joined.household == moved.who, joined.quarter == moved.when]
        joined = joined.left_join(moved, on).drop("who", "when")
    return joined.agg(
        second=(joined.sex == joined.sex_second).mean(),
        third=(joined.sex_second == joined.sex_third).mean(),
    )


def _shares(
    first: int, second: int, third: int, same_second: float | None, same_third: float | None
) -> dict[str, Any]:
    return {
        "first_interviews": first,
        "found_second": second,
        "found_third": third,
        "second_share": second / first if first else None,
        "third_share": third / first if first else None,
        "third_of_second_share": third / second if second else None,
        "same_head_sex_second": None if same_second is None else float(same_second),
        "same_head_sex_third": None if same_third is None else float(same_third),
    }
