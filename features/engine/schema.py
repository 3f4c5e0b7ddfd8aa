"""Column types a feature may read: feeds from their contracts, spines from here."""

from __future__ import annotations

from functools import cache

import ibis
import ibis.expr.datatypes as dt

from features.engine.errors import FeatureError

# Dated local standards, joined to every household (units: see data.standards).
STANDARDS = {
    "S": "float64",
    "D": "float64",
    "M": "float64",
    "W": "float64",
    "k": "float64",
    "theta": "float64",
    "ratio_base": "float64",
    "floor_line": "float64",
    "fin_limit": "float64",
    "car_limit": "float64",
    "home_limit": "float64",
    "firm_limit": "float64",
}

# One row per person of the register: present members, and those who died within two years.
PERSON_SPINE = {
    "person": "string",
    "household": "string",
    "as_of": "date",
    "born_month": "date",
    "age": "int64",
    "sex": "string",
    "relation": "string",
    "marital": "string",
    "urban_rural": "string",
    "present": "boolean",
    "died_on": "date",
    "n_members": "int64",
} | STANDARDS

# One row per household with at least one present member.
HOUSEHOLD_SPINE = {
    "household": "string",
    "as_of": "date",
    "county_code": "string",
    "township_code": "string",
    "village_code": "string",
    "urban_rural": "string",
    "n_members": "int64",
    "head_age": "int64",
} | STANDARDS


@cache
def feed_schema(feed: str) -> dict[str, str]:
    """Column name -> ibis type of a feed's lake table, from its contract.

    Raises FeatureError when no contract of that name exists.
    """
    from data.contracts import all_feeds  # late: contracts read YAML when first asked
    from data.lake import lake_schema

    if feed not in all_feeds():
        raise FeatureError(f"no feed '{feed}'; known feeds: {', '.join(all_feeds())}")
    return {name: str(dtype) for name, dtype in lake_schema(feed).items()}


@cache
def roles_of(feed: str) -> tuple[str, ...]:
    """Names of the roles in which a feed's records name people, in the contract's order."""
    from data.contracts import load_contract

    return tuple(f.role_name for f in load_contract(feed).people if f.role)


@cache
def dtype(name: str) -> dt.DataType:
    """An ibis type by name; parsing one is slow, so each is parsed once."""
    return dt.dtype(name)


@cache
def _unbound(name: str, columns: tuple[tuple[str, str], ...]) -> ibis.Table:
    return ibis.table({column: dtype(kind) for column, kind in columns}, name=name)


def unbound(name: str, columns: dict[str, str]) -> ibis.Table:
    """A table without data: features are tried on it when they are declared."""
    return _unbound(name, tuple(columns.items()))
