"""The cut by date: the only way events reach a feature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Protocol

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from core.home import add_months


class Feeds(Protocol):
    """Where the engine finds a feed's rows."""

    def table(self, feed: str) -> ibis.Table | None:
        """Rows of a feed known by the month end, or None while it was never delivered."""

    def silent_since(self, feed: str) -> date | None:
        """Last day a feed tells of, once it is silent for longer than its contract allows."""


def cut(events: ibis.Table, as_of: date, since: date | None = None, rows: Any = None) -> ibis.Table:
    """Rows known and happened by `as_of` (and after `since`, and of `rows`).

    Adds the columns `as_of` and `order_key`.
    """
    end = ibis.literal(as_of)
    keep = (events.known_on <= end) & (events.happened_on <= end)
    if since is not None:
        keep &= events.happened_on > ibis.literal(since)
    if rows is not None:
        keep &= rows(events)
    return events.filter(keep).mutate(as_of=end, order_key=order_key(events))


def window(as_of: date, months: int | None, ago: int) -> tuple[date | None, date]:
    """Bounds (after, until]: `months` calendar months up to `ago` months before the month end."""
    until = add_months(as_of, -ago) if ago else as_of
    return (None if months is None else add_months(until, -months)), until


def within(events: ibis.Table, after: date | None, until: date) -> Any:
    """Whether a row happened in (after, until]."""
    inside = events.happened_on <= ibis.literal(until)
    return inside if after is None else inside & (events.happened_on > ibis.literal(after))


# Reductions that pass nulls over: emptying the value does what a condition would, only faster.
SKIP_NULLS = (ops.Sum, ops.Max, ops.Min, ops.Mean, ops.Any, ops.All)
# Reductions that give 0 where no row is left, so the engine must count the rows itself.
COUNTS = (ops.Count, ops.CountStar, ops.CountDistinct, ops.ApproxCountDistinct)
# What may stand above a reduction without turning "no rows" into a value.
NULL_STAYS = (ops.NumericBinary, ops.Comparison, ops.Cast, ops.DateDelta, ops.NullIf, ops.Not)


def only_rows(value: Any, mask: Any) -> Any:
    """A reduction that sees only the rows where `mask` holds."""
    condition = mask.op()

    def narrow(node: Any, kwargs: Any) -> Any:
        node = node.__recreate__(kwargs) if kwargs else node
        if not isinstance(node, ops.Reduction):
            return node
        where = condition if node.where is None else ops.And(node.where, condition)
        if type(node) in SKIP_NULLS:
            emptied = where.to_expr().ifelse(node.arg.to_expr(), None)
            return node.copy(arg=emptied.op(), where=None)
        return node.copy(where=where)

    return value.op().replace(narrow, filter=ops.Value).to_expr()


def needs_count(value: Any) -> bool:
    """Whether a reduction over no rows at all might not be null."""

    def stays_null(node: Any) -> bool:
        if isinstance(node, ops.Reduction):
            return not isinstance(node, COUNTS)
        inner = [a for a in node.args if isinstance(a, ops.Value)]
        reduced = [a for a in inner if a.find(ops.Reduction, filter=ops.Value)]
        return isinstance(node, NULL_STAYS) and all(stays_null(a) for a in reduced)

    return not stays_null(value.op())


def order_key(events: ibis.Table) -> Any:
    """A whole number that grows with happened_on, then known_on."""
    return events.happened_on.epoch_days() * 100_000 + events.known_on.epoch_days()


@cache
def _max_by(kind: str) -> Callable[..., Any]:
    """The engines' own max_by (DuckDB arg_max, Spark max_by): several times faster than the
    ordered aggregate that argmax() turns into on DuckDB.
    """

    def max_by(value, key):
        """Value of the row with the highest key."""

    types = ((dt.dtype(kind), dt.int64), dt.dtype(kind))
    return ibis.udf.agg.builtin(max_by, name="max_by", signature=types)


def latest(events: ibis.Table, value: Any, where: Any = None) -> Any:
    """The value of the newest record (by happened_on, then known_on) among `where`.

    Records whose value is empty are passed over. Of two records of the same two days either may
    be taken: where that can happen, compare days or counts instead.
    """
    told = value.notnull()
    newest = _max_by(str(value.type()))
    return newest(value, events.order_key, where=told if where is None else told & where)


def of_highest(events: ibis.Table, value: Any, key: Any) -> Any:
    """The value of the record with the highest `key` (to two decimals); of equal ones the newest.

    Records whose key is empty are passed over.
    """
    whole = (key * 100).round().cast("int64") * 100_000 + events.happened_on.epoch_days()
    return _max_by(str(value.type()))(value, whole, where=key.notnull())


def latest_is(events: ibis.Table, condition: Any, where: Any = None) -> Any:
    """Whether the newest record (among `where`) meets a condition; an unknown counts as no."""
    return latest(events, condition.fill_null(False), where=where)


def days_before(events: ibis.Table, day: Any) -> Any:
    """Days from `day` to the month end (negative for days to come).

    `day` is a column, or a reduction such as t.happened_on.max().
    """
    reduced = day.op().shape.is_scalar()
    as_of = events.as_of.max() if reduced else events.as_of
    return as_of.epoch_days() - day.epoch_days()


def day_before(as_of: Any, days: Any) -> Any:
    """The day that lies `days` before `as_of`: a count of days_before() turned back."""
    # Taking days off a date gives a timestamp on some engines.
    return (as_of - days.as_interval("D")).cast("timestamp").date()


def later(one: Any, other: Any) -> Any:
    """The later of two days (or the larger of two numbers); an unknown one is passed over."""
    return ibis.cases((one.isnull(), other), (other.isnull(), one), (one > other, one), else_=other)


def at_least(value: Any, floor: Any) -> Any:
    """`value`, or `floor` where it is lower; unknown stays unknown on every engine.

    (GREATEST skips nulls on some engines and not on others.)
    """
    return (value < floor).ifelse(floor, value)


def at_most(value: Any, ceiling: Any) -> Any:
    """`value`, or `ceiling` where it is higher; unknown stays unknown."""
    return (value > ceiling).ifelse(ceiling, value)
