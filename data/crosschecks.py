"""What the contract's rules say of rows: dates in order, parts and totals, places that exist.

Arrow columns in, one answer a row out. What is not known breaks no rule. A part of a delivery can
be judged by itself, since every rule speaks of one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract
from data.places import Places, settle
from data.quality import BORN, Rule, born_of

Columns = Mapping[str, pa.Array]
Fault = tuple[pa.Array, str | pa.Array, str]  # which rows, reason code(s), field
DAYS_OF_A_YEAR = 365.2425


@dataclass
class Found:
    """What the rules found: `value` has columns to use instead, `faults` rows to quarantine,
    `marks` rows that were repaired or only noted, by code.
    """

    value: dict[str, pa.Array] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    marks: dict[str, pa.Array] = field(default_factory=dict)


def cross_checks(
    contract: Contract,
    value: Columns,
    born: Mapping[str, pa.Array],
    known_on: date,
    places: Places | None = None,
) -> Found:
    """Judge rows by the contract's rules.

    `value` are the parsed columns by field, `born` the birth dates told by ID numbers, by
    role, `known_on` the day of delivery. Without `places` every region code is taken for what it
    is.
    """
    found = Found()
    if places is not None:
        found.value, found.marks = settle(contract, value, places)
    value = {**value, **found.value}
    for f in contract.people:
        value[born_of(f.role_name)] = days = born[f.role_name]
        later = pc.greater(days, pa.scalar(known_on, pa.date32()))
        found.faults.append((later, "born_in_future", f.name))
    for rule in contract.rules:
        if any(name not in value for name in (*rule.names, *rule.births)):
            continue
        broken = pc.fill_null(_BROKEN[rule.kind](rule, value, places), False)
        if rule.severity == "error":
            found.faults.append((broken, rule.name, rule.blamed))
        else:
            found.marks[rule.name] = broken
    return found


def _order(rule: Rule, value: Columns, _: Places | None) -> pa.Array:
    first, then = value[rule.arguments["first"]], value[rule.arguments["then"]]
    if not rule.tolerance:
        return pc.less(then, first)
    return pc.greater(_days(first, then), rule.tolerance)


def _days(later: pa.Array, earlier: pa.Array) -> pa.Array:
    """Days from one date to another, less than 0 when it comes first."""
    return pc.subtract(later.cast(pa.int32()), earlier.cast(pa.int32()))


def _parts(rule: Rule, value: Columns, _: Places | None) -> pa.Array:
    """A known part, or all of them together, not between nothing and the total."""
    total = value[rule.arguments["total"]]
    most = pc.add(pc.max_element_wise(total, 0.0, skip_nulls=False), rule.tolerance)
    least = pc.subtract(pc.min_element_wise(total, 0.0, skip_nulls=False), rule.tolerance)
    parts = [value[name] for name in rule.arguments["parts"]]
    broken = None
    for part in (*parts, _added(parts)):
        out = pc.or_(pc.greater(part, most), pc.less(part, least))
        broken = out if broken is None else pc.or_kleene(broken, out)
    return broken


def _added(parts: list[pa.Array]) -> pa.Array:
    """Known parts added up; an unknown one adds nothing."""
    whole = pc.fill_null(parts[0], 0)
    for part in parts[1:]:
        whole = pc.add(whole, pc.fill_null(part, 0))
    return whole


def _sum(rule: Rule, value: Columns, _: Places | None) -> pa.Array:
    whole = value[rule.arguments["parts"][0]]
    for name in rule.arguments["parts"][1:]:
        whole = pc.add(whole, value[name])
    return pc.greater(
        pc.abs(pc.subtract(whole, value[rule.arguments["total"]])), rule.tolerance + 1e-6
    )


def _age(rule: Rule, value: Columns, _: Places | None) -> pa.Array:
    days = _days(value[rule.arguments["day"]], value[BORN])
    years = pc.floor(pc.divide(days.cast(pa.float64()), DAYS_OF_A_YEAR))
    return pc.greater(pc.abs(pc.subtract(years, value[rule.arguments["field"]])), rule.tolerance)


def _region(rule: Rule, value: Columns, places: Places | None) -> pa.Array:
    code = value[rule.arguments["field"]]
    known = places.known(rule.arguments["field"]) if places else None
    if known is None:
        return pa.repeat(pa.scalar(False), len(code))
    return pc.and_(pc.is_valid(code), pc.invert(pc.is_in(code, value_set=known)))


def _inside(rule: Rule, value: Columns, places: Places | None) -> pa.Array:
    village, township = value[rule.arguments["field"]], value[rule.arguments["of"]]
    if places is None:
        return pa.repeat(pa.scalar(False), len(village))
    return pc.not_equal(places.township_of(village), township)


_BROKEN: dict[str, Callable[[Rule, Columns, Places | None], pa.Array]] = {
    "order": _order,
    "parts": _parts,
    "sum": _sum,
    "age": _age,
    "region": _region,
    "inside": _inside,
}
