"""A month's plan: the SQL of every step, written once and asked again of other months.

To write the SQL of a few hundred columns takes many times longer than to run it over a small
county, and from month to month nothing in it changes but the days at which it cuts. So it is
written for a month end that lies far outside every calendar, over tables that are only named; to
run it, the days are moved to the month that is asked for and the names to the tables of a
connection. What shapes the SQL in other ways (which feeds were delivered, which are silent, whose
standards count) is the plan's key, of which there are few.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from threading import Lock
from typing import Any

import ibis
from cachetools import LRUCache
from ibis.backends.duckdb import Backend
from ibis.backends.sql.datatypes import DuckDBType

from core.home import add_months

# The month end for which plans are written. No fact, no law and no birth lies near it.
WRITTEN_FOR = date(7999, 12, 31)
_DAY = re.compile(r"MAKE_DATE\((7\d{3}), (\d{1,2}), (\d{1,2})\)")
_RUN = "@run_"  # stands before the name of every table of a plan
_MOST = 12  # plans kept; each is some 300 kB of text
_runs = count(1)


@dataclass(frozen=True)
class Step:
    """A table of a plan: its columns and the SELECT that fills them."""

    name: str
    columns: str
    sql: str


@dataclass
class Plan:
    """Steps in order; each may read the tables named and the steps before it."""

    steps: list[Step] = field(default_factory=list)

    def keep(self, name: str, table: ibis.Table) -> ibis.Table:
        """Write a step; what comes after it reads its table by name."""
        schema = table.schema()
        columns = (
            f'"{n}" {DuckDBType.to_string(kind.copy(nullable=True))}' for n, kind in schema.items()
        )
        sql = str(ibis.to_sql(table, dialect="duckdb", pretty=False))
        self.steps.append(Step(name, ", ".join(columns), sql))
        return named(name, schema)

    def run(self, con: Backend, as_of: date, given: Mapping[str, ibis.Table | str]) -> Run:
        """Make the tables of a month in a connection.

        `given` are the tables that the steps name, or SELECTs; the result's tables hold while `con`
        is open.
        """
        own = f"run_{next(_runs)}_"
        for name, table in given.items():
            if isinstance(table, str):
                con.raw_sql(f'CREATE TEMP VIEW "{own}{name}" AS {table}')
            else:
                con.create_view(own + name, table)
        moved = _moved_to(as_of)
        for step in self.steps:
            sql = _DAY.sub(moved, step.sql).replace(_RUN, own)
            # An engine's own types of sums are wider than the profile's.
            con.raw_sql(f'CREATE TEMP TABLE "{own}{step.name}" ({step.columns})')
            con.raw_sql(f'INSERT INTO "{own}{step.name}" {sql}')
        return Run(con, own)


@dataclass(frozen=True)
class Run:
    """The tables that a plan made."""

    con: Backend
    own: str

    def table(self, name: str) -> ibis.Table:
        """A step's table."""
        return self.con.table(self.own + name, database=("temp", "main"))


def named(name: str, schema: Any) -> ibis.Table:
    """A table that a plan only names."""
    return ibis.table(schema, name=_RUN + name)


def _moved_to(as_of: date) -> Callable[[re.Match[str]], str]:
    def day(found: re.Match[str]) -> str:
        written = date(*(int(part) for part in found.groups()))
        real = add_months(as_of, -months_back(written, WRITTEN_FOR))
        return f"MAKE_DATE({real.year}, {real.month}, {real.day})"

    return day


def months_back(day: date, from_: date) -> int:
    """Calendar months from a day's month to a month end's."""
    return (from_.year - day.year) * 12 + from_.month - day.month


class Plans:
    """The plans used last, by what shapes them."""

    def __init__(self, most: int = _MOST) -> None:
        self._door = Lock()
        self._kept: LRUCache[Hashable, tuple[Plan, Any]] = LRUCache(most)

    def get(self, key: Hashable, write: Callable[[], Plan], alive: Iterable[Any] = ()) -> Plan:
        """The plan of a key, written if it is not kept. `alive` is kept with it: what a key names
        by its address must not go before the key does."""
        with self._door:
            if key in self._kept:
                return self._kept[key][0]
        plan = write()
        with self._door:
            self._kept[key] = (plan, tuple(alive))
        return plan
