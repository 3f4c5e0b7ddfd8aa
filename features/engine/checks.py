"""Refusals at declaration: what would see the future, multiply rows or read nothing."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.operations as ops
from ibis.common.exceptions import IbisError

from features.engine.errors import FeatureError


def apply(name: str, function: Callable[..., Any], table: ibis.Table) -> Any:
    """Run a feature's function on an unbound table; misspelt columns become a clear refusal."""
    try:
        value = function(table)
    except (AttributeError, IbisError) as error:
        raise FeatureError(f"feature '{name}': {explain(error, table)}") from error
    if not isinstance(value, ibis.expr.types.Value):
        raise FeatureError(
            f"feature '{name}' returns a {type(value).__name__}; "
            "return an expression of the table it is given"
        )
    return value


def explain(error: Exception, table: ibis.Table) -> str:
    """What went wrong, with the nearest column name when one was misspelt."""
    wanted = getattr(error, "name", None) or str(error)
    missing = isinstance(error, AttributeError) and getattr(error, "obj", None) is not None
    if missing and not isinstance(error.obj, ibis.Table):
        return f"{type(error.obj).__name__} has no '{wanted}'"
    close = difflib.get_close_matches(str(wanted), table.columns, n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else f"it has {', '.join(table.columns)}"
    return f"no column '{wanted}' in {table.get_name()}; {hint}"


def check_reads_only(name: str, value: Any, table: ibis.Table) -> None:
    """Refuse an expression that reads another relation (a join, a filter, a second table)."""
    if not value.op().relations:
        raise FeatureError(f"feature '{name}' reads no column of {table.get_name()}")
    if value.op().relations != frozenset({table.op()}):
        raise FeatureError(
            f"feature '{name}' reads a table other than the one it is given; "
            "use where= or .ifelse(...) in place of .filter() and joins"
        )


def check_reduction(name: str, value: Any, table: ibis.Table, entity: str) -> None:
    """Refuse anything but one value per person (or household)."""
    check_reads_only(name, value, table)
    if not value.op().shape.is_scalar():
        raise FeatureError(
            f"feature '{name}' gives many values per {entity}; "
            "finish it with a reduction such as .sum(), .max() or .any()"
        )


def check_columnar(name: str, value: Any, table: ibis.Table, entity: str) -> None:
    """Refuse a derived feature that is not one expression of one profile row."""
    check_reads_only(name, value, table)
    if value.op().find((ops.Reduction, ops.WindowFunction, ops.Analytic)):
        raise FeatureError(
            f"derived feature '{name}' looks beyond its own {entity}; "
            "use columns of the row only (a reduction belongs in a feed or members feature)"
        )


def columns_read(value: Any, table: ibis.Table) -> set[str]:
    """Names of the table's columns an expression uses."""
    return {f.name for f in value.op().find(ops.Field) if f.rel == table.op()}


def check_missing(name: str, value: Any, missing: Any) -> None:
    """Refuse a fill value of another kind than the feature."""
    if missing is None:
        return
    dtype = value.type()
    fits = (
        (dtype.is_boolean() and isinstance(missing, bool))
        or (
            dtype.is_numeric()
            and isinstance(missing, int | float)
            and not isinstance(missing, bool)
        )
        or (dtype.is_string() and isinstance(missing, str))
    )
    if not fits:
        raise FeatureError(f"feature '{name}' is {dtype}; missing={missing!r} does not fit it")
